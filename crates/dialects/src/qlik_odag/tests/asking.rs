//! Heads and queries in, commands or refusals out.

use countermand_model::{
    Acknowledged, Cancel, Command, FaultKind, Kin, Order, Reach, Results, Status, Target,
};
use http::{HeaderMap, Method};
use proptest::prelude::*;

use super::{ACTIONS, GUID, HEX, HOMES, codec, open, open_with, put};
use crate::OptionValue;
use crate::qlik_odag::{DIALECT, decode, encode};

#[test]
fn a_request_has_one_path_in_every_profile() {
    for (place, home) in HOMES.iter().enumerate() {
        let echo = open(Method::GET, &format!("{home}/{GUID}"));
        assert_eq!(echo.operation.map(|operation| operation.name), Some("get"), "{home}");
        assert_eq!(echo.version as usize, place + 1);
        assert_eq!(echo.path, format!("/requests/{GUID}"));
        assert_eq!(echo.id.as_deref(), Some(GUID));
        assert_eq!(echo.refusal, None);
        for action in ACTIONS {
            let echo = open(Method::PUT, &format!("{home}/{HEX}?requestId={HEX}&action={action}&xrfkey=1"));
            assert_eq!(echo.operation.map(|operation| operation.name), Some(action), "{home}");
            assert_eq!(echo.refusal, None);
        }
    }
}

#[test]
fn what_is_wrong_with_a_head_is_told_apart() {
    let refused = |method, url: &str| open(method, url).refusal.map(|fault| fault.kind);
    for home in HOMES {
        let request = format!("{home}/{HEX}");
        for query in
            ["", "?action=", "?action=Cancel", "?action=abort", "?act=cancel", "?action=abort&action=cancel"]
        {
            let kind = refused(Method::PUT, &format!("{request}{query}"));
            assert_eq!(kind, Some(FaultKind::Malformed), "{query:?}");
        }
        for method in [Method::POST, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert_eq!(refused(method, &request), Some(FaultKind::WrongMethod));
        }
        assert_eq!(refused(Method::HEAD, &request), None);
        for path in ["", "/", "/a/b", "//"] {
            let kind = refused(Method::GET, &format!("{home}{path}"));
            assert_eq!(kind, Some(FaultKind::UnknownRoute), "{home}{path}");
        }
    }
    assert_eq!(refused(Method::GET, "/api/odag/v1/links"), Some(FaultKind::UnknownRoute));
    assert_eq!(refused(Method::GET, "/api/odag/v1"), Some(FaultKind::UnknownRoute));
}

#[test]
fn two_different_halves_of_the_key_are_refused_on_windows_only() {
    let refused = |home: &str, query: &str, header: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(key) = header {
            headers.insert("x-qlik-xrfkey", key.parse().unwrap());
        }
        open_with(Method::GET, &format!("{home}/{HEX}{query}"), &headers).refusal
    };
    assert_eq!(refused(HOMES[0], "", None), None);
    assert_eq!(refused(HOMES[0], "?xrfkey=0123456789abcdef", None), None);
    assert_eq!(refused(HOMES[0], "", Some("0123456789abcdef")), None);
    assert_eq!(refused(HOMES[0], "?Xrfkey=0123456789abcdef", Some("0123456789abcdef")), None);
    let fault = refused(HOMES[0], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")).unwrap();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::Malformed, "XSRF prevention check failed"));
    assert_eq!(refused(HOMES[1], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")), None);
    assert_eq!(refused(HOMES[2], "?xrfkey=0123456789abcdef", Some("fedcba9876543210")), None);
}

#[test]
fn every_action_is_a_command() {
    let target = || Target { written: HEX.to_owned(), number: None, dataset: None };
    let cancel = |acknowledge_after, delete_output| {
        Command::Cancel(Cancel {
            targets: vec![target()],
            reach: Reach::Unstarted,
            acknowledge_after,
            delete_output,
            wants_after: true,
            ..Cancel::default()
        })
    };
    let order = || Order { targets: vec![target()], reach: Reach::Unstarted, wants_after: true };
    let acknowledge = |end, delete_output| Command::Acknowledge { target: target(), end, delete_output };
    let cases = [
        ("cancel", "", cancel(false, false)),
        ("cancel", "&autoAck=true", cancel(true, false)),
        ("cancel", "&autoAck=true&delGenApp=true", cancel(true, true)),
        ("cancel", "&autoAck=false&delGenApp=true&ignoreSucceeded=true", cancel(false, false)),
        ("cancel", "&autoAck=true&autoAck=false", cancel(true, false)),
        ("pause", "&autoAck=maybe&delGenApp=1&ignoreSucceeded=", Command::Hold(order())),
        ("resume", "&delGenApp=true", Command::Release(order())),
        ("ackcancel", "", acknowledge(Acknowledged::Cancel, false)),
        ("ackcancel", "&delGenApp=true&autoAck=yes", acknowledge(Acknowledged::Cancel, true)),
        ("ackfailure", "&delGenApp=true", acknowledge(Acknowledged::Failure, true)),
    ];
    for (action, more, expected) in cases {
        let command = codec().decode_request(&put(action, more), b"junk that nobody reads");
        assert_eq!(command, Ok(expected), "{action}{more}");
    }
}

#[test]
fn a_reading_brings_sub_requests_where_they_are_shown() {
    for (home, kin) in HOMES.into_iter().zip([Kin::All, Kin::None, Kin::None]) {
        let echo = open(Method::GET, &format!("{home}/0000000000000000000000c9"));
        let target =
            Target { written: "0000000000000000000000c9".to_owned(), number: Some(201), dataset: None };
        let expected = Command::Status(Status { target, results: Results::None, kin });
        assert_eq!(codec().decode_request(&echo, b""), Ok(expected));
    }
}

#[test]
fn a_flag_that_is_neither_true_nor_false_is_refused_by_name() {
    for (action, flag) in [
        ("cancel", "autoAck"),
        ("cancel", "delGenApp"),
        ("cancel", "ignoreSucceeded"),
        ("ackcancel", "delGenApp"),
        ("ackfailure", "delGenApp"),
    ] {
        for value in ["TRUE", "1", "", "yes", "true%20"] {
            let refused = codec().decode_request(&put(action, &format!("&{flag}={value}")), b"");
            assert_eq!(refused.map_err(|malformed| malformed.place), Err(flag.to_owned()), "{value:?}");
        }
    }
}

#[test]
fn the_option_makes_a_cancel_reach_every_unfinished_sub_request() {
    let option = |value: &str| ("cancel_reach".to_owned(), OptionValue::Text(value.to_owned()));
    let codec = DIALECT.build(&[option("unfinished")]).unwrap();
    match codec.decode_request(&put("cancel", ""), b"") {
        Ok(Command::Cancel(cancel)) => assert_eq!(cancel.reach, Reach::Tree),
        other => panic!("{other:?}"),
    }
    match codec.decode_request(&put("pause", ""), b"") {
        Ok(Command::Hold(order)) => assert_eq!(order.reach, Reach::Unstarted),
        other => panic!("{other:?}"),
    }
    assert!(DIALECT.build(&[option("all")]).is_err());
}

#[test]
fn ids_are_24_digits_or_a_guid() {
    for id in [HEX, GUID, "ABCDEFabcdef000000000000", "ABCDEFAB-cdef-0000-0000-000000000000"] {
        assert!(decode::is_id(id), "{id}");
        assert_eq!(decode::number(id), None, "{id}");
    }
    for text in [
        "",
        "201",
        "5f000000000000000000020",
        "5f00000000000000000002010",
        "zz0000000000000000000201",
        "00000000-0000-4000-8000+000000000201",
        "00000000x0000-4000-8000-000000000201",
        "+00000000000000000000201",
    ] {
        assert!(!decode::is_id(text), "{text}");
        assert_eq!(decode::number(text), None, "{text}");
    }
    assert_eq!(decode::number("000000000000000000000000"), None);
    assert_eq!(decode::number("0000000000000000000000C9"), Some(201));
    assert_eq!(decode::number("000000007fffffffffffffff"), Some(i64::MAX));
    assert_eq!(decode::number("000000008000000000000000"), None);
}

proptest! {
    #[test]
    fn a_number_is_read_as_it_is_written(number in 1..=i64::MAX) {
        let id = encode::id_of_number(number);
        prop_assert!(decode::is_id(&id));
        prop_assert_eq!(decode::number(&id), Some(number));
    }
}
