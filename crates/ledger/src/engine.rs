//! The ledger as an engine: commands that change go to the writer, lists to readers of their own, the others to the
//! readers, unless a copy has the answer. One is looked at first and written perhaps: the question of a job whether it is
//! being cancelled.

use std::sync::Arc;
use std::task::{Context, Poll};

use countermand_model::{Call, Command, Fault, Outcome};
use futures_util::future::BoxFuture;
use tower::Service;

use crate::store::misdirected;
use crate::{Store, act, deliver, event, filter, read};

/// The ledger as an engine over one namespace.
///
/// It is always ready; a queue that is full is answered as [`Overloaded`](countermand_model::FaultKind::Overloaded).
#[derive(Clone)]
pub struct Engine {
    store: Store,
    namespace: Arc<str>,
}

impl Engine {
    pub(crate) fn new(store: Store, namespace: &str) -> Engine {
        Engine { store, namespace: namespace.into() }
    }

    async fn carry_out(self, call: Call) -> Result<Outcome, Fault> {
        let Engine { store, namespace } = self;
        let signals = Arc::clone(&store.house.signals);
        if let Command::Confirm { delivery } = call.command {
            let confirm =
                move |turn: &mut crate::turn::Turn<'_>| deliver::confirm(turn, &signals.deliveries, delivery);
            return store.house.writer.write(confirm).await.map(|()| Outcome::Confirmed);
        }
        if let Some(fault) = filter::refuse_command(&call.command) {
            return Err(fault);
        }
        if call.command.is_changing() {
            let outcome = store.house.writer.write(move |turn| act::act(turn, &namespace, &call)).await?;
            return outcome.ok_or_else(misdirected);
        }
        if !store.house.readers.is_closed()
            && let Some(snapshot) = signals.hot.find(&namespace, &call)
        {
            let snapshot = Some(Box::new(snapshot));
            return Ok(Outcome::Read { at: store.house.clock.now(), snapshot });
        }
        let clock = Arc::clone(&store.house.clock);
        let place = Arc::clone(&namespace);
        let is_list = matches!(call.command, Command::List { .. } | Command::Runs { .. });
        let readers = if is_list { &store.house.listers } else { &store.house.readers };
        let again = matches!(call.command, Command::CheckIn { .. }).then(|| call.clone());
        let look = move |session: &crate::session::Session| {
            read::read(session, &place, &call, clock.now(), &signals)
        };
        let outcome = readers.read(look).await?;
        if let (Some(call), Some(Outcome::CheckedIn(Some(true)))) = (again, &outcome) {
            let check_in = move |turn: &mut crate::turn::Turn<'_>| event::check_in(turn, &namespace, &call);
            return store.house.writer.write(check_in).await?.ok_or_else(misdirected);
        }
        outcome.ok_or_else(misdirected)
    }
}

impl Service<Call> for Engine {
    type Response = Outcome;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<Outcome, Fault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        Box::pin(self.clone().carry_out(call))
    }
}
