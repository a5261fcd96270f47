//! From faults to bytes: the status, the code and the sentence of each, in every function.

use countermand_model::FaultKind;

use super::answering::{MISS, NOT_IN_CACHE, check, text};
use super::*;

#[test]
fn every_fault_has_a_status_and_a_code_in_every_function() {
    for kind in FaultKind::ALL {
        let (status, reason, texts) = match kind {
            FaultKind::NoCredentials
            | FaultKind::BadCredentials
            | FaultKind::Forbidden
            | FaultKind::CrossSite => {
                (401, "0000E9", ["Authorization needed.", "Authorization is required."])
            }
            FaultKind::WrongMethod => (
                405,
                "0000E0",
                [
                    "HTTP method [GET] is not supported for action [getStatus]",
                    "HTTP method [GET] is not supported for action [abortRequest]",
                ],
            ),
            FaultKind::NotFound => continue, // another code and text per function: below
            FaultKind::Internal
            | FaultKind::Unsupported
            | FaultKind::Unreachable
            | FaultKind::Overloaded
            | FaultKind::Timeout => (
                500,
                "0600E2",
                ["Application encountered an internal error.", "Application encountered an internal error"],
            ),
            FaultKind::Malformed
            | FaultKind::NotAcceptable
            | FaultKind::TooLarge
            | FaultKind::UnsupportedMediaType => (400, "0000E1", ["why", "why"]),
            FaultKind::UnknownRoute => (404, "0000E1", ["why", "why"]),
            FaultKind::BodyTimeout => (408, "0000E1", ["why", "why"]),
            FaultKind::Conflict => (409, "0000E1", ["why", "why"]),
            FaultKind::TooManyRequests => (429, "0000E1", ["why", "why"]),
        };
        for (target, family, words) in [(STATUS, "72", texts[0]), (ABORT, "B5", texts[1])] {
            let body = format!(r#"{{"code":"{family}{reason}","error":"{words}"}}"#);
            check(&[], target, Err(Fault::new(kind, "why").with_detail("our own business")), status, &body);
        }
        // Where no function is known only these can happen.
        if !matches!(kind, FaultKind::WrongMethod) {
            let echo = open("/dbapi.do");
            let (got, body) = text(codec(&[]).encode_response(&echo, &Err(Fault::new(kind, "why"))));
            assert_eq!(got, status, "{kind:?}");
            assert!(body.starts_with(&format!(r#"{{"code":"00{reason}","#)), "{body}");
        }
    }
    check(&[], STATUS, Err(Fault::new(FaultKind::NotFound, "why")), 404, MISS);
    check(&[], ABORT, Err(Fault::new(FaultKind::NotFound, "why")), 404, NOT_IN_CACHE);
}

#[test]
fn a_malformed_request_keeps_its_own_code_and_text() {
    let malformed = decode("/dbapi.do?action=getStatus&dataset=ds").unwrap_err();
    let fault = Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code);
    let body = r#"{"code":"72020008","error":"Mandatory parameter {requestId} not specified."}"#;
    check(&[], STATUS, Err(fault), 400, body);
    for (query, body) in [
        ("", r#"{"code":"000000E1","error":"Mandatory parameter {action} not specified."}"#),
        ("action=jump", r#"{"code":"000000E1","error":"Invalid value specified for parameter {action}."}"#),
        (
            "action=getStatus&action=jump",
            r#"{"code":"000000E1","error":"Parameter {action} is specified more than once."}"#,
        ),
        (
            "action=getServerInfo",
            r#"{"code":"C20000E4","error":"Mandatory parameter {dataset} not specified."}"#,
        ),
        (
            "action=query&requestId=<action>",
            r#"{"code":"000000E1","error":"Action [query] is not supported here: no new requests are taken"}"#,
        ),
    ] {
        let target = format!("/dbapi.do?{query}");
        check(&[], &target, Err(open(&target).refusal.expect("not one of ours")), 400, body);
    }
}

#[test]
fn a_function_that_is_not_served_has_its_own_family_of_codes() {
    for (action, family) in
        [("query", "00"), ("updateAttributeDef", "43"), ("getServerInfo", "C2"), ("getAuditLogs", "00")]
    {
        let target = format!("/dbapi.do?action={action}&dataset=defaultDs");
        for (kind, status, reason, words) in [
            (FaultKind::NoCredentials, 401, "0000E9", "Authorization needed.".to_owned()),
            (
                FaultKind::WrongMethod,
                405,
                "0000E0",
                format!("HTTP method [GET] is not supported for action [{action}]"),
            ),
            (FaultKind::Internal, 500, "0600E2", "Application encountered an internal error.".to_owned()),
            (FaultKind::TooLarge, 400, "0000E1", "why".to_owned()),
        ] {
            let body = format!(r#"{{"code":"{family}{reason}","error":"{words}"}}"#);
            check(&[], &target, Err(Fault::new(kind, "why")), status, &body);
        }
    }
}

#[test]
fn a_refusal_says_what_would_be_allowed_and_when() {
    let codec = codec(&[]);
    let answer = codec.encode_response(&open(ABORT), &Err(Fault::new(FaultKind::WrongMethod, "why")));
    assert_eq!(answer.headers()["allow"], "GET, POST");
    let overloaded = Fault::new(FaultKind::Overloaded, "why").with_retry_after(7);
    assert_eq!(codec.encode_response(&open(ABORT), &Err(overloaded)).headers()["retry-after"], "7");
}
