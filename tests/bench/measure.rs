//! Rows measured beside each other: in each round the anchor, two of them, the anchor, two more, in an order that
//! changes, so that each has the anchor beside it.

use std::net::SocketAddr;
use std::path::Path;

use crate::figure::Figure;
use crate::load::{Load, Slice, wrk};
use crate::peer::Peer;
use crate::process::memory;
use crate::rows::{LOAD, Place, Row};
use crate::server::Server;
use crate::world::{Ours, Templates, refill};

/// Fewer clean slices than this say nothing.
const ENOUGH: usize = 7;

/// What a row came to.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Of each round, CPU microseconds per request; `None` for a slice with an error.
    pub(crate) costs: Vec<Option<f64>>,
    pub(crate) ratios: Vec<f64>,
    pub(crate) half: Vec<f64>,
    pub(crate) most: Vec<f64>,
    /// MiB that the process had at the most.
    pub(crate) peak: f64,
    pub(crate) errors: i64,
    rounds: usize,
}

impl Measured {
    /// R with its spread, unless there was an error or too little to say.
    pub(crate) fn ratio(&self) -> Result<Figure, String> {
        let clean = self.ratios.len();
        if self.errors > 0 {
            return Err(format!("void: {} errors", self.errors));
        }
        let figure = Figure::of(&self.ratios).filter(|_| clean >= ENOUGH.min(self.rounds));
        figure.ok_or_else(|| format!("inconclusive: {clean} clean slices"))
    }

    /// CPU microseconds per request, under the same conditions.
    pub(crate) fn cost(&self) -> Option<Figure> {
        self.ratio().ok()?;
        Figure::of(&self.costs.iter().flatten().copied().collect::<Vec<_>>())
    }

    /// How many times as much this takes as another of the same rounds.
    pub(crate) fn against(&self, other: &Measured) -> Option<Figure> {
        self.ratio().ok()?;
        other.ratio().ok()?;
        let pairs = self.costs.iter().zip(&other.costs);
        Figure::of(&pairs.filter_map(|(one, two)| Some((*one)? / (*two)?)).collect::<Vec<_>>())
    }
}

/// A row whose server runs.
struct Running<'r> {
    row: &'r Row,
    /// The row's load, as far as its jobs last.
    load: Load,
    /// Whether its jobs do not last, and are started afresh after each slice.
    renewed: bool,
    who: Who,
    /// How far the row has come through its jobs.
    turn: i64,
    measured: Measured,
}

enum Who {
    Ours(Ours, i64),
    Peer(Peer),
}

impl Running<'_> {
    fn start<'r>(row: &'r Row, rounds: usize, templates: &mut Templates, folder: &Path) -> Running<'r> {
        let who = match row.place {
            Place::Ours(world) => Who::Ours(world.start(templates, folder), world.jobs),
            Place::Peer(kind) => Who::Peer(Peer::start(kind, folder)),
        };
        // Its share of the jobs for each slice and the one before the first.
        let share = match &who {
            Who::Ours(_, jobs) if row.case.consumes => jobs / (rounds as i64 + 1) / row.case.targets - 1,
            Who::Ours(..) | Who::Peer(_) => i64::MAX,
        };
        let renewed = row.load.most < i64::MAX && share < row.load.most;
        let most = if renewed { row.load.most } else { row.load.most.min(share) };
        let load = Load { most, ..row.load };
        let name = row.name.clone();
        let measured = Measured { name, rounds, ..Measured::default() };
        Running { row, load, renewed, who, turn: 0, measured }
    }

    fn address(&self) -> (SocketAddr, u32) {
        match &self.who {
            Who::Ours(ours, _) => (ours.server.listen, ours.worker),
            Who::Peer(peer) => (peer.address, peer.worker),
        }
    }

    fn slice(&mut self, load: Load, folder: &Path) -> Slice {
        let (address, worker) = self.address();
        let case = &self.row.case;
        let jobs = if let Who::Ours(_, jobs) = self.who { jobs } else { i64::MAX >> 32 };
        let mut slice = Slice::of(&mut wrk(case, address, load, self.turn, jobs, folder), worker);
        if let Who::Ours(ours, _) = &self.who
            && case.consumes
        {
            if !self.cancelled(&ours.server, slice.requests * case.targets, jobs) {
                println!("{}: what was answered as cancelled is not", self.row.name);
                slice.errors += slice.requests;
            }
            // Behind what was sent, and the one request that wrk makes up before it begins.
            self.turn += ((slice.requests + load.connections).min(load.most) + 1) * case.targets;
            if self.renewed {
                refill(&ours.server, (1..=self.turn.min(jobs)).map(|turn| case.number(turn, jobs)));
                self.turn = 0;
            }
        }
        slice
    }

    /// A bench of refusals would be a fast one: whether most of what was answered is cancelled. Not all: which requests
    /// were on their way when the slice ended, as many as there are connections at most, nobody knows.
    fn cancelled(&self, server: &Server, answered: i64, jobs: i64) -> bool {
        let case = &self.row.case;
        let looked = 10.min(answered);
        let number = |place| case.number(self.turn + case.targets + 1 + place * answered / looked, jobs);
        let job = |place| server.control(&format!("GET /v1/jobs/{}", number(place)), "").body;
        let cancelled = (0..looked).filter(|place| job(*place).contains("\"state\":\"cancelled\"")).count();
        2 * cancelled > looked as usize
    }
}

/// Measures rows for so many rounds. What the anchor took is added to `bases`.
pub(crate) fn measure(
    rows: &[Row],
    rounds: usize,
    templates: &mut Templates,
    anchor: &Peer,
    folder: &Path,
    bases: &mut Vec<f64>,
) -> Vec<Measured> {
    let mut running: Vec<_> = rows.iter().map(|row| Running::start(row, rounds, templates, folder)).collect();
    let fixed = || {
        let case = crate::asked::Case { login: "", ..crate::cases::POLL };
        Slice::of(&mut wrk(&case, anchor.address, LOAD, 0, 1, folder), anchor.worker)
    };
    // Passwords are checked, statements prepared, code is compiled and copies are made before the first round.
    for one in &mut running {
        let most = if one.row.case.consumes { (500 / one.row.case.targets).max(2) } else { i64::MAX };
        one.slice(Load { most, ..one.load }, folder);
    }
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..running.len()).collect();
        shuffle(&mut order, round);
        for pair in order.chunks(2) {
            let base = fixed();
            bases.extend(base.cost());
            for place in pair {
                let one = &mut running[*place];
                let slice = one.slice(one.load, folder);
                let measured = &mut one.measured;
                measured.errors += slice.errors;
                measured.costs.push(slice.cost());
                if let (Some(base), Some(cost)) = (base.cost(), slice.cost()) {
                    measured.ratios.push(cost / base);
                    measured.half.push(slice.half);
                    measured.most.push(slice.most);
                }
            }
        }
    }
    let end = |mut one: Running<'_>| {
        one.measured.peak = memory(one.address().1, "VmHWM");
        one.measured
    };
    running.into_iter().map(end).collect()
}

/// Another order for each round, the same in every run.
fn shuffle(order: &mut [usize], round: usize) {
    let mut state = round as u64 + 1;
    for place in (1..order.len()).rev() {
        // Knuth's generator; its high bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, (state >> 33) as usize % (place + 1));
    }
}
