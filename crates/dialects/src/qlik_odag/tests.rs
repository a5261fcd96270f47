//! The codec without a socket: heads to commands, outcomes and faults to bytes.

mod asking;

mod listing;

mod answering;

mod showing;

mod client;

mod hearing;

use std::sync::Arc;

use bytes::Bytes;
use countermand_model::{Acted, Alias, Effect, Fault, Job, Outcome, Snapshot, State, Target};
use http::{HeaderMap, Method, Response};
use serde_json::Value;

use super::DIALECT;
use crate::{Codec, Echo, Head, OptionValue, Origin};

const HEX: &str = "5f0000000000000000000201";
const GUID: &str = "00000000-0000-4000-8000-000000000201";
const ACTIONS: [&str; 5] = ["cancel", "pause", "resume", "ackcancel", "ackfailure"];
/// A request's path in each profile, without its id.
const HOMES: [&str; 3] = ["/api/odag/v1/requests", "/api/v1/odagrequests", "/api/analytics/odag-requests"];

/// The path of a link's requests in each profile, without its id.
const LINKS: [&str; 3] = ["/api/odag/v1/links", "/api/v1/odaglinks", "/api/analytics/odag-links"];

fn option(name: &str, value: &str) -> (String, OptionValue) {
    (name.to_owned(), OptionValue::Text(value.to_owned()))
}

fn codec() -> Arc<dyn Codec> {
    DIALECT.build(&[]).unwrap()
}

fn open_in(codec: &dyn Codec, method: &Method, url: &str, headers: &HeaderMap) -> Echo {
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let is_at =
        |base: &&&str| path.strip_prefix(**base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let base = DIALECT.paths.iter().find(is_at).unwrap();
    let place = DIALECT.paths.iter().position(|path| path == base);
    let origin = Origin::new("https", "qlik.example");
    codec.open(&Head {
        method,
        path,
        base: place,
        rest: &path[base.len()..],
        query,
        headers,
        origin: &origin,
    })
}

fn open_with(method: Method, url: &str, headers: &HeaderMap) -> Echo {
    open_in(&*codec(), &method, url, headers)
}

fn open(method: Method, url: &str) -> Echo {
    open_with(method, url, &HeaderMap::new())
}

/// The echo of an action in profile 1, with more of the query after it.
fn put(action: &str, more: &str) -> Echo {
    open(Method::PUT, &format!("{}/{HEX}?action={action}{more}", HOMES[0]))
}

fn job(state: State) -> Job {
    let alias = |id: &str| Alias { dialect: DIALECT.name.to_owned(), id: id.to_owned(), number: None };
    Job {
        aliases: vec![alias(HEX), alias(GUID)],
        owner: Some("ana".to_owned()),
        state,
        changed_at: 1_767_268_801_250,
        ..Job::new(201, 1_767_268_800_000)
    }
}

fn with_attributes(mut job: Job, attributes: &str) -> Job {
    job.attributes = vec![(DIALECT.name.to_owned(), attributes.to_owned())];
    job
}

fn acted(effect: Effect, after: Option<Job>) -> Result<Outcome, Fault> {
    let after = after.map(|job| Box::new(Snapshot::of(job)));
    let target = Target { written: HEX.to_owned(), number: None, dataset: None };
    Ok(Outcome::Acted { at: 0, targets: vec![Acted { target, effect, before: None, after }] })
}

fn seen(snapshot: Snapshot) -> Result<Outcome, Fault> {
    Ok(Outcome::Read { at: 0, snapshot: Some(Box::new(snapshot)) })
}

fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn document(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[test]
fn every_quirk_is_pinned_by_a_fixture() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for quirk in DIALECT.quirks {
        assert!(fixtures.join(quirk.fixture).is_file(), "{}", quirk.fixture);
    }
}
