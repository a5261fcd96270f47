//! The access log: one line per request, written when its answer is made. It never sees a body, a header or a
//! password. Texts of strangers are written [`plain`], so that no control character gets through.

use std::borrow::Cow;
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
    let reason = fault.map(|fault| plain(&fault.message));
    let detail = fault.and_then(|fault| fault.detail.as_deref()).map(plain);
    // Only where it is not the usual one.
    let relayed = Some(seen.mode).filter(|mode| *mode != Mode::Serve).map(Mode::name);
    // Fields are strings: what is written by `Display` costs the log three times as much.
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
                user = &*plain(seen.user()),
                client = seen.client_text(),
                request_id = &*plain(&seen.request_id),
                micros = elapsed.as_micros() as u64,
                fault = fault.map(|fault| fault.kind.name()),
                reason = reason.as_deref(),
                detail = detail.as_deref(),
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

/// A text as it is, but for the control characters that neither JSON nor Rust's quotes escape.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let is_left = |letter: char| matches!(letter, '\u{7f}'..='\u{9f}');
    if text.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) || !text.chars().any(is_left) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_left(letter) { plain.extend(letter.escape_default()) } else { plain.push(letter) }
    }
    Cow::Owned(plain)
}
