//! `countermand record` as a process: a session of a real client goes through it, and what it wrote is played again.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::client::Client;
use crate::clients::stage::{Runtime, Stage};
use crate::conform::{TOKEN, against, check, conform, gateway};
use crate::server::{BASIC, program};

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
            lines.lines().map_while(Result::ok).for_each(|line| drop(told.send(line)))
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

/// The files of a recording with their texts.
fn written(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
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
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("recorded");
    let (upstream, control) = stage.addresses();
    let recorder = Recorder::start(upstream, &into, &["--control", &format!("http://{control}")]);
    let listen = recorder.listen;
    // The client sees what it sees without a recorder in between.
    stage.plays_by_way_of(listen, Runtime::Python, "piapi_session.py");
    let printed = recorder.stop();
    println!("{printed}");

    let files = written(&into.join("cisco-prime"));
    assert!(files.len() >= 4, "{printed}");
    let mut exchanges = 0;
    for (path, text) in &files {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        exchanges += text.matches("\n---\nHTTP/1.1 ").count();
        let hidden =
            ["b3BlcmF0b3I6c2VjcmV0", "Cookie", "JSESSIONID", "python-requests", "127.0.0.1", "jobNames=x"];
        for secret in hidden.into_iter().chain([&*upstream.to_string(), &*listen.to_string()]) {
            assert!(!text.contains(secret), "{secret} is in {}:\n{text}", path.display());
        }
    }
    assert!(exchanges >= 40, "{exchanges} exchanges: {printed}");

    let into = into.to_str().unwrap();
    let cases = format!("{} passed, 0 failed, 0 skipped", files.len());
    println!("{}", check(&conform(&[into]), 0, &[&cases]));
    let folder = tempfile::tempdir().unwrap();
    println!("{}", check(&against(&gateway(folder.path()), &[into]), 0, &[&cases]));
}
