//! `[engines.NAME]` of the kind `upstream`.

use std::time::Duration;

use super::{check_part, folder, read};
use crate::config::parse;

/// An upstream with more of these lines; they begin at line 5.
fn engine(more: &str) -> String {
    let head = "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"https://ess.example/ess/rest/scheduler/v1\"\n";
    format!("{head}{more}")
}

#[test]
fn an_upstream_has_its_defaults() {
    let text = "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"http://127.0.0.1:1/x/\"\n\
                [realms.people]\nhtpasswd = \"ops.htpasswd\"\n";
    let config = read(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let [old] = config.upstreams.as_slice() else { panic!("there is one") };
    assert_eq!(
        (old.name.as_str(), old.dialect.name, old.namespace.as_str()),
        ("old", "oracle-ess", "default")
    );
    assert_eq!((old.timeout, old.concurrency), (Duration::from_secs(20), 32));
    assert!(old.authorization.is_none() && old.base.to_string() == "http://127.0.0.1:1/x");
    assert!(config.mounts.iter().all(|mount| mount.upstream == Some(0)), "the only engine is every mount's");
}

#[test]
fn credentials_come_from_files_and_are_shown_nowhere() {
    let folder = folder();
    std::fs::write(folder.path().join("old.password"), "a secret\n").unwrap();
    let text = engine(
        "user = \"nbi\"\npassword_file = \"old.password\"\n[realms.people]\nhtpasswd = \"ops.htpasswd\"\n",
    );
    let config = parse(&folder.path().join("countermand.toml"), &text, &|_| None).unwrap();
    let value = config.upstreams[0].authorization.as_ref().unwrap();
    assert_eq!(value, "Basic bmJpOmEgc2VjcmV0");
    assert_eq!(format!("{value:?}"), "Sensitive");
}

#[test]
fn what_an_upstream_lacks_is_told_at_its_name() {
    check_part(
        "[engines.old]\nkind = \"upstream\"",
        &["1:10 engine old has no dialect; there are", "1:10 engine old has no url; write url = \"https://"],
    );
}

#[test]
fn values_of_an_upstream_that_make_no_sense_are_refused() {
    let cases = [
        ("user = \"nbi\"", "5:8 engine old has a user and no password; write password_file"),
        ("password_file = \"ops.token\"", "5:17 engine old has a password and no user; write user"),
        (
            "user = \"nbi\"\npassword_file = \"ops.token\"\ntoken_file = \"ops.token\"",
            "7:14 there is a token_file beside a user",
        ),
        ("token_file = \"none.token\"", "5:14 none.token cannot be read"),
        ("token_file = \"empty.token\"", "5:14 empty.token is empty"),
        ("user = \"n:i\"\npassword_file = \"ops.token\"", "5:8 \"n:i\" cannot be a user's name"),
        ("ca = \"none.pem\"", "5:6 none.pem: it cannot be read"),
        ("ca = \"ops.token\"", "5:6 ops.token: there is no certificate in it"),
        ("client_key = \"ops.token\"", "5:14 client_key is there without client_certificate"),
        (
            "timeout = \"30s\"",
            "5:11 a command to engine old may take 30s … limits.call_timeout … write a timeout below",
        ),
        ("concurrency = 0", "5:15 0 would refuse everything"),
        ("options = { nosuch = 1 }", "5:13 oracle-ess option nosuch"),
        ("pasword_file = \"x\"", "5:1 unknown key pasword_file in engines.old; did you mean password_file?"),
        ("namespace = \"a b\"", "5:13 a namespace is 1 to 64 letters"),
    ];
    for (more, expected) in cases {
        check_part(&engine(more), &[expected]);
    }
}

#[test]
fn a_url_that_is_none_is_told_how_to_write_it() {
    let text = "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"ess.example\"";
    check_part(text, &["4:7 \"ess.example\" is not a URL of http or https; write it as"]);
    let text = "[engines.old]\nkind = \"upstream\"\ndialect = \"oracle-ess\"\nurl = \"http://ess.example\"\nca = \"ca.pem\"";
    check_part(text, &["5:6 ca means nothing to a url of http"]);
}

#[test]
fn the_keys_of_an_upstream_mean_nothing_to_a_ledger() {
    check_part(
        "[engines.x]\nkind = \"ledger\"\nurl = \"http://a\"\ntimeout = \"1s\"",
        &["3:7 url is for kind = \"upstream\"", "4:11 timeout is for kind = \"upstream\""],
    );
}

#[test]
fn owners_are_the_servers_own() {
    let mount = "[[mounts]]\ndialect = \"oracle-ess\"\nscope = \"own\"";
    check_part(&engine(mount), &["7:9 scope = \"own\" needs to know whose each job is"]);
}
