//! Fixtures as an archive: each case is a page, each exchange an entry with the answer that is expected. What a case is
//! given and what must be there afterwards has no place in the format.

use countermand_dialects::grammar::query::pairs;
use jiff::{SignedDuration, Timestamp};

use super::{Content, Entry, Har, Log, Nothing, Page, Pair, PostData, Request, Response, Timings, Tool};
use crate::fill::{AUTHORIZATION, Base};
use crate::fixture::{Exchange, Fixture, Head, Message, User};

/// The cases as one document, as if a server at that base had answered. Instead of credentials stands the name of the
/// user, `{{operator}}`, `{{reader}}` or `{{wrong}}`, as many tools write variables.
#[must_use]
pub fn write(fixtures: &[Fixture], base: &Base) -> String {
    let noon = Timestamp::from_millisecond(Head::NOON).expect("a noon of this century");
    // One after another, for order is all that times are read for.
    let mut time = noon;
    let mut log = Log {
        version: "1.2".to_owned(),
        creator: Tool { name: "countermand".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        browser: None,
        pages: Vec::new(),
        entries: Vec::new(),
    };
    for fixture in fixtures {
        let head = &fixture.head;
        log.pages.push(Page {
            started_date_time: time,
            id: fixture.name.clone(),
            title: head.title.clone(),
            page_timings: Nothing {},
            comment: format!("{}: {}", head.evidence.name(), head.source),
        });
        for exchange in &fixture.exchanges {
            log.entries.push(entry(fixture, exchange, base, time));
            time = time.saturating_add(SignedDuration::from_millis(1)).unwrap_or(time);
        }
    }
    serde_json::to_string_pretty(&Har { log }).expect("texts and numbers are JSON") + "\n"
}

fn entry(fixture: &Fixture, exchange: &Exchange, base: &Base, time: Timestamp) -> Entry {
    Entry {
        pageref: Some(fixture.name.clone()),
        started_date_time: time,
        time: 0,
        request: request(&exchange.request, fixture.head.user, base),
        response: response(&exchange.response, base),
        cache: Nothing {},
        timings: Timings::default(),
        comment: fixture.head.title.clone(),
    }
}

fn request(message: &Message, user: User, base: &Base) -> Request {
    let target = base.filled(message.target());
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let query_string = pairs(query).into_iter().map(|(name, value)| Pair { name, value });
    let body = base.filled(&message.body);
    let mime_type = message.header("content-type").unwrap_or_default().to_owned();
    Request {
        method: message.method().to_owned(),
        url: format!("{}{target}", base.url),
        http_version: "HTTP/1.1".to_owned(),
        cookies: Vec::new(),
        headers: headers(message, Some(user), base),
        query_string: query_string.collect(),
        headers_size: -1,
        body_size: size(&body),
        post_data: (!body.is_empty()).then_some(PostData { mime_type, text: Some(body) }),
    }
}

fn response(message: &Message, base: &Base) -> Response {
    let body = base.filled(&message.body);
    Response {
        status: message.status(),
        status_text: message.start.splitn(3, ' ').nth(2).unwrap_or_default().to_owned(),
        http_version: "HTTP/1.1".to_owned(),
        cookies: Vec::new(),
        headers: headers(message, None, base),
        redirect_url: message.header("location").map(|to| base.filled(to)).unwrap_or_default(),
        headers_size: -1,
        body_size: size(&body),
        content: Content {
            size: size(&body),
            mime_type: message.header("content-type").unwrap_or_default().to_owned(),
            text: Some(body),
            encoding: None,
        },
    }
}

fn headers(message: &Message, user: Option<User>, base: &Base) -> Vec<Pair> {
    let pair = |(name, value): &(String, String)| {
        let value = match user {
            Some(User::None) if value == AUTHORIZATION => return None,
            Some(user) if value == AUTHORIZATION => format!("{{{{{}}}}}", user.name()),
            _ => base.filled(value),
        };
        Some(Pair { name: name.clone(), value })
    };
    message.headers.iter().filter_map(pair).collect()
}

fn size(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}
