//! `mode`, `legacy` and `[mounts.operations]`: which operations of a mount are left to the legacy server that it will
//! replace, and how.

use countermand_dialects::grammar::spelling;
use countermand_dialects::{Dialect, Operation, OptionValue, Safety};
use countermand_edge::{HostName, Mode};

use super::check::{Context, choice};
use super::engines::Backing;
use super::mistake::Findings;
use super::raw::{RawMount, Text};
use super::references::Names;
use super::{Legacy, Upstream};

const MODES: [(&str, Mode); 4] = [
    (Mode::Serve.name(), Mode::Serve),
    (Mode::Passthrough.name(), Mode::Passthrough),
    (Mode::Shadow.name(), Mode::Shadow),
    (Mode::ServeElsePassthrough.name(), Mode::ServeElsePassthrough),
];

/// What is not answered here alone, each with where that is written; the mount's own mode first.
struct Wanted {
    mode: Mode,
    operations: Vec<(&'static str, Mode)>,
    /// Every mode that is written, with its place.
    places: Vec<(usize, Mode)>,
}

impl Wanted {
    /// The first place that asks for such a mode.
    fn place(&self, fits: impl Fn(Mode) -> bool) -> Option<(usize, Mode)> {
        self.places.iter().copied().find(|(_, mode)| fits(*mode))
    }
}

/// The legacy server of a mount; `Some(None)` where it has none and needs none. `None`: a mistake.
pub(super) fn check(
    raw: &RawMount,
    dialect: &'static Dialect,
    backing: Option<&Backing>,
    names: &Names<'_>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Option<Legacy>> {
    let before = findings.count();
    let wanted = wanted(raw, dialect, findings);
    let hosts = [("client", HostName::Client), ("legacy", HostName::Legacy)];
    let host = choice("legacy_host", raw.legacy_host.as_ref(), &hosts, findings).unwrap_or_default();
    let whose = [("client", false), ("engine", true)];
    let own_credentials =
        choice("legacy_credentials", raw.legacy_credentials.as_ref(), &whose, findings).unwrap_or(false);
    let needs = wanted.place(|mode| mode != Mode::Serve);
    let Some(text) = &raw.legacy else {
        if let Some((at, mode)) = needs {
            let advice = "write legacy = \"old\", the name of an engine of kind \"upstream\"";
            findings.mistake(at, format!("{:?} needs the legacy server; {advice}", mode.name()));
        }
        alone(raw, findings);
        return (findings.count() == before).then_some(None);
    };
    let server = names.legacy(text, findings);
    if needs.is_none() {
        findings.note(
            text.at,
            "every operation of the mount is served here, so its legacy server is never asked",
        );
        return (findings.count() == before).then_some(None);
    }
    if let Some((_, server)) = server {
        fits(&wanted, text, dialect, server, findings);
        if let (Some(text), true, None) = (&raw.legacy_credentials, own_credentials, &server.authorization) {
            let advice = "write user and password_file, or token_file, there";
            findings.mistake(text.at, format!("engine {} has no credentials; {advice}", server.name));
        }
    }
    if let (Some((at, mode)), Some(Backing { upstream: Some(_), .. })) =
        (wanted.place(|mode| mode == Mode::ServeElsePassthrough), backing)
    {
        let advice = "name an engine of kind \"ledger\" with engine, or write passthrough";
        findings.mistake(at, format!("{:?} needs jobs of our own; {advice}", mode.name()));
    }
    if let (Some(folder), None) = (&raw.shadow_into, wanted.place(|mode| mode == Mode::Shadow)) {
        findings.mistake(folder.at, "shadow_into is for mode = \"shadow\"; remove it, or write that mode");
    }
    let (upstream, _) = server?;
    let shadow_into = raw.shadow_into.as_ref().map(|folder| context.path(&folder.value));
    let Wanted { mode, operations, .. } = wanted;
    let legacy = Legacy { upstream, mode, operations, host, own_credentials, shadow_into };
    (findings.count() == before).then_some(Some(legacy))
}

/// Whether the server can do what is wanted of it.
fn fits(wanted: &Wanted, text: &Text, dialect: &Dialect, server: &Upstream, findings: &mut Findings<'_>) {
    if let Some((_, mode)) = wanted.place(Mode::is_relayed).filter(|_| server.dialect.name != dialect.name) {
        let problem = format!("engine {} speaks {}", text.value, server.dialect.name);
        let advice =
            "name one that speaks the mount's dialect, or make it the mount's engine, which translates";
        let mode = mode.name();
        findings.mistake(text.at, format!("{mode} sends {} as it is, and {problem}; {advice}", dialect.name));
    }
}

/// Keys that mean nothing without a legacy server.
fn alone(raw: &RawMount, findings: &mut Findings<'_>) {
    let keys = [
        ("legacy_host", &raw.legacy_host),
        ("legacy_credentials", &raw.legacy_credentials),
        ("shadow_into", &raw.shadow_into),
    ];
    for (key, text) in keys.into_iter().filter_map(|(key, text)| text.as_ref().map(|text| (key, text))) {
        findings.mistake(text.at, format!("{key} is about a legacy server; write legacy, or remove it"));
    }
}

fn wanted(raw: &RawMount, dialect: &Dialect, findings: &mut Findings<'_>) -> Wanted {
    let mode = choice("mode", raw.mode.as_ref(), &MODES, findings).unwrap_or(Mode::Serve);
    let mut wanted = Wanted { mode, operations: Vec::new(), places: Vec::new() };
    wanted.places.extend(raw.mode.as_ref().map(|text| (text.at, mode)));
    let known = (dialect.operations)();
    for (name, value) in &raw.operations {
        let operation = operation(dialect, &known, name, findings);
        let OptionValue::Text(word) = value else {
            findings.mistake(name.at, format!("{} is not a mode; write \"serve\"", name.value));
            continue;
        };
        let text = Text { value: word.clone(), at: name.at };
        if let (Some(mode), Some(operation)) = (choice(&name.value, Some(&text), &MODES, findings), operation)
        {
            wanted.operations.push((operation.name, mode));
            wanted.places.push((name.at, mode));
        }
    }
    consuming(raw, &wanted, &known, findings);
    wanted
}

/// What is handed out once cannot be looked at besides: the caller would have it, or the shadow.
fn consuming(raw: &RawMount, wanted: &Wanted, known: &[&'static Operation], findings: &mut Findings<'_>) {
    for operation in known.iter().filter(|operation| operation.safety == Safety::Consuming) {
        let name = operation.name;
        let problem = format!("{name} hands results out once, so it has no shadow");
        match (wanted.operations.iter().find(|(named, _)| *named == name), &raw.mode) {
            (Some((_, Mode::Shadow)), _) => {
                let at = raw.operations.iter().find(|(written, _)| written.value == name);
                let at = at.map_or(raw.at, |(written, _)| written.at);
                findings.mistake(at, format!("{problem}; write \"passthrough\""));
            }
            (None, Some(mode)) if wanted.mode == Mode::Shadow => {
                let advice = format!("write {name} = \"passthrough\" below [mounts.operations]");
                findings.mistake(mode.at, format!("{problem}; {advice}"));
            }
            (Some(_) | None, _) => {}
        }
    }
}

fn operation(
    dialect: &Dialect,
    known: &[&'static Operation],
    name: &Text,
    findings: &mut Findings<'_>,
) -> Option<&'static Operation> {
    let found = known.iter().find(|operation| operation.name == name.value);
    if found.is_none() {
        let names: Vec<_> = known.iter().map(|operation| operation.name).collect();
        let advice = spelling::advice(&name.value, &names);
        findings.mistake(name.at, format!("{} has no operation {}; {advice}", dialect.name, name.value));
    }
    found.copied()
}
