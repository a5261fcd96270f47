//! Every answer of both functions, without a socket: heads and outcomes in, bytes out.

mod asking;

mod answering;

mod refusing;

mod client;

use http::{HeaderMap, Method};

use super::*;
use crate::{OptionValue, Origin};

const STATUS: &str = "/dbapi.do?action=getStatus&dataset=defaultDs&requestId=316829382_14";
const ABORT: &str = "/dbapi.do?action=abortRequest&dataset=defaultDs&requestId=316829382_14";

fn codec(options: &[(&str, OptionValue)]) -> Arc<dyn Codec> {
    let options: Vec<_> = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    DIALECT.build(&options).expect("the options are documented ones")
}

fn choice(name: &'static str, word: &str) -> (&'static str, OptionValue) {
    (name, OptionValue::Text(word.to_owned()))
}

fn open_with(codec: &dyn Codec, method: &Method, target: &str) -> Echo {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let base = DIALECT.paths.iter().position(|base| {
        path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let rest = base.map_or(path, |base| &path[DIALECT.paths[base].len()..]);
    let origin = Origin::new("https", "detail.example:8443");
    let headers = HeaderMap::new();
    codec.open(&Head { method, path, base, rest, query, headers: &headers, origin: &origin })
}

fn open(target: &str) -> Echo {
    open_with(&*codec(&[]), &Method::GET, target)
}

fn decode(target: &str) -> Result<Command, Malformed> {
    let echo = open(target);
    assert_eq!(echo.refusal, None, "{target}");
    codec(&[]).decode_request(&echo, b"a body where none is expected")
}
