//! Realms: their files, who is in which group, and whether anybody can log in with what there is.

use countermand_dialects::{Dialect, Scheme};

use super::{check, read};

#[test]
fn people_and_groups_exist() {
    check(
        "[realms.ops]\nhtpasswd = \"ops.htpasswd\"\nread = [\"readers\"]\nwrite = [\"wirters\", \"others\"]\n\
         groups = { writers = [\"li\", \"lee\"], readers = [] }",
        &[
            "4:10 realms.ops.write: nobody is in group \"wirters\"; did you mean \"writers\"?",
            "4:21 realms.ops.write: nobody is in group \"others\"; add groups = ",
            "5:29 \"lee\" is not in ops.htpasswd; add it with countermand user add ops.htpasswd lee",
            "5:37 nobody is in group \"readers\"",
        ],
    );
    check("[realms.ops]", &["1:9 realm ops has no htpasswd; write htpasswd = \"ops.htpasswd\""]);
    check("[realms.none]\nhtpasswd = \"ops.htpasswd\"", &["1:9 a realm cannot be called none"]);
    check(
        "[realms.ops]\nhtpasswd = \"no.htpasswd\"",
        &["2:12 no.htpasswd cannot be read … countermand user add no.htpasswd NAME"],
    );
    check("", &["1:1 there is no realm to authenticate with; write [realms.NAME]"]);
    check(
        "[realms.a]\nhtpasswd = \"ops.htpasswd\"\n[realms.b]\nhtpasswd = \"ops.htpasswd\"",
        &["1:1 there are several realms; say which with realm = one of a, b"],
    );
}

#[test]
fn people_may_have_tokens_beside_passwords_or_nothing_else() {
    let groups = "write = [\"w\"]\ngroups = { w = [\"ana\", \"farm\", \"lee\"] }";
    check(
        &format!("[realms.ops]\nhtpasswd = \"ops.htpasswd\"\ntokens = \"ops.tokens\"\n{groups}"),
        &["5:32 \"lee\" is neither in ops.htpasswd nor in ops.tokens; add it with countermand user add"],
    );
    check(
        &format!("[realms.ops]\ntokens = \"ops.tokens\"\n{groups}"),
        &[
            "4:17 \"ana\" is not in ops.tokens; add it with countermand user token ops.tokens ana",
            "4:32 \"lee\" is not in ops.tokens",
        ],
    );
    check(
        "[realms.ops]\ntokens = \"no.tokens\"\ngroups = { w = [\"lee\"] }",
        &["2:10 no.tokens cannot be read … make it with countermand user token no.tokens NAME"],
    );
    check("[realms.ops]\ntokens = 1", &["2:10 realms.ops.tokens is a whole number"]);
}

/// A dialect that knows tokens, or one that does not. Which is not this test's to say.
fn dialect_that_takes_tokens(wanted: bool) -> &'static str {
    let takes = |dialect: &Dialect| dialect.schemes.contains(&Scheme::Bearer);
    countermand_dialects::ALL.iter().find(|dialect| takes(dialect) == wanted).unwrap().name
}

#[test]
fn tokens_open_only_dialects_that_know_them() {
    let (with, without) = (dialect_that_takes_tokens(true), dialect_that_takes_tokens(false));
    let realm = "[realms.ops]\ntokens = \"ops.tokens\"\nwrite = [\"w\"]\ngroups = { w = [\"farm\"] }\n";
    check(
        &format!("{realm}[[mounts]]\ndialect = \"{without}\"\nrealm = \"ops\""),
        &[&format!("7:9 {without} knows no bearer tokens … realm ops has nothing else … an htpasswd")],
    );
    let config = read(&format!("{realm}[[mounts]]\ndialect = \"{with}\"")).ok().unwrap();
    assert_eq!(config.notes.len(), 1, "only that there is no [control]: {:?}", config.notes);

    // Nobody asked for this one by name, so it is no mistake that nobody gets in.
    let notes = read(realm).ok().unwrap().notes;
    let told = format!(":1:9: realm ops has no htpasswd, and {without} knows no bearer tokens");
    assert!(notes.iter().any(|note| note.to_string().contains(&told)), "{notes:?}");

    let both = format!("[realms.ops]\nhtpasswd = \"ops.htpasswd\"\n{}", &realm["[realms.ops]\n".len()..]);
    let notes = read(&format!("{both}[[mounts]]\ndialect = \"{without}\"")).ok().unwrap().notes;
    let told = ":3:10: no dialect with realm ops knows bearer tokens, so ops.tokens opens nothing";
    assert!(notes.iter().any(|note| note.to_string().contains(told)), "{notes:?}");
}
