//! The access log: which requests have a line, and what is never in one.

use std::io;
use std::sync::{Arc, Mutex};

use countermand_edge::{AccessLog, Realm, Settings};
use countermand_model::{Fault, FaultKind};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Adding, Answers, Bench, basic, done, request, settings};

/// Keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Kept;

    fn make_writer(&'a self) -> Kept {
        self.clone()
    }
}

/// A poll, a change, a refusal and a defect, and the operations whose lines were written.
async fn lines(access_log: AccessLog) -> Vec<String> {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().with_writer(kept.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let answers: Answers = Arc::new(|call| match format!("{:?}", call.command).contains("defect") {
        true => Err(Fault::new(FaultKind::Internal, "sorry").with_detail("the\nreason")),
        false => Ok(done(call)),
    });
    let bench = Bench::built(Settings { access_log, ..settings() }, answers, |mount| {
        mount.realm = Some(Realm::of_one("tests", "ana", "secret"));
    });
    for path in ["/echo/jobs/1", "/echo/jobs/1/abort", "/echo/nowhere", "/echo/jobs/defect"] {
        bench.send(request("GET", path).by_ana()).await;
    }
    let evil = request("GET", "/echo/jobs/1").and("authorization", &basic("\u{9b}31m ana", "hunter2"));
    bench.send(evil).await;
    bench.send(request("GET", "/echo/jobs/1").and("authorization", &basic("ana", "hunter2"))).await;
    let text = kept.text();
    assert!(!text.contains("hunter2") && !text.contains("secret") && !text.contains("Basic "), "{text}");
    text.lines().filter(|line| line.contains("countermand::access")).map(str::to_owned).collect()
}

fn count(lines: &[String], what: &str) -> usize {
    lines.iter().filter(|line| line.contains(what)).count()
}

#[tokio::test]
async fn each_setting_logs_what_it_says() {
    for (setting, polls, changes, refusals) in [
        (AccessLog::None, 0, 0, 0),
        (AccessLog::Refusals, 0, 0, 3),
        (AccessLog::Commands, 0, 1, 3),
        (AccessLog::All, 1, 1, 3),
    ] {
        let lines = lines(setting).await;
        let found = [
            count(&lines, "operation=\"status\" status=200"),
            count(&lines, "operation=\"abort\" status=200"),
            count(&lines, "status=404") + count(&lines, "status=401"),
        ];
        assert_eq!(found, [polls, changes, refusals], "{setting:?}: {lines:#?}");
        assert_eq!(count(&lines, "ERROR"), 1, "a defect is logged under {setting:?}: {lines:#?}");
    }
}

#[tokio::test]
async fn a_line_says_who_asked_for_what_and_why_not() {
    let lines = lines(AccessLog::All).await;
    let poll = &lines[0];
    for field in ["dialect=\"echo\"", "user=\"ana\"", "client=\"192.0.2.1\"", "request_id=", "micros="] {
        assert!(poll.contains(field), "{poll}");
    }
    let defect = lines.iter().find(|line| line.contains("ERROR")).unwrap();
    assert!(defect.contains("fault=\"internal\"") && defect.contains("the\\nreason"), "{defect}");
}
