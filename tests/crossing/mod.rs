//! Every fixture of every dialect through every dialect: a gateway that speaks the case's dialect in front of one that
//! speaks another to it, with the jobs behind the second. What the case then answers otherwise than on a ledger must be
//! declared in `declared.toml`, and what is declared must happen.

mod chain;

mod declared;

mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use countermand_conformance::fixture::Fixture;
use countermand_conformance::run::{Outcome, Verdict, play};
use countermand_conformance::{compare::Difference, open};
use countermand_dialects::{ALL, Dialect};
use countermand_model::{Fault, FaultKind};

use chain::Chain;
use declared::{Declared, Told};
use table::Table;

/// What is not declared: between which dialects, in which operation, in which member, with how often that is so and the
/// first time.
#[derive(Default)]
struct Undeclared(BTreeMap<[String; 4], (usize, String)>);

impl Undeclared {
    fn add(&mut self, via: &Dialect, fixture: &Fixture, operation: &str, name: &str, example: &str) {
        let place = [fixture.dialect.name, via.name, operation, name].map(str::to_owned);
        let first = || (0, format!("{}: {example}", fixture.name));
        self.0.entry(place).or_insert_with(first).0 += 1;
    }
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|([from, via, operation, name], (count, first))| {
            writeln!(f, "{from} via {via}, {operation}: {name}, {count} times; {first}")
        })
    }
}

/// What an answer was, held against the one from a ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The same.
    Same,
    /// Other in these members, which are declared.
    Lossy,
    /// Refused as what the dialect behind has no word for, which is declared.
    Unsupported,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_crosses_every_dialect_as_declared() {
    let declared = Declared::read();
    let mut table = Table::default();
    let mut undeclared = Undeclared::default();
    for via in ALL {
        let verdicts = play(Arc::new(Chain::through(via)), crate::replay::fixtures(), |_| {}).await.unwrap();
        for verdict in &verdicts {
            judge(via, verdict, &declared, &mut table, &mut undeclared);
        }
    }
    println!("{table}");
    assert!(undeclared.0.is_empty(), "not as declared:\n{undeclared}");
    let unused = declared.unused();
    assert!(unused.is_empty(), "declared, and it does not happen:\n{}", unused.join("\n"));
}

/// Puts each answer of a case into the table, or among what is not declared.
fn judge(
    via: &Dialect,
    verdict: &Verdict,
    declared: &Declared,
    table: &mut Table,
    undeclared: &mut Undeclared,
) {
    let fixture = &verdict.fixture;
    let differences = match &verdict.result {
        Outcome::Passed => Vec::new(),
        Outcome::Failed(differences) => differences.clone(),
        Outcome::Broken(problem) => return undeclared.add(via, fixture, "-", "broken", problem),
        Outcome::Skipped(skip) => return undeclared.add(via, fixture, "-", "skipped", skip.name()),
    };
    let codec = fixture.dialect.build(&fixture.head.options).expect("the fixture was played");
    for (place, exchange) in fixture.exchanges.iter().enumerate() {
        let echo = open(fixture.dialect, codec.as_ref(), &exchange.request);
        let operation = echo.as_ref().and_then(|echo| echo.operation).map_or("-", |operation| operation.name);
        let is_last = place + 1 == fixture.exchanges.len();
        // What is looked at after the last answer is the last one's doing.
        let here =
            |difference: &&Difference| difference.answer == place + 1 || (is_last && difference.answer == 0);
        let here: Vec<&Difference> = differences.iter().filter(here).collect();
        let unsupported = echo.map(|echo| {
            let fault = Fault::new(FaultKind::Unsupported, "");
            codec.encode_response(&echo, &Err(fault)).status().as_u16().to_string()
        });
        let is_refused =
            here.iter().any(|difference| difference.place == "status" && difference.seen == unsupported);
        let told = if here.is_empty() {
            Told::As(Kind::Same)
        } else if is_refused {
            declared.unsupported(fixture.dialect, via, operation)
        } else {
            declared.lossy(fixture.dialect, via, operation, &here)
        };
        match told {
            Told::As(kind) => {
                let is_refused = kind == Kind::Unsupported;
                table.count(fixture.dialect, via, operation, kind);
                // What was not done here is missing from here on: the rest of the case says nothing.
                if is_refused {
                    return;
                }
            }
            Told::Undeclared(what) => {
                what.iter().for_each(|(name, example)| {
                    undeclared.add(via, fixture, operation, name, example);
                });
                if is_refused {
                    return;
                }
            }
        }
    }
}

/// The name of the member that differs: the last step of its place that is no number.
pub(crate) fn member(difference: &Difference) -> String {
    let place = &difference.place;
    if place.starts_with("then:") {
        return "then".to_owned();
    }
    if place.starts_with("body:") {
        return "body".to_owned();
    }
    let steps = place.rsplit('/').map(|step| step.split('[').next().unwrap_or_default());
    let named = |step: &&str| !step.is_empty() && !step.bytes().all(|byte| byte.is_ascii_digit());
    steps.into_iter().find(named).unwrap_or_default().to_owned()
}
