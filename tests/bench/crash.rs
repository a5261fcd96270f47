//! `kill -9` under the load of the bench: no answered cancel is lost, and the audit has exactly one row per command.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use countermand_model::State;

use crate::cases::CANCEL;
use crate::load::wrk;
use crate::process::cpu;
use crate::rows::LOAD;
use crate::seed::open;
use crate::world::{Kept, Templates, World};

/// The blow falls when the server has used so many nanoseconds, each round so many more.
const BLOW: u64 = 300_000_000;

/// How many answered cancels were looked for and found, over all rounds. Panics at the first that is lost.
pub(crate) fn crash(rounds: u64, jobs: i64, templates: &mut Templates, folder: &Path) -> usize {
    (1..=rounds).map(|round| once(round * BLOW, jobs, templates, folder)).sum()
}

fn once(blow: u64, jobs: i64, templates: &mut Templates, folder: &Path) -> usize {
    let ours = World { store: Kept::Durable, jobs, front: None }.start(templates, folder);
    let answers = folder.join("answers");
    let mut load = wrk(&CANCEL, ours.server.listen, LOAD, 0, jobs, folder);
    // The same load, which also writes down what was answered.
    let script = CANCEL.script(0, jobs, i64::MAX, 0);
    let noting = format!(
        "{script}local answers = io.open('{}', 'w')\n\
         response = function(status, _, body) local id = body:match('<success><success><id>(%d+)</id>')\n\
         if status == 200 and id then answers:write(id, '\\n') end end\n",
        answers.display()
    );
    std::fs::write(folder.join("load.lua"), noting).expect("a folder to write in");
    let mut load = load.stdout(Stdio::null()).spawn().expect("wrk is installed");
    let begun = cpu(ours.worker);
    while cpu(ours.worker) - begun < blow && load.try_wait().expect("it was started").is_none() {
        std::thread::yield_now();
    }
    ours.server.kill();
    load.wait().expect("it was started");
    let text = std::fs::read_to_string(&answers).expect("wrk has written it");
    // A line that wrk could not end is of no answer that is known whole.
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let answered: BTreeSet<i64> = whole.lines().map(|line| line.parse().expect("a number")).collect();
    assert!(!answered.is_empty(), "the blow fell before the first answer");
    compare(&ours.folder.path().join("ledger.db"), &answered);
    answered.len()
}

/// Every answered cancel has its job cancelled and its row; every row its job, and no job two rows.
fn compare(ledger: &Path, answered: &BTreeSet<i64>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = open(ledger);
    let mut rows: BTreeMap<i64, usize> = BTreeMap::new();
    let mut after = 0;
    loop {
        let log = runtime.block_on(store.audit(after, 10_000)).expect("the ledger opens after a crash");
        let Some(last) = log.entries.last() else { break };
        after = last.seq;
        for row in &log.entries {
            assert_eq!(row.targets.len(), 1, "each command named one job");
            *rows.entry(row.targets[0].number.expect("it is in the ledger")).or_default() += 1;
        }
    }
    for number in answered {
        assert!(rows.contains_key(number), "the answered cancel of job {number} has no row in the audit");
    }
    let last = rows.keys().next_back().copied().unwrap_or(0);
    // What was sent last may be behind what is known.
    for number in 1..=last + LOAD.connections {
        let (job, _) = runtime.block_on(store.get("default", number)).expect("the bench seeded it");
        let expected = usize::from(job.state == State::Cancelled);
        assert_eq!(rows.get(&number).copied().unwrap_or(0), expected, "job {number} is {:?}", job.state);
    }
    runtime.block_on(store.close());
}
