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
        let (costs, ratios, half, most) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let name = row.name.clone();
        Running {
            row,
            who,
            turn: 0,
            measured: Measured { name, costs, ratios, half, most, peak: 0.0, errors: 0, rounds },
        }
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
        let slice = Slice::of(&mut wrk(case, address, load, self.turn, jobs, folder), worker);
        if let Who::Ours(ours, _) = &self.who
            && case.consumes
        {
            let asked = (slice.requests + load.connections + 1) * case.targets;
            let end = self.turn + asked;
            assert!(end <= jobs, "{}: {jobs} jobs are too few", self.row.name);
            self.verify(&ours.server, slice.requests * case.targets, load.connections, jobs);
            self.turn = end;
            // A ledger of few jobs: the next slice has those of this one, as new.
            if end + asked > jobs {
                refill(&ours.server, (1..=end).map(|turn| case.number(turn, jobs)));
                self.turn = 0;
            }
        }
        slice
    }

    /// A bench of refusals would be a fast one: some of what was answered, but neither the first, which wrk makes up
    /// before it begins, nor those that may have been on their way, must be cancelled.
    fn verify(&self, server: &Server, answered: i64, connections: i64, jobs: i64) {
        let case = &self.row.case;
        let sure = (answered - 2 * connections * case.targets).max(0);
        for place in 0..3.min(sure) {
            let number = case.number(self.turn + case.targets + 1 + place * sure / 3, jobs);
            let job = server.control(&format!("GET /v1/jobs/{number}"), "").body;
            assert!(job.contains("\"state\":\"cancelled\""), "{}: {job}", case.name);
        }
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
        let most = one.row.load.most.min(if one.row.case.consumes {
            500 / one.row.case.targets.min(250)
        } else {
            i64::MAX
        });
        one.slice(Load { most, ..one.row.load }, folder);
    }
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..running.len()).collect();
        shuffle(&mut order, round);
        for pair in order.chunks(2) {
            let base = fixed();
            bases.extend(base.cost());
            for place in pair {
                let one = &mut running[*place];
                let slice = one.slice(one.row.load, folder);
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
