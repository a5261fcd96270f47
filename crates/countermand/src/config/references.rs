//! What a mount refers to by name: realms, and `[engines.NAME]`. A name that is left out means the only one there is.

use countermand_dialects::grammar::spelling::nearest;

use super::Upstream;
use super::engines::{Backing, Engines};
use super::mistake::Findings;
use super::raw::{Raw, Text};

/// What mounts are resolved against.
pub(super) struct Names<'a> {
    realms: Vec<&'a str>,
    /// Each engine and what is behind it; `None` where the engine itself has a mistake.
    engines: &'a [(&'a str, Option<Backing>)],
    upstreams: &'a [Upstream],
    loopback: bool,
}

impl<'a> Names<'a> {
    pub(super) fn of(raw: &'a Raw, engines: &'a Engines<'a>, loopback: bool) -> Names<'a> {
        Names {
            realms: raw.realms.iter().map(|(name, _)| name.value.as_str()).collect(),
            engines: &engines.all,
            upstreams: &engines.upstreams,
            loopback,
        }
    }

    /// `Some(None)`: no realm, as written out. `None`: a mistake. `is_guarded`: somebody else asks for credentials.
    pub(super) fn realm(
        &self,
        text: Option<&Text>,
        at: usize,
        is_guarded: bool,
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
            if !self.loopback && !is_guarded {
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

    /// What is behind an engine. `None`: a mistake.
    pub(super) fn engine(
        &self,
        text: Option<&Text>,
        at: usize,
        findings: &mut Findings<'_>,
    ) -> Option<Backing> {
        let Some(text) = text else {
            return match self.engines {
                [] => Some(Backing::ledger()),
                [(_, backing)] => backing.clone(),
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
        found.and_then(|(_, backing)| backing.clone())
    }

    /// The server that a mount's `legacy` names, and its index. `None`: a mistake.
    pub(super) fn legacy(&self, text: &Text, findings: &mut Findings<'_>) -> Option<(usize, &'a Upstream)> {
        let Some((_, backing)) = self.engines.iter().find(|(name, _)| *name == text.value) else {
            let engines: Vec<_> = self.engines.iter().map(|(name, _)| *name).collect();
            findings.mistake(text.at, unknown("engine", "engines", &text.value, &engines));
            return None;
        };
        // One with a mistake of its own has been complained of.
        let Backing { upstream, .. } = backing.as_ref()?;
        let Some(index) = *upstream else {
            let advice = "name an engine of kind \"upstream\"";
            findings.mistake(text.at, format!("engine {} is a ledger, and no server; {advice}", text.value));
            return None;
        };
        Some((index, &self.upstreams[index]))
    }
}

fn unknown(what: &str, table: &str, written: &str, names: &[&str]) -> String {
    let advice = nearest(written, names)
        .map_or_else(|| format!("write [{table}.{written}]"), |name| format!("did you mean {name:?}?"));
    format!("there is no {what} {written:?}; {advice}")
}
