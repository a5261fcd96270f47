//! `[realms.NAME]`: who is in which group, and that these people and groups exist. Reads the names in an htpasswd
//! file, never the hashes: those are the realm's own to judge when it opens.

use std::collections::BTreeSet;

use countermand_dialects::grammar::spelling::nearest;

use super::check::Context;
use super::mistake::{At, Findings};
use super::raw::{RawRealm, Text};
use super::{Realm, UserFile, Users};

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
    let Some(htpasswd) = &raw.htpasswd else {
        findings.missing(
            name.at,
            &["htpasswd"],
            name.at,
            format!("realm {} has no htpasswd; write htpasswd = \"{}.htpasswd\"", name.value, name.value),
        );
        return None;
    };
    let file = context.path(&htpasswd.value);
    match std::fs::read_to_string(&file) {
        Ok(text) => check_members(raw, &htpasswd.value, &text, findings),
        Err(error) => findings.mistake(
            htpasswd.at,
            format!(
                "{} cannot be read: {error}; make it with countermand user add {} NAME",
                file.display(),
                htpasswd.value
            ),
        ),
    }
    if raw.write.is_none() {
        let problem = format!("realm {} has no write groups: every user of it may change jobs", name.value);
        findings.note(name.at, format!("{problem}; write = [\"GROUP\"] says who may"));
    }
    let plain = |groups: &At<Vec<Text>>| groups.value.iter().map(|group| group.value.clone()).collect();
    Some(Realm {
        name: name.value.clone(),
        users: Users::File(UserFile {
            htpasswd: file,
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

/// A name in a group stands in the htpasswd file.
fn check_members(raw: &RawRealm, file: &str, text: &str, findings: &mut Findings<'_>) {
    let users: BTreeSet<_> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once(':').map(|(user, _)| user.trim()))
        .collect();
    for member in raw.groups.iter().flat_map(|(_, members)| members) {
        if !users.contains(member.value.as_str()) {
            findings.mistake(
                member.at,
                format!(
                    "{:?} is not in {file}; add it with countermand user add {file} {}",
                    member.value, member.value
                ),
            );
        }
    }
}
