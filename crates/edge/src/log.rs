//! The access log: one line per request, written when its answer is made. It never sees a body, a header or a
//! password. Texts of strangers are written [`Plain`], so that no control character gets through.

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countermand_dialects::{Access, Operation};
use countermand_model::{Fault, FaultKind};
use http::StatusCode;

use crate::auth::Member;
use crate::origin::in_words;
use crate::{AccessLog, Mode};

/// What became known of a request on its way.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) request_id: String,
    /// Where it came from; `None` where no listener says so.
    pub(crate) client: Option<IpAddr>,
    /// The mount's dialect; `none` where there was no mount.
    pub(crate) dialect: &'static str,
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) member: Option<Arc<Member>>,
    /// Who answers it.
    pub(crate) mode: Mode,
    /// Why it was refused, or how it failed.
    pub(crate) fault: Option<Fault>,
    /// What kept a legacy server's answer away, in the words of RFC 9209.
    pub(crate) proxy_error: Option<&'static str>,
}

impl Seen {
    pub(crate) fn new(request_id: String, client: Option<IpAddr>) -> Seen {
        Seen {
            request_id,
            client,
            dialect: "none",
            operation: None,
            member: None,
            mode: Mode::Serve,
            fault: None,
            proxy_error: None,
        }
    }

    /// The vendor's name of the operation; `unknown` where no route matched.
    pub(crate) fn operation_name(&self) -> &'static str {
        self.operation.map_or("unknown", |operation| operation.name)
    }

    /// The authenticated user; empty before that, and where nobody need be one.
    pub(crate) fn user(&self) -> &str {
        self.member.as_ref().map_or("", |member| &member.name)
    }

    /// Where it came from, as the audit keeps it.
    pub(crate) fn client_text(&self) -> String {
        self.client.map_or_else(String::new, in_words)
    }
}

/// Writes the line, where the setting wants one.
pub(crate) fn line(setting: AccessLog, seen: &Seen, status: StatusCode, elapsed: Duration) {
    let is_defect = matches!(&seen.fault, Some(fault) if fault.kind == FaultKind::Internal);
    if !is_defect && !is_wanted(setting, seen, status) {
        return;
    }
    let fault = seen.fault.as_ref();
    // Only where it is not the usual one.
    let relayed = Some(seen.mode).filter(|mode| *mode != Mode::Serve).map(Mode::name);
    // `tracing` fixes the level of a line where it stands, so the line stands here twice.
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                target: "countermand::access",
                $level,
                dialect = seen.dialect,
                operation = seen.operation_name(),
                mode = relayed,
                status = status.as_u16(),
                user = %Plain(seen.user()),
                client = %seen.client_text(),
                request_id = %Plain(&seen.request_id),
                micros = elapsed.as_micros() as u64,
                fault = fault.map(|fault| fault.kind.name()),
                reason = fault.map(|fault| tracing::field::display(Plain(&fault.message))),
                detail = fault.and_then(|fault| fault.detail.as_deref()).map(|detail| tracing::field::display(Plain(detail))),
            )
        };
    }
    if is_defect {
        line!(tracing::Level::ERROR);
    } else {
        line!(tracing::Level::INFO);
    }
}

fn is_wanted(setting: AccessLog, seen: &Seen, status: StatusCode) -> bool {
    let is_refusal = seen.fault.is_some() || status.is_client_error() || status.is_server_error();
    // What no route knows and is passed on all the same may be a change.
    let is_change = match seen.operation {
        Some(operation) => operation.access == Access::Write,
        None => seen.mode.is_relayed(),
    };
    match setting {
        AccessLog::None => false,
        AccessLog::Refusals => is_refusal,
        AccessLog::Commands => is_refusal || is_change,
        AccessLog::All => true,
    }
}

/// A text as it is, but for its control characters, which are written as escapes.
pub(crate) struct Plain<'t>(pub(crate) &'t str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.chars().any(char::is_control) {
            return f.write_str(self.0);
        }
        self.0.chars().try_for_each(|letter| match letter.is_control() {
            true => write!(f, "{}", letter.escape_default()),
            false => f.write_char(letter),
        })
    }
}
