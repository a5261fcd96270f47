//! `[[mounts]]`: which dialect answers where, for whom, from what, and with which options.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_dialects::grammar::spelling::nearest;
use countermand_dialects::{Codec, Dialect, OptionValue, Scheme};

use super::check::{Context, choice};
use super::engines::{Backing, Engines};
use super::mistake::Findings;
use super::raw::{Raw, RawMount, Text};
use super::references::Names;
use super::{Legacy, Mount, legacy};

pub(super) fn check(
    raw: &Raw,
    engines: &Engines<'_>,
    loopback: bool,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Vec<Mount> {
    let names = Names::of(raw, engines, loopback);
    if raw.mounts.is_empty() {
        let mounts = every_dialect(&names, findings);
        check_tokens(raw, &mounts, findings);
        return mounts;
    }
    let mut taken = BTreeSet::new();
    let mounts: Vec<_> =
        raw.mounts.iter().filter_map(|raw| mount(raw, &names, &mut taken, context, findings)).collect();
    for (index, (name, _)) in raw.realms.iter().enumerate() {
        if mounts.len() == raw.mounts.len() && !mounts.iter().any(|mount| mount.realm == Some(index)) {
            findings.note(name.at, format!("no mount uses realm {}", name.value));
        }
    }
    if mounts.len() == raw.mounts.len() {
        for (mount, raw_mount) in mounts.iter().zip(&raw.mounts) {
            check_scheme(mount, raw, raw_mount, findings);
        }
        check_tokens(raw, &mounts, findings);
    }
    mounts
}

/// A realm of tokens alone lets nobody into a dialect that has no word for one.
fn check_scheme(mount: &Mount, raw: &Raw, raw_mount: &RawMount, findings: &mut Findings<'_>) {
    let Some((name, realm)) = mount.realm.map(|realm| &raw.realms[realm]) else { return };
    if realm.htpasswd.is_none() && !takes_tokens(mount) {
        let at = raw_mount.realm.as_ref().map_or(raw_mount.at, |realm| realm.at);
        let problem = format!("{} knows no bearer tokens, and realm {}", mount.dialect.name, name.value);
        let advice = "give the realm an htpasswd, or the mount another realm";
        findings.mistake(at, format!("{problem} has nothing else, so nobody can log in; {advice}"));
    }
}

/// Notes which tokens open nothing, and which dialects, mounted without being named, open to nobody.
fn check_tokens(raw: &Raw, mounts: &[Mount], findings: &mut Findings<'_>) {
    for (index, (name, realm)) in raw.realms.iter().enumerate() {
        let own = || mounts.iter().filter(|mount| mount.realm == Some(index));
        let Some(tokens) = realm.tokens.as_ref().filter(|_| own().next().is_some()) else { continue };
        if !own().any(takes_tokens) {
            let problem = format!("no dialect with realm {} knows bearer tokens", name.value);
            findings.note(tokens.at, format!("{problem}, so {} opens nothing", tokens.value));
        }
        for mount in own().filter(|mount| realm.htpasswd.is_none() && !takes_tokens(mount)) {
            let problem = format!("realm {} has no htpasswd, and {}", name.value, mount.dialect.name);
            findings.note(name.at, format!("{problem} knows no bearer tokens: nobody can log in to it"));
        }
    }
}

fn takes_tokens(mount: &Mount) -> bool {
    mount.dialect.schemes.contains(&Scheme::Bearer)
}

/// Without `[[mounts]]`: all dialects at their own paths on the only engine.
fn every_dialect(names: &Names<'_>, findings: &mut Findings<'_>) -> Vec<Mount> {
    let realm = names.realm(None, 0, false, findings);
    let backing = names.engine(None, 0, findings);
    let (Some(realm), Some(Backing { namespace, upstream })) = (realm, backing) else { return Vec::new() };
    let mounts = super::all_dialects(realm, &namespace);
    mounts.into_iter().map(|mount| Mount { upstream, ..mount }).collect()
}

fn mount(
    raw: &RawMount,
    names: &Names<'_>,
    taken: &mut BTreeSet<String>,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Mount> {
    let dialect = dialect("a mount", raw.dialect.as_ref(), raw.at, findings);
    let backing = names.engine(raw.engine.as_ref(), raw.at, findings);
    let legacy =
        dialect.and_then(|dialect| legacy::check(raw, dialect, backing.as_ref(), names, context, findings));
    let is_guarded = legacy.as_ref().is_some_and(|legacy| legacy.as_ref().is_some_and(Legacy::guards));
    let realm = names.realm(raw.realm.as_ref(), raw.at, is_guarded, findings);
    let scopes = [("all", false), ("own", true)];
    let own_scope = choice("scope", raw.scope.as_ref(), &scopes, findings).unwrap_or(false);
    if let (Some(scope), true, Some(None)) = (&raw.scope, own_scope, realm) {
        findings.mistake(scope.at, "scope = \"own\" needs users; give the mount a realm");
    }
    if let (Some(scope), true, Some(Backing { upstream: Some(_), .. })) = (&raw.scope, own_scope, &backing) {
        let problem = "scope = \"own\" needs to know whose each job is, and the jobs of an upstream engine have owners of that \
                       server alone";
        findings.mistake(scope.at, format!("{problem}; remove it, and let groups of the realm say who may"));
    }
    if let (Some(scope), true, Some(Some(_))) = (
        &raw.scope,
        own_scope,
        legacy.as_ref().map(|legacy| legacy.as_ref().filter(|legacy| legacy.borrows_our_name())),
    ) {
        let problem = "scope = \"own\" cannot be kept where the legacy server is asked under the engine's name and not told for whom";
        let advice = "remove it, or write passthrough with legacy_credentials = \"client\"";
        findings.mistake(scope.at, format!("{problem}; {advice}"));
    }
    let prefix = raw.prefix.as_ref().map_or(Some(String::new()), |prefix| {
        if prefix.value.is_empty() { Some(String::new()) } else { path("prefix", prefix, findings) }
    });
    let dialect = dialect?;
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
    let backing = backing?;
    Some(Mount {
        dialect,
        codec: codec?,
        prefix,
        path: own_path,
        realm: realm?,
        own_scope,
        namespace: backing.namespace,
        upstream: backing.upstream,
        legacy: legacy?,
    })
}

/// The dialect that a mount or an engine names; `at` is where its table begins.
pub(super) fn dialect(
    who: &str,
    text: Option<&Text>,
    at: usize,
    findings: &mut Findings<'_>,
) -> Option<&'static Dialect> {
    let names: Vec<_> = countermand_dialects::ALL.iter().map(|dialect| dialect.name).collect();
    let Some(text) = text else {
        let problem = format!("{who} has no dialect; there are {}", names.join(", "));
        findings.missing(at, &["dialect"], at, problem);
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

/// A dialect with its options.
pub(super) fn codec(
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
