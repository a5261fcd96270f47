//! What an order to another server did, judged by what was seen before and after it. A server's own word is believed
//! where it refuses, and never where it says that something is done: real schedulers answer 200 to a cancel of a job
//! that has ended, some to one that is not there.

use countermand_model::{
    Acknowledged, Effect, Fault, FaultKind, Job, Kind, Reach, Snapshot, State, TriggerState,
};

use super::Lost;

/// What an order is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// [`Command::Cancel`](countermand_model::Command::Cancel), and how far it reaches.
    Cancel(Reach),
    /// The same with `force`.
    ForceCancel,
    /// [`Command::Hold`](countermand_model::Command::Hold).
    Hold(Reach),
    /// [`Command::Release`](countermand_model::Command::Release).
    Release(Reach),
    /// [`Command::Acknowledge`](countermand_model::Command::Acknowledge).
    Acknowledge(Acknowledged),
    /// [`Command::DeleteOutput`](countermand_model::Command::DeleteOutput).
    DeleteOutput,
    /// [`Command::Delete`](countermand_model::Command::Delete).
    Delete,
    /// [`Command::Report`](countermand_model::Command::Report), with the state that is reported.
    Report(Option<State>),
}

/// What a look at a job showed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// The job.
    Job(Box<Snapshot>),
    /// There is none of that id.
    Absent,
    /// It is another user's.
    Forbidden,
    /// Nothing: there was no answer, or none that says it.
    Unknown,
    /// Nothing: the server refused the question, for a reason that is no job's.
    Refused(Box<Fault>),
}

impl Seen {
    /// What a refusal of a question about one job shows.
    pub(crate) fn of(fault: Fault) -> Seen {
        if fault.kind == FaultKind::NotFound {
            Seen::Absent
        } else if fault.kind == FaultKind::Forbidden {
            Seen::Forbidden
        } else {
            Seen::Refused(Box::new(fault))
        }
    }

    /// The job, where there is one.
    pub(crate) fn snapshot(&self) -> Option<&Snapshot> {
        match self {
            Seen::Job(snapshot) => Some(snapshot),
            Seen::Absent | Seen::Forbidden | Seen::Unknown | Seen::Refused(_) => None,
        }
    }

    fn job(&self) -> Option<&Job> {
        self.snapshot().map(|snapshot| &snapshot.job)
    }
}

/// What the server said to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It took it.
    Taken,
    /// It does not fit the job.
    Refused,
    /// There is no such job.
    Absent,
    /// The caller may not.
    Forbidden,
    /// It refused the whole request, for a reason that is no job's, and did nothing.
    Fault(Box<Fault>),
    /// Nothing, or nothing that says whether it was taken.
    Nothing(Lost),
}

impl Told {
    /// What a refusal of an order to one job says. A server that failed, or that a proxy gave up on, may have begun; and who
    /// has answered 503 or 408, and how far the order had come by then, is nobody's promise.
    pub(crate) fn of(fault: Fault) -> Told {
        match fault.kind {
            FaultKind::NotFound => Told::Absent,
            FaultKind::Forbidden => Told::Forbidden,
            FaultKind::Conflict => Told::Refused,
            FaultKind::Internal
            | FaultKind::Unreachable
            | FaultKind::Timeout
            | FaultKind::Overloaded
            | FaultKind::BodyTimeout => Told::Nothing(Lost::Unanswered),
            FaultKind::Malformed
            | FaultKind::NoCredentials
            | FaultKind::BadCredentials
            | FaultKind::CrossSite
            | FaultKind::UnknownRoute
            | FaultKind::WrongMethod
            | FaultKind::NotAcceptable
            | FaultKind::TooLarge
            | FaultKind::UnsupportedMediaType
            | FaultKind::TooManyRequests
            | FaultKind::Unsupported => Told::Fault(Box::new(fault)),
        }
    }
}

/// What comes of an order that need not be sent, because of what was seen before. `None`: send it.
pub(crate) fn beforehand(aim: Aim, before: &Seen) -> Option<Effect> {
    let job = match before {
        Seen::Job(snapshot) => &snapshot.job,
        Seen::Absent => return Some(Effect::NotFound),
        Seen::Forbidden => return Some(Effect::Forbidden),
        // Not seen is no reason to keep an order from a server that may well know better.
        Seen::Unknown | Seen::Refused(_) => return None,
    };
    match aim {
        Aim::Cancel(Reach::Trigger) | Aim::Hold(Reach::Trigger) | Aim::Release(Reach::Trigger) => {
            of_trigger(aim, job)
        }
        Aim::Cancel(_) => ended(job.state),
        Aim::Hold(_) => match job.state {
            State::Held => Some(Effect::AlreadySo),
            State::Queued | State::Ready => None,
            // A parent's state is its children's: one of them may wait, whatever the others do.
            state => (state.is_terminal() || job.kind != Kind::Parent).then_some(Effect::NotPossible),
        },
        Aim::Release(_) => match job.state {
            State::Held => None,
            state => (state.is_terminal() || job.kind != Kind::Parent).then_some(Effect::NotPossible),
        },
        Aim::ForceCancel => job.state.is_terminal().then_some(Effect::NotPossible),
        // Whether these fit is the server's to say: it knows more of its ends than its states show.
        Aim::Acknowledge(_) | Aim::DeleteOutput | Aim::Delete | Aim::Report(_) => None,
    }
}

/// What an order did that was sent.
pub(crate) fn afterwards(aim: Aim, before: &Seen, told: &Told, after: &Seen) -> Effect {
    match told {
        Told::Absent => Effect::NotFound,
        Told::Forbidden => Effect::Forbidden,
        Told::Refused => refused(aim, after),
        Told::Taken => came_of(aim, before, after).unwrap_or(Effect::UnverifiedTaken),
        // A sign of life leaves nothing to see.
        Told::Nothing(_) if aim == Aim::Report(None) => Effect::UnverifiedUnanswered,
        // What was seen is true, whoever brought it about.
        Told::Nothing(_) | Told::Fault(_) => {
            came_of(aim, before, after).unwrap_or(Effect::UnverifiedUnanswered)
        }
    }
}

/// What the same order is to a target that it was given before in the same command: what it brought about is so already.
pub(crate) fn again(aim: Aim, effect: Effect) -> Effect {
    match (effect, aim) {
        (Effect::Cancelled, _) => Effect::AlreadyCancelled,
        (Effect::Accepted, _) => Effect::AlreadyCancelling,
        (Effect::Done, Aim::Hold(_) | Aim::Release(Reach::Trigger)) => Effect::AlreadySo,
        (Effect::Done, _) => Effect::NotPossible,
        (effect, _) => effect,
    }
}

/// What can be seen to have come of an order; `None` where that cannot be seen.
fn came_of(aim: Aim, before: &Seen, after: &Seen) -> Option<Effect> {
    if aim == Aim::Delete {
        return (*after == Seen::Absent).then_some(Effect::Done);
    }
    if aim == Aim::Report(None) {
        return Some(Effect::Done);
    }
    let job = after.job()?;
    let done = |is_so: bool| is_so.then_some(Effect::Done);
    match aim {
        Aim::Cancel(Reach::Trigger) => {
            (trigger(job)? == TriggerState::Cancelled).then_some(Effect::Cancelled)
        }
        Aim::Hold(Reach::Trigger) => done(trigger(job)? == TriggerState::Suspended),
        Aim::Release(Reach::Trigger) => done(trigger(job)? == TriggerState::Scheduled),
        Aim::Cancel(Reach::One | Reach::Tree | Reach::Unstarted) | Aim::ForceCancel => match job.state {
            State::Cancelled => Some(Effect::Cancelled),
            State::Cancelling => Some(Effect::Accepted),
            // How a family ends is how its children did, of which some had ended before and others by this order.
            _ if job.kind == Kind::Parent => None,
            // It ended by itself in the meantime.
            state => state.is_terminal().then_some(Effect::AlreadyFinished),
        },
        Aim::Hold(_) => done(job.state == State::Held),
        // A family is held when all that waits of it is: that it is not shows nothing of those that were.
        Aim::Release(_)
            if job.kind == Kind::Parent && before.job().is_none_or(|job| job.state != State::Held) =>
        {
            None
        }
        Aim::Release(_) => done(job.state != State::Held),
        Aim::Acknowledge(_) => done(job.acknowledged),
        Aim::DeleteOutput => done(job.output.is_none()),
        Aim::Report(state) => done(state == Some(job.state)),
        Aim::Delete => None,
    }
}

/// Why an order was refused, as far as the job shows it.
fn refused(aim: Aim, after: &Seen) -> Effect {
    let job = match after {
        Seen::Job(snapshot) => &snapshot.job,
        Seen::Absent => return Effect::NotFound,
        Seen::Forbidden => return Effect::Forbidden,
        Seen::Unknown | Seen::Refused(_) => return Effect::NotPossible,
    };
    match aim {
        Aim::Cancel(Reach::One | Reach::Tree | Reach::Unstarted) => {
            ended(job.state).unwrap_or(Effect::NotPossible)
        }
        Aim::Cancel(Reach::Trigger)
        | Aim::ForceCancel
        | Aim::Hold(_)
        | Aim::Release(_)
        | Aim::Acknowledge(_)
        | Aim::DeleteOutput
        | Aim::Delete
        | Aim::Report(_) => Effect::NotPossible,
    }
}

/// What a cancel is to a job that cannot be cancelled any more.
fn ended(state: State) -> Option<Effect> {
    match state {
        State::Cancelling => Some(Effect::AlreadyCancelling),
        State::Cancelled => Some(Effect::AlreadyCancelled),
        state => state.is_terminal().then_some(Effect::AlreadyFinished),
    }
}

fn of_trigger(aim: Aim, job: &Job) -> Option<Effect> {
    let Some(state) = trigger(job) else { return Some(Effect::NotFound) };
    match (state, aim) {
        (TriggerState::Suspended, Aim::Hold(_)) | (TriggerState::Scheduled, Aim::Release(_)) => {
            Some(Effect::AlreadySo)
        }
        (TriggerState::Cancelled | TriggerState::Completed, _) => Some(Effect::NotPossible),
        (TriggerState::Scheduled | TriggerState::Suspended, _) => None,
    }
}

fn trigger(job: &Job) -> Option<TriggerState> {
    job.trigger.as_ref().map(|trigger| trigger.state)
}
