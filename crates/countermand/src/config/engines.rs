//! `[engines.NAME]`: whose jobs a mount shows. A ledger is ours; an upstream is a legacy server, with its dialect, its URL,
//! who vouches for it, and who we are there.

use std::path::PathBuf;
use std::time::Duration;

use countermand_upstream::{Base, Trust, TrustFiles, basic, bearer};
use http::HeaderValue;

use super::check::Context;
use super::mistake::Findings;
use super::raw::{RawEngine, Text};
use super::{Upstream, mounts, secrets, units};

/// How long a command to a server may take, where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How many commands may be under way at one server, where nothing is said.
const CONCURRENCY: usize = 32;

/// Every engine, and those of them that are servers.
pub(super) struct Engines<'a> {
    /// Each engine's name and what is behind it; `None` where it has a mistake.
    pub(super) all: Vec<(&'a str, Option<Backing>)>,
    pub(super) upstreams: Vec<Upstream>,
}

/// What is behind a mount.
#[derive(Clone, Debug, Default)]
pub(super) struct Backing {
    /// The ledger's namespace: where the jobs are, or where those stand that map ids.
    pub(super) namespace: String,
    /// The index of the server the jobs are on; `None`: they are in the ledger.
    pub(super) upstream: Option<usize>,
}

impl Backing {
    /// The ledger, where no engine is written.
    pub(super) fn ledger() -> Backing {
        Backing { namespace: "default".to_owned(), upstream: None }
    }
}

/// `call_timeout`: how long a call may take, as far as that could be read.
pub(super) fn check<'a>(
    raw: &'a [(Text, RawEngine)],
    call_timeout: Duration,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Engines<'a> {
    let mut engines = Engines { all: Vec::new(), upstreams: Vec::new() };
    for (name, engine) in raw {
        let backing = match engine.kind.as_ref().map(|kind| (kind.at, kind.value.as_str())) {
            Some((_, "ledger")) => {
                own_keys_only(engine, findings);
                namespace(engine, findings).map(|namespace| Backing { namespace, upstream: None })
            }
            Some((_, "upstream")) => {
                let upstream = upstream(name, engine, call_timeout, context, findings);
                upstream.map(|upstream| {
                    let namespace = upstream.namespace.clone();
                    engines.upstreams.push(upstream);
                    Backing { namespace, upstream: Some(engines.upstreams.len() - 1) }
                })
            }
            Some((at, other)) => {
                let advice = "write kind = \"ledger\" or \"upstream\"";
                findings.mistake(at, format!("{other:?} is no kind of engine; {advice}"));
                None
            }
            None => {
                let advice = "write kind = \"ledger\" or \"upstream\"";
                let problem = format!("engine {} has no kind; {advice}", name.value);
                findings.missing(name.at, &["kind"], name.at, problem);
                None
            }
        };
        engines.all.push((&name.value, backing));
    }
    engines
}

/// The keys of a server mean nothing to a ledger.
fn own_keys_only(raw: &RawEngine, findings: &mut Findings<'_>) {
    let texts = [
        ("dialect", &raw.dialect),
        ("url", &raw.url),
        ("user", &raw.user),
        ("password_file", &raw.password_file),
        ("token_file", &raw.token_file),
        ("ca", &raw.ca),
        ("client_certificate", &raw.client_certificate),
        ("client_key", &raw.client_key),
        ("timeout", &raw.timeout),
        ("concurrency", &raw.concurrency),
    ];
    let written = texts.into_iter().filter_map(|(key, text)| text.as_ref().map(|text| (key, text.at)));
    let options = raw.options.first().map(|(name, _)| ("options", name.at));
    for (key, at) in written.chain(options) {
        findings.mistake(at, format!("{key} is for kind = \"upstream\"; remove it, or write that kind"));
    }
}

fn upstream(
    name: &Text,
    raw: &RawEngine,
    call_timeout: Duration,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Upstream> {
    let place = format!("engine {}", name.value);
    let dialect = mounts::dialect(&place, raw.dialect.as_ref(), name.at, findings);
    if raw.url.is_none() {
        let problem = format!("{place} has no url; write url = \"https://prime.example/webacs/api\"");
        findings.missing(name.at, &["url"], name.at, problem);
    }
    let base = raw.url.as_ref().and_then(|url| findings.take(url.at, Base::parse(&url.value)));
    let trust = base.as_ref().map(|base| trust(base, raw, context, findings));
    let authorization = authorization(name, raw, context, findings);
    if let (Some(base), true) = (&base, raw.user.is_some() || raw.token_file.is_some())
        && !base.is_tls()
        && !is_loopback(base)
    {
        let at = raw.url.as_ref().map_or(name.at, |url| url.at);
        findings
            .note(at, format!("{place} sends its credentials in the clear; write https if the server can"));
    }
    let timeout = raw.timeout.as_ref();
    let timeout = timeout.map_or(Some(TIMEOUT), |text| findings.take(text.at, units::duration(&text.value)));
    if let Some(timeout) = timeout.filter(|timeout| *timeout >= call_timeout) {
        let problem = format!(
            "a command to {place} may take {timeout:?}, and limits.call_timeout ends every call after {call_timeout:?}, when \
             what came of it is not known yet; write a timeout below that"
        );
        findings.mistake(raw.timeout.as_ref().map_or(name.at, |text| text.at), problem);
    }
    let concurrency = raw.concurrency.as_ref();
    let concurrency =
        concurrency.map_or(Some(CONCURRENCY), |text| findings.take(text.at, units::count(&text.value)));
    let namespace = namespace(raw, findings);
    let codec = mounts::codec(dialect?, &raw.options, findings);
    Some(Upstream {
        name: name.value.clone(),
        dialect: dialect?,
        codec: codec?,
        base: base?,
        trust: trust??,
        authorization: authorization?,
        timeout: timeout?,
        concurrency: concurrency?,
        namespace: namespace?,
    })
}

/// The certificates. They are read here, once: whoever checks a configuration wants to know.
fn trust(base: &Base, raw: &RawEngine, context: &Context<'_>, findings: &mut Findings<'_>) -> Option<Trust> {
    let written =
        [("ca", &raw.ca), ("client_certificate", &raw.client_certificate), ("client_key", &raw.client_key)];
    let written = written.map(|(key, text)| text.as_ref().map(|text| (key, text)));
    if !base.is_tls() {
        for (key, text) in written.iter().flatten() {
            findings.mistake(text.at, format!("{key} means nothing to a url of http; write https"));
        }
        return Some(Trust::nobody());
    }
    let path = |text: &Text| context.path(&text.value);
    let client = match (&raw.client_certificate, &raw.client_key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some((path(certificate), path(key))),
        (Some(alone), None) => {
            findings.mistake(alone.at, "client_certificate is there without client_key; write both");
            return None;
        }
        (None, Some(alone)) => {
            findings.mistake(alone.at, "client_key is there without client_certificate; write both");
            return None;
        }
    };
    let files = TrustFiles { ca: raw.ca.as_ref().map(path), client };
    let opened = Trust::open(&files).map_err(|error| {
        let named = |file: &PathBuf| written.iter().flatten().find(|(_, text)| path(text) == *file);
        let at = error.file.as_ref().and_then(named).map(|(_, text)| text.at);
        (at.or(raw.url.as_ref().map(|url| url.at)).unwrap_or(0), error.to_string())
    });
    opened.map_err(|(at, problem)| findings.mistake(at, problem)).ok()
}

/// Who we are there. `None`: a mistake. `Some(None)`: nobody.
fn authorization(
    name: &Text,
    raw: &RawEngine,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Option<HeaderValue>> {
    match (&raw.user, &raw.password_file, &raw.token_file) {
        (None, None, None) => Some(None),
        (Some(user), Some(file), None) => {
            let password = findings.take(file.at, secrets::secret_file(&context.path(&file.value)))?;
            findings.take(user.at, basic(&user.value, &password)).map(Some)
        }
        (None, None, Some(file)) => {
            let path = context.path(&file.value);
            let token = secrets::secret_file(&path);
            let value = token
                .and_then(|token| bearer(&token).map_err(|problem| format!("{}: {problem}", path.display())));
            findings.take(file.at, value).map(Some)
        }
        (_, _, Some(file)) => {
            findings.mistake(file.at, "there is a token_file beside a user or a password_file; keep one");
            None
        }
        (Some(user), None, None) => {
            let problem = format!("engine {} has a user and no password", name.value);
            findings.mistake(user.at, format!("{problem}; write password_file = \"old.password\""));
            None
        }
        (None, Some(file), None) => {
            let problem = format!("engine {} has a password and no user", name.value);
            findings.mistake(file.at, format!("{problem}; write user = \"nbi\""));
            None
        }
    }
}

/// The ledger's namespace of an engine.
fn namespace(raw: &RawEngine, findings: &mut Findings<'_>) -> Option<String> {
    let Some(namespace) = &raw.namespace else { return Some("default".to_owned()) };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if namespace.value.is_empty() || namespace.value.len() > 64 || !namespace.value.chars().all(fits) {
        findings
            .mistake(namespace.at, "a namespace is 1 to 64 letters, digits, dots, hyphens and underscores");
        return None;
    }
    Some(namespace.value.clone())
}

fn is_loopback(base: &Base) -> bool {
    let host = base.authority().host().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
