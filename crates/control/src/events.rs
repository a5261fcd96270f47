//! What runners say.

use http::{Response, StatusCode};

use crate::asked::Asked;
use crate::read::event::event;
use crate::request_body::RequestBody;
use crate::{ControlBody, Problem, conditions, jobs};

/// `POST /v1/jobs/{number}/events`. The answer leaves the results out: a runner that appends one at a time would
/// otherwise be sent all the others each time.
pub(crate) async fn post(mut asked: Asked, body: RequestBody) -> Result<Response<ControlBody>, Problem> {
    let number = asked.number()?;
    let namespace = asked.query.namespace()?;
    asked.query.finish()?;
    let event = event(&asked.one_document(body).await?)?;
    let if_revision = conditions::bound_to(&asked, &namespace, number).await?;
    let job = asked.store().event(&namespace, number, event, if_revision).await?;
    Ok(jobs::shown(StatusCode::OK, &job, None))
}
