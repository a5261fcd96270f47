//! What a job says of itself through its own dialect. It is judged as a runner's event is; the caller's credentials
//! stand in for the runner's name.

use countermand_model::{Effect, Event, State};

use crate::contract::Refused;
use crate::event;
use crate::rows::Standing;
use crate::session::Namespace;
use crate::turn::Turn;

/// Done; `AlreadySo` where a finished job repeats its end; `NotPossible` where the machine has no such move.
pub(super) fn report(
    turn: &mut Turn<'_>,
    namespace: Namespace<'_>,
    job: &mut Standing,
    state: Option<State>,
    message: Option<&str>,
) -> rusqlite::Result<Effect> {
    let ended = job.state.is_terminal();
    let said = Event { state, message: message.map(str::to_owned), ..Event::default() };
    match event::apply(turn, namespace, job, &said, event::Speaker::Job)? {
        Ok(_) if ended => Ok(Effect::AlreadySo),
        Ok(after) => {
            job.state = after.state;
            Ok(Effect::Done)
        }
        Err(
            Refused::NotFound
            | Refused::Conflict { .. }
            | Refused::Invalid { .. }
            | Refused::Stale { .. }
            | Refused::Unable(_),
        ) => Ok(Effect::NotPossible),
    }
}
