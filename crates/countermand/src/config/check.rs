//! From the file as written to a [`Config`]: values read, defaults filled in, references resolved. A part that fails
//! does not keep the others from being checked.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countermand_dialects::grammar::spelling::nearest;
use countermand_edge::AccessLog;

use super::mistake::Findings;
use super::raw::{Raw, RawLedger, RawLimits, Text};
use super::{Config, Ledger, Limits, control, engines, mounts, realms, server, units};

/// hyper's own least buffer for a head.
const LEAST_HEAD: usize = 8 << 10;

/// What a check may look at besides the file itself.
pub(super) struct Context<'a> {
    /// What relative paths are relative to.
    pub(super) folder: &'a Path,
    /// The environment's variables.
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Context<'_> {
    pub(super) fn path(&self, written: &str) -> PathBuf {
        self.folder.join(written)
    }
}

/// `None` only where there are mistakes.
pub(super) fn config(raw: &Raw, context: &Context<'_>, findings: &mut Findings<'_>) -> Option<Config> {
    let server = server::check(&raw.server, context, findings);
    let limits = limits(&raw.limits, findings);
    let control = control::check(raw.control.as_ref(), context, findings);
    if let (Some(control), Some(server), Some(text)) =
        (&control, &server, raw.control.as_ref().and_then(|control| control.listen.as_ref()))
        && control.listen == server.listen
        && server.listen.port() != 0
    {
        findings.mistake(text.at, "control.listen is server.listen; give the control API its own port");
    }
    let ledger = ledger(&raw.ledger, context, findings);
    let realms = realms::check(&raw.realms, context, findings);
    let loopback = server.as_ref().is_none_or(|server| server.listen.ip().is_loopback());
    let engines = engines::check(&raw.engines, limits.call_timeout, context, findings);
    let mounts = mounts::check(raw, &engines, loopback, context, findings);
    let access = choice("log.access", raw.access.as_ref(), &ACCESS, findings);
    if findings.has_mistakes() {
        return None;
    }
    Some(Config {
        server: server?,
        limits,
        control,
        ledger,
        realms,
        upstreams: engines.upstreams,
        mounts,
        access: access.unwrap_or(AccessLog::Commands),
        notes: Vec::new(),
    })
}

const ACCESS: [(&str, AccessLog); 4] = [
    ("none", AccessLog::None),
    ("refusals", AccessLog::Refusals),
    ("commands", AccessLog::Commands),
    ("all", AccessLog::All),
];

/// An address, or the default.
pub(super) fn listen(text: Option<&Text>, default: &str, findings: &mut Findings<'_>) -> Option<SocketAddr> {
    let (at, written) = text.map_or((0, default), |text| (text.at, text.value.as_str()));
    findings.take(at, units::address(written))
}

fn limits(raw: &RawLimits, findings: &mut Findings<'_>) -> Limits {
    let default = Limits::default();
    let mut size = |text: Option<&Text>, default, least: usize| {
        value(text, default, findings, |text| match units::size(text)? {
            size if size < least => Err(format!("{text:?} is too little; write at least {least}")),
            size => Ok(size),
        })
    };
    let head = size(raw.head.as_ref(), default.head, LEAST_HEAD);
    let body = size(raw.body.as_ref(), default.body, 1);
    let mut count = |text: Option<&Text>, default| value(text, default, findings, units::count);
    let connections = count(raw.connections.as_ref(), default.connections);
    let in_flight = count(raw.in_flight.as_ref(), default.in_flight);
    let mut duration = |text: Option<&Text>, default| value(text, default, findings, units::duration);
    Limits {
        head,
        body,
        connections,
        in_flight,
        head_timeout: duration(raw.head_timeout.as_ref(), default.head_timeout),
        body_timeout: duration(raw.body_timeout.as_ref(), default.body_timeout),
        call_timeout: duration(raw.call_timeout.as_ref(), default.call_timeout),
        idle: duration(raw.idle.as_ref(), default.idle),
        drain: duration(raw.drain.as_ref(), default.drain),
    }
}

fn value<T>(
    text: Option<&Text>,
    default: T,
    findings: &mut Findings<'_>,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> T {
    text.and_then(|text| findings.take(text.at, read(&text.value))).unwrap_or(default)
}

fn ledger(raw: &RawLedger, context: &Context<'_>, findings: &mut Findings<'_>) -> Ledger {
    for (key, text) in [("keep_finished", &raw.keep_finished), ("keep_audit", &raw.keep_audit)] {
        if let Some(text) = text.as_ref().filter(|text| text.value != "forever") {
            findings.mistake(
                text.at,
                format!("ledger.{key} other than \"forever\" is not in this version; write \"forever\""),
            );
        }
    }
    let default = || Ledger::File(context.path("countermand.db"));
    let Some(store) = &raw.store else { return default() };
    findings.take(store.at, location(&store.value, context)).unwrap_or_else(default)
}

fn location(store: &str, context: &Context<'_>) -> Result<Ledger, String> {
    match (store, store.strip_prefix("sqlite:")) {
        ("memory", _) => Ok(Ledger::Memory),
        (_, Some(path)) if !path.is_empty() => {
            let file = context.path(path);
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            match folder.filter(|folder| !folder.is_dir()) {
                Some(folder) => Err(format!("there is no directory {}; make it", folder.display())),
                None => Ok(Ledger::File(file)),
            }
        }
        _ => Err(format!("{store:?} is no store; write \"sqlite:countermand.db\" or \"memory\"")),
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(
    key: &str,
    text: Option<&Text>,
    table: &[(&str, T)],
    findings: &mut Findings<'_>,
) -> Option<T> {
    let text = text?;
    let found = table.iter().find(|(word, _)| *word == text.value);
    if found.is_none() {
        let words: Vec<_> = table.iter().map(|(word, _)| *word).collect();
        let guess =
            nearest(&text.value, &words).map_or_else(String::new, |word| format!("; did you mean {word:?}?"));
        findings
            .mistake(text.at, format!("{key} is one of {}, not {:?}{guess}", words.join(", "), text.value));
    }
    found.map(|(_, value)| *value)
}
