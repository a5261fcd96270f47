//! From heads to commands and refusals.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use countermand_model::{Cancel, FaultKind, Kin, Results, Status, Target};

use super::*;
use crate::{Access, Operation};

#[test]
fn the_function_is_found_by_its_action_alone() {
    for (target, name) in [
        (STATUS, "getStatus"),
        (ABORT, "abortRequest"),
        ("/clearsightadvanced/dbapi.do?requestId=1&dataset=ds&action=getStatus", "getStatus"),
        ("/dbapi.do?action%20=abortRequest", "abortRequest"),
        ("/defaultDs&requestId=316829382_14", "abortRequest"),
    ] {
        for method in [Method::GET, Method::POST] {
            let echo = open_with(&*codec(&[]), &method, target);
            assert_eq!(echo.operation.map(|operation| operation.name), Some(name), "{method} {target}");
            assert_eq!(echo.refusal, None, "{method} {target}");
        }
    }
}

#[test]
fn every_function_is_chosen_by_its_own_name() {
    assert_eq!(operations().len(), 13);
    for operation in operations() {
        assert_eq!(operation.selector, Some(("action", operation.name)));
        let echo = open(&format!("/dbapi.do?dataset=defaultDs&action={}", operation.name));
        assert_eq!(echo.operation.map(|found| found.name), Some(operation.name));
        let is_served = ["getStatus", "abortRequest"].contains(&operation.name);
        assert_eq!(echo.refusal.is_none(), is_served, "{}", operation.name);
        assert_eq!(operation.meaning.contains("Refused"), !is_served, "{}", operation.name);
    }
}

fn operations() -> Vec<&'static Operation> {
    (DIALECT.operations)()
}

#[test]
fn what_is_no_function_is_refused_after_the_caller_is_known() {
    for (target, kind) in [
        ("/dbapi.do", FaultKind::Malformed),
        ("/dbapi.do?action=", FaultKind::Malformed),
        ("/dbapi.do?action=queries", FaultKind::Malformed),
        ("/dbapi.do?action=getStatus&action=abortRequest", FaultKind::Malformed),
        ("/dbapi.do?Action=getStatus", FaultKind::Malformed),
        ("/dbapi.do/more?action=getStatus", FaultKind::UnknownRoute),
        ("/elsewhere", FaultKind::UnknownRoute),
    ] {
        let echo = open(target);
        assert_eq!(echo.refusal.as_ref().map(|fault| fault.kind), Some(kind), "{target}");
        assert!(echo.operation.is_none(), "{target}");
    }
}

#[test]
fn a_head_may_look_but_not_stop() {
    let refusal = |method, target| open_with(&*codec(&[]), &method, target).refusal.map(|fault| fault.kind);
    assert_eq!(refusal(Method::HEAD, STATUS), None);
    for target in [STATUS, ABORT] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert_eq!(refusal(method, target), Some(FaultKind::WrongMethod));
        }
    }
    assert_eq!(refusal(Method::HEAD, ABORT), Some(FaultKind::WrongMethod));
    for (delivery, by_get) in
        [("once", Results::Undelivered), ("cumulative", Results::Cumulative), ("repeat", Results::All)]
    {
        for (method, wanted) in [(Method::GET, by_get), (Method::POST, by_get), (Method::HEAD, Results::All)]
        {
            let codec = codec(&[choice("delivery", delivery)]);
            let echo = open_with(&*codec, &method, STATUS);
            let Ok(Command::Status(status)) = codec.decode_request(&echo, b"") else {
                panic!("not a status")
            };
            assert_eq!(status.results, wanted, "{delivery} {method}");
        }
    }
}

#[test]
fn only_the_printed_line_is_claimed() {
    let claims = DIALECT.claims.expect("the printed line is claimed");
    for path in ["/defaultDs&requestId=316829382_14", "/ds&requestId=a%2Fb", "/a-_9&requestId=&requestId"] {
        assert_eq!(claims(path), path != "/a-_9&requestId=&requestId", "{path}");
    }
    for path in [
        "",
        "/",
        "defaultDs&requestId=1",
        "/d&requestId=1",
        "/defaultDs&requestId=",
        "/defaultDs&requestId=1&x=2",
        "/defaultDs&requestId=1/2",
        "/default.Ds&requestId=1",
        "/a/defaultDs&requestId=1",
        "/defaultDs?requestId=1",
    ] {
        assert!(!claims(path), "{path:?}");
    }
}

/// Pitfall hitachi-detail-view 3.
#[test]
fn a_function_that_may_start_a_request_is_refused_by_its_name() {
    for (action, code, why) in [
        ("query&processSync=true", "000000E1", ": no new requests are taken"),
        ("retrieveDataset", "000000E1", ": no new requests are taken"),
        ("clearDataset", "000000E1", ": no new requests are taken"),
        ("retrieveDataSubset", "000000E1", ": no new requests are taken"),
        ("retrieveResourceData", "000000E1", ": no new requests are taken"),
        ("createOrUpdateResourceData", "000000E1", ": no new requests are taken"),
        ("expireResourceData", "000000E1", ": no new requests are taken"),
        ("updateAttributeDef", "430000E1", ": no new requests are taken"),
        ("deleteAttributeDef", "000000E1", ": no new requests are taken"),
        ("getServerInfo", "C20000E1", ""),
        ("getAuditLogs", "000000E1", ""),
    ] {
        for method in [Method::GET, Method::POST] {
            let target = format!("/dbapi.do?dataset=defaultDs&action={action}");
            let fault = open_with(&*codec(&[]), &method, &target).refusal.expect("not one of ours");
            let name = action.split('&').next().unwrap_or_default();
            let message = format!("Action [{name}] is not supported here{why}");
            assert_eq!((fault.kind, fault.code), (FaultKind::Malformed, Some(code)), "{target}");
            assert_eq!(fault.message, message);
        }
    }
}

#[test]
fn the_printed_line_means_what_the_whole_line_means() {
    assert_eq!(decode("/defaultDs&requestId=316829382_14"), decode(ABORT));
    let Ok(Command::Cancel(cancel)) = decode("/ds&requestId=a+b%2F%26c") else { panic!("not a cancel") };
    assert_eq!(cancel.targets[0].written, "a+b/&c");
    let without = codec(&[("printed_line", OptionValue::Flag(false))]);
    let echo = open_with(&*without, &Method::GET, "/defaultDs&requestId=316829382_14");
    assert_eq!(echo.refusal.map(|fault| fault.kind), Some(FaultKind::UnknownRoute));
}

#[test]
fn parameters_come_in_any_order_with_blanks_about_their_names() {
    let target =
        Target { written: "12344".to_owned(), number: Some(12344), dataset: Some("defaultDs".to_owned()) };
    let status =
        Command::Status(Status { target: target.clone(), results: Results::Undelivered, kin: Kin::None });
    for query in [
        "action=getStatus&dataset=defaultDs&requestId=12344",
        "requestId=12344&dataset=defaultDs&action=getStatus",
        "action=getStatus&dataset%20=defaultDs&requestId=12344",
        "action=getStatus&+dataset+=defaultDs&requestId=12344&other=1",
        "action=getStatus&dataset=defaultDs&requestId=12344&requestId=12344&dataset%20=defaultDs",
        "requestId=&action=&action=getStatus&dataset=defaultDs&requestId=12344",
    ] {
        assert_eq!(decode(&format!("/dbapi.do?{query}")), Ok(status.clone()), "{query}");
    }
    let abort = Command::Cancel(Cancel {
        targets: vec![target],
        settle: Duration::from_secs(2),
        wants_after: true,
        ..Cancel::default()
    });
    assert_eq!(decode("/dbapi.do?action=abortRequest&dataset=defaultDs&requestId=12344"), Ok(abort));
}

#[test]
fn the_first_missing_parameter_is_told_in_the_functions_own_words() {
    for (query, code, problem) in [
        ("getStatus", "720000E4", "Mandatory parameter {dataset} not specified."),
        ("getStatus&dataset=", "720000E4", "Mandatory parameter {dataset} not specified."),
        ("getStatus&dataset=d", "720000E4", "Invalid value specified for parameter {dataset}."),
        ("getStatus&dataset=../etc", "720000E4", "Invalid value specified for parameter {dataset}."),
        ("getStatus&dataset=ds", "72020008", "Mandatory parameter {requestId} not specified."),
        ("abortRequest&requestId=1", "B50000E4", "Mandatory parameter {dataset} is not specified."),
        ("abortRequest&dataset=d%20s", "B50000E4", "Invalid value specified for parameter {dataset}."),
        (
            "abortRequest&dataset=ds&requestId=",
            "B5020008",
            "Mandatory parameter {requestId} is not specified.",
        ),
    ] {
        let malformed = decode(&format!("/dbapi.do?action={query}")).unwrap_err();
        assert_eq!((malformed.code, malformed.to_string().as_str()), (Some(code), problem), "{query}");
    }
    for (query, code, parameter) in [
        ("getStatus&dataset=ds&dataset=d2&requestId=1", "720000E4", "dataset"),
        ("getStatus&dataset=ds&dataset%20=d2", "720000E4", "dataset"),
        ("getStatus&dataset=ds&requestId=1&requestId=2", "72020008", "requestId"),
        ("abortRequest&dataset=ds&dataset=Ds&requestId=1", "B50000E4", "dataset"),
        ("abortRequest&dataset=ds&requestId=1&requestId=01", "B5020008", "requestId"),
    ] {
        let malformed = decode(&format!("/dbapi.do?action={query}")).unwrap_err();
        assert_eq!(malformed.code, Some(code), "{query}");
        assert_eq!(malformed.to_string(), format!("Parameter {{{parameter}}} is specified more than once."));
    }
    assert!(decode::is_dataset(&"d".repeat(32)));
    assert!(!decode::is_dataset(&"d".repeat(33)));
}

#[test]
fn request_ids_are_opaque() {
    for id in ["316829382_14", "12344", "a b", "é"] {
        assert!((DIALECT.ids.is_id)(id), "{id}");
    }
    for id in ["", "a\nb", "\u{7f}", &"1".repeat(256)] {
        assert!(!(DIALECT.ids.is_id)(id), "{id}");
    }
    assert_eq!((DIALECT.ids.number)("12344"), Some(12344));
    assert_eq!((DIALECT.ids.number)("012344"), None);
    assert_eq!((DIALECT.ids.number)("316829382_14"), None);
    assert_eq!((DIALECT.ids.write)(12344), "12344");
}

#[test]
fn only_a_writer_may_abort() {
    let access =
        |name| operations().into_iter().find(|operation| operation.name == name).map(|found| found.access);
    assert_eq!(access("getStatus"), Some(Access::Read));
    assert_eq!(access("abortRequest"), Some(Access::Write));
}

#[test]
fn every_quirk_is_pinned_by_a_fixture() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for quirk in DIALECT.quirks {
        assert!(fixtures.join(quirk.fixture).is_file(), "{}: {}", quirk.fixture, quirk.what);
    }
}

proptest::proptest! {
    #[test]
    fn no_query_is_too_odd(odd in ".*", dataset in "[A-Za-z0-9_-]{2,32}", id in "[^&/]{1,40}") {
        let status = format!("/dbapi.do?action=getStatus&{odd}");
        let abort = format!("/dbapi.do?dataset={dataset}&{odd}&action=abortRequest");
        let printed = format!("/{dataset}&requestId={id}");
        proptest::prop_assert!(DIALECT.claims.is_some_and(|claims| claims(&printed)));
        for target in [format!("/dbapi.do?{odd}"), status, abort, printed] {
            proptest::prop_assert!(is_a_command_or_has_an_error_document(&target), "{}", target);
        }
    }
}

fn is_a_command_or_has_an_error_document(target: &str) -> bool {
    let codec = codec(&[]);
    let echo = open(target);
    let fault = echo.refusal.clone().or_else(|| {
        let malformed = codec.decode_request(&echo, b"").err()?;
        Some(Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code))
    });
    let Some(fault) = fault else { return true };
    let body = codec.encode_response(&echo, &Err(fault)).into_body();
    let error: BTreeMap<String, String> = serde_json::from_slice(&body).unwrap();
    error.keys().eq(["code", "error"])
}
