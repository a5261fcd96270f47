//! One operation of a dialect, as data. Mounting, access control, `countermand dialects`, the docs and the tests
//! are all derived from these rows.

use bytes::Bytes;
use countermand_model::{Command, Outcome};
use http::{Method, Response};

use crate::{Echo, Evidence, Malformed, Safety};

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// The vendor's name for it, such as `cancelrunning`. Unique in its dialect; configuration names it so.
    pub name: &'static str,
    /// The methods it is served by, the documented one first.
    pub methods: &'static [Method],
    /// The path below the base, one `{name}` per variable segment.
    pub path: &'static str,
    /// A query parameter that selects it, where the path alone does not.
    pub selector: Option<(&'static str, &'static str)>,
    /// Who may.
    pub access: Access,
    /// What body it takes.
    pub body: BodyRule,
    /// What sending it to another server may do there.
    pub safety: Safety,
    /// A fixed document it is answered with, without any command.
    pub document: Option<&'static Document>,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// How we know.
    pub evidence: Evidence,
}

impl Operation {
    /// A row as most are that read: by GET, and by HEAD, which is answered alike.
    pub(crate) const fn read(name: &'static str, path: &'static str, meaning: &'static str) -> Operation {
        const READS: &[Method] = &[Method::GET, Method::HEAD];
        Operation {
            access: Access::Read,
            safety: Safety::Safe,
            ..Operation::write(name, READS, path, meaning)
        }
    }

    /// A row as most are that change something: documented, without a body, for writers.
    pub(crate) const fn write(
        name: &'static str,
        methods: &'static [Method],
        path: &'static str,
        meaning: &'static str,
    ) -> Operation {
        Operation {
            name,
            methods,
            path,
            selector: None,
            access: Access::Write,
            body: BodyRule::None,
            safety: Safety::Changing,
            document: None,
            meaning,
            evidence: Evidence::Documented,
        }
    }
}

/// An operation with what a codec of type `C` does for it. A dialect's `routes.rs` is a table of these.
#[derive(Debug)]
pub struct Route<C: 'static> {
    /// The operation.
    pub operation: Operation,
    /// Reads its command; see [`Codec::decode_request`](crate::Codec::decode_request).
    pub decode: fn(&C, &Echo, &[u8]) -> Result<Command, Malformed>,
    /// Writes its outcome. An outcome that this operation cannot have is the engine's mistake and becomes a 500.
    pub encode: fn(&C, &Echo, &Outcome) -> Response<Bytes>,
}

/// Who may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anybody, without credentials.
    Open,
    /// The realm's readers.
    Read,
    /// The realm's writers.
    Write,
}

impl Access {
    /// The name, as the table of dialects writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Access::Open => "open",
            Access::Read => "read",
            Access::Write => "write",
        }
    }
}

/// What body an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyRule {
    /// None: one that comes is drained and ignored.
    None,
    /// A document.
    Document,
}

impl BodyRule {
    /// The name, as the table of dialects writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            BodyRule::None => "none",
            BodyRule::Document => "document",
        }
    }
}

/// A fixed document.
#[derive(Debug)]
pub struct Document {
    /// The status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The bytes.
    pub body: &'static str,
}
