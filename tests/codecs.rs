//! Every fixture through its codec alone: no mount, no engine, no socket. What is answered with success is understood,
//! and what is not understood is refused with the status that the fixture expects.

use countermand_conformance::fixture::{Exchange, Fixture, User, read};
use countermand_conformance::open;
use countermand_model::{Fault, FaultKind};

use crate::tidy::files;

/// The status that the codec answers by itself; `None` where it hands on a command, or has a document ready.
fn refused(fixture: &Fixture, exchange: &Exchange) -> Option<u16> {
    let codec = fixture.dialect.build(&fixture.head.options).unwrap();
    let request = &exchange.request;
    let echo = open(fixture.dialect, codec.as_ref(), request).unwrap();
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
