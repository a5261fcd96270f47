//! What a runner says, from the JSON that `POST …/events` takes.

use countermand_model::{Event, NewResults};

use crate::Problem;
use crate::read::describe::{output, progress, state, texts};
use crate::read::value::Value;

/// An event from JSON text.
///
/// # Errors
/// 400 for what is not JSON; 422 with a JSON pointer for what is not an event.
pub(crate) fn event(json: &[u8]) -> Result<Event, Problem> {
    let mut members = Value::document(json)?.members()?;
    let event = Event {
        state: members.get("state", state)?,
        runner: members.get("runner", Value::string)?,
        progress: members.get("progress", progress)?,
        message: members.get("message", Value::string)?,
        output: members.get("output", output)?,
        has_errors: members.get("has_errors", Value::flag)?,
        results: members.get("results", new_results)?,
    };
    members.finish()?;
    Ok(event)
}

fn new_results(value: &Value<'_>) -> Result<NewResults, Problem> {
    let mut members = value.members()?;
    let results = NewResults {
        from: members.required("from", Value::count)?,
        items: members.required("items", texts)?,
    };
    members.finish()?;
    Ok(results)
}
