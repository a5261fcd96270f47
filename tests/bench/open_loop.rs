//! Latency at a fixed rate, by oha, which counts from when a request was due and not from when it could be sent.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::asked::{Case, OPERATOR};
use crate::figure::Figure;
use crate::process::{LOAD, pinned, target};
use crate::world::Ours;

/// Cancels a second.
const RATE: u32 = 2_000;

const SECONDS: u32 = 10;

/// Milliseconds that a cancel takes at a fixed rate, beside a thousand connections that each poll once a second.
pub(crate) struct OpenLoop {
    pub(crate) half: Option<Figure>,
    pub(crate) most: Option<Figure>,
}

/// Asks for so many rounds, with a new part of the jobs in each.
pub(crate) fn open_loop(ours: &Ours, jobs: i64, cancel: &Case, rounds: i64, folder: &Path) -> OpenLoop {
    let (mut half, mut most) = (Vec::new(), Vec::new());
    let share = jobs / rounds;
    for round in 0..rounds {
        let lines = folder.join("bodies");
        let text = bodies(cancel, round * share..(round + 1) * share, jobs);
        std::fs::write(&lines, text).expect("a folder to write in");
        let mut beside = polls(ours.server.listen).spawn().expect("oha is installed");
        let output = cancels(ours.server.listen, cancel, &lines).output().expect("oha is installed");
        assert!(beside.wait().expect("it was started").success(), "oha polls to its end");
        let said: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("oha: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        if !clean(&said) {
            println!("open loop: a round is void: {said}");
            continue;
        }
        let milliseconds =
            |name: &str| said["latencyPercentiles"][name].as_f64().map(|seconds| seconds * 1000.0);
        half.extend(milliseconds("p50"));
        most.extend(milliseconds("p99"));
    }
    OpenLoop { half: Figure::of(&half), most: Figure::of(&most) }
}

/// Whether every answer is 200, and nothing failed.
fn clean(said: &Value) -> bool {
    let members = |name: &str| said[name].as_object().map_or(0, serde_json::Map::len);
    members("errorDistribution") == 0
        && members("statusCodeDistribution") == 1
        && said["statusCodeDistribution"].get("200").is_some()
}

fn bodies(case: &Case, turns: std::ops::Range<i64>, jobs: i64) -> String {
    turns.fold(String::new(), |mut text, turn| {
        writeln!(text, "{}", case.request(turn + 1, jobs).2).expect("a string takes all");
        text
    })
}

fn oha(rate: u32, connections: u32) -> Command {
    let mut command = pinned(LOAD, target("peers/bin/oha"));
    let (rate, connections, seconds) = (rate.to_string(), connections.to_string(), format!("{SECONDS}s"));
    command.args([
        "--no-tui",
        "--output-format",
        "json",
        "--latency-correction",
        "--wait-ongoing-requests-after-deadline",
    ]);
    command.args(["-z", &seconds, "-q", &rate, "-c", &connections]);
    command.args(["-H", &format!("Authorization: {OPERATOR}")]);
    command
}

/// It draws bodies by lot, so one in twenty or so names a job that is cancelled already and is answered as such.
fn cancels(address: SocketAddr, case: &Case, lines: &Path) -> Command {
    let mut command = oha(RATE, 64);
    command.args(["-m", case.method, "-T", "application/xml", "-Z"]).arg(lines);
    command.arg(format!("http://{address}{}", case.path));
    command
}

fn polls(address: SocketAddr) -> Command {
    let mut command = oha(1_000, 1_000);
    command.stdout(Stdio::null()).arg("--rand-regex-url");
    command.arg(format!("http://{address}/ess/rest/scheduler/v1/requests/[1-9][0-9]{{0,3}}"));
    command
}
