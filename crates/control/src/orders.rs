//! Cancel, hold and release: the same commands that a dialect gives, given by number.

use countermand_model::{
    Acted, Call, Caller, Cancel, Command, Effect, FaultKind, Order, Outcome, Reach, Target,
};
use http::{Response, StatusCode};

use crate::asked::Asked;
use crate::read::value::Value;
use crate::request_body::RequestBody;
use crate::{ControlBody, Problem, conditions, jobs};

/// What can be ordered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verb {
    /// `POST /v1/jobs/{number}/cancel`.
    Cancel,
    /// `POST /v1/jobs/{number}/hold`.
    Hold,
    /// `POST /v1/jobs/{number}/release`.
    Release,
}

/// Gives the order to the job, its trigger and every unfinished descendant. An order that has been carried out before
/// is harmless: 200 with the job as it is.
pub(crate) async fn give(
    mut asked: Asked,
    body: RequestBody,
    verb: Verb,
) -> Result<Response<ControlBody>, Problem> {
    let number = asked.number()?;
    let namespace = asked.query.namespace()?;
    asked.query.finish()?;
    nothing_more(&asked, body).await?;
    let if_revision = conditions::bound_to(&asked, &namespace, number).await?;
    let outcome = asked.store().order(&namespace, number, call(&asked, verb, number), if_revision).await?;
    let acted = match outcome {
        Outcome::Acted { targets, .. } => targets.into_iter().next(),
        Outcome::Read { .. }
        | Outcome::Confirmed
        | Outcome::Listed { .. }
        | Outcome::Runs { .. }
        | Outcome::Permitted(_)
        | Outcome::CheckedIn(_) => None,
    };
    judged(acted.ok_or_else(unanswered)?, &asked).await
}

/// An order is whole without a body: none, or an object without members. A member would be a wish that is not granted.
async fn nothing_more(asked: &Asked, body: RequestBody) -> Result<(), Problem> {
    match asked.one_document_or_none(body).await? {
        None => Ok(()),
        Some(bytes) => Value::document(&bytes)?.members()?.finish(),
    }
}

fn call(asked: &Asked, verb: Verb, number: i64) -> Call {
    let targets = vec![Target::number(number)];
    let (reach, wants_after) = (Reach::Tree, true);
    let command = match verb {
        Verb::Cancel => Command::Cancel(Cancel { targets, reach, wants_after, ..Cancel::default() }),
        Verb::Hold => Command::Hold(Order { targets, reach, wants_after }),
        Verb::Release => Command::Release(Order { targets, reach, wants_after }),
    };
    let caller = Caller { user: asked.by.clone(), client: asked.client.clone(), own_only: false };
    Call { command, caller, dialect: "control", request_id: asked.request_id.clone() }
}

async fn judged(acted: Acted, asked: &Asked) -> Result<Response<ControlBody>, Problem> {
    let refused = |why: &str| Err(Problem::conflict(acted.before, why));
    match acted.effect {
        Effect::Cancelled
        | Effect::Accepted
        | Effect::Done
        | Effect::AlreadyCancelling
        | Effect::AlreadyCancelled
        | Effect::AlreadySo => {
            let after = acted.after.ok_or_else(unanswered)?;
            let (job, results) = jobs::with_results(asked.store(), after.job).await?;
            Ok(jobs::shown(StatusCode::OK, &job, Some(&results)))
        }
        Effect::AlreadyFinished => refused("The job had ended before it could be stopped."),
        Effect::NotPossible => refused("The order does not fit the state of the job."),
        Effect::NotFound => Err(Problem::no_such_job()),
        Effect::Forbidden => Err(Problem::new(StatusCode::FORBIDDEN, "The job is another user's.")),
        Effect::UnverifiedTaken | Effect::UnverifiedUnanswered => Err(unanswered()),
    }
}

/// The ledger answers for itself, so none of this is to be expected of it.
fn unanswered() -> Problem {
    let message = "The ledger did not say what came of the order.";
    countermand_model::Fault::new(FaultKind::Internal, message).into()
}
