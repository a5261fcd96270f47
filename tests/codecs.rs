//! Every fixture through its codec alone: no mount, no engine, no socket. What is answered with success is understood,
//! and what is not understood is refused with the status that the fixture expects.

use countermand_conformance::fixture::{Exchange, Fixture, User, read};
use countermand_dialects::{Head, Origin};
use countermand_model::{Fault, FaultKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::tidy::files;

/// The status that the codec answers by itself; `None` where it hands on a command, or has a document ready.
fn refused(fixture: &Fixture, exchange: &Exchange) -> Option<u16> {
    let request = &exchange.request;
    let method: Method = request.method().parse().unwrap();
    let uri: Uri = request.target().parse().unwrap();
    let below =
        |base: &str| uri.path().strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let bases = fixture.dialect.paths.iter().enumerate();
    let found =
        bases.filter_map(|(index, base)| Some((index, below(base)?))).min_by_key(|(_, rest)| rest.len());
    let headers: HeaderMap = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        })
        .collect();
    let codec = fixture.dialect.build(&fixture.head.options).unwrap();
    let echo = codec.open(&Head {
        method: &method,
        path: uri.path(),
        base: found.map(|(index, _)| index),
        rest: found.map_or(uri.path(), |(_, rest)| rest),
        query: uri.query(),
        headers: &headers,
        origin: &Origin::new("http", "localhost"),
    });
    let fault = match (&echo.refusal, echo.operation) {
        (Some(fault), _) => fault.clone(),
        (None, None) => Fault::new(FaultKind::UnknownRoute, "There is no such resource."),
        (None, Some(operation)) if operation.document.is_some() => return None,
        (None, Some(_)) => {
            let malformed = codec.decode_request(&echo, request.body.as_bytes()).err()?;
            Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code)
        }
    };
    Some(codec.encode_response(&echo, &Err(fault)).status().as_u16())
}

#[test]
fn every_fixture_is_understood_or_refused_by_its_codec_as_it_says() {
    let (mut understood, mut by_codec) = (0, 0);
    for path in files("fixtures", ".http") {
        let fixture = read(&path).unwrap();
        // Who is nobody is told so before the codec is asked for more than the head.
        let known = !matches!(fixture.head.user, User::None | User::Wrong | User::Reader);
        for (place, exchange) in fixture.exchanges.iter().enumerate() {
            let expected: u16 = exchange.response.start.split(' ').nth(1).unwrap().parse().unwrap();
            match refused(&fixture, exchange) {
                None => understood += 1,
                Some(status) if known => {
                    assert_eq!(status, expected, "{} answer {}", fixture.name, place + 1);
                    by_codec += 1;
                }
                Some(_) => assert!(expected >= 300, "{} answer {}", fixture.name, place + 1),
            }
        }
    }
    println!("{understood} requests understood, {by_codec} refused by the codec alone");
    assert!(understood > 700 && by_codec > 100, "{understood} and {by_codec}: the corpus has gone");
}
