//! Real clients, unmodified, each through a whole session against the real program: what it returns and raises is what
//! its user sees, and what it did is in the ledger.
//!
//! A session is a script under `tests/clients/` that gets the gateway's address and the control API's, where it also plays
//! the runner of the jobs it stops. It prints one line for each step, which must be the lines of the file beside it that
//! ends in `.txt`; `…` there stands for anything. `tests/clients/install`, which `./check` runs, installs the clients.

// The gateway that a session plays against, and what runs the scripts.
pub(crate) mod stage;

use stage::{Runtime, Stage};

#[test]
fn curl_in_a_shell_script_speaks_all_four() {
    let stage = Stage::new();
    stage.plays(Runtime::Shell, "curl.sh");
    stage.ends_with(&[(15, "cancelled"), (25, "cancelled"), (16, "succeeded"), (101, "cancelled")]);
    stage.ends_with(&[(201, "cancelled"), (202, "running"), (301, "cancelled")]);
    let prime = ["25 cancel", "15 cancel", "7 cancel"];
    let odag = ["201 hold", "201 release", "201 cancel", "201 acknowledge"];
    let ess = ["301 hold", "301 release", "301 cancel", "304 cancel", "305 cancel", "303 cancel"];
    let deleted = ["304 delete", "305 delete", "303 delete"];
    assert_eq!(stage.orders(), [&prime[..], &["101 cancel"], &odag, &ess, &deleted].concat());
}

#[test]
fn requests_that_are_sent_again_count_once() {
    let stage = Stage::new();
    stage.plays(Runtime::Python, "retries.py");
    stage.ends_with(&[(15, "cancelling"), (202, "cancelling"), (302, "cancelled"), (301, "queued")]);
    assert_eq!(stage.orders(), ["302 cancel", "15 cancel", "202 cancel", "35 cancel"]);
}

#[test]
fn what_powershell_sends_is_understood_or_refused_clearly() {
    let stage = Stage::new();
    stage.plays(Runtime::Python, "powershell.py");
    stage.ends_with(&[(16, "succeeded"), (35, "cancelled"), (36, "queued"), (45, "cancelled")]);
    let orders =
        ["15 cancel", "25 cancel", "46 cancel", "35 cancel", "45 cancel", "302 cancel", "201 cancel"];
    assert_eq!(stage.orders(), orders);
}

#[test]
fn qlik_api_does_its_whole_session() {
    let stage = Stage::new();
    stage.plays(Runtime::Node, "qlik.mjs");
    stage.ends_with(&[
        (201, "cancelled"),
        (202, "cancelled"),
        (203, "failed"),
        (204, "succeeded"),
        (205, "queued"),
    ]);
    let orders =
        ["201 hold", "201 release", "201 cancel", "201 acknowledge", "202 cancel", "202 acknowledge"];
    assert_eq!(
        stage.orders(),
        [&orders[..], &["203 acknowledge", "203 delete_output", "204 delete_output"]].concat()
    );
}

#[test]
fn piapi_does_its_whole_session() {
    let stage = Stage::new();
    stage.register_many();
    stage.plays(Runtime::Python, "piapi_session.py");
    stage.ends_with(&[(15, "cancelled"), (25, "cancelled"), (16, "succeeded"), (35, "queued")]);
    assert_eq!(stage.orders(), ["7 hold", "7 release", "7 cancel", "15 cancel", "25 cancel"]);
}

#[test]
fn piapi_is_told_of_a_rate_limit_in_its_own_words() {
    let options = "options = { perUserThreshold = 5, windowSize = 86_400_000 }";
    let stage = Stage::with(&format!("[[mounts]]\ndialect = \"cisco-prime\"\n{options}\n"));
    stage.plays(Runtime::Python, "piapi_limited.py");
    stage.ends_with(&[(15, "running")]);
    assert_eq!(stage.orders(), [""; 0]);
}
