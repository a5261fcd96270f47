//! The rate limit: which switches make one, which requests it is for, and what is answered.

use countermand_model::{Counted, Excess, Fault, FaultKind};

use super::{DIALECT, answer, open};
use crate::{OptionValue, RateLimits};

/// What a mount with these switches allows a request.
fn limits(switches: &[(&str, OptionValue)], target: &str) -> Option<RateLimits> {
    let options: Vec<_> = switches.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let codec = DIALECT.build(&options).unwrap();
    codec.limits(&open("GET", target, &[])).cloned()
}

#[test]
fn nothing_is_limited_unless_a_switch_says_so() {
    let target = "/webacs/api/v1/data/JobSummary/15";
    assert_eq!(limits(&[], target), None);
    let off =
        ["perUserThreshold", "totalRequestThreshold", "maxConcurrentQueries", "maxAllUserConcurrentQueries"];
    assert_eq!(limits(&off.map(|name| (name, OptionValue::Integer(-1))), target), None);
    let five = ("perUserThreshold", OptionValue::Integer(5));
    let expected = RateLimits {
        window: 1000,
        segments: 10,
        all_users: None,
        per_user: Some(5),
        at_once_per_user: None,
        at_once: None,
    };
    assert_eq!(limits(&[five], target), Some(expected));
    let all = [
        ("windowSize", OptionValue::Integer(60_000)),
        ("windowSegments", OptionValue::Integer(1)),
        ("totalRequestThreshold", OptionValue::Integer(1)),
        ("perUserThreshold", OptionValue::Integer(2)),
        ("maxConcurrentQueries", OptionValue::Integer(3)),
        ("maxAllUserConcurrentQueries", OptionValue::Integer(4)),
    ];
    let expected = RateLimits {
        window: 60_000,
        segments: 1,
        all_users: Some(1),
        per_user: Some(2),
        at_once_per_user: Some(3),
        at_once: Some(4),
    };
    assert_eq!(limits(&all, target), Some(expected));
}

#[test]
fn what_is_for_data_alone_leaves_operations_alone() {
    let (five, data) = (
        ("perUserThreshold", OptionValue::Integer(5)),
        ("rateLimited", OptionValue::Text("data".to_owned())),
    );
    for (target, in_all, in_data) in [
        ("/webacs/api/v1/data/JobSummary/15", true, true),
        ("/webacs/api/v4/data/JobSummary/15.json", true, true),
        ("/webacs/api/v1/data/Unknown", true, true),
        ("/webacs/api/v1/op/jobService/cancelrunning", true, false),
        ("/webacs/api/v1/op/jobService/unknown", true, false),
        ("/webacs/api/v1/database", true, false),
        ("/webacs/pages/common/login.jsp", false, false),
    ] {
        assert_eq!(limits(std::slice::from_ref(&five), target).is_some(), in_all, "{target}");
        assert_eq!(limits(&[five.clone(), data.clone()], target).is_some(), in_data, "{target}");
    }
}

#[test]
fn the_observed_sentence_is_written_as_it_was_seen() {
    let excess = Excess { user: Some("user_read".to_owned()), most: 5, of: Counted::Within(1000) };
    let fault = Fault::new(FaultKind::TooManyRequests, "Not so often.").with_excess(excess);
    let echo = open("GET", "/webacs/api/v1/data/JobSummary/15.json", &[]);
    let (status, content_type, body) = answer(&echo, Err(fault));
    assert_eq!((status, content_type.as_str()), (503, "application/json"));
    let seen =
        r#""message":"NBI Rate limit for user (user_read) exceeded (More than 5 in 1,000 ms).-PRS-303""#;
    assert!(body.contains(seen) && body.contains(r#""id":"presentation.PRS-303""#), "{body}");
}
