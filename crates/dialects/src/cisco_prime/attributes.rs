//! The attributes that conditions and orders name, as fields of the model: one table for `JobSummary`, one for
//! `runhistory`. A condition says the same of a job as the answer shows of it; where that cannot be, it is refused.

use countermand_model::{Field, Filter, Test, TriggerState, Value};

use super::query::{Comparison, Condition, instant};
use super::{asked, states};
use crate::Malformed;
use crate::grammar::spelling;

/// What can be asked about a resource.
pub(super) type Attributes = &'static [Attribute];

/// One attribute of a resource.
pub(super) struct Attribute {
    name: &'static str,
    meaning: Meaning,
}

/// What the values of an attribute are, and where they are.
enum Meaning {
    /// A text.
    Text(Field),
    /// An id.
    Id(fn() -> Filtered),
    /// A time.
    Time(fn() -> Filtered),
    /// One of an enumeration's words; how to find the jobs that show one of some.
    Word(&'static [&'static str], fn(&[&str]) -> Filter),
    /// Known, but neither found nor sorted by.
    Unanswered,
}

/// A field with what must be so for it to be shown at all.
struct Filtered {
    field: Field,
    shown: Filter,
}

/// Of `data/JobSummary`: the documented fields, and the `@id` of each entity, which that it can be asked for is inferred.
pub(super) const JOB_SUMMARY: Attributes = &[
    Attribute { name: "@id", meaning: Meaning::Id(|| always(Field::Id)) },
    Attribute { name: "completionTime", meaning: Meaning::Time(|| of_run(Field::FinishedAt)) },
    Attribute { name: "description", meaning: Meaning::Text(Field::Description) },
    // The model has no field for it: it is the difference of two.
    Attribute { name: "duration", meaning: Meaning::Unanswered },
    Attribute { name: "jobName", meaning: Meaning::Text(Field::Name) },
    Attribute { name: "jobStatus", meaning: Meaning::Word(states::JOB_STATUSES, asked::job_status) },
    Attribute { name: "jobType", meaning: Meaning::Text(Field::Type) },
    Attribute { name: "lastStartTime", meaning: Meaning::Time(|| of_run(Field::StartedAt)) },
    Attribute { name: "nextRunTime", meaning: Meaning::Time(next_run) },
    Attribute { name: "resultStatus", meaning: Meaning::Word(states::RESULT_STATUSES, asked::result_status) },
    Attribute { name: "runId", meaning: Meaning::Id(|| of_run(Field::Id)) },
    Attribute { name: "runStatus", meaning: Meaning::Word(states::RUN_STATUSES, asked::run_status) },
    Attribute { name: "username", meaning: Meaning::Text(Field::Owner) },
];

/// Of `op/jobService/runhistory`: the documented parameters. In a reading of runs, times are the run's.
pub(super) const RUN_HISTORY: Attributes = &[
    Attribute { name: "jobId", meaning: Meaning::Id(|| always(Field::Id)) },
    Attribute { name: "jobName", meaning: Meaning::Text(Field::Name) },
    Attribute { name: "jobType", meaning: Meaning::Text(Field::Type) },
    Attribute { name: "startTime", meaning: Meaning::Time(|| always(Field::StartedAt)) },
];

/// What they are called.
pub(super) fn names(attributes: Attributes) -> impl Iterator<Item = &'static str> {
    attributes.iter().map(|attribute| attribute.name)
}

/// The words that an attribute may be; `None` where it is none of an enumeration.
pub(super) fn words(attributes: Attributes, name: &str) -> Option<&'static [&'static str]> {
    match attributes.iter().find(|attribute| attribute.name == name)?.meaning {
        Meaning::Word(words, _) => Some(words),
        Meaning::Text(_) | Meaning::Id(_) | Meaning::Time(_) | Meaning::Unanswered => None,
    }
}

/// The jobs that meet a condition.
///
/// # Errors
/// With the parameter: an attribute that is not known, an operator that it does not take, a value it cannot have.
pub(super) fn filter(attributes: Attributes, condition: &Condition) -> Result<Filter, Malformed> {
    let Condition { name, comparison } = condition;
    let attribute = find(attributes, name, name)?;
    let wrong = |problem: String| Malformed::new(name, problem);
    match &attribute.meaning {
        Meaning::Text(field) => {
            compared(field, comparison, |text| Some(Value::Text(text.to_owned())), "a text")
        }
        Meaning::Id(filtered) => {
            let id = |text: &str| text.trim().parse().ok().map(Value::Integer);
            ordered(&filtered(), comparison, id, "a whole number")
        }
        Meaning::Time(filtered) => {
            ordered(&filtered(), comparison, |text| instant(text).map(Value::Integer), TIME)
        }
        Meaning::Word(words, showing) => chosen(words, comparison).map(|words| showing(&words)),
        Meaning::Unanswered => Err(format!("jobs cannot be found by {name} here")),
    }
    .map_err(wrong)
}

/// The field that an attribute of a list is sorted by.
///
/// # Errors
/// With the control's name: an attribute that is not known, or that there is no order of.
pub(super) fn order(attributes: Attributes, control: &str, name: &str) -> Result<Field, Malformed> {
    match &find(attributes, control, name)?.meaning {
        Meaning::Text(field) => Ok(field.clone()),
        Meaning::Id(filtered) | Meaning::Time(filtered) => Ok(filtered().field),
        // A word stands for several states, and no field holds it.
        Meaning::Word(..) | Meaning::Unanswered => {
            Err(Malformed::new(control, format!("jobs cannot be sorted by {name} here")))
        }
    }
}

fn find(attributes: Attributes, place: &str, name: &str) -> Result<&'static Attribute, Malformed> {
    attributes.iter().find(|attribute| attribute.name == name).ok_or_else(|| {
        let names: Vec<_> = attributes.iter().map(|attribute| attribute.name).collect();
        let advice = spelling::advice(name, &names);
        Malformed::new(place, format!("there is no attribute {name:?}; {advice}"))
    })
}

fn always(field: Field) -> Filtered {
    Filtered { field, shown: Filter::ALL }
}

/// A field of the run that a summary shows. A parent without a run shows none, and its own fields are not meant.
fn of_run(field: Field) -> Filtered {
    Filtered { field: Field::Latest(Box::new(field)), shown: asked::has_run() }
}

/// Only a trigger that will fire shows when. An order by this field places the others by the time that they would show.
fn next_run() -> Filtered {
    let scheduled = Value::Text(TriggerState::Scheduled.name().to_owned());
    Filtered { field: Field::NextRunAt, shown: Filter::Field(Field::Trigger, Test::Equal(scheduled)) }
}

const TIME: &str = "a time that exists, such as 2013-04-26T14:00:00 or 2013-04-26T14:00:00.000Z";

/// What has an order but no letters.
fn ordered(
    filtered: &Filtered,
    comparison: &Comparison,
    value: impl Fn(&str) -> Option<Value>,
    expected: &str,
) -> Result<Filter, String> {
    if let Comparison::StartsWith(_) | Comparison::Contains(_) = comparison {
        let operator = comparison.operator();
        return Err(format!("{operator} is for texts; expected eq, ne, in or between, and {expected}"));
    }
    let found = compared(&filtered.field, comparison, value, expected)?;
    Ok(Filter::And(vec![filtered.shown.clone(), found]))
}

fn compared(
    field: &Field,
    comparison: &Comparison,
    value: impl Fn(&str) -> Option<Value>,
    expected: &str,
) -> Result<Filter, String> {
    let value = |text: &String| value(text).ok_or_else(|| format!("{text:?} is not {expected}"));
    let is = |test| Filter::Field(field.clone(), test);
    Ok(match comparison {
        Comparison::Eq(text) => is(Test::Equal(value(text)?)),
        Comparison::Ne(text) => is(Test::NotEqual(value(text)?)),
        Comparison::In(texts) => is(Test::In(texts.iter().map(value).collect::<Result<_, _>>()?)),
        Comparison::Between(from, to) => {
            Filter::And(vec![is(Test::AtLeast(value(from)?)), is(Test::AtMost(value(to)?))])
        }
        Comparison::StartsWith(text) => is(Test::StartsWith(text.clone())),
        Comparison::Contains(text) => is(Test::Contains(text.clone())),
    })
}

/// The words of an enumeration that a comparison allows. A word that is none is a mistake, not an empty list.
fn chosen(words: &[&'static str], comparison: &Comparison) -> Result<Vec<&'static str>, String> {
    let expected = || format!("expected one of {}", words.join(", "));
    let word = |text: &String| {
        let found = words.iter().copied().find(|word| word == text);
        found.ok_or_else(|| format!("there is no value {text:?}; {}", expected()))
    };
    let those =
        |fits: &dyn Fn(&str) -> bool| words.iter().copied().filter(|word| fits(word)).collect::<Vec<_>>();
    let chosen = match comparison {
        Comparison::Eq(text) => vec![word(text)?],
        Comparison::Ne(text) => {
            let other = word(text)?;
            those(&|word| word != other)
        }
        Comparison::In(texts) => texts.iter().map(word).collect::<Result<_, _>>()?,
        Comparison::StartsWith(text) => those(&|word| word.starts_with(text.as_str())),
        Comparison::Contains(text) => those(&|word| word.contains(text.as_str())),
        Comparison::Between(..) => return Err(format!("values have no order between them; {}", expected())),
    };
    if chosen.is_empty() {
        return Err(format!("no value fits {}; {}", comparison.operator(), expected()));
    }
    Ok(chosen)
}
