//! `countermand conform` as a process: against a gateway in it, against one that runs, against one that it may not change,
//! and with a hook. What it prints, what it writes, how it ends.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::server::{Server, TOKEN, config, program};
use crate::tidy::root;

/// A case that asks for a job which is there, and one that asks for one which is not.
const CASE: &str = "+++\ntitle = \"A waiting request\"\nevidence = \"documented\"\nsource = \"a page\"\n[[given]]\nnumber = 7\n\
                    state = \"queued\"\n[then]\n7 = \"queued\"\n+++\nGET /ess/rest/scheduler/v1/requests/7?fields=state HTTP/1.1\n\
                    Host: {{host}}\nAuthorization: {{authorization}}\n\n---\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n\
                    {\"state\": \"WAIT\"}\n---\nGET /ess/rest/scheduler/v1/requests/8 HTTP/1.1\nHost: {{host}}\n\
                    Authorization: {{authorization}}\n\n---\nHTTP/1.1 404 Not Found\nContent-Type: application/problem+json\n\n\
                    {\n  \"status\": 404\n}\n";

/// A running gateway without any job, with the users that fixtures know.
pub(crate) fn gateway(folder: &Path) -> Server {
    Server::start(&config(folder, "memory"))
}

pub(crate) fn conform(arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("conform").args(arguments).env_remove("UPDATE_EXPECT");
    command.env("COUNTERMAND_USER", "operator:secret").env("COUNTERMAND_READER", "reader:secret");
    command.env("COUNTERMAND_TOKEN", TOKEN).output().expect("the program runs")
}

pub(crate) fn against(server: &Server, arguments: &[&str]) -> Output {
    let target = format!("http://{}", server.listen);
    let control = format!("http://{}", server.control);
    conform(&[&["--target", &target, "--control", &control], arguments].concat())
}

#[track_caller]
pub(crate) fn check(output: &Output, code: i32, says: &[&str]) -> String {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for words in says {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    text
}

/// A folder named after a dialect, with one case in it.
fn one_case(folder: &Path, text: &str) -> PathBuf {
    let cases = folder.join("oracle-ess");
    std::fs::create_dir_all(&cases).unwrap();
    let path = cases.join("waiting.http");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_running_gateway_conforms_twice_over() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let fixtures = root().join("fixtures");
    let fixtures = fixtures.to_str().unwrap();
    let junit = folder.path().join("report.xml");
    let first = against(&server, &["--junit", junit.to_str().unwrap(), fixtures]);
    let said = check(&first, 0, &[" 0 failed, ", ": options", ": clock"]);
    println!("{}", said.lines().last().unwrap());
    let report = std::fs::read_to_string(junit).unwrap();
    let report = roxmltree::Document::parse(&report).unwrap();
    let cases = report.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(cases, crate::tidy::files("fixtures", ".http").len());
    // What the first run has put away is not in the way of the second.
    check(&against(&server, &["--filter", "oracle-ess/*", fixtures]), 0, &[" 0 failed, "]);
}

#[test]
fn a_namespace_with_jobs_of_somebody_elses_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let case = one_case(folder.path(), CASE);
    let case = case.to_str().unwrap();
    server.control("PUT /v1/jobs/7", "{\"state\":\"running\"}");
    let refused = against(&server, &[case]);
    check(&refused, 74, &["has 1 jobs already, such as 7", "--namespace", "--allow-side-effects"]);
    let job = server.control("GET /v1/jobs/7", "");
    assert!(job.body.contains("\"state\":\"running\""), "{}", job.body);
    check(&against(&server, &["--allow-side-effects", case]), 1, &["/type"]);
}

#[test]
fn a_control_api_that_is_none_is_told_with_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let case = one_case(folder.path(), CASE);
    std::fs::write(case.with_file_name("waiting-again.http"), CASE).unwrap();
    let (dialects, cases) = (format!("http://{}", server.listen), case.parent().unwrap().to_str().unwrap());
    let swapped = conform(&["--target", &dialects, "--control", &dialects, cases]);
    check(&swapped, 74, &["/v1/jobs answered 404", "check --control"]);
}

/// Two runs on one stage set the same jobs. The other one is a control API here on which job 7 comes after the first
/// look.
#[test]
fn a_run_ends_when_somebody_else_sets_jobs_on_its_stage() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let control = format!("http://{}", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in other.incoming() {
            let mut connection = connection.unwrap();
            let mut head = String::new();
            BufReader::new(&connection).read_line(&mut head).unwrap();
            let is_list = head.starts_with("GET /v1/jobs?");
            let body = if is_list { r#"{"jobs":[]}"# } else { r#"{"number":7,"name":"Another's"}"# };
            let length = body.len();
            write!(
                connection,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    let case = one_case(folder.path(), CASE);
    let target = format!("http://{}", server.listen);
    let ended = conform(&["--target", &target, "--control", &control, case.to_str().unwrap()]);
    check(&ended, 74, &["job 7 came to the namespace default of", "one run at a time"]);
}

#[test]
fn a_foreign_server_is_asked_but_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let target = format!("http://{}", server.listen);
    let fixtures = root().join("fixtures/cisco-prime");
    let fixtures = fixtures.to_str().unwrap();
    let said = conform(&["--target", &target, fixtures]);
    check(&said, 0, &["0 failed", ": given", ": side effects"]);
    let audit = server.control("GET /v1/audit", "");
    assert!(audit.body.contains("\"entries\":[]"), "{}", audit.body);
}

#[test]
fn a_user_who_is_not_let_in_is_told_in_a_sentence_and_nothing_is_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let case = one_case(folder.path(), CASE);
    let fixtures = root().join("fixtures/oracle-ess");
    for arguments in [
        &["--user", "operator:nope", fixtures.to_str().unwrap()][..],
        &["--user", "operator:nope", "--update", case.to_str().unwrap()],
    ] {
        let text = check(
            &against(&server, arguments),
            1,
            &["answers 401 to the operator of oracle-ess", "check --user"],
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    assert_eq!(std::fs::read_to_string(&case).unwrap(), CASE);
    let said = against(&server, &["--reader", "reader:nope", fixtures.to_str().unwrap()]);
    check(&said, 1, &["answers 401 to the reader of oracle-ess", "check --reader"]);
}

#[test]
fn a_run_that_skips_nearly_all_is_not_green() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let mut command = Command::new(program());
    command.args(["conform", "--target", &format!("http://{}", server.listen)]).arg(root().join("fixtures"));
    command.env_remove("COUNTERMAND_USER").env_remove("COUNTERMAND_READER").env_remove("UPDATE_EXPECT");
    let said = command.output().expect("the program runs");
    check(
        &said,
        1,
        &["0 failed", "cases were played, which proves nothing", "were skipped: give --user NAME:PASSWORD"],
    );
}

#[test]
fn a_filter_that_fits_nothing_is_told_beside_one_that_does() {
    let folder = tempfile::tempdir().unwrap();
    let case = one_case(folder.path(), CASE);
    check(&conform(&["--update", case.to_str().unwrap()]), 0, &["is rewritten"]);
    let of = |filter: &str| conform(&["--filter", "waiting", "--filter", filter, case.to_str().unwrap()]);
    check(&of("oracle-ess/wait*"), 0, &["1 passed"]);
    check(&of("wiating"), 64, &["none of the 1 cases in", "fits --filter \"wiating\""]);
}

#[test]
fn a_job_that_was_put_away_is_not_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let case = one_case(folder.path(), CASE);
    check(&conform(&["--update", case.to_str().unwrap()]), 0, &["is rewritten"]);
    check(&against(&server, &[case.to_str().unwrap()]), 0, &["1 passed"]);
    let case_of_7 = std::fs::read_to_string(&case).unwrap();
    // The same number, which nobody has given to this case.
    let stale = case_of_7.replace("number = 7\nstate = \"queued\"", "number = 9\nstate = \"queued\"");
    let stale = stale.replace("[then]\n7 = \"queued\"", "[then]\n7 = \"succeeded\"");
    std::fs::write(&case, stale.replace("requests/7", "requests/9")).unwrap();
    let seen_nothing = ["then:7", "expected succeeded", "seen     nothing"];
    check(&conform(&[case.to_str().unwrap()]), 1, &seen_nothing);
    check(&against(&server, &[case.to_str().unwrap()]), 1, &seen_nothing);
}

#[test]
fn a_hook_prepares_a_case_or_says_that_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let server = gateway(folder.path());
    let target = format!("http://{}", server.listen);
    let case = one_case(folder.path(), &CASE.replace("{\n  \"status\": 404\n}", ""));
    let told = folder.path().join("told");
    let with_hook = |hook: &str| {
        conform(&["--target", &target, "--given-hook", hook, "--allow-side-effects", case.to_str().unwrap()])
    };
    // It only takes note, so the request is not there.
    check(
        &with_hook(&format!("cat > {}; echo $COUNTERMAND_CASE >> {0}", told.display())),
        1,
        &["seen     404"],
    );
    let told = std::fs::read_to_string(told).unwrap();
    assert_eq!(
        told,
        "{\"case\":\"oracle-ess/waiting\",\"dialect\":\"oracle-ess\",\"title\":\"A waiting request\",\
         \"given\":[{\"number\":7,\"state\":\"queued\"}]}\noracle-ess/waiting\n"
    );
    check(&with_hook("exit 75"), 1, &["1 skipped (1: hook)", "nothing was played"]);
    check(&with_hook("echo no such host >&2; exit 3"), 1, &["--given-hook ended with", "no such host"]);
}

#[test]
fn a_case_that_falls_short_is_told_and_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = CASE.replace("\"WAIT\"", "\"RUNNING\"").replace("200 OK", "202 Accepted");
    let path = one_case(folder.path(), &wrong);
    let case = path.to_str().unwrap();
    let says = ["answer 1 to GET", "/state", "expected \"RUNNING\"", "seen     \"WAIT\"", "1 failed"];
    check(&conform(&[case]), 1, &says);
    let json = conform(&["--json", case]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let differences = json["cases"][0]["differences"].as_array().unwrap();
    let places: Vec<_> = differences.iter().map(|one| one["place"].as_str().unwrap()).collect();
    assert!(places.contains(&"status") && places.contains(&"/state"), "{places:?}");
    check(
        &conform(&["--update", case]),
        0,
        &["is rewritten", "- HTTP/1.1 202 Accepted", "+ HTTP/1.1 200 OK"],
    );
    check(&conform(&[case]), 0, &["1 passed, 0 failed"]);
    let rewritten = std::fs::read_to_string(&path).unwrap();
    let head = |text: &str| text.split("+++").nth(1).unwrap().to_owned();
    assert_eq!(head(&rewritten), head(CASE));
    assert!(
        rewritten.contains("Authorization: {{authorization}}") && rewritten.contains("{\"state\":\"WAIT\"}")
    );
    // A file that is named in two ways is played once, and rewritten once.
    std::fs::write(&path, &wrong).unwrap();
    let twice = folder.path().join("oracle-ess/../oracle-ess");
    let said = conform(&["--json", "--update", case, twice.to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((report["failed"].as_u64(), said.status.code()), (Some(1), Some(0)));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), rewritten);
    // What is expected afterwards stands in the head, which is its author's.
    let then = one_case(folder.path(), &rewritten.replace("7 = \"queued\"", "7 = \"held\""));
    check(&conform(&["--update", then.to_str().unwrap()]), 1, &["then:7", "1 case still fall short"]);
}

#[test]
fn mistakes_and_missing_servers_are_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = one_case(folder.path(), &CASE.replace("evidence", "evidance").replace("{{host}}", "{{hots}}"));
    let path = path.to_str().unwrap();
    check(
        &conform(&[path]),
        1,
        &[":3:1: unknown key evidance; did you mean evidence?", ":12:7: there is no placeholder"],
    );
    let path = one_case(folder.path(), CASE);
    let path = path.to_str().unwrap();
    check(&conform(&["--filter", "nothing", path]), 64, &["none of the 1 cases"]);
    check(&conform(&["--filter", "[", path]), 64, &["--filter"]);
    check(&conform(&["/nowhere"]), 74, &["cannot read /nowhere"]);
    check(
        &conform(&["--target", "127.0.0.1:1", "--allow-side-effects", "--given-hook", "true", path]),
        74,
        &["no answer from http://127.0.0.1:1"],
    );
    check(&conform(&["--target", "ftp://h", path]), 64, &["is not a URL to call"]);
    check(&conform(&["--control", "http://127.0.0.1:1", path]), 64, &["--target"]);
}
