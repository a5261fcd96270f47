//! The description of a job, from the JSON that `PUT` takes. Knows which members there are and what each must look
//! like; whether they fit a job that is there is the ledger's to say.

use std::collections::HashSet;

use countermand_model::{Alias, Draft, Kind, Output, Progress, State, Trigger};

use crate::Problem;
use crate::read::names::{self, job_number};
use crate::read::time;
use crate::read::value::Value;

/// Members of an answer that a description may carry, so that what was read can be written back. They say nothing.
pub(crate) const READ_ONLY: [&str; 3] = ["children", "previous_state", "revision"];

/// The description of a job from JSON text, with its number and its namespace where it names them.
///
/// An absent member is kept, `null` clears where there is something to clear. `results` and `attributes` stay the
/// text they are.
///
/// # Errors
/// 400 for what is not JSON; 422 with a JSON pointer for what does not describe a job: an unknown member or name (with
/// the nearest), a wrong type, an alias that is not an id of its dialect.
pub fn describe(json: &[u8]) -> Result<(Option<i64>, Option<String>, Draft), Problem> {
    let mut members = Value::document(json)?.members()?;
    let number = members.get("number", job_number)?;
    let namespace = members
        .get("namespace", |value| names::namespace(&value.string()?).map_err(|why| value.invalid(why)))?;
    let draft = Draft {
        aliases: members.patch("aliases", aliases)?,
        dialects: members.nullable("dialects", dialects)?,
        dataset: members.nullable("dataset", Value::string)?,
        kind: members.patch("kind", kind)?,
        parent: members.nullable("parent", job_number)?,
        trigger: members.nullable("trigger", trigger)?,
        owner: members.nullable("owner", Value::string)?,
        name: members.nullable("name", Value::string)?,
        description: members.nullable("description", Value::string)?,
        job_type: members.nullable("type", Value::string)?,
        state: members.patch("state", state)?,
        created_at: members.patch("created_at", time::read)?,
        started_at: members.nullable("started_at", time::read)?,
        finished_at: members.nullable("finished_at", time::read)?,
        progress: members.patch("progress", progress)?,
        results: members.patch("results", texts)?,
        has_errors: members.patch("has_errors", Value::flag)?,
        output: members.nullable("output", output)?,
        acknowledged: members.patch("acknowledged", Value::flag)?,
        message: members.nullable("message", Value::string)?,
        attributes: members.patch("attributes", attributes)?,
    };
    for name in READ_ONLY {
        members.pass_over(name);
    }
    members.finish()?;
    Ok((number, namespace, draft))
}

/// A state by its name.
pub(crate) fn state(value: &Value<'_>) -> Result<State, Problem> {
    names::state(&value.string()?).map_err(|why| value.invalid(why))
}

/// Progress, whole: a missing part is 0.
pub(crate) fn progress(value: &Value<'_>) -> Result<Progress, Problem> {
    let mut members = value.members()?;
    let progress = Progress {
        total: members.get("total", Value::count)?.unwrap_or(0),
        matched: members.get("matched", Value::count)?.unwrap_or(0),
        processed: members.get("processed", Value::count)?.unwrap_or(0),
    };
    members.finish()?;
    Ok(progress)
}

/// What a job produced.
pub(crate) fn output(value: &Value<'_>) -> Result<Output, Problem> {
    let mut members = value.members()?;
    let output =
        Output { id: members.required("id", Value::string)?, name: members.required("name", Value::string)? };
    members.finish()?;
    Ok(output)
}

/// An array of any values, each kept as text.
pub(crate) fn texts(value: &Value<'_>) -> Result<Vec<String>, Problem> {
    Ok(value.items()?.iter().map(|item| item.text().to_owned()).collect())
}

fn kind(value: &Value<'_>) -> Result<Kind, Problem> {
    names::kind(&value.string()?).map_err(|why| value.invalid(why))
}

fn trigger(value: &Value<'_>) -> Result<Trigger, Problem> {
    let mut members = value.members()?;
    let state = |value: &Value<'_>| names::trigger_state(&value.string()?).map_err(|why| value.invalid(why));
    let trigger = Trigger {
        state: members.required("state", state)?,
        next_run_at: members.get("next_run_at", time::read)?,
        rule: members.get("rule", Value::string)?,
    };
    members.finish()?;
    Ok(trigger)
}

/// `{"oracle-ess": "7"}` or `{"qlik-odag": ["5f…", "0000…"]}`.
fn aliases(value: &Value<'_>) -> Result<Vec<Alias>, Problem> {
    let mut aliases = Vec::new();
    for (name, ids) in value.members()?.all() {
        let dialect = names::dialect(&name).map_err(|why| ids.invalid(why))?;
        let ids = if ids.is_array() { ids.items()? } else { vec![ids] };
        for value in ids {
            let id = value.string()?;
            if !(dialect.ids.is_id)(&id) {
                return Err(value.invalid(format!("not an id of {name}, which is {}", dialect.ids.form)));
            }
            aliases.push(Alias { dialect: name.clone(), number: (dialect.ids.number)(&id), id });
        }
    }
    Ok(aliases)
}

fn dialects(value: &Value<'_>) -> Result<Vec<String>, Problem> {
    let known = |item: &Value<'_>| {
        let name = item.string()?;
        names::dialect(&name).map_err(|why| item.invalid(why))?;
        Ok(name)
    };
    value.items()?.iter().map(known).collect()
}

/// An object per dialect; sorted, as the model keeps them.
fn attributes(value: &Value<'_>) -> Result<Vec<(String, String)>, Problem> {
    let mut attributes = Vec::new();
    for (name, object) in value.members()?.all() {
        names::dialect(&name).map_err(|why| object.invalid(why))?;
        if !object.is_object() {
            return Err(object.invalid("the attributes of a dialect are a JSON object"));
        }
        if attributes.iter().any(|(known, _)| *known == name) {
            return Err(object.invalid("is there twice"));
        }
        for member in each_once(&object)?.iter().filter(|member| member.is_object()) {
            each_once(member)?;
        }
        attributes.push((name, object.text().to_owned()));
    }
    attributes.sort();
    Ok(attributes)
}

/// The values of an object in which no name is there twice: a list would look at the first, an answer show the last.
/// Lists look into a dialect's attributes and into the objects directly among them, no deeper.
fn each_once<'j>(object: &Value<'j>) -> Result<Vec<Value<'j>>, Problem> {
    let mut known = HashSet::new();
    let members = object.members()?.all();
    members
        .map(
            |(name, value)| if known.insert(name) { Ok(value) } else { Err(value.invalid("is there twice")) },
        )
        .collect()
}
