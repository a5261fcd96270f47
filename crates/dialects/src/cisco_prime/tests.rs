//! The codec driven directly, with outcomes made by hand: what it opens and reads, what it answers byte by byte, and
//! that what it asks for is what it shows.

mod answering;

mod asking;

mod finding;

mod hearing;

mod limiting;

mod listing;

mod reading;

mod saying;

mod ordering;

use countermand_model::{Fault, Outcome};
use http::{HeaderMap, HeaderName, Method};

use super::settings::Settings;
use super::{DIALECT, Prime, routes};
use crate::{Codec, Echo, Head, Origin};

/// A mount on which nothing is said.
const PRIME: Prime = Prime { settings: Settings::DEFAULT };

/// Opens a request for `target`, a path and perhaps a query, under whichever base it is.
fn open(method: &str, target: &str, headers: &[(&str, &str)]) -> Echo {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let find = |base: &&str| path.find(*base).map(|start| &path[start + base.len()..]);
    let (base, rest) = routes::PATHS
        .iter()
        .enumerate()
        .find_map(|(index, base)| find(base).map(|rest| (index, rest)))
        .expect("the target is under a base");
    let method = method.parse::<Method>().unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    let origin = Origin::new("https", "localhost");
    let head =
        Head { method: &method, path, base: Some(base), rest, query, headers: &headers, origin: &origin };
    PRIME.open(&head)
}

/// The status, the `Content-Type` and the body of an answer.
fn answer(echo: &Echo, answer: Result<Outcome, Fault>) -> (u16, String, String) {
    let response = PRIME.encode_response(echo, &answer);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    (response.status().as_u16(), content_type, body)
}

#[test]
fn every_quirk_has_its_fixture() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for quirk in DIALECT.quirks {
        assert!(fixtures.join(quirk.fixture).is_file(), "{}", quirk.fixture);
    }
}

#[test]
fn ids_are_decimal_numbers() {
    let ids = DIALECT.ids;
    assert_eq!((ids.number)("15"), Some(15));
    assert_eq!((ids.write)(15), "15");
    assert!((ids.is_id)("15") && !(ids.is_id)("5f00") && !(ids.is_id)("0") && !(ids.is_id)("0015"));
}
