//! Filters as text: what is understood, what is refused and where, and that nothing is a panic.

use countermand_model::{Field, Test, Value};
use proptest::prelude::*;

use super::parser::{LENGTH, NESTING, TERMS};
use super::*;

/// The position and the words of a refusal.
fn refused(filter: &str) -> (usize, String) {
    let malformed = read(filter).expect_err(filter);
    assert_eq!(malformed.place, "q", "{filter}");
    let (position, problem) = malformed.problem.strip_prefix("position ").unwrap().split_once(": ").unwrap();
    (position.parse().unwrap(), problem.to_owned())
}

fn number(name: &str, number: i64) -> Filter {
    Filter::Field(given(name), Test::Equal(Value::Integer(number)))
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    let (a, b, c) = (number("priority", 1), number("priority", 2), number("retriedCount", 3));
    let is = |text: &str, expected: Filter| assert_eq!(read(text), Ok(expected), "{text}");
    is("priority eq 1", a.clone());
    is("((priority eq 1))", a.clone());
    is(
        "priority eq 1 or priority eq 2 and retriedCount eq 3",
        Filter::Or(vec![a.clone(), Filter::And(vec![b.clone(), c.clone()])]),
    );
    is(
        "(priority eq 1 or priority eq 2)and(retriedCount eq 3)",
        Filter::And(vec![Filter::Or(vec![a.clone(), b.clone()]), c]),
    );
    is("NOT(PRIORITY Eq 1)AND priority EQ 2", Filter::And(vec![Filter::Not(Box::new(a)), b]));
}

#[test]
fn a_state_is_looked_up_as_a_state() {
    let waiting =
        Filter::Or(vec![Filter::Field(Field::State, Test::In(vec![Value::Text("queued".to_owned())]))]);
    assert_eq!(read("state eq \"WAIT\""), Ok(waiting));
    assert_eq!(read("state eq \"UNKNOWN\""), Ok(Filter::Or(Vec::new())), "a word that no request shows here");
    assert_eq!(read("state pr"), Ok(Filter::ALL));
}

#[test]
fn every_mistake_has_its_place() {
    for (filter, position, words) in [
        ("stat eq \"WAIT\"", 1, "\"stat\" is not a member that can be queried; did you mean state?"),
        ("zzzzzzzz eq 1", 1, "\"zzzzzzzz\" is not a member that can be queried"),
        (
            "elapsedTime gt 5",
            1,
            "elapsedTime cannot be queried here: it is worked out when a request is shown",
        ),
        ("state", 5, "an operator was expected after this"),
        ("state eq", 8, "a value was expected after this"),
        ("state eq ", 9, "a value was expected after this"),
        ("state = \"WAIT\"", 7, "one of the operators eq ne co sw ew pr gt ge lt le was expected, not \"=\""),
        ("state (", 7, "one of the operators eq ne co sw ew pr gt ge lt le was expected, not a parenthesis"),
        ("state eq RUNNING", 10, "a text in double quotes was expected, not \"RUNNING\""),
        ("state eq 'RUNNING'", 10, "a text in double quotes was expected, not \"'RUNNING'\""),
        ("state eq \"RUNING\"", 10, "\"RUNING\" is no such word; did you mean RUNNING?"),
        ("state eq \"CANCELED\"", 10, "\"CANCELED\" is no such word; did you mean CANCELLED?"),
        ("state eq \"running\"", 10, "\"running\" is no such word; there are PENDING_VALIDATION"),
        ("state gt \"RUNNING\"", 7, "\"gt\" cannot be asked of state; there are eq ne co sw ew pr"),
        ("state eq \"RUNNING", 10, "the text that begins here is not closed by a \""),
        ("state eq \"A\\qB\"", 12, "this is not one of the escapes"),
        (
            "requestId eq \"7\"",
            14,
            "a whole number of 64 bits, without quotes, was expected, not the text \"7\"",
        ),
        ("requestId eq 9223372036854775808", 14, "a whole number of 64 bits"),
        ("requestId eq 7.0", 14, "a whole number of 64 bits"),
        ("requestId sw 7", 11, "\"sw\" cannot be asked of requestId; there are eq ne gt ge lt le pr"),
        ("product ew \"A\"", 9, "\"ew\" cannot be asked of product; there are eq ne co sw gt ge lt le pr"),
        ("product eq null", 12, "a text in double quotes was expected, not \"null\""),
        ("isTimedOut eq \"true\"", 15, "true or false, without quotes, was expected"),
        ("isTimedOut gt true", 12, "\"gt\" cannot be asked of isTimedOut; there are eq ne pr"),
        ("requestType eq \"SINGLE\"", 16, "\"SINGLE\" is no such word"),
        ("submissionTime gt 2024", 19, "a text in double quotes was expected"),
        ("submissionTime gt \"2024-02-30T00:00Z\"", 19, "there is no such date or time of day"),
        ("submissionTime gt \"soon\"", 19, "a time such as \"2024-10-12T20:00:00Z\" was expected"),
        ("submissionTime co \"2024\"", 16, "\"co\" cannot be asked of submissionTime"),
        ("(state pr", 1, "the parenthesis that opens here is not closed"),
        ("state pr)", 9, "\"and\" or \"or\" was expected, not a closing parenthesis"),
        ("(state pr state pr)", 11, "\"and\", \"or\" or a closing parenthesis was expected, not \"state\""),
        ("state pr state pr", 10, "\"and\" or \"or\" was expected, not \"state\""),
        ("state pr and", 12, "the name of a member was expected after this"),
        ("and state pr", 1, "\"and\" is not a member that can be queried"),
        ("\"state\" pr", 1, "the name of a member was expected, not the text \"state\""),
        ("not state pr", 5, "a parenthesis after \"not\" was expected, not \"state\""),
        ("not", 3, "a parenthesis after \"not\" was expected after this"),
        ("()", 2, "the name of a member was expected, not a closing parenthesis"),
    ] {
        let (place, problem) = refused(filter);
        assert_eq!(place, position, "{filter}: {problem}");
        assert!(problem.starts_with(words), "{filter}: {problem}");
    }
}

#[test]
fn limits_are_told_where_they_are_passed() {
    let nested = |depth: usize| format!("{}state pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(read(&nested(NESTING)).is_ok());
    assert_eq!(
        refused(&nested(NESTING + 1)),
        (NESTING + 1, format!("parentheses nest deeper than {NESTING}"))
    );
    assert_eq!(refused(&"(".repeat(LENGTH)).0, NESTING + 1);
    let many = |terms: usize| vec!["state pr"; terms].join(" or ");
    assert!(read(&many(TERMS)).is_ok());
    assert_eq!(
        refused(&many(TERMS + 1)),
        (TERMS * 12 + 1, format!("there are more than {TERMS} comparisons"))
    );
    let long = |length: usize| format!("product eq \"{}\"", "ü".repeat(length - 13));
    assert!(read(&long(LENGTH)).is_ok());
    assert_eq!(refused(&long(LENGTH + 1)).0, LENGTH + 1);
}

#[test]
fn what_is_within_the_limits_is_within_those_of_a_lookup() {
    // A lookup counts a list of n parts as log2(n) + 1 levels, and refuses more than a hundred.
    fn depth(filter: &Filter) -> u32 {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => {
                let deepest = parts.iter().map(depth).max().unwrap_or(0);
                deepest + u32::try_from(parts.len().max(2)).unwrap().ilog2() + 1
            }
            Filter::Not(part) => depth(part) + 1,
            Filter::Field(..) => 1,
        }
    }
    // The terms spread over the levels as evenly as they can be, which is deepest; each a costly one.
    let term = "absParentRequestId ne 1";
    let mut filter = "state co \"E\"".to_owned();
    let (ors, ands) = ([term; 12].join(" or "), [term; 12].join(" and "));
    for _ in 0..NESTING {
        filter = format!("not ({ors} or {ands} and {filter})");
    }
    let deepest = depth(&read(&filter).unwrap());
    assert!(deepest < 90, "{deepest}");
}

#[test]
fn every_name_and_every_operator_is_understood_or_refused_where_it_stands() {
    for name in NAMES {
        for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
            let values = ["1", "true", "\"WAIT\"", "\"SINGLETON\"", "\"2024-10-12T20:00Z\"", "\"x\""];
            let filters = values.map(|value| format!("{} {operator} {value}", name.name));
            let understood = filters.iter().filter(|filter| read(filter).is_ok()).count();
            let at_operator = name.name.len() + 2;
            let refused_there = || refused(&filters[0]).0 <= at_operator;
            assert!(understood > 0 || refused_there(), "{} {operator}", name.name);
        }
        let is_present = read(&format!("{} pr", name.name));
        let worked_out = ["elapsedTime", "waitTime", "readyWaitTime"].contains(&name.name);
        assert_eq!(is_present.is_err(), worked_out, "{}", name.name);
    }
}

proptest! {
    #[test]
    fn no_filter_is_a_panic_and_every_mistake_lies_within_it(
        filter in prop_oneof![
            "\\PC{1,40}",
            "(state|requestId|submissionTime|isTimedOut|not|and|or|eq|pr|\\(|\\)|\"WAIT\"|\"|\\\\| |7|true|ü){1,20}",
            prop::collection::vec(
                prop::sample::select(vec![
                    "state", "requestId", "submissionTime", "not", "and", "or", "eq", "pr", "(", ")", "\"WAIT\"",
                    "\"2024-10-12T20:00Z\"", "7",
                ]),
                1..16,
            )
            .prop_map(|words| words.join(" ")),
        ],
    ) {
        if let Err(malformed) = read(&filter) {
            let position = malformed.problem.strip_prefix("position ").and_then(|rest| rest.split_once(':'));
            let position: usize = position.expect("a position").0.parse().expect("a number");
            prop_assert!((1..=filter.chars().count()).contains(&position), "{filter:?}: {malformed}");
        }
    }
}
