//! What a mount refers to by name: realms, and `[engines.NAME]`. A name that is left out means the only one there is.

use countermand_dialects::grammar::spelling::nearest;

use super::mistake::Findings;
use super::raw::{Raw, RawEngine, Text};

/// What mounts are resolved against.
pub(super) struct Names<'a> {
    realms: Vec<&'a str>,
    /// Each engine's name and namespace; `None` where the engine itself has a mistake.
    engines: Vec<(&'a str, Option<String>)>,
    loopback: bool,
}

impl<'a> Names<'a> {
    pub(super) fn of(raw: &'a Raw, loopback: bool, findings: &mut Findings<'_>) -> Names<'a> {
        let engine =
            |(name, engine): &'a (Text, RawEngine)| (name.value.as_str(), namespace(name, engine, findings));
        Names {
            realms: raw.realms.iter().map(|(name, _)| name.value.as_str()).collect(),
            engines: raw.engines.iter().map(engine).collect(),
            loopback,
        }
    }

    /// `Some(None)`: no realm, as written out. `None`: a mistake.
    pub(super) fn realm(
        &self,
        text: Option<&Text>,
        at: usize,
        findings: &mut Findings<'_>,
    ) -> Option<Option<usize>> {
        let Some(text) = text else {
            return match self.realms.len() {
                1 => Some(Some(0)),
                0 => {
                    let advice =
                        "write [realms.NAME] with an htpasswd, or realm = \"none\" in a mount on loopback";
                    findings.mistake(at, format!("there is no realm to authenticate with; {advice}"));
                    None
                }
                _ => {
                    let realms = self.realms.join(", ");
                    findings.mistake(
                        at,
                        format!("there are several realms; say which with realm = one of {realms}"),
                    );
                    None
                }
            };
        };
        if text.value == "none" {
            if !self.loopback {
                let advice = "give the mount a realm, or listen at 127.0.0.1";
                findings.mistake(text.at, format!("realm = \"none\" is for loopback only; {advice}"));
                return None;
            }
            return Some(None);
        }
        let found = self.realms.iter().position(|name| *name == text.value);
        if found.is_none() {
            findings.mistake(text.at, unknown("realm", "realms", &text.value, &self.realms));
        }
        found.map(Some)
    }

    /// The namespace of an engine. `None`: a mistake.
    pub(super) fn engine(
        &self,
        text: Option<&Text>,
        at: usize,
        findings: &mut Findings<'_>,
    ) -> Option<String> {
        let Some(text) = text else {
            return match self.engines.as_slice() {
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
        let found = self.engines.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            let engines: Vec<_> = self.engines.iter().map(|(name, _)| *name).collect();
            findings.mistake(text.at, unknown("engine", "engines", &text.value, &engines));
        }
        found.and_then(|(_, namespace)| namespace.clone())
    }
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
            let problem = format!("engine {} has no kind; write kind = \"ledger\"", name.value);
            findings.missing(name.at, &["kind"], name.at, problem);
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
