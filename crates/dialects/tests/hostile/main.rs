//! Every dialect against strangers: whatever stands in a head, a body, a job or a fault, nothing panics, and every
//! answer is a document of the type that it says it is. Only the public face of the crate is used, as the edge uses it.

// What is asked.
mod requests;

// What an engine makes of it.
mod answers;

use countermand_dialects::{Codec, Dialect, Echo, Head, Origin};
use countermand_model::{Fault, FaultKind, Outcome};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;

use answers::{fault, outcome, text};
use requests::{body, headers, target};

/// A request, and what an engine might make of it.
#[derive(Clone, Debug)]
struct Case {
    dialect: &'static Dialect,
    /// Which of the dialect's paths; one past the last is none of them.
    base: usize,
    method: Method,
    rest: String,
    query: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    authority: String,
    body: Vec<u8>,
    answer: Result<Outcome, Fault>,
}

/// Opens, reads and answers, as the edge does.
fn check(case: &Case) {
    let Case { dialect, body, answer, .. } = case;
    let codec = dialect.build(&[]).expect("the defaults are fit");
    let echo = opened(case, codec.as_ref());
    if let Some(refusal) = &echo.refusal {
        return check_answer(codec.as_ref(), &echo, &Err(refusal.clone()));
    }
    let operation = echo.operation.expect("what is not refused is known");
    if operation.document.is_none()
        && let Err(malformed) = codec.decode_request(&echo, body)
    {
        let fault = Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code);
        return check_answer(codec.as_ref(), &echo, &Err(fault));
    }
    check_answer(codec.as_ref(), &echo, answer);
}

fn opened(case: &Case, codec: &dyn Codec) -> Echo {
    let base = case.dialect.paths.get(case.base).map(|_| case.base);
    let path = format!("{}{}", base.map_or("", |base| case.dialect.paths[base]), case.rest);
    let headers: HeaderMap = case.headers.iter().cloned().collect();
    let origin = Origin::new("https", case.authority.to_string());
    codec.open(&Head {
        method: &case.method,
        path: &path,
        base,
        rest: &case.rest,
        query: case.query.as_deref(),
        headers: &headers,
        origin: &origin,
    })
}

fn check_answer(codec: &dyn Codec, echo: &Echo, answer: &Result<Outcome, Fault>) {
    let response = codec.encode_response(echo, answer);
    let body = std::str::from_utf8(response.body()).expect("every document is UTF-8");
    let name = response.headers()[CONTENT_TYPE].to_str().expect("a Content-Type is ASCII");
    if name.contains("json") {
        // Not as a tree: a number that no double holds is JSON all the same.
        serde_json::from_str::<serde::de::IgnoredAny>(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    } else if name.contains("xml") {
        roxmltree::Document::parse(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    } else {
        assert!(name.starts_with("text/html"), "{name}");
    }
}

fn case() -> BoxedStrategy<Case> {
    let authority = prop_oneof![4 => Just("localhost:8443".to_owned()), 1 => text()];
    let answer = prop_oneof![3 => outcome().prop_map(Ok), 1 => fault().prop_map(Err)];
    (target(), headers(), authority, body(), answer)
        .prop_map(|((dialect, base, method, rest, query), headers, authority, body, answer)| {
            let method = method.parse().expect("every word is a method");
            Case { dialect, base, method, rest, query, headers, authority, body, answer }
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_comes_is_answered_with_a_document(case in case()) {
        check(&case);
    }
}
