//! What is measured: one factor at a time. Every case at 64 connections and a million jobs; sizes, connections and
//! stores for the poll and the cancel of the goals alone.

use std::net::SocketAddr;

use crate::asked::Case;
use crate::cases::{self, BATCH, CANCEL, CANCEL_SCATTERED, OTHERS, POLL, POLL_SCATTERED};
use crate::load::Load;
use crate::peer::Kind;
use crate::world::{Front, Kept, World};

/// A line of a table.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) case: Case,
    pub(crate) load: Load,
}

/// Who is asked.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Ours(World),
    Peer(Kind),
}

/// Rows that are measured beside each other.
pub(crate) struct Group {
    /// For `--only`, and above the table.
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// The load of every case.
pub(crate) const LOAD: Load = Load { connections: 64, seconds: 1, most: i64::MAX, pause: 0 };

/// How many cancels are measured in a ledger of any size: the smallest has a thousand jobs.
const FEW: i64 = 900;

/// All groups.
pub(crate) fn groups(quick: bool, jobs: i64, behind: SocketAddr) -> Vec<Group> {
    vec![
        Group { name: "cases", rows: every_case(jobs, behind) },
        Group { name: "sizes", rows: sizes(quick, jobs) },
        Group { name: "connections", rows: connections(quick, jobs) },
        Group { name: "stores", rows: stores(quick, jobs) },
    ]
}

fn every_case(jobs: i64, behind: SocketAddr) -> Vec<Row> {
    let ours = |case: Case| {
        let place = Place::Ours(World { store: Kept::Durable, jobs, front: None });
        Row { name: case.name.to_owned(), place, case, load: LOAD }
    };
    let peer =
        |name: &str, kind, case| Row { name: name.to_owned(), place: Place::Peer(kind), case, load: LOAD };
    let mut rows: Vec<Row> = [POLL, POLL_SCATTERED, CANCEL, CANCEL_SCATTERED].into_iter().map(ours).collect();
    rows.extend(
        [BATCH, cases::batch("batch XML, 100 ids", 100), cases::batch("batch XML, 10 ids", 10)].map(ours),
    );
    rows.extend(OTHERS.map(ours));
    for (name, users) in [("passthrough", false), ("passthrough, with users", true)] {
        let front = Some(Front { legacy: behind, users });
        let place = Place::Ours(World { store: Kept::Memory, jobs: 1, front });
        rows.push(Row { name: name.to_owned(), place, case: POLL, load: LOAD });
    }
    let cancel = |case: Case| Case { consumes: false, ..case };
    rows.push(peer("nginx proxy_pass", Kind::Proxy(behind), POLL));
    rows.push(peer("HAProxy return", Kind::Haproxy, POLL));
    rows.push(peer("nginx Lua, cancel JSON", Kind::Lua, cancel(OTHERS[0])));
    rows.push(peer("Express, cancel XML", Kind::Express, cancel(CANCEL)));
    rows.push(peer("WireMock, cancel XML", Kind::WireMock, cancel(CANCEL)));
    rows
}

/// What a size's rows are called.
pub(crate) fn sized(case: &Case, jobs: i64) -> String {
    format!("{}, {jobs} jobs", case.name)
}

/// The sizes of ledgers.
pub(crate) fn ledgers(quick: bool, jobs: i64) -> Vec<i64> {
    let all = [jobs / 1000, jobs / 100, jobs / 10, jobs, jobs * 10];
    if quick { vec![all[0], all[2], all[3]] } else { all.to_vec() }
}

fn sizes(quick: bool, jobs: i64) -> Vec<Row> {
    let row = |case: Case, jobs, most| {
        let place = Place::Ours(World { store: Kept::Durable, jobs, front: None });
        Row { name: sized(&case, jobs), place, case, load: Load { most, ..LOAD } }
    };
    let both = |jobs| [row(POLL_SCATTERED, jobs, i64::MAX), row(CANCEL_SCATTERED, jobs, FEW)];
    ledgers(quick, jobs).into_iter().flat_map(both).collect()
}

fn connections(quick: bool, jobs: i64) -> Vec<Row> {
    let row = |case: Case, connections, seconds, pause| {
        let place = Place::Ours(World { store: Kept::Durable, jobs, front: None });
        let name = format!("{}, {connections} connections", case.name);
        Row { name, place, case, load: Load { connections, seconds, pause, ..LOAD } }
    };
    // Two thousand a second, while an answer takes a millisecond.
    let mut rows = vec![Row { name: format!("{}, 2,000/s", CANCEL.name), ..row(CANCEL, 64, 1, 31) }];
    for case in [POLL, CANCEL] {
        rows.push(row(case, 32, 1, 0));
        rows.push(row(case, 1_000, 2, 0));
        if !quick {
            // Once a second each: all of them at once are more than the gateway lets in.
            rows.push(row(case, 10_000, 5, 1_000));
        }
    }
    rows
}

fn stores(quick: bool, jobs: i64) -> Vec<Row> {
    let row = |name: String, case, store| Row {
        name,
        place: Place::Ours(World { store, jobs, front: None }),
        case,
        load: LOAD,
    };
    let mut rows = vec![
        row(format!("{}, memory", POLL.name), POLL, Kept::Memory),
        row(format!("{}, memory", CANCEL.name), CANCEL, Kept::Memory),
    ];
    for milliseconds in if quick { &[][..] } else { &[1, 5] } {
        let name = format!("{}, {milliseconds} ms more to sync", CANCEL.name);
        rows.push(row(name, CANCEL, Kept::Slower(*milliseconds)));
    }
    rows
}
