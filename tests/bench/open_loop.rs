//! Latency at a fixed rate, by oha, which counts from when a request was due and not from when it could be sent.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::asked::{Case, OPERATOR};
use crate::figure::Figure;
use crate::process::{LOAD, cpu, pinned, target};
use crate::world::Ours;

/// Cancels a second.
const RATE: u32 = 2_000;

const SECONDS: u32 = 10;

/// What a cancel takes at a fixed rate.
pub(crate) struct OpenLoop {
    /// CPU microseconds, where nobody else asks.
    pub(crate) cost: Option<Figure>,
    /// Milliseconds, beside a thousand connections that each poll once a second.
    pub(crate) half: Option<Figure>,
    pub(crate) most: Option<Figure>,
}

/// Asks for so many rounds, a new part of the jobs in each.
pub(crate) fn open_loop(ours: &Ours, jobs: i64, cancel: &Case, rounds: usize, folder: &Path) -> OpenLoop {
    let (mut costs, mut half, mut most) = (Vec::new(), Vec::new(), Vec::new());
    let share = jobs / (2 * rounds as i64);
    for round in 0..2 * rounds {
        let first = round as i64 * share;
        let lines = folder.join("bodies");
        std::fs::write(&lines, bodies(cancel, first..first + share, jobs)).expect("a folder to write in");
        let quiet = round % 2 == 0;
        let beside = (!quiet).then(|| polls(ours.server.listen).spawn().expect("oha is installed"));
        let before = cpu(ours.worker);
        let output = cancels(ours.server.listen, cancel, &lines).output().expect("oha is installed");
        let used = cpu(ours.worker) - before;
        if let Some(mut beside) = beside {
            assert!(beside.wait().expect("it was started").success(), "oha polls to its end");
        }
        let said: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("oha: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        let answered = said["statusCodeDistribution"]["200"].as_f64().unwrap_or(0.0);
        let others = said["statusCodeDistribution"].as_object().map_or(0, serde_json::Map::len);
        // What was due when the time was over is the one thing that may go wrong.
        let errors = said["errorDistribution"]
            .as_object()
            .map_or(0, |errors| errors.keys().filter(|text| *text != "aborted due to deadline").count());
        if others != 1 || errors > 0 {
            println!("open loop: void: {}", said["errorDistribution"]);
            continue;
        }
        if quiet {
            costs.push(used as f64 / 1000.0 / answered);
        } else {
            let milliseconds =
                |name: &str| said["latencyPercentiles"][name].as_f64().map(|seconds| seconds * 1000.0);
            half.extend(milliseconds("p50"));
            most.extend(milliseconds("p99"));
        }
    }
    OpenLoop { cost: Figure::of(&costs), half: Figure::of(&half), most: Figure::of(&most) }
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
