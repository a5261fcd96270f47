//! `countermand record` as a process: a session of a real client goes through it, and what it wrote is played again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::client::Client;
use crate::clients::stage::{Runtime, Stage};
use crate::conform::{against, check, conform, gateway};
use crate::server::{BASIC, TOKEN, program};

/// How long the recorder may take to say something, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A recorder at work; killed when dropped.
struct Recorder {
    child: Child,
    listen: SocketAddr,
    /// What it says in the log after it was ready.
    log: mpsc::Receiver<String>,
}

impl Recorder {
    fn start(upstream: SocketAddr, into: &Path, arguments: &[&str]) -> Recorder {
        let mut command = Command::new(program());
        command.args(["record", "--listen", "127.0.0.1:0", "--upstream", &format!("http://{upstream}")]);
        command
            .arg("--into")
            .arg(into)
            .args(arguments)
            .env("COUNTERMAND_TOKEN", TOKEN)
            .env("RUST_LOG", "info");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().unwrap());
        let (told, log) = mpsc::channel();
        // Read to its end, so that the recorder never waits for a full pipe.
        std::thread::spawn(move || {
            lines.lines().map_while(Result::ok).for_each(|line| drop(told.send(line)));
        });
        let ready = log.recv_timeout(PATIENCE).expect("the recorder says that it is ready");
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap_or_else(|_| panic!("{ready}"));
        assert_eq!(ready["message"], "ready");
        let listen = ready["listen"].as_str().unwrap().parse().unwrap();
        Recorder { child, listen, log }
    }

    /// Sends the signal that ends a recording, and waits for it; what it printed.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut printed = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        let status = self.child.wait().unwrap();
        let log: Vec<String> = self.log.try_iter().collect();
        assert_eq!(status.code(), Some(0), "{printed}\n{}", log.join("\n"));
        printed
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server that answers each connection's one request with the bytes that `answer` makes of it, and closes.
fn server(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(&stream);
            let (mut head, mut length) = (String::new(), 0);
            while reader.read_line(&mut head).is_ok_and(|read| read > 2) {
                let line = head.lines().last().unwrap_or_default().to_ascii_lowercase();
                length =
                    line.strip_prefix("content-length: ").map_or(length, |length| length.parse().unwrap());
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = answer(&(head + &String::from_utf8(body).unwrap()));
            drop((&stream).write_all(&answer));
        }
    });
    address
}

/// The files of a recording, which lie in a folder for each dialect, with their texts.
fn written(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = |folder: &Path| {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let files: Vec<_> = entries(folder).iter().flat_map(|dialect| entries(dialect)).collect();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// Plays a session by way of a recorder, and what that wrote against a gateway in process and one that runs. The number
/// of files and the number of exchanges in them.
fn recorded(stage: &Stage, runtime: Runtime, script: &str) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("recorded");
    let (upstream, control) = stage.addresses();
    let recorder = Recorder::start(upstream, &into, &["--control", &format!("http://{control}")]);
    let listen = recorder.listen;
    // The client sees what it sees without a recorder in between.
    stage.plays_by_way_of(listen, runtime, script);
    let printed = recorder.stop();
    println!("{script}: {printed}");
    let files = written(&into);
    let mut exchanges = 0;
    for (path, text) in &files {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        exchanges += text.matches("\n---\nHTTP/1.1 ").count();
        // Passwords and tokens as they are sent, cookies, what the client calls itself, and where everybody is.
        let credentials = [
            "secret",
            "b3BlcmF0b3I6",
            "cmVhZGVyO",
            "token-of-",
            "JSESSIONID",
            "ookie",
            "python-requests",
            "127.0.0.1",
        ];
        for secret in credentials {
            assert!(!text.contains(secret), "{secret} is in {}:\n{text}", path.display());
        }
    }
    assert!(
        printed.starts_with(&format!("{} fixtures with {exchanges} exchanges", files.len())),
        "{printed}"
    );
    let into = into.to_str().unwrap();
    let passed = format!("{} passed, 0 failed, 0 skipped", files.len());
    check(&conform(&[into]), 0, &[&passed]);
    let folder = tempfile::tempdir().unwrap();
    check(&against(&gateway(folder.path()), &[into]), 0, &[&passed]);
    (files.len(), exchanges)
}

#[test]
fn a_recorded_session_of_piapi_is_played_again() {
    let stage = Stage::new();
    let imports = (1..=250).map(|place| {
        let number = 1000 + place;
        format!(
            "{{\"number\":{number},\"dialects\":[\"cisco-prime\"],\"name\":\"Import {place:03}\",\"type\":\"BulkImport\",\
             \"owner\":\"li\",\"state\":\"succeeded\"}}\n"
        )
    });
    stage.register(&imports.collect::<String>());
    // The operator's, until a runner tells of a job; the rest of it; a wrong password's; the reader's.
    let (files, exchanges) = recorded(&stage, Runtime::Python, "piapi_session.py");
    assert!(files == 4 && exchanges >= 50, "{files} files, {exchanges} exchanges");
}

#[test]
fn recorded_sessions_in_every_dialect_are_played_again() {
    for (runtime, script, least) in [
        (Runtime::Shell, "curl.sh", 30),
        (Runtime::Node, "qlik.mjs", 30),
        (Runtime::Python, "retries.py", 30),
    ] {
        let (files, exchanges) = recorded(&Stage::new(), runtime, script);
        assert!(exchanges >= least, "{script}: {files} files, {exchanges} exchanges");
    }
}

#[test]
fn what_passes_through_is_what_was_sent() {
    let upstream = server(|request| match request {
        _ if request.contains("/long") => {
            let body = "x".repeat(3 << 20);
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
        }
        _ if request.contains("/moved") => {
            b"HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 3\r\n\r\n\xff\x00\n"
                .to_vec()
        }
        _ if request.contains("/half") => b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec(),
        _ => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Own: a\r\n\r\n{request}", request.len())
            .into_bytes(),
    });
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(upstream, folder.path(), &[]);
    let mut client = Client::connect(recorder.listen).unwrap();
    let headers = "Connection: x-hop\r\nX-Hop: 1\r\nX-Twice: a\r\nX-Twice: b\r\nAccept-Encoding: gzip\r\n";
    let answer = client.request("POST /a%2Fb/./c?q=%7e&&r", headers, "a body").unwrap();
    assert_eq!(answer.header("x-own"), Some("a"));
    assert!(answer.body.starts_with("POST /a%2Fb/./c?q=%7e&&r HTTP/1.1\r\n"), "{}", answer.body);
    for line in
        ["Host: localhost", "Content-Length: 6", "X-Twice: a", "X-Twice: b", "Accept-Encoding: identity"]
    {
        assert!(answer.body.contains(&format!("\r\n{line}\r\n")), "{line} is not in {}", answer.body);
    }
    assert!(answer.body.ends_with("\r\n\r\na body") && !answer.body.contains("X-Hop"), "{}", answer.body);
    assert_eq!(client.request("GET /long", "", "").unwrap().body.len(), 3 << 20);
    let moved = client.request("GET /moved", "", "").unwrap();
    assert_eq!((moved.status, moved.header("location")), (302, Some("http://127.0.0.1:1/")));
    let half = client.request("GET /half", "", "").unwrap();
    assert!(half.status == 502 && half.body.contains("too early"), "{half:?}");
    assert_eq!(client.request("GET /", "", "").unwrap().status, 200);
    let printed = recorder.stop();
    assert!(printed.starts_with("0 fixtures with 0 exchanges"), "{printed}");
    assert!(printed.contains("left out 4: the path is in no dialect"), "{printed}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn without_a_server_the_client_is_told_and_nothing_is_recorded() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(closed, folder.path(), &[]);
    let mut client = Client::connect(recorder.listen).unwrap();
    let answer = client.request("GET /ess/rest/scheduler/v1/requests/7", BASIC, "").unwrap();
    assert!(answer.status == 502 && answer.body.contains("no answer from"), "{answer:?}");
    assert!(recorder.stop().starts_with("0 fixtures"));
}

#[test]
fn what_record_cannot_do_is_told_in_a_line() {
    let record = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command
            .arg("record")
            .args(arguments)
            .env_remove("COUNTERMAND_TOKEN")
            .output()
            .expect("the program runs")
    };
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let base = ["--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1", "--into", into];
    let also = |more: &[&'static str]| record(&[&base[..], more].concat());
    check(&record(&["--listen", "127.0.0.1:0", "--into", into]), 64, &["--upstream"]);
    check(&also(&["--dialect", "oracle-es"]), 64, &["did you mean oracle-ess?"]);
    check(&also(&["--keep", "trace"]), 64, &["--keep: \"trace\" is not a place"]);
    check(&also(&["--keep", "header:Authorization"]), 64, &["holds credentials"]);
    check(&also(&["--control", "http://127.0.0.1:1"]), 64, &["--control needs a token"]);
    check(&also(&["--source", " "]), 64, &["--source is empty"]);
    let upstream = |url| record(&["--listen", "127.0.0.1:0", "--upstream", url, "--into", into]);
    check(&upstream("https://h"), 64, &["not in this version"]);
    let open = ["--listen", "0.0.0.0:0", "--upstream", "http://127.0.0.1:1", "--into", into];
    check(&record(&open), 64, &["beyond loopback", "--expose"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    check(
        &record(&["--listen", &taken, "--upstream", "http://127.0.0.1:1", "--into", into]),
        74,
        &["record: cannot listen at"],
    );
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    check(
        &record(&[
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "http://127.0.0.1:1",
            "--into",
            file.to_str().unwrap(),
        ]),
        74,
        &["record: cannot make"],
    );
}

/// Names in answers of the fixtures that no table knows, on purpose: what a job printed, a customer's inventory, the
/// parameters of a request, the selections of an app, a login page.
const SOMEBODYS: &[(&str, &[&str])] = &[
    ("cisco-prime", &["body", "head", "html", "p", "property", "title", "value"]),
    (
        "hitachi-detail-view",
        &[
            "",
            " cpu Usage ",
            "CPU USAGE",
            "a",
            "big",
            "cpu  usage",
            "cpu Usage",
            "data",
            "e",
            "interval",
            "ldevMpbUtilization",
            "memory",
            "mpb",
            "n",
            "name",
            "readIOPS",
            "related",
            "signature",
            "start",
            "t",
            "type",
            "unit",
            "z b",
        ],
    ),
    ("oracle-ess", &["recurrences", "value"]),
    (
        "qlik-odag",
        &[
            "logfilepath",
            "numValue",
            "selStatus",
            "selectedSize",
            "selectionAppParamName",
            "selectionAppParamType",
            "strValue",
            "transient",
            "values",
        ],
    ),
];

#[test]
fn every_name_in_an_answer_is_known_or_somebodys_own() {
    let mut unknown: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for fixture in crate::replay::fixtures() {
        let vocabulary = (fixture.dialect.vocabulary)();
        let names = unknown.entry(fixture.dialect.name).or_default();
        for exchange in &fixture.exchanges {
            let mut there = Vec::new();
            if let Ok(document) = serde_json::from_str(&exchange.response.body) {
                members(&document, &mut there);
            } else if let Ok(document) = roxmltree::Document::parse(&exchange.response.body) {
                for node in document.descendants().filter(roxmltree::Node::is_element) {
                    there.push(node.tag_name().name().to_owned());
                    there.extend(node.attributes().map(|attribute| attribute.name().to_owned()));
                }
            }
            names.extend(there.into_iter().filter(|name| !vocabulary.has_member(name)));
        }
    }
    let unknown: Vec<(&str, Vec<&str>)> = unknown
        .iter()
        .map(|(dialect, names)| (*dialect, names.iter().map(String::as_str).collect()))
        .collect();
    let wanted: Vec<_> = SOMEBODYS.iter().map(|(dialect, names)| (*dialect, names.to_vec())).collect();
    assert_eq!(unknown, wanted);
}

fn members(document: &serde_json::Value, names: &mut Vec<String>) {
    match document {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                members(value, names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| members(item, names)),
        _ => {}
    }
}
