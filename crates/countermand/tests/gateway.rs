//! The built program as a gateway: a demo on ports of its own, asked by a plain socket, ended by a signal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Output, Stdio};

const TOKEN: &str = "a-token-of-the-tests";

/// A running gateway; killed when it is forgotten.
struct Running {
    child: Child,
    edge: SocketAddr,
    control: SocketAddr,
    printed: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a demo and reads what it prints up to the last curl.
fn demo(more: &[&str]) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermand"));
    command
        .args(["demo", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--token", TOKEN])
        .args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program runs");
    let mut out = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let mut printed = String::new();
    while !printed.contains("/v1/jobs\n") {
        assert_ne!(out.read_line(&mut printed).expect("it prints text"), 0, "it ended after {printed}");
    }
    let address = |before: &str| {
        let (_, rest) = printed.split_once(before).expect("it says where it is");
        rest.split([',', ' ']).next().and_then(|text| text.parse().ok()).expect("an address")
    };
    let (edge, control) = (address("Dialects at http://"), address("control API at http://"));
    Running { child, edge, control, printed }
}

impl Running {
    fn job(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countermand"));
        command.arg("job").args(arguments).stdin(Stdio::null());
        command.env("COUNTERMAND_CONTROL", format!("http://{}", self.control));
        command.env("COUNTERMAND_TOKEN", TOKEN);
        command
    }

    /// SIGTERM, and the exit code.
    fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("there is kill");
        assert!(sent.success());
        self.child.wait().expect("it ends").code()
    }
}

/// One request on a connection of its own; the whole answer as text.
fn ask(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in UTF-8");
    answer
}

/// Does what curl does with a line that a demo prints: `-u`, `-X`, `-H`, `-d` and a URL.
fn paste(line: &str) -> String {
    // Outside of single quotes a blank parts words.
    let parts = line.split('\'').enumerate();
    let words: Vec<_> = parts
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .collect();
    let (mut method, mut headers, mut body, mut url) = ("GET", String::new(), "", "");
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("an option has a value");
        match word {
            "-u" => {
                assert_eq!(value(), "demo:demo");
                headers += "Authorization: Basic ZGVtbzpkZW1v\r\n";
            }
            "-X" => method = value(),
            "-H" => headers += &format!("{}\r\n", value()),
            "-d" => body = value(),
            other => url = other,
        }
    }
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    let head = format!("{method} /{path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n");
    let request = format!("{head}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in UTF-8");
    answer
}

#[test]
fn a_demo_answers_the_calls_it_prints_and_ends_in_order() {
    let running = demo(&[]);
    assert_eq!(
        running.printed.lines().filter(|line| line.starts_with("curl ")).count(),
        countermand_dialects::ALL.len() + 1
    );
    for line in running.printed.lines().filter(|line| line.starts_with("curl ")) {
        let answer = paste(line);
        assert!(answer.starts_with("HTTP/1.1 200"), "{line}\n{answer}");
    }
    let stranger = ask(running.edge, "GET /ess/rest/scheduler/v1/requests/302 HTTP/1.1");
    assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
    assert!(ask(running.control, "GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200"));
    assert!(ask(running.control, "GET /v1/jobs HTTP/1.1").starts_with("HTTP/1.1 401"));
    assert_eq!(running.end(), Some(0));
}

#[test]
fn jobs_are_moved_from_the_shell() {
    let running = demo(&[]);
    let said = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default()
    };
    assert_eq!(said(&running.job(&["get", "25"]))["state"], "queued");
    assert_eq!(said(&running.job(&["hold", "25"]))["state"], "held");
    assert_eq!(said(&running.job(&["release", "25"]))["state"], "queued");
    assert_eq!(said(&running.job(&["cancel", "25"]))["state"], "cancelled");
    let absent = running.job(&["get", "999"]);
    assert_eq!(absent.status.code(), Some(1), "{}", String::from_utf8_lossy(&absent.stderr));
    assert!(!said(&running.job(&["list", "--state", "running"]))["jobs"].as_array().unwrap().is_empty());

    // Nobody reads the answers, and still every job is told.
    let mut unheard = running.command(&["cancel", "301", "999", "302"]);
    let full = || std::fs::File::create("/dev/full").unwrap();
    assert_eq!(unheard.stdout(full()).stderr(full()).status().unwrap().code(), Some(1));
    for number in ["301", "302"] {
        let state = said(&running.job(&["get", number]))["state"].as_str().unwrap().to_owned();
        assert!(state.starts_with("cancel"), "{number} is {state}");
    }

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.ndjson");
    std::fs::write(&file, "{\"number\": 900, \"name\": \"one\"}\n{\"nme\": 1}\n{\"number\": 901}\n").unwrap();
    let imported = running.job(&["import", file.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(1), "a line is refused");
    assert_eq!(said(&imported)["registered"], 2);
    let event = running.job(&["event", "900", "--state", "running", "--runner", "farm"]);
    assert_eq!(said(&event)["state"], "running");
    assert_eq!(
        said(&running.job(&["put", "900", "--file", file.to_str().unwrap()])),
        serde_json::Value::Null
    );

    let wrong = Command::new(env!("CARGO_BIN_EXE_countermand"))
        .args(["job", "get", "25", "--token", "wrong", "--control", &format!("http://{}", running.control)])
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("set COUNTERMAND_TOKEN"));
    assert_eq!(running.end(), Some(0));
}

#[test]
fn the_feed_is_followed_line_by_line() {
    let running = demo(&[]);
    let mut watch = Command::new(env!("CARGO_BIN_EXE_countermand"))
        .args(["job", "watch", "--after", "0", "--token", TOKEN])
        .args(["--control", &format!("http://{}", running.control)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(running.job(&["cancel", "301"]).status.success());
    let mut line = String::new();
    BufReader::new(watch.stdout.take().unwrap()).read_line(&mut line).unwrap();
    watch.kill().unwrap();
    watch.wait().unwrap();
    let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&entry["number"], &entry["command"]), (&301.into(), &"cancel".into()), "{line}");
}

#[test]
fn a_demo_keeps_its_jobs_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.db");
    let store = ["--store", file.to_str().unwrap()];
    let running = demo(&store);
    assert!(running.job(&["cancel", "25"]).status.success());
    assert_eq!(running.end(), Some(0));
    let again = demo(&store);
    let output = again.job(&["get", "25"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"cancelled\""));
}

#[test]
fn an_address_that_is_taken_is_74_and_one_for_all_is_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_countermand")).arg("demo").args(arguments).output().unwrap()
    };
    let output = run(&["--listen", &address, "--control", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("for the dialects"));
    let output = run(&["--listen", "0.0.0.0:0", "--control", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--expose"));
}

#[test]
fn a_configured_gateway_says_when_it_is_ready_and_ends_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countermand.toml");
    let users = format!("ana:{}\n", bcrypt::hash("secret", 4).unwrap());
    std::fs::write(folder.path().join("ops.htpasswd"), users).unwrap();
    std::fs::write(
        &file,
        "[server]\nlisten = \"127.0.0.1:0\"\n[control]\nlisten = \"127.0.0.1:0\"\n\
         [ledger]\nstore = \"sqlite:jobs.db\"\n[realms.ops]\nhtpasswd = \"ops.htpasswd\"\n",
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermand"));
    command.args(["serve", "--config", file.to_str().unwrap()]).env("COUNTERMAND_TOKEN", TOKEN);
    command.env_remove("RUST_LOG").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = log
        .by_ref()
        .map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).expect("a log line is JSON"))
        .find(|line| line["message"] == "ready")
        .expect("it becomes ready");
    let address = |name: &str| ready[name].as_str().unwrap().parse::<SocketAddr>().unwrap();
    let (edge, control) = (address("listen"), address("control"));
    let running = Running { child, edge, control, printed: String::new() };
    assert!(folder.path().join("jobs.db").exists(), "the store is relative to the configuration");
    assert!(running.job(&["list"]).status.success());
    assert!(ask(running.edge, "GET /nowhere HTTP/1.1").starts_with("HTTP/1.1 404"));
    // The log is read on, so that the gateway never waits for somebody to take it.
    let rest = std::thread::spawn(move || log.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
    assert_eq!(running.end(), Some(0));
    let rest = rest.join().unwrap();
    assert!(rest.contains("SIGTERM") && rest.contains("\"ended\""), "{rest}");
    assert!(!rest.contains(TOKEN), "{rest}");
}

#[test]
fn a_reader_of_the_feed_does_not_hold_up_the_end() {
    let running = demo(&[]);
    let mut stream = TcpStream::connect(running.control).unwrap();
    let head = format!("GET /v1/commands HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {TOKEN}");
    stream.write_all(format!("{head}\r\nAccept: text/event-stream\r\n\r\n").as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let begun = std::time::Instant::now();
    assert_eq!(running.end(), Some(0));
    // The deadline of a drain is 20 s.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
