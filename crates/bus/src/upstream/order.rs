//! A command that changes something on the legacy server: given once, answered as far as it was seen, and written into the
//! audit in one row, whatever happens. How it is said, and what an answer means, is not known here.

use countermand_model::{Acted, Alias, Call, Effect, Fault, Job, Outcome, Snapshot, State, Target};

use super::drive::{Ended, Orders, begun};
use super::{Shared, of_nobody, targets};

impl Shared {
    /// Carries out a command that may change something. Whatever happens, it has one row in the audit.
    pub(super) async fn order(&self, call: &Call) -> Result<Outcome, Fault> {
        let ended = match self.give(call).await {
            Ok(ended) => ended,
            Err(fault) => {
                self.note(call, (self.journal.refused)((call.clone(), fault.kind)).await);
                return Err(fault);
            }
        };
        let written = self.write_down(call, &ended).await;
        self.note(call, written);
        let outcome = ended.answer.map_err(|fault| self.in_words_of(call, fault))?;
        // The order was given; an id that cannot be looked up now is no reason to say otherwise.
        let inward = self.names.inward(call.dialect, call.command.targets(), outcome.clone()).await;
        let mut outcome = inward.map_or_else(|_| without_jobs(outcome), |(outcome, _)| outcome);
        if let Outcome::Acted { at, targets } = &mut outcome
            && targets::are_shown(&call.command)
        {
            targets.iter_mut().for_each(|acted| show(acted, call.dialect, *at));
        }
        Ok(outcome)
    }

    /// Gives an order, and tells what came of each target of the caller's command.
    ///
    /// # Errors
    /// The command was refused before the conversation: nothing was asked.
    async fn give(&self, call: &Call) -> Result<Ended, Fault> {
        let _room = self.room.try_acquire().map_err(|_| self.overloaded())?;
        let outward = self.names.outward(call.dialect, &call.command).await?;
        let Some(command) = outward.command else {
            let answer = Ok(self.absent(&call.command));
            return Ok(Ended { answer, ticket: None, orders: Orders::None });
        };
        let _pass = self.breaker.admit().map_err(|again| self.left_alone(again))?;
        let conversation = begun(&*self.codec, &command, (self.clock)())?;
        let mut ended = self.driver(call).drive(conversation).await;
        if let Ok(Outcome::Acted { targets, .. }) = &mut ended.answer {
            *targets = in_place(call.command.targets(), &outward.has_id, std::mem::take(targets));
        }
        Ok(ended)
    }

    /// Writes into the audit what became of a command, in its one row.
    async fn write_down(&self, call: &Call, ended: &Ended) -> Result<(), Fault> {
        let now = (self.clock)();
        let settled = match (&ended.answer, ended.ticket) {
            (Ok(Outcome::Acted { at, targets }), _) => (*at, targets.clone()),
            (Err(fault), None) => return (self.journal.refused)((call.clone(), fault.kind)).await,
            // All of it was refused, or none of it was sent: with a fault a conversation says that nothing was done.
            (Err(fault), Some(ticket)) if ended.orders != Orders::Open => {
                return (self.journal.came_to_nothing)((ticket, fault.kind)).await;
            }
            // Something was sent, and nothing says what came of it.
            (Ok(_) | Err(_), _) => (now, unverified(call.command.targets())),
        };
        let ticket = match ended.ticket {
            Some(ticket) => ticket,
            None => (self.journal.sent)(call.clone()).await?,
        };
        (self.journal.settled)((ticket, settled.0, settled.1)).await
    }

    /// The ledger could not write what became of a command. It says so at the next start: what was sent stays open.
    fn note(&self, call: &Call, written: Result<(), Fault>) {
        if let Err(fault) = written {
            let (engine, request_id) = (&self.wire.engine, &call.request_id);
            tracing::error!(engine, request_id, %fault, "what became of a command is not in the audit");
        }
    }
}

/// What came of the targets that were sent, among those that were not, in the caller's order and words.
fn in_place(written: &[Target], has_id: &[bool], acted: Vec<Acted>) -> Vec<Acted> {
    let mut acted = acted.into_iter();
    let places = written.iter().zip(has_id);
    let place = |(target, has_id): (&Target, &bool)| {
        if !has_id {
            return of_nobody(target, Effect::NotFound);
        }
        let acted = acted.next().unwrap_or_else(|| of_nobody(target, Effect::UnverifiedUnanswered));
        Acted { target: target.clone(), ..acted }
    };
    places.map(place).collect()
}

/// Some servers cannot be asked for every job that they take an order for. Its caller is to see one all the same: what is
/// known of it is its id, and the state that the effect says.
fn show(acted: &mut Acted, dialect: &str, at: i64) {
    let state = match acted.effect {
        Effect::Cancelled => State::Cancelled,
        Effect::Accepted | Effect::AlreadyCancelling => State::Cancelling,
        Effect::Done | Effect::UnverifiedTaken => acted.before.unwrap_or(State::Cancelling),
        Effect::AlreadyCancelled
        | Effect::AlreadyFinished
        | Effect::AlreadySo
        | Effect::NotFound
        | Effect::Forbidden
        | Effect::NotPossible
        | Effect::UnverifiedUnanswered => return,
    };
    let Target { written, number, .. } = &acted.target;
    let id = Alias { dialect: dialect.to_owned(), id: written.clone(), number: *number };
    let job = Job { state, aliases: vec![id], ..Job::new(number.unwrap_or(0), at) };
    acted.after.get_or_insert_with(|| Box::new(Snapshot::of(job)));
}

fn unverified(targets: &[Target]) -> Vec<Acted> {
    targets.iter().map(|target| of_nobody(target, Effect::UnverifiedUnanswered)).collect()
}

/// The same without the jobs beside the effects: their ids are the server's.
fn without_jobs(mut outcome: Outcome) -> Outcome {
    if let Outcome::Acted { targets, .. } = &mut outcome {
        targets.iter_mut().for_each(|acted| acted.after = None);
    }
    outcome
}
