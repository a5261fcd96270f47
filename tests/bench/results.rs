//! Everything that was measured, and the goals it is held to.

use crate::cases::{CANCEL, CANCEL_SCATTERED};
use crate::figure::{Figure, digits};
use crate::measure::Measured;
use crate::open_loop::OpenLoop;
use crate::rows::sized;
use crate::standing::Standing;

/// All tables.
#[derive(Default)]
pub(crate) struct Results {
    /// Groups by name.
    pub(crate) groups: Vec<(&'static str, Vec<Measured>)>,
    /// CPU microseconds of the anchor.
    pub(crate) anchor: Option<Figure>,
    pub(crate) open: Option<OpenLoop>,
    pub(crate) standing: Option<Standing>,
    /// Answered cancels that `kill -9` was to lose.
    pub(crate) kept: Option<usize>,
    pub(crate) jobs: i64,
    pub(crate) rounds: usize,
}

/// What is to be reached.
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) limit: Limit,
    pub(crate) unit: &'static str,
    pub(crate) figure: Option<Figure>,
}

#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// Why a goal is missed, as far as that is known: what the profile says, not what was expected. Printed beside a goal
/// that is missed, and taken out when it is met.
const REASONS: &[(&str, &str)] = &[
    (
        "status poll, random ids",
        "a job without a copy is read by another thread, which costs two wakes, and from pages that nobody has read",
    ),
    ("cancel XML, memory", "the same without the sync: SQLite's statements and the two wakes are the same"),
    (
        "cancel XML, durable, 64 connections, neighbouring ids",
        "a third of it is the writer's thread, most of that SQLite; a poll's way is another third, and two wakes, a line \
         of the log and the XML the last",
    ),
    ("the same, which is then to be", "see above"),
    ("cancel XML, durable, 32 connections", "see above, and half as many share a commit"),
    ("cancel XML, durable, at 2,000/s", "hardly two share a commit, its sync and the wakes"),
    (
        "cancel XML, durable, random ids",
        "each job is on a page of its own, which is written to the log and then to its place",
    ),
    (
        "cancel among",
        "the smallest ledger is in memory whole; of a large one each job's page is read, and written twice",
    ),
    ("Express, against our cancel XML", "our own cancel is dearer than its goal"),
    (
        "p99 of a cancel at 2,000/s, beside 1,000 connections that poll",
        "the load and the server's threads share two processors; not looked into further",
    ),
];

impl Goal {
    /// `≤ 1.60 R`.
    pub(crate) fn limit(&self) -> String {
        match self.limit {
            Limit::AtMost(limit) => format!("≤ {} {}", digits(limit), self.unit),
            Limit::AtLeast(limit) => format!("≥ {} {}", digits(limit), self.unit),
        }
    }

    /// Met, or how far it is and why.
    pub(crate) fn verdict(&self) -> String {
        let Some(figure) = self.figure else { return "not measured".to_owned() };
        let (met, share) = match self.limit {
            Limit::AtMost(limit) => (figure.middle <= limit, figure.middle / limit - 1.0),
            Limit::AtLeast(limit) => (figure.middle >= limit, 1.0 - figure.middle / limit),
        };
        if met {
            return "met".to_owned();
        }
        let reason = REASONS.iter().find(|(what, _)| self.what.starts_with(what));
        let reason = reason.map_or(String::new(), |(_, why)| format!(": {why}"));
        format!("**{:.0} % off**{reason}", share * 100.0)
    }
}

impl Results {
    /// A row by its name, of any group.
    pub(crate) fn row(&self, name: &str) -> Option<&Measured> {
        self.groups.iter().flat_map(|(_, rows)| rows).find(|row| row.name == name)
    }

    /// Every goal with what was measured.
    pub(crate) fn goals(&self) -> Vec<Goal> {
        let ratio = |name: &str| self.row(name).and_then(|row| row.ratio().ok());
        let against = |one: &str, other: &str| self.row(one)?.against(self.row(other)?);
        let goal = |what: &str, limit, unit, figure| Goal { what: what.to_owned(), limit, unit, figure };
        let at_most = |what: &str, limit, unit, figure| goal(what, Limit::AtMost(limit), unit, figure);
        let scaled = |figure: Figure, by: f64| Figure {
            low: figure.low * by,
            middle: figure.middle * by,
            high: figure.high * by,
            ..figure
        };
        let standing = self.standing.as_ref();
        let open = self.open.as_ref();
        let most = [self.jobs * 10, self.jobs]
            .into_iter()
            .find(|jobs| self.row(&sized(&CANCEL_SCATTERED, *jobs)).is_some())
            .unwrap_or(self.jobs);
        let growth = against(&sized(&CANCEL_SCATTERED, most), &sized(&CANCEL_SCATTERED, self.jobs / 1000));
        let ready = standing.and_then(|standing| standing.ready.last());
        let peak = self.row("poll, random ids").map(|row| row.peak);
        vec![
            at_most("status poll, hot ids", 1.6, "R", ratio("poll")),
            at_most("status poll, random ids", 2.2, "R", ratio("poll, random ids")),
            at_most("cancel XML, memory", 2.2, "R", ratio("cancel XML, memory")),
            at_most("cancel XML, durable, 64 connections, neighbouring ids", 2.5, "R", ratio("cancel XML")),
            at_most("the same, which is then to be", 2.0, "R", ratio("cancel XML")),
            at_most("cancel XML, durable, 32 connections", 3.0, "R", ratio("cancel XML, 32 connections")),
            at_most("cancel XML, durable, at 2,000/s", 3.5, "R", ratio("cancel XML, 2,000/s")),
            at_most("cancel XML, durable, random ids", 4.0, "R", ratio("cancel XML, random ids")),
            at_most(
                "passthrough, against nginx proxy_pass",
                1.3,
                "×",
                against("passthrough", "nginx proxy_pass"),
            ),
            at_most(
                "passthrough with users, the same",
                1.3,
                "×",
                against("passthrough, with users", "nginx proxy_pass"),
            ),
            goal(
                "Express, against our cancel XML",
                Limit::AtLeast(12.0),
                "×",
                against("Express, cancel XML", CANCEL.name),
            ),
            goal(
                "WireMock, against our cancel XML",
                Limit::AtLeast(12.0),
                "×",
                against("WireMock, cancel XML", CANCEL.name),
            ),
            at_most(&format!("cancel among {most} jobs, against {}", self.jobs / 1000), 1.3, "×", growth),
            at_most(
                "one id of a batch of 1,000, against one alone",
                0.4,
                "×",
                against("batch XML, 1,000 ids", CANCEL.name).map(|figure| scaled(figure, 0.001)),
            ),
            at_most("memory, idle", 25.0, "MiB", standing.and_then(|standing| standing.idle)),
            at_most(
                "memory, 10,000 idle connections",
                150.0,
                "MiB",
                standing.and_then(|standing| standing.connected),
            ),
            at_most(
                &format!("memory, {} jobs polled at random", self.jobs),
                60.0,
                "MiB",
                peak.and_then(|peak| Figure::of(&[peak])),
            ),
            at_most(
                &format!("start to ready, {} jobs", ready.map_or(0, |(jobs, _)| *jobs)),
                150.0,
                "ms",
                ready.and_then(|(_, figure)| *figure),
            ),
            at_most(
                "p99 of a cancel at 2,000/s, beside 1,000 connections that poll",
                5.0,
                "ms",
                open.and_then(|open| open.most),
            ),
        ]
    }
}
