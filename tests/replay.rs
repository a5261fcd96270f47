//! Every fixture through the whole gateway in this process: mounts, authentication, codec, onion, ledger. No socket.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use countermand::compose::Gateway;
use countermand::config;
use countermand_ledger::{Clock, Put};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use crate::fixture::{Exchange, Fixture, Message, User, compare, read};
use crate::server::bcrypt_of_secret;

/// What the client sees as scheme and authority.
const HOST: &str = "localhost:8080";

/// A clock that stands where a fixture puts it.
struct Stands(i64);

impl Clock for Stands {
    fn now(&self) -> i64 {
        self.0
    }
}

fn credentials(user: User) -> Option<&'static str> {
    match user {
        User::Operator => Some("Basic b3BlcmF0b3I6c2VjcmV0"),
        User::Reader => Some("Basic cmVhZGVyOnNlY3JldA=="),
        User::Wrong => Some("Basic b3BlcmF0b3I6d3Jvbmc="),
        User::None => None,
    }
}

/// A gateway with the fixture's dialect under the fixture's switches, every other one as it comes.
fn configuration(folder: &Path, fixture: &Fixture) -> String {
    let password = bcrypt_of_secret();
    std::fs::write(folder.join("ops.htpasswd"), format!("operator:{password}\nreader:{password}\n")).unwrap();
    let dialect = fixture.path.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned();
    let mut text =
        "[control]\ntoken = \"t\"\n[ledger]\nstore = \"memory\"\n[realms.ops]\nhtpasswd = \"ops.htpasswd\"\n\
                    read = [\"all\"]\nwrite = [\"operators\"]\n\
                    groups = { all = [\"operator\", \"reader\"], operators = [\"operator\"] }\n\
                    [engines.primary]\nkind = \"ledger\"\n"
            .to_owned();
    for known in countermand_dialects::ALL {
        text += &format!("[[mounts]]\ndialect = \"{}\"\nrealm = \"ops\"\nengine = \"primary\"\n", known.name);
        if known.name == dialect && !fixture.head.options.is_empty() {
            text += &format!("[mounts.options]\n{}", toml::to_string(&fixture.head.options).unwrap());
        }
    }
    text
}

/// A given job as JSON, its results spliced in as the text they are.
fn description(job: &toml::Table) -> String {
    let mut job = job.clone();
    let results = job.remove("results");
    let mut json = serde_json::to_string(&job).unwrap();
    if let Some(results) = results {
        let items: Vec<&str> =
            results.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect();
        json.pop();
        json += &format!("{}\"results\":[{}]}}", if job.is_empty() { "" } else { "," }, items.join(","));
    }
    json
}

async fn start(folder: &Path, fixture: &Fixture) -> Gateway {
    let path = folder.join("countermand.toml");
    std::fs::write(&path, configuration(folder, fixture)).unwrap();
    let config = config::load(&path, &|_| None).unwrap_or_else(|error| panic!("{error:?}"));
    let at: jiff::Timestamp = fixture.head.clock.parse().unwrap();
    let clock = Arc::new(Stands(at.as_millisecond()));
    let gateway = Gateway::build(&config, clock).unwrap_or_else(|error| panic!("{error}"));
    for job in &fixture.head.given {
        let json = description(job);
        let (number, _, draft) =
            countermand_control::describe(json.as_bytes()).unwrap_or_else(|p| panic!("{json}: {p:?}"));
        let put = gateway.store.put("default", number, draft, Put::default()).await;
        put.unwrap_or_else(|refused| panic!("{json}: {refused:?}"));
    }
    gateway
}

fn filled(text: &str) -> String {
    let base = format!("http://{HOST}");
    let escaped = base.replace('/', "\\/");
    text.replace("{{base_escaped}}", &escaped).replace("{{base}}", &base).replace("{{host}}", HOST)
}

fn request(message: &Message, user: User) -> Request<Full<Bytes>> {
    let start = filled(&message.start);
    let mut words = start.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().expect("a request line has a target"));
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in &message.headers {
        let value = if value == "{{authorization}}" {
            let Some(credentials) = credentials(user) else { continue };
            credentials.to_owned()
        } else {
            filled(value)
        };
        request = request.header(name, value);
    }
    request.body(Full::new(Bytes::from(filled(&message.body)))).unwrap()
}

fn differences(fixture: &Fixture, expected: &Message, seen: &Response<()>, body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let status = expected.start.split(' ').nth(1).unwrap_or_default();
    if status != seen.status().as_str() {
        found.push(format!("status: expected {status}, seen {}", seen.status().as_str()));
    }
    for (name, value) in &expected.headers {
        let given = seen.headers().get(name).map(|value| value.to_str().unwrap_or("not ASCII"));
        if given != Some(filled(value).as_str()) {
            found.push(format!("header {name}: expected {value:?}, seen {given:?}"));
        }
    }
    let wanted = filled(&expected.body);
    if fixture.head.exact {
        if wanted != body {
            found.push(format!("bytes: expected {wanted:?}, seen {body:?}"));
        }
    } else {
        // One final newline is not part of a body in a fixture, so it cannot be asked for in an answer either.
        let body = body.strip_suffix('\n').unwrap_or(body);
        let media = seen.headers().get("content-type").map_or("", |value| value.to_str().unwrap_or_default());
        found.extend(compare::bodies(media, &wanted, body));
    }
    found
}

async fn exchange(gateway: &Gateway, fixture: &Fixture, exchange: &Exchange) -> Vec<String> {
    let answer = gateway.edge.clone().oneshot(request(&exchange.request, fixture.head.user)).await;
    let (head, body) = answer.unwrap_or_else(|never| match never {}).into_parts();
    let body = body.collect().await.expect("the body is in memory").to_bytes();
    let head = Response::from_parts(head, ());
    differences(fixture, &exchange.response, &head, &String::from_utf8_lossy(&body))
}

async fn replay(path: &Path) -> Result<(), String> {
    let fixture = read(path)?;
    let folder = tempfile::tempdir().unwrap();
    let gateway = start(folder.path(), &fixture).await;
    let mut found = Vec::new();
    for (number, one) in fixture.exchanges.iter().enumerate() {
        let differences = exchange(&gateway, &fixture, one).await;
        found.extend(differences.into_iter().map(|text| format!("  answer {}: {text}", number + 1)));
    }
    for (number, state) in &fixture.head.then {
        let job = gateway.store.get("default", number.parse().unwrap()).await;
        let seen = job.map_or_else(|refused| format!("{refused:?}"), |(job, _)| job.state.name().to_owned());
        if seen != *state {
            found.push(format!("  then: job {number} expected {state}, is {seen}"));
        }
    }
    gateway.store.close().await;
    if found.is_empty() { Ok(()) } else { Err(format!("{}\n{}", path.display(), found.join("\n"))) }
}

#[tokio::test]
async fn every_fixture_is_answered_as_it_says() {
    let mut failures = Vec::new();
    let paths = crate::tidy::files("fixtures", ".http");
    for path in &paths {
        failures.extend(replay(path).await.err());
    }
    println!("{} fixtures replayed, {} fell short", paths.len(), failures.len());
    assert!(
        failures.is_empty(),
        "{} of {} fixtures fell short:\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}
