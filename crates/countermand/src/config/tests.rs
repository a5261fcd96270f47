//! Mistakes, each with its place and its advice: data in, messages out.

mod engines;
mod legacy;
mod realms;
mod server;

use std::path::Path;

use countermand_control::Scope;

use super::{Config, LoadError, parse};

/// A folder with an htpasswd file of `ana` and `li`, a file of tokens of `farm`, and a token of the control API.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ops.htpasswd"), "# people\nana:$2y$05$x\nli:$2y$05$y\n").unwrap();
    std::fs::write(folder.path().join("ops.tokens"), "# tokens\nfarm:{SHA256}x\n").unwrap();
    std::fs::write(folder.path().join("ops.token"), "0123456789abcdef\n").unwrap();
    std::fs::write(folder.path().join("empty.token"), "\n").unwrap();
    folder
}

fn read(text: &str) -> Result<Config, Vec<String>> {
    let folder = folder();
    let file = folder.path().join("countermand.toml");
    parse(&file, text, &|_| None).map_err(|error| match error {
        LoadError::Mistakes(mistakes) => mistakes
            .iter()
            .map(|mistake| format!("{}:{} {}", mistake.place.line, mistake.place.column, mistake.problem))
            .collect(),
        LoadError::Unreadable { .. } => panic!("nothing is read"),
    })
}

/// The mistakes of a text, in order: each begins with its place and holds the given words.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let Err(mistakes) = read(text) else { panic!("no mistake in {text}") };
    let fits = mistakes.len() == expected.len()
        && mistakes.iter().zip(expected).all(|(mistake, expected)| {
            let (place, words) = expected.split_once(' ').unwrap();
            mistake.starts_with(&format!("{place} ")) && words.split(" … ").all(|part| mistake.contains(part))
        });
    assert!(fits, "in\n{text}\nexpected\n{}\nfound\n{}", expected.join("\n"), mistakes.join("\n"));
}

/// The same in a configuration that is whole otherwise; its own lines come first.
#[track_caller]
fn check_part(text: &str, expected: &[&str]) {
    check(&format!("{text}\n[realms.people]\nhtpasswd = \"ops.htpasswd\"\n"), expected);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest() {
    check_part(
        "[server]\nlisten = \"127.0.0.1:1\"\nlisen = 1",
        &["3:1 unknown key lisen in server; did you mean listen?"],
    );
    check_part("[sever]", &["1:2 unknown key sever here; did you mean server?"]);
    check_part("[log]\nzzz = 1", &["2:1 unknown key zzz in log; there are access"]);
    check_part(
        "[limits]\nheadtimeout = \"1s\"",
        &["2:1 unknown key headtimeout in limits; did you mean head_timeout?"],
    );
}

#[test]
fn wrong_kinds_say_what_to_write() {
    check_part("[server]\nlisten = 8080", &["2:10 server.listen is a whole number; write a text in quotes"]);
    check_part("server = 1", &["1:10 server is a whole number; write a table, [server]"]);
    check_part("mounts = 1", &["1:10 mounts is a whole number; write an array of tables, [[mounts]]"]);
    check_part("[limits]\nbody = true", &["2:8 limits.body is true or false; write a size such as \"1MiB\""]);
    check_part(
        "[control]\ntoken_file = \"ops.token\"\nplaintext = \"yes\"",
        &["3:13 control.plaintext is a text; write true or false"],
    );
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let cases = [
        ("[server]\nlisten = \"localhost\"", "2:10 \"localhost\" is not an address … 127.0.0.1:8080"),
        (
            "[server]\npublic_url = \"prime\"",
            "2:14 \"prime\" is not a scheme and a host … \"https://prime.example\"",
        ),
        ("[server]\npublic_url = \"http://a/b\"", "2:14 is not a scheme and a host"),
        ("[limits]\nbody = \"1MB\"", "2:8 \"1MB\" is not a size; write it as … \"1MiB\""),
        ("[limits]\nhead = \"1KiB\"", "2:8 \"1KiB\" is too little; write at least 8192"),
        ("[limits]\nidle = \"75\"", "2:8 \"75\" is not a duration; write it with its unit"),
        ("[limits]\nidle = 75", "2:8 \"75\" is not a duration; write it with its unit"),
        ("[limits]\nconnections = 0", "2:15 0 would refuse everything"),
        (
            "[ledger]\nstore = \"postgres:x\"",
            "2:9 \"postgres:x\" is no store; write \"sqlite:countermand.db\"",
        ),
        (
            "[log]\naccess = \"command\"",
            "2:10 log.access is one of none, refusals, commands, all … mean \"commands\"?",
        ),
        ("[engines.x]\nkind = \"leger\"", "2:8 \"leger\" is no kind of engine; write kind = \"ledger\""),
        ("[engines.x]", "1:10 engine x has no kind; write kind = \"ledger\""),
        ("[engines.x]\nkind = \"ledger\"\nnamespace = \"a b\"", "3:13 a namespace is 1 to 64 letters"),
    ];
    for (text, expected) in cases {
        check_part(text, &[expected]);
    }
}

#[test]
fn what_has_not_landed_is_not_in_this_version() {
    let cases = [
        (
            "[ledger]\nkeep_finished = \"7d\"",
            "2:17 ledger.keep_finished other than \"forever\" is not in this version",
        ),
        (
            "[ledger]\nkeep_audit = \"1y\"",
            "2:14 ledger.keep_audit other than \"forever\" is not in this version",
        ),
    ];
    for (text, expected) in cases {
        check_part(text, &[expected]);
    }
}

#[test]
fn the_control_api_has_tokens_and_stays_on_loopback() {
    check_part(
        "[control]",
        &["1:2 control has no token; write token_file = \"control.token\" or set COUNTERMAND_TOKEN"],
    );
    check_part("[control]\ntoken = \"\"", &["2:9 the token is empty"]);
    check_part("[control]\ntoken = \"a b\"", &["2:9 the token has characters"]);
    check_part("[control]\ntoken_file = \"none\"", &["2:14 none cannot be read"]);
    check_part("[control]\ntoken_file = \"empty.token\"", &["2:14 empty.token: the token is empty"]);
    check_part(
        "[control]\ntoken = \"0123456789abcdef\"\ntoken_file = \"ops.token\"",
        &["3:14 control has both token and token_file; keep token_file"],
    );
    check_part(
        "[control]\ntoken_file = \"ops.token\"\nlisten = \"0.0.0.0:8081\"",
        &["3:10 control.listen 0.0.0.0:8081 is beyond loopback … plaintext = true"],
    );
    check_part(
        "[control]\ntoken_file = \"ops.token\"\nlisten = \"127.0.0.1:8080\"",
        &["3:10 control.listen is server.listen"],
    );
    check_part(
        "[control]\ntokens = [ { name = \"a\", file = \"ops.token\", scope = \"runs\" }, { name = \"a\" } ]",
        &[
            "2:54 scope is one of admin, run, read, not \"runs\"; did you mean \"run\"?",
            "2:64 a token of control.tokens has no file",
            "2:64 a token of control.tokens has no scope",
            "2:73 there is another token named \"a\"",
        ],
    );
    let text = "[control]\ntokens = [ { name = \"farm\", file = \"ops.token\", scope = \"run\" } ]\n\
                [realms.r]\nhtpasswd = \"ops.htpasswd\"";
    let control = read(text).ok().unwrap().control.unwrap();
    assert_eq!(control.tokens[0].digest, super::secrets::digest("0123456789abcdef"));
    assert_eq!(control.tokens[0].scope, Scope::Run);
}

#[test]
fn tokens_that_cannot_be_told_apart_are_noted() {
    let text = "[control]\ntoken = \"0123456789abcdef\"\n\
                tokens = [ { name = \"farm\", file = \"ops.token\", scope = \"run\" } ]\n\
                [realms.r]\nhtpasswd = \"ops.htpasswd\"\nwrite = [\"w\"]\ngroups = { w = [\"li\"] }";
    let notes = read(text).ok().unwrap().notes;
    let notes: Vec<_> = notes
        .iter()
        .map(|note| format!("{}:{} {}", note.place.line, note.place.column, note.problem))
        .collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("2:9 control has both a token and tokens"), "{notes:?}");
    assert!(
        notes[1].starts_with("3:36 the tokens \"control\" and \"farm\" have the same secret"),
        "{notes:?}"
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_not_missing_too() {
    check_part("[control]\ntoken = 1", &["2:9 control.token is a whole number"]);
    check_part(
        "[control]\ntokens = [ { name = \"a\", file = \"ops.token\", scope = 1 } ]",
        &["2:54 control.tokens.scope is a whole number"],
    );
    check_part("[[mounts]]\ndialect = 1", &["2:11 mounts.dialect is a whole number"]);
    check_part("[engines.x]\nkind = 1", &["2:8 engines.x.kind is a whole number"]);
    check("[realms.r]\nhtpasswd = 1", &["2:12 realms.r.htpasswd is a whole number"]);
}

#[test]
fn a_ledger_has_a_directory() {
    check_part(
        "[ledger]\nstore = \"sqlite:nowhere/c.db\"",
        &["2:9 there is no directory … nowhere; make it"],
    );
}

#[test]
fn broken_syntax_is_told_with_everything_else() {
    check_part(
        "[server]\nlisten = 127.0.0.1:8080\npublic = 1",
        &["2:15 not TOML: ", "3:1 unknown key public in server; did you mean public_url?"],
    );
}

#[test]
fn columns_count_characters_and_messages_stay_on_one_line() {
    check_part("[log]\n\"é\" = 1", &["2:1 unknown key é"]);
    check_part("[log]\naccess = \"é\", b = 1", &["2:13 not TOML: "]);
    check_part("[server]\nlisten = \"a\\nb\"", &["2:10 \"a\\nb\" is not an address"]);
}

#[test]
fn the_example_of_the_manual_is_taken() {
    let text = "[server]\nlisten = \"127.0.0.1:8080\"\npublic_url = \"https://prime.example\"\n\
                [limits]\nhead = \"16KiB\"\nbody = \"1MiB\"\nconnections = 20000\nin_flight = 4096\n\
                head_timeout = \"10s\"\nbody_timeout = \"30s\"\ncall_timeout = \"30s\"\nidle = \"75s\"\ndrain = \"20s\"\n\
                [control]\nlisten = \"127.0.0.1:8081\"\ntoken = \"0123456789abcdef\"\n\
                [ledger]\nstore = \"sqlite:countermand.db\"\nkeep_finished = \"forever\"\n\
                [realms.ops]\nhtpasswd = \"ops.htpasswd\"\nread = [\"nbi-read\"]\nwrite = [\"nbi-write\"]\n\
                groups = { \"nbi-read\" = [\"ana\", \"li\"], \"nbi-write\" = [\"li\"] }\n\
                [engines.primary]\nkind = \"ledger\"\n[log]\naccess = \"commands\"\n";
    let config = read(text).unwrap_or_else(|mistakes| panic!("{}", mistakes.join("\n")));
    assert_eq!(config.limits.body, 1 << 20);
    assert_eq!(config.server.public_url.unwrap().to_string(), "https://prime.example");
    assert_eq!(config.mounts.len(), countermand_dialects::ALL.len());
    assert!(config.mounts.iter().all(|mount| mount.realm == Some(0) && mount.namespace == "default"));
    assert!(config.notes.is_empty(), "{:?}", config.notes);
}

#[test]
fn a_token_may_come_from_the_environment() {
    let folder = folder();
    let file = folder.path().join("countermand.toml");
    let text = "[control]\n[realms.r]\nhtpasswd = \"ops.htpasswd\"\n";
    let environment = |name: &str| (name == "COUNTERMAND_TOKEN").then(|| "from-the-environment".to_owned());
    let config = parse(&file, text, &environment).ok().unwrap();
    assert_eq!(config.control.unwrap().tokens[0].digest, super::secrets::digest("from-the-environment"));
    assert!(matches!(parse(Path::new("/"), text, &|_| None), Err(LoadError::Mistakes(_))));
}

/// A mount of the hitachi-detail-view dialect, which has options of every kind; the lines given come second.
#[track_caller]
fn check_mount(lines: &str, expected: &[&str]) {
    check_part(&format!("[[mounts]]\n{lines}"), expected);
}

#[test]
fn mounts_refer_to_what_there_is() {
    let names: Vec<_> = countermand_dialects::ALL.iter().map(|dialect| dialect.name).collect();
    check_mount("", &[&format!("1:1 a mount has no dialect; there are {}", names.join(", "))]);
    check_mount(
        "dialect = \"hitachi-detail-vew\"",
        &["2:11 no dialect is called \"hitachi-detail-vew\"; did you mean \"hitachi-detail-view\"?"],
    );
    let here = |lines: &str| format!("dialect = \"hitachi-detail-view\"\n{lines}");
    let cases = [
        ("realm = \"peopel\"", "3:9 there is no realm \"peopel\"; did you mean \"people\"?"),
        ("engine = \"primary\"", "3:10 there is no engine \"primary\"; write [engines.primary]"),
        ("prefix = \"vp\"", "3:10 prefix \"vp\" is not a path; write it as \"/vp\""),
        ("prefix = \"/vp/\"", "3:10 prefix \"/vp/\" is not a path"),
        (
            "path = \"/dbapi.do\"",
            "3:8 hitachi-detail-view has 2 paths, which path cannot replace; use prefix",
        ),
        ("mode = \"sever\"", "3:8 mode is one of serve, … did you mean \"serve\"?"),
        ("scope = \"mine\"", "3:9 scope is one of all, own, not \"mine\""),
        ("scope = \"own\"\nrealm = \"none\"", "3:9 scope = \"own\" needs users; give the mount a realm"),
        ("operations = { getStats = \"serve\" }", "3:16 no operation getStats; did you mean getStatus?"),
        (
            "options = { delivery = \"twice\" }",
            "3:13 option delivery: \"twice\" is not one of once, cumulative, repeat",
        ),
        ("options = { delivry = \"once\" }", "3:13 option delivry: no such option; did you mean delivery?"),
        ("options = { zzz = \"once\" }", "3:13 option zzz: no such option; there are delivery, "),
        ("options = { lifetime = [] }", "3:24 mounts.options.lifetime is an array; write true, false"),
    ];
    for (lines, expected) in cases {
        check_mount(&here(lines), &[expected]);
    }
    check_mount(
        &here("[[mounts]]\ndialect = \"hitachi-detail-view\""),
        &[
            "3:1 /dbapi.do is mounted twice; give this mount a prefix of its own",
            "3:1 /clearsightadvanced/dbapi.do is mounted twice",
        ],
    );
}

#[test]
fn nobody_is_asked_who_they_are_on_loopback_only() {
    let mount = "[[mounts]]\ndialect = \"hitachi-detail-view\"\nrealm = \"none\"";
    check(
        &format!("[server]\nlisten = \"0.0.0.0:80\"\n{mount}"),
        &["5:9 realm = \"none\" is for loopback only; give the mount a realm, or listen at 127.0.0.1"],
    );
    let config = read(mount).unwrap_or_else(|mistakes| panic!("{}", mistakes.join("\n")));
    assert_eq!(config.mounts[0].realm, None);
}

#[test]
fn a_mount_has_its_own_prefix_engine_and_options() {
    let config = read(
        "[realms.a]\nhtpasswd = \"ops.htpasswd\"\nwrite = [\"w\"]\ngroups = { w = [\"li\"] }\n\
         [realms.b]\nhtpasswd = \"ops.htpasswd\"\n\
         [engines.one]\nkind = \"ledger\"\n[engines.two]\nkind = \"ledger\"\nnamespace = \"second\"\n\
         [[mounts]]\ndialect = \"hitachi-detail-view\"\nprefix = \"/vp\"\nrealm = \"a\"\nengine = \"two\"\n\
         scope = \"own\"\noptions = { delivery = \"repeat\" }\n",
    )
    .unwrap_or_else(|mistakes| panic!("{}", mistakes.join("\n")));
    let mount = &config.mounts[0];
    assert_eq!((mount.prefix.as_str(), mount.namespace.as_str(), mount.own_scope), ("/vp", "second", true));
    assert_eq!(mount.realm, Some(0));
    let notes: Vec<_> = config.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].contains("there is no [control]"), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("no mount uses realm b")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains(":5:9: realm b has no write groups")), "{notes:?}");
}
