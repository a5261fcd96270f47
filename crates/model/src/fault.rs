//! Why nothing was done. Dialects render it; engines and the edge raise it.

/// A refusal or a failure of a whole request. Nothing was changed, unless the kind says that it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong. Each dialect has a status and a code for it.
    pub kind: FaultKind,
    /// What a stranger may read: a sentence without names, paths or versions of ours.
    pub message: String,
    /// What the log says besides; never shown to a caller.
    pub detail: Option<String>,
    /// The dialect's own code for just this mistake, where it has one that beats its table.
    pub code: Option<&'static str>,
    /// Seconds after which a repetition makes sense.
    pub retry_after: Option<u32>,
    /// Which limit was exceeded, of `TooManyRequests`. Dialects that tell make a sentence of it.
    pub excess: Option<Box<Excess>>,
}

impl Fault {
    /// A fault with a message for strangers.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into(), detail: None, code: None, retry_after: None, excess: None }
    }

    /// Adds what only the log says.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Fault {
        self.detail = Some(detail.into());
        self
    }

    /// Adds after how many seconds a repetition makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Fault {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds which limit was exceeded.
    #[must_use]
    pub fn with_excess(mut self, excess: Excess) -> Fault {
        self.excess = Some(Box::new(excess));
        self
    }

    /// Adds the dialect's own code.
    #[must_use]
    pub fn with_code(mut self, code: Option<&'static str>) -> Fault {
        self.code = code;
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)?;
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl std::error::Error for Fault {}

/// A limit, and by how much a request is over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Whose requests were counted; `None`: everybody's.
    pub user: Option<String>,
    /// How many there may be.
    pub most: u64,
    /// Of what there may be no more.
    pub of: Counted,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Requests within this many milliseconds.
    Within(u64),
    /// Requests under way at once. So many there would have been with the one that was refused.
    AtOnce(u64),
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// The request was not understood: body, query, path or a header. HTTP's 400.
    Malformed,
    /// Nobody said who they are. 401.
    NoCredentials,
    /// They said, and it is not so. 401.
    BadCredentials,
    /// They are who they say, and may not. 403.
    Forbidden,
    /// A page of another site made the browser ask with its ambient credentials. 403.
    CrossSite,
    /// No such operation. 404.
    UnknownRoute,
    /// No such job. 404.
    NotFound,
    /// The operation exists, not by this method. 405.
    WrongMethod,
    /// None of the answer's formats is acceptable. 406.
    NotAcceptable,
    /// The body did not arrive in time. 408.
    BodyTimeout,
    /// Another change came between. 409.
    Conflict,
    /// The body is over the limit. 413.
    TooLarge,
    /// The body's type or charset is not one that is read here. 415.
    UnsupportedMediaType,
    /// This caller asks too often. 429.
    TooManyRequests,
    /// A defect here. 500.
    Internal,
    /// The dialect has no word for the answer, or the engine none for the command. 501.
    Unsupported,
    /// The engine behind could not be reached, or what it said was not understood. 502.
    Unreachable,
    /// Too much at once, for everybody. 503.
    Overloaded,
    /// The deadline passed. Whether a command was carried out is not known. 504.
    Timeout,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [FaultKind; 19] = [
        FaultKind::Malformed,
        FaultKind::NoCredentials,
        FaultKind::BadCredentials,
        FaultKind::Forbidden,
        FaultKind::CrossSite,
        FaultKind::UnknownRoute,
        FaultKind::NotFound,
        FaultKind::WrongMethod,
        FaultKind::NotAcceptable,
        FaultKind::BodyTimeout,
        FaultKind::Conflict,
        FaultKind::TooLarge,
        FaultKind::UnsupportedMediaType,
        FaultKind::TooManyRequests,
        FaultKind::Internal,
        FaultKind::Unsupported,
        FaultKind::Unreachable,
        FaultKind::Overloaded,
        FaultKind::Timeout,
    ];

    /// The name in lower snake case, as the log and the metrics write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FaultKind::Malformed => "malformed",
            FaultKind::NoCredentials => "no_credentials",
            FaultKind::BadCredentials => "bad_credentials",
            FaultKind::Forbidden => "forbidden",
            FaultKind::CrossSite => "cross_site",
            FaultKind::UnknownRoute => "unknown_route",
            FaultKind::NotFound => "not_found",
            FaultKind::WrongMethod => "wrong_method",
            FaultKind::NotAcceptable => "not_acceptable",
            FaultKind::BodyTimeout => "body_timeout",
            FaultKind::Conflict => "conflict",
            FaultKind::TooLarge => "too_large",
            FaultKind::UnsupportedMediaType => "unsupported_media_type",
            FaultKind::TooManyRequests => "too_many_requests",
            FaultKind::Internal => "internal",
            FaultKind::Unsupported => "unsupported",
            FaultKind::Unreachable => "unreachable",
            FaultKind::Overloaded => "overloaded",
            FaultKind::Timeout => "timeout",
        }
    }
}
