//! `[[mounts]]` and `[engines.NAME]`: which dialect answers where, for whom, from what. Everything a mount refers to
//! is resolved here.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_dialects::{Codec, Dialect, OptionValue};

use super::Mount;
use super::check::choice;
use super::cursor::nearest;
use super::mistake::Findings;
use super::raw::{Raw, RawEngine, RawMount, Text};

/// A way to answer that has not landed yet reads as one that exists, so that the message can say so.
const MODES: [(&str, bool); 4] =
    [("serve", true), ("passthrough", false), ("shadow", false), ("serve-else-passthrough", false)];

/// What mounts are resolved against.
struct Names<'a> {
    realms: Vec<&'a str>,
    /// Each engine's name and namespace; `None` where the engine itself has a mistake.
    engines: Vec<(&'a str, Option<String>)>,
    loopback: bool,
}

pub(super) fn check(raw: &Raw, loopback: bool, findings: &mut Findings<'_>) -> Vec<Mount> {
    let names = Names {
        realms: raw.realms.iter().map(|(name, _)| name.value.as_str()).collect(),
        engines: raw
            .engines
            .iter()
            .map(|(name, engine)| (name.value.as_str(), namespace(name, engine, findings)))
            .collect(),
        loopback,
    };
    if raw.mounts.is_empty() {
        return every_dialect(&names, findings);
    }
    let mut taken = BTreeSet::new();
    let mounts: Vec<_> =
        raw.mounts.iter().filter_map(|raw| mount(raw, &names, &mut taken, findings)).collect();
    for (index, (name, _)) in raw.realms.iter().enumerate() {
        if mounts.len() == raw.mounts.len() && !mounts.iter().any(|mount| mount.realm == Some(index)) {
            findings.note(name.at, format!("no mount uses realm {}", name.value));
        }
    }
    mounts
}

/// Without `[[mounts]]`: all dialects at their own paths on the ledger.
fn every_dialect(names: &Names<'_>, findings: &mut Findings<'_>) -> Vec<Mount> {
    let realm = realm(None, 0, names, findings);
    let namespace = engine(None, 0, names, findings);
    let (Some(realm), Some(namespace)) = (realm, namespace) else { return Vec::new() };
    super::all_dialects(realm, &namespace)
}

fn mount(
    raw: &RawMount,
    names: &Names<'_>,
    taken: &mut BTreeSet<String>,
    findings: &mut Findings<'_>,
) -> Option<Mount> {
    let dialect = dialect(raw, findings);
    let realm = realm(raw.realm.as_ref(), raw.at, names, findings);
    let namespace = engine(raw.engine.as_ref(), raw.at, names, findings);
    mode("mode", raw.mode.as_ref(), findings);
    let scopes = [("all", false), ("own", true)];
    let own_scope = choice("scope", raw.scope.as_ref(), &scopes, findings).unwrap_or(false);
    if let (Some(scope), true, Some(None)) = (&raw.scope, own_scope, realm) {
        findings.mistake(scope.at, "scope = \"own\" needs users; give the mount a realm");
    }
    let prefix = raw.prefix.as_ref().map_or(Some(String::new()), |prefix| {
        if prefix.value.is_empty() { Some(String::new()) } else { path("prefix", prefix, findings) }
    });
    let dialect = dialect?;
    operations(dialect, &raw.operations, findings);
    let codec = codec(dialect, &raw.options, findings);
    let own_path = raw.path.as_ref().and_then(|text| replacement(dialect, text, findings));
    let prefix = prefix?;
    let bases: Vec<_> = own_path.as_deref().map_or_else(|| dialect.paths.to_vec(), |path| vec![path]);
    for base in bases {
        let place = format!("{prefix}{base}");
        if !taken.insert(place.clone()) {
            findings
                .mistake(raw.at, format!("{place} is mounted twice; give this mount a prefix of its own"));
        }
    }
    Some(Mount {
        dialect,
        codec: codec?,
        prefix,
        path: own_path,
        realm: realm?,
        own_scope,
        namespace: namespace?,
    })
}

fn dialect(raw: &RawMount, findings: &mut Findings<'_>) -> Option<&'static Dialect> {
    let names: Vec<_> = countermand_dialects::ALL.iter().map(|dialect| dialect.name).collect();
    let Some(text) = &raw.dialect else {
        findings.mistake(raw.at, format!("a mount has no dialect; there are {}", names.join(", ")));
        return None;
    };
    let found = countermand_dialects::by_name(&text.value);
    if found.is_none() {
        let advice = nearest(&text.value, &names).map_or_else(
            || format!("there are {}", names.join(", ")),
            |name| format!("did you mean {name:?}?"),
        );
        findings.mistake(text.at, format!("no dialect is called {:?}; {advice}", text.value));
    }
    found
}

/// `Some(None)`: no realm, as written out. `None`: a mistake.
fn realm(
    text: Option<&Text>,
    at: usize,
    names: &Names<'_>,
    findings: &mut Findings<'_>,
) -> Option<Option<usize>> {
    let Some(text) = text else {
        return match names.realms.len() {
            1 => Some(Some(0)),
            0 => {
                let advice =
                    "write [realms.NAME] with an htpasswd, or realm = \"none\" in a mount on loopback";
                findings.mistake(at, format!("there is no realm to authenticate with; {advice}"));
                None
            }
            _ => {
                let realms = names.realms.join(", ");
                findings
                    .mistake(at, format!("there are several realms; say which with realm = one of {realms}"));
                None
            }
        };
    };
    if text.value == "none" {
        if !names.loopback {
            let advice = "give the mount a realm, or listen at 127.0.0.1";
            findings.mistake(text.at, format!("realm = \"none\" is for loopback only; {advice}"));
            return None;
        }
        return Some(None);
    }
    let found = names.realms.iter().position(|name| *name == text.value);
    if found.is_none() {
        findings.mistake(text.at, unknown("realm", "realms", &text.value, &names.realms));
    }
    found.map(Some)
}

fn engine(text: Option<&Text>, at: usize, names: &Names<'_>, findings: &mut Findings<'_>) -> Option<String> {
    let Some(text) = text else {
        return match names.engines.as_slice() {
            [] => Some("default".to_owned()),
            [(_, namespace)] => namespace.clone(),
            several => {
                let engines: Vec<_> = several.iter().map(|(name, _)| *name).collect();
                let engines = engines.join(", ");
                findings.mistake(
                    at,
                    format!("there are several engines; say which with engine = one of {engines}"),
                );
                None
            }
        };
    };
    let found = names.engines.iter().find(|(name, _)| *name == text.value);
    if found.is_none() {
        let engines: Vec<_> = names.engines.iter().map(|(name, _)| *name).collect();
        findings.mistake(text.at, unknown("engine", "engines", &text.value, &engines));
    }
    found.and_then(|(_, namespace)| namespace.clone())
}

fn unknown(what: &str, table: &str, written: &str, names: &[&str]) -> String {
    let advice = nearest(written, names)
        .map_or_else(|| format!("write [{table}.{written}]"), |name| format!("did you mean {name:?}?"));
    format!("there is no {what} {written:?}; {advice}")
}

/// The namespace an engine of the kind `ledger` serves.
fn namespace(name: &Text, raw: &RawEngine, findings: &mut Findings<'_>) -> Option<String> {
    match raw.kind.as_ref().map(|kind| (kind.at, kind.value.as_str())) {
        Some((_, "ledger")) => {}
        Some((at, "upstream")) => {
            findings.mistake(at, "upstream engines are not in this version; write kind = \"ledger\"");
            return None;
        }
        Some((at, other)) => {
            findings.mistake(at, format!("{other:?} is no kind of engine; write kind = \"ledger\""));
            return None;
        }
        None => {
            findings.mistake(name.at, format!("engine {} has no kind; write kind = \"ledger\"", name.value));
            return None;
        }
    }
    let Some(namespace) = &raw.namespace else { return Some("default".to_owned()) };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if namespace.value.is_empty() || namespace.value.len() > 64 || !namespace.value.chars().all(fits) {
        findings
            .mistake(namespace.at, "a namespace is 1 to 64 letters, digits, dots, hyphens and underscores");
        return None;
    }
    Some(namespace.value.clone())
}

fn codec(
    dialect: &Dialect,
    options: &[(Text, OptionValue)],
    findings: &mut Findings<'_>,
) -> Option<Arc<dyn Codec>> {
    let written: Vec<_> = options.iter().map(|(name, value)| (name.value.clone(), value.clone())).collect();
    let errors = match dialect.build(&written) {
        Ok(codec) => return Some(codec),
        Err(errors) => errors,
    };
    for error in errors {
        let at = options.iter().find(|(name, _)| name.value == error.name).map_or(0, |(name, _)| name.at);
        findings.mistake(at, format!("{} option {}: {}", dialect.name, error.name, error.problem));
    }
    None
}

fn operations(dialect: &Dialect, written: &[(Text, OptionValue)], findings: &mut Findings<'_>) {
    let names: Vec<_> = (dialect.operations)().iter().map(|operation| operation.name).collect();
    for (name, value) in written {
        if !names.contains(&name.value.as_str()) {
            let advice = nearest(&name.value, &names).map_or_else(
                || format!("there are {}", names.join(", ")),
                |name| format!("did you mean {name}?"),
            );
            findings.mistake(name.at, format!("{} has no operation {}; {advice}", dialect.name, name.value));
        }
        match value {
            OptionValue::Text(word) => {
                mode(&name.value, Some(&Text { value: word.clone(), at: name.at }), findings);
            }
            OptionValue::Flag(_) | OptionValue::Integer(_) => {
                findings.mistake(name.at, format!("{} is not a mode; write \"serve\"", name.value));
            }
        }
    }
}

fn mode(key: &str, text: Option<&Text>, findings: &mut Findings<'_>) {
    if let (Some(text), Some(false)) = (text, choice(key, text, &MODES, findings)) {
        findings
            .mistake(text.at, format!("{key} = {:?} is not in this version; write \"serve\"", text.value));
    }
}

fn replacement(dialect: &Dialect, text: &Text, findings: &mut Findings<'_>) -> Option<String> {
    if dialect.paths.len() != 1 {
        findings.mistake(
            text.at,
            format!(
                "{} has {} paths, which path cannot replace; use prefix",
                dialect.name,
                dialect.paths.len()
            ),
        );
        return None;
    }
    path("path", text, findings)
}

/// A path that others can follow: begins with a slash, does not end with one, has nothing that a URL ends a path with.
fn path(key: &str, text: &Text, findings: &mut Findings<'_>) -> Option<String> {
    let path = text.value.as_str();
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'"' | b'<' | b'>' | b'\\'));
    if path.len() < 2 || !path.starts_with('/') || path.ends_with('/') || path.contains("//") || !plain {
        findings.mistake(
            text.at,
            format!("{key} {path:?} is not a path; write it as \"/vp\", with a slash before and none after"),
        );
        return None;
    }
    Some(path.to_owned())
}
