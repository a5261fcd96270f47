//! Plays cases against a target, as many at once as it allows, and says of each what came of it.

mod doors;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::http::{HeaderName, Request};
use bytes::Bytes;
use countermand_model::State;
use futures_util::{StreamExt, stream};

use self::doors::Doors;
use crate::compare::{self, Difference, Rules, Seen};
use crate::fill::{AUTHORIZATION, Base};
use crate::fixture::{Fixture, Message, User};
use crate::target::{Look, Session, Skip, Target, Trouble};

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The case.
    pub fixture: Arc<Fixture>,
    /// What came of it.
    pub result: Outcome,
    /// What was answered, as far as it was asked.
    pub answers: Vec<Seen>,
    /// Where the target was, as the answers have it.
    pub base: Base,
    /// Whether the target's clock is its own, so that the places of `times` were not compared.
    pub own_clock: bool,
    /// How many states of `then` nobody could be asked for.
    pub unseen: usize,
    /// How long it took.
    pub time: Duration,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was as it is expected.
    Passed,
    /// Something was not.
    Failed(Vec<Difference>),
    /// It could not be played to its end; counts as failed.
    Broken(String),
    /// It was not played.
    Skipped(Skip),
}

impl Outcome {
    /// Whether the case fell short.
    #[must_use]
    pub const fn fell_short(&self) -> bool {
        matches!(self, Outcome::Failed(_) | Outcome::Broken(_))
    }
}

/// Plays every case. `told` hears of each verdict as it comes; the answer has them in the order of the cases.
///
/// # Errors
/// The target is gone, or lets a user in for nothing: what has been played until then is lost, for nobody could say what
/// it is worth.
pub async fn play(
    target: Arc<dyn Target>,
    fixtures: Vec<Arc<Fixture>>,
    told: impl Fn(&Verdict),
) -> Result<Vec<Verdict>, Trouble> {
    let lanes = target.lanes().max(1);
    let played = stream::iter(fixtures.into_iter().enumerate()).map(|(index, fixture)| {
        let target = Arc::clone(&target);
        // A task each, so that cases use every processor.
        let task = tokio::spawn(async move { one(target.as_ref(), fixture).await });
        async move { (index, task.await) }
    });
    let mut played = played.buffer_unordered(lanes);
    let mut verdicts = Vec::new();
    let mut doors = Doors::default();
    while let Some((index, verdict)) = played.next().await {
        let verdict =
            verdict.map_err(|error| Trouble::Gone(format!("a case ended in a panic: {error}")))??;
        if let Some(problem) = doors.closed(&verdict) {
            return Err(Trouble::TurnedAway(format!("{} {problem}", target.name())));
        }
        told(&verdict);
        verdicts.push((index, verdict));
    }
    verdicts.sort_by_key(|(index, _)| *index);
    Ok(verdicts.into_iter().map(|(_, verdict)| verdict).collect())
}

/// Plays one case.
///
/// # Errors
/// The target is gone.
pub async fn one(target: &dyn Target, fixture: Arc<Fixture>) -> Result<Verdict, Trouble> {
    let begun = Instant::now();
    let mut heard = Heard::default();
    let result = match target.skips(&fixture) {
        Some(skip) => Outcome::Skipped(skip),
        None => match case(target, &fixture, &mut heard).await {
            Ok(differences) if differences.is_empty() => Outcome::Passed,
            Ok(differences) => Outcome::Failed(differences),
            Err(Trouble::Case(problem)) => Outcome::Broken(problem),
            Err(Trouble::Skip(skip)) => Outcome::Skipped(skip),
            Err(end @ (Trouble::Gone(_) | Trouble::TurnedAway(_))) => return Err(end),
        },
    };
    let Heard { answers, base, unseen } = heard;
    let own_clock = target.own_clock();
    Ok(Verdict { fixture, result, answers, base, own_clock, unseen, time: begun.elapsed() })
}

/// What a target said during a case.
struct Heard {
    answers: Vec<Seen>,
    base: Base,
    unseen: usize,
}

impl Default for Heard {
    fn default() -> Heard {
        let base = Base { url: String::new(), authority: String::new() };
        Heard { answers: Vec::new(), base, unseen: 0 }
    }
}

async fn case(target: &dyn Target, fixture: &Fixture, heard: &mut Heard) -> Result<Vec<Difference>, Trouble> {
    let rules = Rules::of(fixture, target.own_clock());
    let mut session = target.open(fixture).await?;
    heard.base = session.base().clone();
    let played = exchanges(session.as_mut(), fixture, &rules, heard).await;
    // Also after a failure: the next case must find nothing of this one.
    session.close().await?;
    played
}

async fn exchanges(
    session: &mut dyn Session,
    fixture: &Fixture,
    rules: &Rules,
    heard: &mut Heard,
) -> Result<Vec<Difference>, Trouble> {
    let mut differences = Vec::new();
    for (index, exchange) in fixture.exchanges.iter().enumerate() {
        let request = request(session, &exchange.request, fixture.head.user)?;
        let seen = session.send(request).await?;
        differences.extend(compare::answers(&exchange.response, &seen, &heard.base, rules, index + 1));
        heard.answers.push(seen);
    }
    for (number, expected) in &fixture.head.then {
        let seen = session.look(*number).await?;
        heard.unseen += usize::from(seen == Look::Unseen);
        differences.extend(state(*number, *expected, seen));
    }
    Ok(differences)
}

fn state(number: i64, expected: State, seen: Look) -> Option<Difference> {
    let seen = match seen {
        Look::Unseen => return None,
        Look::State(seen) if seen == expected => return None,
        Look::State(seen) => Some(seen.name().to_owned()),
        Look::Absent => None,
    };
    Some(Difference {
        answer: 0,
        place: format!("then:{number}"),
        expected: Some(expected.name().to_owned()),
        seen,
    })
}

/// A request with its placeholders filled. A header whose user has no credentials is left out.
fn request(session: &dyn Session, message: &Message, user: User) -> Result<Request<Bytes>, Trouble> {
    let base = session.base();
    let mut request = Request::builder().method(message.method()).uri(base.filled(message.target()));
    for (name, value) in &message.headers {
        if value == AUTHORIZATION {
            if let Some(credentials) = session.authorization(user) {
                request = request.header(HeaderName::from_static("authorization"), credentials);
            }
        } else {
            request = request.header(name, base.filled(value));
        }
    }
    request
        .body(Bytes::from(base.filled(&message.body)))
        .map_err(|error| Trouble::Case(format!("{} cannot be sent: {error}", message.start)))
}
