//! The client half of a dialect against its server half: what a server answered in a fixture is read, written again, and
//! must then be what was answered. No mount, no engine, no socket.

use bytes::Bytes;
use countermand_conformance::compare::{Seen, differences};
use countermand_conformance::fill::Base;
use countermand_conformance::fixture::{Fixture, Head, read};
use countermand_conformance::open;
use http::{Method, Response};

use crate::tidy::files;

/// The dialects whose client half reads answers, each with how many answers of its fixtures are read at least: a check of
/// nothing proves nothing.
const DIALECTS: &[(&str, usize)] =
    &[("cisco-prime", 271), ("hitachi-detail-view", 123), ("oracle-ess", 352), ("qlik-odag", 178)];

/// Answers that do not come back as they were, by case and answer, each with why that may be.
const LOSSES: &[(&str, usize, &str)] = &[
    (
        "hitachi-detail-view/status-relays-a-licence-refusal",
        1,
        "A licence refusal has the code of one about credentials, and is told as one: it is no failure of the request.",
    ),
    (
        "hitachi-detail-view/status-relays-no-nonsense",
        1,
        "What a 500 says besides is for the log of this gateway: the dialect's own sentence is written.",
    ),
    (
        "oracle-ess/delete-child",
        1,
        "The sentence says that a child had ended and not how: a state would be made up.",
    ),
];

/// What became of an answer.
enum Read {
    /// It came back as it was.
    Same,
    /// It did not.
    Lost(String),
    /// No server is ever asked: the codec answers by itself, or the request is for the head alone.
    NotAsked,
}

/// Reads one answer of a case and writes it again.
fn reread(fixture: &Fixture, place: usize) -> Read {
    let exchange = &fixture.exchanges[place];
    let base = Base { url: "http://localhost".to_owned(), authority: "localhost".to_owned() };
    let codec = fixture.dialect.build(&fixture.head.options).unwrap();
    let echo = open(fixture.dialect, codec.as_ref(), &exchange.request).unwrap();
    let is_own = echo.operation.is_none_or(|operation| operation.document.is_some());
    if is_own || echo.refusal.is_some() || echo.method == Method::HEAD {
        return Read::NotAsked;
    }
    let request = base.filled(&exchange.request.body);
    let Ok(command) = codec.decode_request(&echo, request.as_bytes()) else { return Read::NotAsked };

    let mut response = Response::builder().status(exchange.response.status());
    for (name, value) in &exchange.response.headers {
        response = response.header(name, base.filled(value));
    }
    let response = response.body(Bytes::from(base.filled(&exchange.response.body))).unwrap();
    let at = fixture.head.clock.unwrap_or(Head::NOON);
    let answer = match codec.decode_response(&echo, &command, at, &response) {
        Ok(answer) => answer,
        Err(malformed) => return Read::Lost(format!("not understood: {malformed}")),
    };

    let written = codec.encode_response(&echo, &answer);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = written.headers().iter();
    let seen = Seen {
        status: written.status().as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
        body: text(written.body()),
    };
    match differences(fixture, place + 1, &seen, &base) {
        none if none.is_empty() => Read::Same,
        some => Read::Lost(format!("{some:#?}\nread as {answer:#?}")),
    }
}

#[test]
fn what_a_server_answered_is_read_and_written_again_as_it_was() {
    let mut problems = Vec::new();
    for (dialect, least) in DIALECTS {
        let (mut same, mut lost, mut not_asked) = (0, 0, 0);
        for path in files(&format!("fixtures/{dialect}"), ".http") {
            let fixture = read(&path).unwrap();
            for place in 0..fixture.exchanges.len() {
                let loss =
                    LOSSES.iter().find(|(case, answer, _)| *case == fixture.name && *answer == place + 1);
                let case = format!("{} answer {}", fixture.name, place + 1);
                match (reread(&fixture, place), loss) {
                    (Read::Same, None) => same += 1,
                    (Read::Lost(_), Some(_)) => lost += 1,
                    (Read::NotAsked, None) => not_asked += 1,
                    (Read::Lost(problem), None) => problems.push(format!("{case}: {problem}")),
                    (Read::Same | Read::NotAsked, Some((_, _, why))) => {
                        problems.push(format!("{case} is no loss: {why}"));
                    }
                }
            }
        }
        println!(
            "{dialect}: {same} answers come back, {lost} do not and may not, {not_asked} nobody asks for"
        );
        if same < *least {
            problems.push(format!("{dialect}: {same} answers come back, expected {least}"));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_loss_is_of_a_case_that_there_is() {
    for (case, answer, why) in LOSSES {
        let fixture = read(&crate::tidy::root().join(format!("fixtures/{case}.http"))).unwrap();
        assert!(*answer >= 1 && *answer <= fixture.exchanges.len(), "{case} answer {answer}: {why}");
    }
}
