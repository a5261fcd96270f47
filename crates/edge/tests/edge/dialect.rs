//! `echo`: a dialect that says in JSON what it was asked and what came of it. It is a real one, with a table of routes
//! and a codec; what it lacks is a vendor.

use std::sync::Arc;

use bytes::Bytes;
use countermand_dialects::grammar::{json, number, path};
use countermand_dialects::{
    Access, BodyRule, Codec, Conversation, Dialect, Document, Echo, Evidence, Format, Head, Ids, Malformed,
    Operation, Route, Safety, Scheme, SessionCookie, States, Vocabulary,
};
use countermand_model::{Cancel, Command, Fault, FaultKind, Kin, Outcome, Results, Status, Target};
use http::{Method, Response, StatusCode};

pub(crate) static ECHO: Dialect = dialect("echo", &["/echo", "/echo/deep"], None);
pub(crate) static OTHER: Dialect = dialect("other", &["/other"], Some(|path| path.starts_with("/claimed")));

const fn dialect(
    name: &'static str,
    paths: &'static [&'static str],
    claims: Option<fn(&str) -> bool>,
) -> Dialect {
    Dialect {
        name,
        title: "Echo",
        versions: &["1"],
        root: "/echo",
        paths,
        claims,
        operations: || ROUTES.iter().map(|route| &route.operation).collect(),
        switches: &[],
        quirks: &[],
        sources: &[],
        ids: Ids {
            form: "a decimal number",
            is_id: |text| number::decimal(text).is_some(),
            number: number::decimal,
            write: |number| number.to_string(),
        },
        states: States {
            members: &["state"],
            words: |state| vec![Some(state.name())],
            others: Vec::new,
            asked: Vec::new,
            losses: &[],
        },
        attributes: "Nothing.",
        vocabulary: || Vocabulary {
            headers: &[],
            parameters: Vec::new(),
            members: Vec::new(),
            volatile: &[],
            shown: &[],
        },
        schemes: &[Scheme::Basic, Scheme::Bearer],
        session: Some(SessionCookie { name: "ECHOSESSION", path: "/echo" }),
        make: |_| Arc::new(EchoCodec),
    }
}

/// The codec. Ids that name a panic panic there.
#[derive(Debug)]
pub(crate) struct EchoCodec;

const GET: &[Method] = &[Method::GET];
const PUT: &[Method] = &[Method::PUT];

const LOGIN: Document = Document { status: 200, content_type: "text/html", body: "<p>who are you?</p>" };

const fn operation(name: &'static str, method: &'static [Method], path: &'static str) -> Operation {
    Operation {
        name,
        methods: method,
        path,
        selector: None,
        access: Access::Read,
        body: BodyRule::None,
        safety: Safety::Safe,
        document: None,
        meaning: "",
        evidence: Evidence::Inferred,
    }
}

static ROUTES: [Route<EchoCodec>; 5] = [
    Route {
        operation: Operation {
            access: Access::Write,
            body: BodyRule::Document,
            ..operation("cancel", PUT, "/jobs/{id}/cancel")
        },
        decode: cancel,
        encode: said,
    },
    Route {
        operation: Operation { access: Access::Write, ..operation("abort", GET, "/jobs/{id}/abort") },
        decode: |_, echo, _| Ok(Command::Cancel(Cancel { targets: vec![target(echo)], ..Cancel::default() })),
        encode: said,
    },
    Route {
        operation: operation("status", GET, "/jobs/{id}"),
        decode: |_, echo, _| {
            let (results, kin) = (Results::Undelivered, Kin::None);
            Ok(Command::Status(Status { target: target(echo), results, kin }))
        },
        encode: said,
    },
    Route {
        operation: operation("look", GET, "/jobs/{id}/look"),
        decode: |_, echo, _| {
            let (results, kin) = (Results::None, Kin::None);
            Ok(Command::Status(Status { target: target(echo), results, kin }))
        },
        encode: said,
    },
    Route {
        operation: Operation {
            access: Access::Open,
            document: Some(&LOGIN),
            ..operation("login", GET, "/login")
        },
        decode: |_, echo, _| Ok(Command::Permissions { target: target(echo) }),
        encode: said,
    },
];

fn target(echo: &Echo) -> Target {
    let written = echo.id.clone().unwrap_or_default();
    Target { number: number::decimal(&written), written, dataset: None }
}

fn cancel(_: &EchoCodec, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
    if echo.id.as_deref() == Some("panic-in-decode") {
        panic!("decoding went wrong");
    }
    if body.is_empty() {
        return Err(Malformed::new("/", "there is no body").with_code("E-EMPTY"));
    }
    let _: Vec<u8> =
        json::read(body).or_else(|error| if body[0] == b'!' { Err(error) } else { Ok(Vec::new()) })?;
    Ok(Command::Cancel(Cancel { targets: vec![target(echo)], ..Cancel::default() }))
}

fn said(_: &EchoCodec, echo: &Echo, outcome: &Outcome) -> Response<Bytes> {
    if matches!(echo.id.as_deref(), Some("panic-in-encode" | "panic-always")) {
        panic!("encoding went wrong");
    }
    let status = if echo.id.as_deref() == Some("gone") { StatusCode::GONE } else { StatusCode::OK };
    answer(echo, status, |out| out.member_string("outcome", &format!("{outcome:?}")))
}

fn answer(echo: &Echo, status: StatusCode, more: impl FnOnce(&mut json::Writer)) -> Response<Bytes> {
    let mut out = json::Writer::new(json::Slashes::Plain);
    out.object(|out| {
        out.member_string("url", &echo.request_url);
        out.member_string("root", &echo.root_url);
        out.member_string("path", &echo.path);
        out.member_string("id", echo.id.as_deref().unwrap_or_default());
        more(out);
    });
    let mut response = Response::new(Bytes::from(out.finish()));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", "application/echo".parse().unwrap());
    response
}

impl Codec for EchoCodec {
    fn open(&self, head: &Head<'_>) -> Echo {
        assert!(!head.rest.ends_with("/panic-in-open"), "opening went wrong");
        let found = ROUTES.iter().enumerate().find_map(|(index, route)| {
            let taken = path::matches(route.operation.path, head.rest)?;
            Some((index, &route.operation, taken.first().map(|id| path::decoded(id))))
        });
        let refusal = match &found {
            None => Some(Fault::new(FaultKind::UnknownRoute, "no such route")),
            Some((_, operation, _)) if !served(operation, head.method) => {
                Some(Fault::new(FaultKind::WrongMethod, "not by this method"))
            }
            Some(_) => None,
        };
        let (route, operation, id) = found.map_or((0, None, None), |(index, row, id)| (index, Some(row), id));
        Echo {
            operation,
            route,
            refusal,
            version: 1,
            format: Format::Json,
            body: Format::Json,
            method: head.method.clone(),
            path: head.rest.to_owned(),
            query: head.query.unwrap_or_default().to_owned(),
            range: None,
            request_url: format!("{}{}", head.origin, head.path),
            root_url: format!("{}{}", head.origin, head.base_path()),
            id,
        }
    }

    fn decode_request(&self, echo: &Echo, body: &[u8]) -> Result<Command, Malformed> {
        (ROUTES[echo.route].decode)(self, echo, body)
    }

    fn encode_response(&self, echo: &Echo, given: &Result<Outcome, Fault>) -> Response<Bytes> {
        match given {
            Ok(outcome) => (ROUTES[echo.route].encode)(self, echo, outcome),
            Err(_) if echo.id.as_deref() == Some("panic-always") => panic!("encoding a fault went wrong"),
            Err(fault) => answer(echo, status(fault.kind), |out| {
                out.member_string("fault", fault.kind.name());
                out.member_string("message", &fault.message);
                out.member_string("code", fault.code.unwrap_or_default());
            }),
        }
    }

    fn converse(&self, command: &Command, _at: i64) -> Result<Box<dyn Conversation>, Fault> {
        Err(Fault::new(FaultKind::Unsupported, command.name()))
    }

    fn decode_response(
        &self,
        _: &Echo,
        command: &Command,
        _: i64,
        response: &Response<Bytes>,
    ) -> Result<Result<Outcome, Fault>, Malformed> {
        match (response.body().as_ref(), command) {
            (b"gone", _) => Ok(Err(Fault::new(FaultKind::NotFound, "gone"))),
            (b"done", Command::Cancel(_)) => Ok(Ok(Outcome::Acted { at: 0, targets: Vec::new() })),
            (b"seen", Command::Status(_)) => Ok(Ok(Outcome::Read { at: 0, snapshot: None })),
            _ => Err(Malformed::new("body", "no answer of a server that speaks this dialect")),
        }
    }
}

pub(crate) fn status(kind: FaultKind) -> StatusCode {
    let code = match kind {
        FaultKind::Malformed => 400,
        FaultKind::NoCredentials | FaultKind::BadCredentials => 401,
        FaultKind::Forbidden | FaultKind::CrossSite => 403,
        FaultKind::UnknownRoute | FaultKind::NotFound => 404,
        FaultKind::WrongMethod => 405,
        FaultKind::NotAcceptable => 406,
        FaultKind::BodyTimeout => 408,
        FaultKind::Conflict => 409,
        FaultKind::TooLarge => 413,
        FaultKind::UnsupportedMediaType => 415,
        FaultKind::TooManyRequests => 429,
        FaultKind::Internal => 500,
        FaultKind::Unsupported => 501,
        FaultKind::Unreachable => 502,
        FaultKind::Overloaded => 503,
        FaultKind::Timeout => 504,
    };
    StatusCode::from_u16(code).unwrap()
}

/// A HEAD is a GET without a body in the answer.
fn served(operation: &Operation, method: &Method) -> bool {
    let asked = if *method == Method::HEAD { &Method::GET } else { method };
    operation.methods.contains(asked)
}
