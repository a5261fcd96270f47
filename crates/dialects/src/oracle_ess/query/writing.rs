//! The language written: a filter of the model as the text that a server of this dialect is asked. What cannot be said
//! so that the server shows just the requests that fit is refused, and never becomes a list that is wider or narrower.
//!
//! A filter of our own reading is found again as the comparison it was read from: each that it could have been is
//! compiled, until one is the same. Other filters are said field by field, as `client/details.rs` fills the fields.

use countermand_model::{Field, Filter, Kind, Sort, State, Test, TriggerState, Value};

use super::compile;
use super::names::{self, Holds, NAMES, Name};
use super::parser::{Expression, LENGTH, NESTING, TERMS};
use super::terms::{Asked, Relation, Term};
use super::time::{Instant, instant};
use crate::grammar::time::{Fraction, rfc3339};
use crate::oracle_ess::{NAME, states};

/// What a server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Written {
    /// Nothing: every request fits.
    All,
    /// Nothing: none does.
    None,
    /// This filter.
    Filter(String),
}

/// Writes a filter.
///
/// # Errors
/// What it asks for that cannot be said, to be read after "list requests by".
pub(in super::super) fn write(filter: &Filter) -> Result<Written, String> {
    let text = match said(filter)? {
        Said::All => return Ok(Written::All),
        Said::None => return Ok(Written::None),
        Said::Text(text) => text,
    };
    // What our own server refuses, nobody knows another to take.
    if text.text.chars().count() > LENGTH || text.terms > TERMS || text.depth > NESTING {
        return Err("a filter as long as this".to_owned());
    }
    Ok(Written::Filter(text.text))
}

/// Writes what asks for all requests below these tops of families.
pub(in super::super) fn below(tops: &[i64]) -> String {
    let all = join(vec![children(), join(tops.iter().copied().map(below_top).collect(), "or")], "and");
    match all {
        Said::Text(text) => text.text,
        // Below no top is nothing, and no request has this id.
        Said::All | Said::None => "requestId eq 0".to_owned(),
    }
}

/// Writes an order of a list: the value of `orderBy`. The server's own order is not known, so that one is always named;
/// what is alike in it stands in an order of the server's, of which nobody says what it is.
///
/// # Errors
/// By what it cannot be ordered, to be read after "order requests by".
pub(in super::super) fn order(sort: &[Sort]) -> Result<String, String> {
    let is_number = |step: &Sort| matches!(step.field, Field::Id | Field::Number);
    // Ties end with the number all the same.
    let steps = match sort {
        [steps @ .., last] if !steps.is_empty() && is_number(last) && !last.descending => steps,
        steps => steps,
    };
    let Some(first) = steps.first() else { return Ok("requestId:asc".to_owned()) };
    let direction = if first.descending { "desc" } else { "asc" };
    if steps.len() == 1 && is_number(first) {
        return Ok(format!("requestId:{direction}"));
    }
    let fields: Vec<&Field> = steps.iter().map(|step| &step.field).collect();
    // Of the places that a member may have, those that a job of a server's has come first.
    let is_order_of = |name: &&Name| {
        let places = name.order().unwrap_or_default();
        places.iter().zip(&fields).all(|(place, field)| place == *field) && fields.len() <= places.len()
    };
    let is_one_way = steps.iter().all(|step| step.descending == first.descending);
    let name = NAMES.iter().find(is_order_of).filter(|_| is_one_way);
    let name = name.ok_or_else(|| "what is asked for".to_owned())?;
    Ok(format!("{}:{direction}", name.name))
}

/// A part of a filter.
#[derive(Clone, Debug)]
enum Said {
    All,
    None,
    Text(Text),
}

/// A part that is written.
#[derive(Clone, Debug)]
struct Text {
    text: String,
    /// How many comparisons it makes.
    terms: usize,
    /// How deep its parentheses nest.
    depth: usize,
    /// Whether it may stand beside others as it is, without parentheses.
    is_single: bool,
}

impl Text {
    fn single(self) -> Text {
        if self.is_single { self } else { self.enclosed("") }
    }

    fn enclosed(self, before: &str) -> Text {
        Text {
            text: format!("{before}({})", self.text),
            depth: self.depth + 1,
            is_single: true,
            terms: self.terms,
        }
    }
}

impl Said {
    fn term(text: String) -> Said {
        Said::Text(Text { text, terms: 1, depth: 0, is_single: true })
    }
}

fn said(filter: &Filter) -> Result<Said, String> {
    if let Some(term) = recognised(filter) {
        return Ok(term);
    }
    match filter {
        Filter::And(parts) => joined(parts, "and"),
        Filter::Or(parts) => joined(parts, "or"),
        Filter::Not(part) => said(part).map(not),
        Filter::Field(field, test) => of_field(field, test),
    }
}

fn joined(parts: &[Filter], word: &str) -> Result<Said, String> {
    Ok(join(parts.iter().map(said).collect::<Result<_, _>>()?, word))
}

fn join(parts: Vec<Said>, word: &str) -> Said {
    let is_and = word == "and";
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Said::All if is_and => {}
            Said::None if !is_and => {}
            Said::All => return Said::All,
            Said::None => return Said::None,
            Said::Text(text) => kept.push(text),
        }
    }
    match kept.len() {
        0 if is_and => Said::All,
        0 => Said::None,
        1 => Said::Text(kept.remove(0)),
        _ => {
            let kept: Vec<Text> = kept.into_iter().map(Text::single).collect();
            let texts: Vec<&str> = kept.iter().map(|part| part.text.as_str()).collect();
            Said::Text(Text {
                text: texts.join(&format!(" {word} ")),
                terms: kept.iter().map(|part| part.terms).sum(),
                depth: kept.iter().map(|part| part.depth).max().unwrap_or_default(),
                is_single: false,
            })
        }
    }
}

fn not(part: Said) -> Said {
    match part {
        Said::All => Said::None,
        Said::None => Said::All,
        Said::Text(text) => Said::Text(text.enclosed("not ")),
    }
}

/// Any of these comparisons.
fn any(terms: Vec<String>) -> Said {
    join(terms.into_iter().map(Said::term).collect(), "or")
}

/// The comparison that a filter was read from.
fn recognised(filter: &Filter) -> Option<Said> {
    let leaves = leaves(filter);
    let is_it = |term: &Term| compile::filter(&Expression::Term(term.clone())) == *filter;
    for name in NAMES {
        let (Holds::Number(places) | Holds::Text(places) | Holds::Time(places) | Holds::Flag(places)) =
            name.holds
        else {
            continue;
        };
        if !places.iter().any(|place| leaves.iter().any(|(field, _)| **field == name.field(*place))) {
            continue;
        }
        for (_, test) in &leaves {
            let Some((asked, written)) = asked(name, test) else { continue };
            if is_it(&Term::Value(name, places, asked)) {
                return Some(Said::term(format!("{} {written}", name.name)));
            }
        }
        if is_it(&Term::Present(name)) {
            return Some(Said::term(format!("{} pr", name.name)));
        }
    }
    let given = names::given("requestType");
    let of_type = leaves.iter().filter(|(field, _)| **field == given);
    for (_, test) in of_type {
        let Some((asked, written)) = textual(test) else { continue };
        if is_it(&Term::RequestType(asked)) {
            return Some(Said::term(format!("requestType {written}")));
        }
    }
    let given_state = names::given("state");
    let is_of_state = |(field, _): &(&Field, &Test)| **field == Field::State || **field == given_state;
    if !leaves.is_empty() && leaves.iter().all(is_of_state) {
        let words = words_of(filter);
        if names::showing(&words) == *filter {
            return Some(of_words(&words));
        }
    }
    None
}

fn leaves(filter: &Filter) -> Vec<(&Field, &Test)> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(leaves).collect(),
        Filter::Not(part) => leaves(part),
        Filter::Field(field, test) => vec![(field, test)],
    }
}

/// What a test could have been read from, and its operator and value as text.
fn asked(name: &Name, test: &Test) -> Option<(Asked, String)> {
    let found = match (name.holds, relation(test)) {
        (Holds::Number(_), Some((relation, Value::Integer(number)))) => {
            (Asked::Number(relation, *number), format!("{} {number}", operator(relation)))
        }
        (Holds::Time(_), Some((relation, value))) => {
            let milliseconds = match value {
                Value::Integer(milliseconds) => *milliseconds,
                Value::Text(text) => instant(text).ok().filter(|instant| instant.exact)?.milliseconds,
            };
            let written = format!("{} {}", operator(relation), time(milliseconds)?);
            (Asked::Time(relation, Instant { milliseconds, exact: true }), written)
        }
        (Holds::Flag(_), Some((relation, Value::Integer(flag @ (0 | 1))))) => {
            let is = match relation {
                Relation::Equal => true,
                Relation::NotEqual => false,
                Relation::Greater | Relation::AtLeast | Relation::Less | Relation::AtMost => return None,
            };
            let flag = *flag == 1;
            (Asked::Flag { is, flag }, format!("{} {flag}", operator(relation)))
        }
        (Holds::Text(_), _) => textual(test)?,
        _ => return None,
    };
    Some(found)
}

fn textual(test: &Test) -> Option<(Asked, String)> {
    Some(match (test, relation(test)) {
        (_, Some((relation, Value::Text(text)))) => {
            (Asked::Text(relation, text.clone()), format!("{} {}", operator(relation), quoted(text)))
        }
        (Test::StartsWith(text), _) => (Asked::StartsWith(text.clone()), format!("sw {}", quoted(text))),
        (Test::Contains(text), _) => (Asked::Contains(text.clone()), format!("co {}", quoted(text))),
        _ => return None,
    })
}

fn relation(test: &Test) -> Option<(Relation, &Value)> {
    Some(match test {
        Test::Equal(value) => (Relation::Equal, value),
        Test::NotEqual(value) => (Relation::NotEqual, value),
        Test::Greater(value) => (Relation::Greater, value),
        Test::AtLeast(value) => (Relation::AtLeast, value),
        Test::Less(value) => (Relation::Less, value),
        Test::AtMost(value) => (Relation::AtMost, value),
        Test::In(_) | Test::StartsWith(_) | Test::Contains(_) | Test::Missing => return None,
    })
}

const fn operator(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "eq",
        Relation::NotEqual => "ne",
        Relation::Greater => "gt",
        Relation::AtLeast => "ge",
        Relation::Less => "lt",
        Relation::AtMost => "le",
    }
}

/// A text in double quotes, with the escapes of JSON.
fn quoted(text: &str) -> String {
    use crate::grammar::json::{Slashes, Writer};
    let mut json = Writer::new(Slashes::Plain);
    json.string(text);
    String::from_utf8(json.finish()).expect("a text was written")
}

/// A time in quotes; `None` where the form that a server reads does not go so far.
fn time(milliseconds: i64) -> Option<String> {
    let text = rfc3339(milliseconds, Fraction::Always);
    let is_same = instant(&text).is_ok_and(|instant| instant.milliseconds == milliseconds);
    is_same.then(|| quoted(&text))
}

/// The words whose requests fit a filter that looks at states only.
fn words_of(filter: &Filter) -> Vec<&'static str> {
    let shows = |word: &&'static str| {
        states::state(word).is_some_and(|state| {
            let given = if states::word(state) == *word { None } else { Some(*word) };
            fits(filter, state, given)
        })
    };
    states::words().into_iter().filter(shows).collect()
}

/// Whether a job in this state fits, of whose attributes only a `state` is known.
fn fits(filter: &Filter, state: State, given: Option<&str>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| fits(part, state, given)),
        Filter::Or(parts) => parts.iter().any(|part| fits(part, state, given)),
        Filter::Not(part) => !fits(part, state, given),
        Filter::Field(field, test) => {
            let value = if *field == Field::State { Some(state.name()) } else { given };
            let is = |sought: &Value| matches!((sought, value), (Value::Text(sought), Some(value)) if sought == value);
            match test {
                Test::Equal(sought) => is(sought),
                Test::In(sought) => sought.iter().any(is),
                Test::NotEqual(sought) => value.is_some() && !is(sought),
                Test::Missing => value.is_none(),
                Test::Less(_)
                | Test::Greater(_)
                | Test::AtMost(_)
                | Test::AtLeast(_)
                | Test::StartsWith(_)
                | Test::Contains(_) => false,
            }
        }
    }
}

fn of_words(words: &[&str]) -> Said {
    any(words.iter().map(|word| format!("state eq \"{word}\"")).collect())
}

/// A test that no comparison of this language was read as.
fn of_field(field: &Field, test: &Test) -> Result<Said, String> {
    match field {
        Field::Id | Field::Number => by_name("requestId", test),
        Field::Parent | Field::ParentId => of_parent(test),
        Field::State => Ok(of_words(&words_of_states(test)?)),
        Field::Kind => named(test, "kind").map(|named| of_kinds(|kind| named(kind.name()))),
        Field::Trigger => of_trigger(test),
        Field::Owner => by_name("submitter", test),
        Field::Description => by_name("description", test),
        Field::Type => by_name("jobType", test),
        Field::CreatedAt => by_name("submissionTime", test),
        Field::StartedAt => by_name("processStartTime", test),
        Field::FinishedAt => by_name("completedTime", test),
        // Nothing is ever acknowledged there, and there are no attributes of others.
        Field::Acknowledged => Ok(if passes_zero(test) { Said::All } else { Said::None }),
        Field::Attribute { dialect, .. } if dialect != NAME => {
            Ok(if *test == Test::Missing { Said::All } else { Said::None })
        }
        Field::SeenIn => Ok(Said::All),
        Field::Attribute { member, .. } => Err(format!("their {member}")),
        Field::Name => Err("their display name".to_owned()),
        Field::Dataset => Err("their dataset".to_owned()),
        Field::NextRunAt => Err("the time of their next run".to_owned()),
        Field::ChangedAt => Err("the time of their last change".to_owned()),
        Field::Latest(_) => Err("the run that started last".to_owned()),
    }
}

fn passes_zero(test: &Test) -> bool {
    let is_zero = |value: &Value| *value == Value::Integer(0);
    match test {
        Test::Equal(value) | Test::AtMost(value) | Test::AtLeast(value) if is_zero(value) => true,
        Test::AtMost(Value::Integer(most)) | Test::Less(Value::Integer(most)) => *most > 0,
        Test::AtLeast(Value::Integer(least)) | Test::Greater(Value::Integer(least)) => *least < 0,
        Test::NotEqual(value) => !is_zero(value),
        Test::In(values) => values.iter().any(is_zero),
        Test::Equal(_)
        | Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => false,
    }
}

/// A test on the member that holds a field, all of it.
fn by_name(member: &str, test: &Test) -> Result<Said, String> {
    let name = names::find(member).expect("a member of the table");
    match test {
        Test::Missing => Ok(not(Said::term(format!("{member} pr")))),
        Test::In(values) => {
            let parts = values.iter().map(|value| by_name(member, &Test::Equal(value.clone())));
            Ok(join(parts.collect::<Result<_, _>>()?, "or"))
        }
        test => {
            let (_, written) = asked(name, test).ok_or_else(|| format!("a comparison of their {member}"))?;
            Ok(Said::term(format!("{member} {written}")))
        }
    }
}

/// The children of a family's top. Every request was seen to say what the top of its family is.
fn of_parent(test: &Test) -> Result<Said, String> {
    let tops = match test {
        Test::Equal(top) => std::slice::from_ref(top),
        Test::In(tops) => tops.as_slice(),
        Test::Missing => return Ok(not(children())),
        _ => return Err("a comparison of their parent".to_owned()),
    };
    let tops = tops.iter().map(|top| match top {
        Value::Integer(top) => below_top(*top),
        Value::Text(_) => Said::None,
    });
    Ok(join(vec![children(), join(tops.collect(), "or")], "and"))
}

fn below_top(top: i64) -> Said {
    let parts = [format!("absParentRequestId eq {top}"), format!("requestId ne {top}")];
    join(parts.into_iter().map(Said::term).collect(), "and")
}

fn children() -> Said {
    of_kinds(|kind| kind == Kind::Child)
}

/// The words of the states that fit.
fn words_of_states(test: &Test) -> Result<Vec<&'static str>, String> {
    let named = named(test, "state")?;
    let fits = |word: &&'static str| states::state(word).is_some_and(|state| named(state.name()));
    Ok(states::words().into_iter().filter(fits).collect())
}

/// What is of such a kind, by its type; a type is left out of a child's only.
fn of_kinds(fits: impl Fn(Kind) -> bool) -> Said {
    let words = names::REQUEST_TYPES.iter().filter(|word| fits(names::kind(word)));
    let mut parts: Vec<Said> = words.map(|word| Said::term(format!("requestType eq \"{word}\""))).collect();
    if fits(Kind::Child) {
        parts.push(not(Said::term("requestType pr".to_owned())));
    }
    join(parts, "or")
}

fn of_trigger(test: &Test) -> Result<Said, String> {
    let schedules = names::REQUEST_TYPES.iter().filter(|word| names::is_schedule(word));
    let schedules = any(schedules.map(|word| format!("requestType eq \"{word}\"")).collect());
    if *test == Test::Missing {
        return Ok(not(schedules));
    }
    let named = named(test, "trigger")?;
    let fits = |word: &&'static str| {
        let state = states::state(word).map(|state| names::trigger(state, word));
        state.is_some_and(|state: TriggerState| named(state.name()))
    };
    let words: Vec<_> = states::words().into_iter().filter(fits).collect();
    Ok(join(vec![schedules, of_words(&words)], "and"))
}

/// Which names of a few a test fits.
fn named<'t>(test: &'t Test, of: &str) -> Result<impl Fn(&str) -> bool + use<'t>, String> {
    let (values, is) = match test {
        Test::Equal(value) => (std::slice::from_ref(value), true),
        Test::NotEqual(value) => (std::slice::from_ref(value), false),
        Test::In(values) => (values.as_slice(), true),
        Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => return Err(format!("a comparison of their {of}")),
    };
    Ok(move |name: &str| values.iter().any(|value| matches!(value, Value::Text(text) if text == name)) == is)
}
