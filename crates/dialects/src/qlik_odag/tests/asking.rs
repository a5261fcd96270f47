//! Heads and queries in, commands or refusals out.

use countermand_model::{
    Acknowledged, Cancel, Command, FaultKind, Kin, Order, Reach, Results, Status, Target,
};
use http::{HeaderMap, Method};
use proptest::prelude::*;

use super::{ACTIONS, GUID, HEX, HOMES, LINKS, codec, open, open_in, open_with, put};
use crate::OptionValue;
use crate::qlik_odag::{DIALECT, decode, encode, errors, routes};

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
        for path in ["/", "/a/b", "//", "/a/app/b"] {
            let kind = refused(Method::GET, &format!("{home}{path}"));
            assert_eq!(kind, Some(FaultKind::UnknownRoute), "{home}{path}");
        }
    }
    for path in ["/api/odag/v1/links", "/api/odag/v1/links/l1", "/api/odag/v1", "/api/odag/v1/about"] {
        assert_eq!(refused(Method::GET, path), Some(FaultKind::UnknownRoute), "{path}");
    }
}

#[test]
fn a_profile_has_the_operations_that_its_server_has() {
    let kind = |method: &Method, url: &str| {
        let echo = open(method.clone(), url);
        (echo.operation.map(|operation| operation.name), echo.refusal.map(|fault| fault.kind))
    };
    let unknown = (None, Some(FaultKind::UnknownRoute));
    let refused = |name| (Some(name), Some(FaultKind::Unsupported));
    for (place, (home, links)) in HOMES.into_iter().zip(LINKS).enumerate() {
        let is_public = place == 2;
        let list = if place == 0 { (Some("list"), None) } else { unknown };
        assert_eq!(kind(&Method::GET, home), list, "{home}");
        assert_eq!(kind(&Method::GET, &format!("{links}/l1/requests")), (Some("linkrequests"), None));
        assert_eq!(kind(&Method::POST, &format!("{links}/l1/requests")), refused("submit"));
        assert_eq!(kind(&Method::DELETE, &format!("{home}/{HEX}/app")), (Some("deleteapp"), None));
        let selections = if is_public { (Some("selections"), None) } else { unknown };
        assert_eq!(kind(&Method::GET, &format!("{home}/{HEX}/selections")), selections);
        for (windows, public) in [("reloadApp", "reload-app"), ("renameApp", "rename-app")] {
            let (here, elsewhere) = if is_public { (public, windows) } else { (windows, public) };
            assert_eq!(kind(&Method::POST, &format!("{home}/{HEX}/{here}")), refused(here), "{home}");
            assert_eq!(kind(&Method::POST, &format!("{home}/{HEX}/{elsewhere}")), unknown, "{home}");
        }
    }
    for url in ["/api/odag/v1/isodagavailable", "/api/v1/odagisavailable"] {
        assert_eq!(kind(&Method::GET, url), (Some("isodagavailable"), None));
    }
    assert_eq!(kind(&Method::GET, "/api/v1/odagisavailable/x"), unknown);
}

#[test]
fn every_operation_of_one_path_is_in_the_same_profiles() {
    for home in HOMES {
        let profile = open(Method::GET, home).version;
        let odag = || crate::qlik_odag::Odag::new(&crate::Switches::check(DIALECT.switches, &[]).unwrap());
        for route in routes::ROUTES {
            let path = route.operation.path;
            let there = routes::at(&odag(), profile, path).count();
            let all = crate::grammar::route::at(routes::ROUTES, path).count();
            // The one row that an option hides is on a path that every profile has.
            let hidden = usize::from(path == "/requests/{requestId}");
            assert!(there == 0 || there + hidden == all, "{path} in {home}");
        }
    }
}

#[test]
fn a_delete_of_a_request_means_what_the_option_says() {
    let of = |option: &str| {
        let codec = DIALECT.build(&[super::option("delete_request", option)]).unwrap();
        let method = Method::DELETE;
        let path = format!("{}/{HEX}", HOMES[0]);
        let headers = HeaderMap::new();
        let echo = open_in(&*codec, &method, &path, &headers);
        echo.refusal
            .clone()
            .map_or_else(|| codec.decode_request(&echo, b"").map_err(|_| None), |f| Err(Some(f.kind)))
    };
    let target = Target { written: HEX.to_owned(), number: None, dataset: None };
    assert_eq!(of("refuse"), Err(Some(FaultKind::WrongMethod)));
    assert_eq!(of("delete_app"), Ok(Command::DeleteOutput { target: target.clone() }));
    match of("cancel") {
        Ok(Command::Cancel(cancel)) => {
            assert_eq!(cancel.targets, [target]);
            assert!(!cancel.acknowledge_after && cancel.wants_after);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_flag_that_the_query_lacks_may_stand_in_a_json_body() {
    let flags = |query: &str, body: &str| match codec().decode_request(&put("cancel", query), body.as_bytes())
    {
        Ok(Command::Cancel(cancel)) => Ok((cancel.acknowledge_after, cancel.delete_output)),
        Ok(other) => panic!("{other:?}"),
        Err(malformed) => Err((malformed.place, malformed.code)),
    };
    let both = r#"{"action":"pause","autoAck":true,"delGenApp":"true","ignoreSucceeded":null}"#;
    assert_eq!(flags("", both), Ok((true, true)));
    assert_eq!(flags("", &format!("\u{feff} {both}")), Ok((true, true)));
    assert_eq!(flags("&autoAck=false", both), Ok((false, false)), "the query counts");
    assert_eq!(
        flags("&optOwner=true&type=true", "{}"),
        Ok((false, false)),
        "not under that client's wrong names"
    );
    for nothing in ["", "[]", "true", "autoAck=true", "\"autoAck\"", r#"{"autoAck":null}"#] {
        assert_eq!(flags("", nothing), Ok((false, false)), "{nothing:?}");
    }
    assert_eq!(flags("", r#"{"autoAck":1}"#), Err(("/autoAck".to_owned(), Some(errors::BODY))));
    assert_eq!(flags("", r#"{"autoAck":"yes"}"#), Err(("/autoAck".to_owned(), Some(errors::BODY))));
    assert_eq!(flags("", r#"{"autoAck":"#), Err(("line 1 column 11".to_owned(), Some(errors::BODY))));
    let off = DIALECT.build(&[("flags_in_body".to_owned(), OptionValue::Flag(false))]).unwrap();
    match off.decode_request(&put("cancel", ""), both.as_bytes()) {
        Ok(Command::Cancel(cancel)) => assert!(!cancel.acknowledge_after),
        other => panic!("{other:?}"),
    }
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
