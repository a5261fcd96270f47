//! `[realms.NAME]`: who is in which group, and that these people and groups exist. Reads the names in a realm's files,
//! never the hashes: those are the realm's own to judge when it opens.

use std::collections::BTreeSet;

use countermand_dialects::grammar::spelling::nearest;

use super::check::Context;
use super::mistake::{At, Findings};
use super::raw::{RawRealm, Text};
use super::{Realm, UserFiles, Users};

pub(super) fn check(
    raw: &[(Text, RawRealm)],
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Vec<Realm> {
    raw.iter().filter_map(|(name, raw)| realm(name, raw, context, findings)).collect()
}

fn realm(name: &Text, raw: &RawRealm, context: &Context<'_>, findings: &mut Findings<'_>) -> Option<Realm> {
    if name.value == "none" {
        findings.mistake(name.at, "a realm cannot be called none, which means no realm; choose another name");
    }
    if name.value.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
        findings
            .mistake(name.at, "a realm's name stands in a header; leave out quotes and control characters");
    }
    check_groups(name, raw, findings);
    if raw.htpasswd.is_none() && raw.tokens.is_none() {
        findings.missing(
            name.at,
            &["htpasswd", "tokens"],
            name.at,
            format!(
                "realm {} has no htpasswd; write htpasswd = \"{}.htpasswd\", or tokens = \"{}.tokens\" for bearer \
                 tokens",
                name.value, name.value, name.value
            ),
        );
        return None;
    }
    let names = [
        names(raw.htpasswd.as_ref(), "add", context, findings),
        names(raw.tokens.as_ref(), "token", context, findings),
    ];
    // What cannot be read has been complained of; who would be in it is not known.
    if let [Some(users), Some(holders)] = names {
        check_members(raw, &users.union(&holders).cloned().collect(), findings);
    }
    if raw.write.is_none() {
        let problem = format!("realm {} has no write groups: every user of it may change jobs", name.value);
        findings.note(name.at, format!("{problem}; write = [\"GROUP\"] says who may"));
    }
    let plain = |groups: &At<Vec<Text>>| groups.value.iter().map(|group| group.value.clone()).collect();
    Some(Realm {
        name: name.value.clone(),
        users: Users::Files(UserFiles {
            htpasswd: raw.htpasswd.as_ref().map(|file| context.path(&file.value)),
            tokens: raw.tokens.as_ref().map(|file| context.path(&file.value)),
            read: raw.read.as_ref().map(plain),
            write: raw.write.as_ref().map(plain),
            admin: raw.admin.as_ref().map(plain).unwrap_or_default(),
            groups: raw
                .groups
                .iter()
                .map(|(group, members)| {
                    (group.value.clone(), members.iter().map(|member| member.value.clone()).collect())
                })
                .collect(),
        }),
    })
}

/// A group that something is granted to has somebody in it.
fn check_groups(name: &Text, raw: &RawRealm, findings: &mut Findings<'_>) {
    let known: Vec<_> = raw.groups.iter().map(|(group, _)| group.value.as_str()).collect();
    for (right, groups) in [("read", &raw.read), ("write", &raw.write), ("admin", &raw.admin)] {
        for group in groups.iter().flat_map(|groups| &groups.value) {
            if known.contains(&group.value.as_str()) {
                continue;
            }
            let advice = nearest(&group.value, &known).map_or_else(
                || format!("add groups = {{ {:?} = [\"NAME\"] }} to the realm", group.value),
                |nearest| format!("did you mean {nearest:?}?"),
            );
            findings.mistake(
                group.at,
                format!("realms.{}.{right}: nobody is in group {:?}; {advice}", name.value, group.value),
            );
        }
    }
    for (group, _) in raw.groups.iter().filter(|(_, members)| members.is_empty()) {
        findings.mistake(group.at, format!("nobody is in group {:?}; name a user or remove it", group.value));
    }
}

/// The names in a file of lines `NAME:…`, which `countermand user` writes; none where there is no file. `None`: it cannot
/// be read.
fn names(
    file: Option<&Text>,
    maker: &str,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<BTreeSet<String>> {
    let Some(file) = file else { return Some(BTreeSet::new()) };
    let path = context.path(&file.value);
    let read = std::fs::read_to_string(&path).map_err(|error| {
        let advice = format!("make it with countermand user {maker} {} NAME", file.value);
        format!("{} cannot be read: {error}; {advice}", path.display())
    });
    let text = findings.take(file.at, read)?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    Some(lines.filter_map(|line| line.split_once(':').map(|(name, _)| name.trim().to_owned())).collect())
}

/// A name in a group stands in one of the realm's files.
fn check_members(raw: &RawRealm, known: &BTreeSet<String>, findings: &mut Findings<'_>) {
    let strangers = raw.groups.iter().flat_map(|(_, members)| members);
    for member in strangers.filter(|member| !known.contains(&member.value)) {
        let (place, maker, file) = match (&raw.htpasswd, &raw.tokens) {
            (Some(users), Some(tokens)) => {
                (format!("neither in {} nor in {}", users.value, tokens.value), "add", &users.value)
            }
            (None, Some(tokens)) => (format!("not in {}", tokens.value), "token", &tokens.value),
            (Some(users), None) => (format!("not in {}", users.value), "add", &users.value),
            (None, None) => continue,
        };
        let advice = format!("add it with countermand user {maker} {file} {}", member.value);
        findings.mistake(member.at, format!("{:?} is {place}; {advice}", member.value));
    }
}
