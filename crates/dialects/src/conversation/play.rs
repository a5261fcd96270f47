//! Conversations played without a socket: against a list of answers, and against the server half of a dialect.

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use super::{Ask, Conversation, Heard, Lost, Step};
use crate::{Codec, Dialect, Head, Origin};

/// A request, as `METHOD URI`, and what comes of it: status and body, or nothing.
pub(crate) type Line<'s> = (&'s str, Result<(u16, &'s str), Lost>);

/// Plays against a list of answers: just its requests must be made, in its order.
#[track_caller]
pub(crate) fn against_list(
    conversation: Box<dyn Conversation>,
    script: &[Line<'_>],
) -> Result<Outcome, Fault> {
    let mut lines = script.iter();
    let end = play(conversation, |ask| {
        let said = format!("{} {}", ask.request.method(), target(ask));
        let (request, answer) = lines.next().unwrap_or_else(|| panic!("{said} has no answer"));
        assert_eq!(said, *request);
        answer.map(|(status, body)| {
            let response = Response::builder().status(status);
            response.body(Bytes::copy_from_slice(body.as_bytes())).expect("a status")
        })
    });
    assert_eq!(lines.next(), None, "a request was not made");
    end
}

/// Plays against a server of the dialect, whose engine is `answer`.
#[track_caller]
pub(crate) fn against_server(
    dialect: &Dialect,
    codec: &dyn Codec,
    conversation: Box<dyn Conversation>,
    mut answer: impl FnMut(Command) -> Result<Outcome, Fault>,
) -> Result<Outcome, Fault> {
    play(conversation, |ask| {
        let uri = format!("{}{}", dialect.root, target(ask));
        let (path, query) =
            uri.split_once('?').map_or((uri.as_str(), None), |(path, query)| (path, Some(query)));
        let below =
            |base: &&str| path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let found = dialect.paths.iter().enumerate().find_map(|(base, path)| Some((base, below(path)?)));
        let (base, rest) = found.unwrap_or_else(|| panic!("{path} is below none of the dialect's paths"));
        let echo = codec.open(&Head {
            method: ask.request.method(),
            path,
            base: Some(base),
            rest,
            query,
            headers: ask.request.headers(),
            origin: &Origin::new("https", "server.example"),
        });
        let answer = match &echo.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => answer(codec.decode_request(&echo, ask.request.body()).expect("it is our own")),
        };
        Ok(codec.encode_response(&echo, &answer))
    })
}

/// Path and query below the server's root. A URI that is a query alone would write a `/` before it.
fn target(ask: &Ask) -> &str {
    ask.request.uri().path_and_query().map_or("", |target| target.as_str())
}

fn play(
    mut conversation: Box<dyn Conversation>,
    mut answer: impl FnMut(&Ask) -> Heard,
) -> Result<Outcome, Fault> {
    let mut heard = None;
    loop {
        match conversation.next(heard) {
            Step::Done(end) => return end,
            Step::Send(ask) => heard = Some(answer(&ask)),
        }
    }
}
