//! Drives one conversation to its end: sends what it asks for, in time, and has the journal know of an order before its
//! first byte. What is said is the dialect's; this only carries it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use countermand_dialects::{Ask, Codec, Conversation, Heard, Lost, Safety, Step};
use countermand_model::{Call, Command, Fault, FaultKind, Outcome};
use tokio::time::Instant;

use super::breaker::Breaker;
use super::journal::Journal;
use super::wire::{Wire, is_busy, is_unavailable};

/// The part of a command's time, as a divisor, in which no order is sent any more: it is kept for seeing what came of those
/// that were. An order that hangs is then looked at and not just reported as unknown.
const KEPT_TO_LOOK: u32 = 4;

/// What a conversation needs besides itself.
pub(super) struct Driver<'a> {
    pub(super) wire: &'a Wire,
    pub(super) breaker: &'a Breaker,
    pub(super) journal: &'a Journal,
    pub(super) call: &'a Call,
    /// How long the command may take.
    pub(super) timeout: Duration,
}

/// How a conversation ended.
pub(super) struct Ended {
    /// What it says of the command.
    pub(super) answer: Result<Outcome, Fault>,
    /// The row of the command, where an order was sent.
    pub(super) ticket: Option<u64>,
    /// What is known of its orders.
    pub(super) orders: Orders,
}

/// What is known of all orders of a conversation together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Orders {
    /// None was given, or nothing of any was sent.
    #[default]
    None,
    /// Each that was sent was answered.
    Answered,
    /// One was sent and not answered.
    Open,
}

/// When what ends.
struct Times {
    /// No order is sent from here on, nor is one waited for.
    orders: Instant,
    /// Nothing is sent any more.
    all: Instant,
}

impl Driver<'_> {
    /// Drives it to its end. After the command's time nothing is sent any more; the conversation then says what is known.
    pub(super) async fn drive(&self, mut conversation: Box<dyn Conversation>) -> Ended {
        let start = Instant::now();
        let all = start + self.timeout;
        let orders = if self.call.command.is_changing() { all - self.timeout / KEPT_TO_LOOK } else { all };
        let times = Times { orders, all };
        let mut ended = Ended { answer: Ok(Outcome::Confirmed), ticket: None, orders: Orders::None };
        let mut heard = None;
        ended.answer = loop {
            match caught(|| conversation.next(heard.take())) {
                Err(fault) => {
                    // What it would have said of its orders is not known any more.
                    if ended.orders == Orders::Answered {
                        ended.orders = Orders::Open;
                    }
                    break Err(fault);
                }
                Ok(Step::Done(answer)) => break answer,
                Ok(Step::Send(ask)) => match self.send(&ask, &times, &mut ended).await {
                    Ok(came) => heard = Some(came),
                    Err(fault) => break Err(fault),
                },
            }
        };
        ended
    }

    /// Sends a request, where it may be.
    ///
    /// # Errors
    /// The conversation cannot go on: no order was sent, and none may be.
    async fn send(&self, ask: &Ask, times: &Times, ended: &mut Ended) -> Result<Heard, Fault> {
        let is_looking_after = ask.safety == Safety::Safe && ended.orders != Orders::None;
        let until = if is_looking_after { times.all } else { times.orders };
        if Instant::now() >= until {
            return Ok(Err(Lost::Unsent));
        }
        match ask.safety {
            Safety::Safe => {}
            Safety::Consuming if takes(&self.call.command) => {}
            // An order is never worth somebody's results, and goes on without having seen.
            Safety::Consuming if self.call.command.is_changing() => return Ok(Err(Lost::Unsent)),
            Safety::Consuming => {
                let problem = "The server behind this gateway cannot be asked for this without taking away what it hands \
                               out once.";
                return Err(Fault::new(FaultKind::Unsupported, problem));
            }
            Safety::Changing if !self.call.command.is_changing() || ended.ticket.is_some() => {}
            Safety::Changing => {
                // On disk before the first byte: a crash from here on leaves a row that says so.
                ended.ticket = Some((self.journal.sent)(self.call.clone()).await?);
                if Instant::now() >= until {
                    return Ok(Err(Lost::Unsent));
                }
            }
        }
        let heard = self.wire.exchange(ask, &self.call.request_id, until).await;
        match &heard {
            Ok(answer) if !is_unavailable(answer.status()) => self.breaker.answered(),
            // Somebody is there. A server that limits its callers says so too, and to leave it alone for that would keep back
            // the next order because of so many looks.
            Ok(answer) if is_busy(answer.status()) => {}
            Ok(_) | Err(_) => self.breaker.failed(),
        }
        if ask.safety == Safety::Changing {
            ended.orders = ended.orders.max(match &heard {
                Ok(_) => Orders::Answered,
                Err(Lost::Unsent) => Orders::None,
                Err(Lost::Unanswered) => Orders::Open,
            });
        }
        Ok(heard)
    }
}

/// Begins a conversation.
///
/// # Errors
/// It cannot be said in this dialect, or its author has made a mistake. Nothing was sent.
pub(super) fn begun(codec: &dyn Codec, command: &Command, at: i64) -> Result<Box<dyn Conversation>, Fault> {
    caught(|| codec.converse(command, at)).flatten()
}

/// What came of a dialect's own code. A panic of it ends the command and not its task: that the command may have been sent
/// is still to be written down.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Fault> {
    std::panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        let message = "The server could not carry out the command.";
        Fault::new(FaultKind::Internal, message).with_detail("a conversation panicked")
    })
}

/// Whether a command is one that takes away what it reads.
fn takes(command: &Command) -> bool {
    matches!(command, Command::Status(status) if status.results.takes())
}
