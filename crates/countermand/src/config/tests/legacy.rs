//! Mounts in front of a legacy server.

use countermand_edge::{HostName, Mode};

use super::{check, read};

/// A server that speaks cisco-prime, a ledger, and a mount of this dialect with these lines, which begin at line 15.
fn with(dialect: &str, lines: &str) -> String {
    format!(
        "[realms.people]\nhtpasswd = \"ops.htpasswd\"\n[engines.primary]\nkind = \"ledger\"\n[engines.old]\n\
         kind = \"upstream\"\ndialect = \"cisco-prime\"\nurl = \"http://10.0.0.7/webacs/api\"\n[engines.dv]\n\
         kind = \"upstream\"\ndialect = \"hitachi-detail-view\"\nurl = \"http://10.0.0.8/dbapi.do\"\n[[mounts]]\n\
         dialect = \"{dialect}\"\n{lines}\n"
    )
}

#[test]
fn what_is_left_to_the_legacy_server_is_data() {
    let lines = "engine = \"primary\"\nlegacy = \"old\"\nmode = \"serve-else-passthrough\"\nlegacy_host = \"legacy\"\n\
                 shadow_into = \"seen\"\n[mounts.operations]\ncancelrunning = \"serve\"\nrunhistory = \"shadow\"";
    let config = read(&with("cisco-prime", lines)).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let legacy = config.mounts[0].legacy.as_ref().unwrap();
    assert_eq!(config.upstreams[legacy.upstream].name, "old");
    assert_eq!((legacy.mode, legacy.host), (Mode::ServeElsePassthrough, HostName::Legacy));
    assert_eq!(legacy.operations, [("cancelrunning", Mode::Serve), ("runhistory", Mode::Shadow)]);
    assert!(legacy.shadow_into.as_ref().unwrap().ends_with("seen") && !legacy.guards());
}

#[test]
fn every_mistake_about_a_legacy_server_is_placed() {
    let engine = "engine = \"primary\"\n";
    let cases = [
        ("mode = \"passthrough\"", "16:8 \"passthrough\" needs the legacy server; write legacy = \"old\""),
        ("operations = { cancelrunning = \"shadow\" }", "16:16 \"shadow\" needs the legacy server"),
        (
            "operations = { cancelruning = \"serve\" }",
            "16:16 no operation cancelruning; did you mean cancelrunning?",
        ),
        ("operations = { cancelrunning = true }", "16:16 cancelrunning is not a mode; write \"serve\""),
        ("mode = \"pasthrough\"", "16:8 mode is one of serve, … did you mean \"passthrough\"?"),
        ("mode = \"shadow\"\nlegacy = \"odl\"", "17:10 there is no engine \"odl\"; did you mean \"old\"?"),
        (
            "mode = \"shadow\"\nlegacy = \"primary\"",
            "17:10 engine primary is a ledger, and no server; name an engine of kind",
        ),
        (
            "mode = \"passthrough\"\nlegacy = \"dv\"",
            "17:10 passthrough sends cisco-prime as it is, and engine dv speaks hitachi-detail-view",
        ),
        (
            "legacy_host = \"legacy\"",
            "16:15 legacy_host is about a legacy server; write legacy, or remove it",
        ),
        (
            "mode = \"shadow\"\nlegacy = \"old\"\nlegacy_host = \"theirs\"",
            "18:15 legacy_host is one of client, legacy",
        ),
        (
            "mode = \"shadow\"\nlegacy = \"old\"\nlegacy_credentials = \"engine\"",
            "18:22 engine old has no credentials; write user and password_file, or token_file, there",
        ),
        (
            "mode = \"passthrough\"\nlegacy = \"old\"\nshadow_into = \"seen\"",
            "18:15 shadow_into is for mode = \"shadow\"",
        ),
    ];
    for (lines, expected) in cases {
        check(&with("cisco-prime", &format!("{engine}{lines}")), &[expected]);
    }
    check(
        &with("cisco-prime", "engine = \"old\"\nmode = \"serve-else-passthrough\"\nlegacy = \"old\""),
        &["16:8 \"serve-else-passthrough\" needs jobs of our own; name an engine of kind \"ledger\""],
    );
}

#[test]
fn what_is_handed_out_once_has_no_shadow() {
    let mode = "engine = \"primary\"\nlegacy = \"dv\"\nmode = \"shadow\"";
    check(
        &with("hitachi-detail-view", mode),
        &[
            "17:8 getStatus hands results out once, so it has no shadow; write getStatus = \"passthrough\" below",
        ],
    );
    let operation = "engine = \"primary\"\nlegacy = \"dv\"\noperations = { getStatus = \"shadow\" }";
    check(
        &with("hitachi-detail-view", operation),
        &["17:16 getStatus hands results out once … write \"passthrough\""],
    );
    let fine = format!("{mode}\noperations = {{ getStatus = \"passthrough\" }}");
    assert!(read(&with("hitachi-detail-view", &fine)).is_ok());
}

#[test]
fn a_mount_needs_no_realm_where_the_legacy_server_asks_everybody() {
    let listen = |lines: &str| format!("{}[server]\nlisten = \"0.0.0.0:8080\"\n", with("cisco-prime", lines));
    let relayed = "engine = \"primary\"\nlegacy = \"old\"\nrealm = \"none\"\nmode = \"passthrough\"";
    assert!(read(&listen(relayed)).is_ok());
    let one_served = format!("{relayed}\noperations = {{ cancelrunning = \"serve\" }}");
    check(&listen(&one_served), &["17:9 realm = \"none\" is for loopback only"]);
}

/// The legacy server is asked by us there, and cannot know for whom.
#[test]
fn whoever_is_kept_to_his_own_jobs_is_not_let_at_all_those_of_a_legacy_server() {
    let own = "engine = \"primary\"\nscope = \"own\"\nlegacy = \"old\"\n";
    let says = "16:9 scope = \"own\" cannot be kept where the legacy server is asked under the engine's name";
    for modes in
        ["mode = \"serve-else-passthrough\"", "operations = { cancelrunning = \"serve-else-passthrough\" }"]
    {
        check(&with("cisco-prime", &format!("{own}{modes}")), &[says]);
    }
    let text = with("cisco-prime", &format!("{own}mode = \"passthrough\"\nlegacy_credentials = \"engine\""));
    let text =
        text.replace("/webacs/api\"\n", "/webacs/api\"\nuser = \"nbi\"\npassword_file = \"ops.token\"\n");
    check(&text, &[&says.replace("16:9", "18:9")]);
    for modes in ["mode = \"passthrough\"", "mode = \"shadow\"\noperations = { cancelrunning = \"serve\" }"] {
        let config = read(&with("cisco-prime", &format!("{own}{modes}")));
        assert!(config.is_ok(), "{modes}: {:?}", config.err());
    }
}
