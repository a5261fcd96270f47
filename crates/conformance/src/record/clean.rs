//! Takes from a request or an answer what is somebody's own: a value stays where a table of the dialect knows the name it
//! stands under, and gets a stand-in everywhere else. Where the server is becomes a placeholder. Knows headers, queries
//! and sentences; JSON, XML and URLs are next door.

use std::collections::BTreeSet;

use countermand_dialects::Vocabulary;
use countermand_dialects::grammar::query::pairs;
use http::{HeaderMap, HeaderName};

use super::keep::Keep;
use super::stand_in::{StandIns, is_time, replaced};
use super::{url, xml};
use crate::compare::json::Json;
use crate::compare::{is_json, is_xml};
use crate::fill::{AUTHORIZATION, Base, HOST, replaced_host};
use crate::place::Path;

/// What stands for the bare name of the server's host, without its port.
pub(crate) const HOST_NAME: &str = "host.example";

/// The cleaning of one exchange.
pub(super) struct Cleaner<'c> {
    pub(super) vocabulary: &'c Vocabulary,
    pub(super) keep: &'c [Keep],
    pub(super) stand_ins: &'c mut StandIns,
    /// Where the server is, as the client and as we call it.
    pub(super) bases: &'c [Base],
    /// Times that the case is given, in ms since 1970 UTC: what shows one of them is not the server's clock.
    pub(super) given_times: &'c BTreeSet<i64>,
    /// Parameters of this request that got a stand-in: answers quote them.
    pub(super) quoted: Vec<Quoted>,
    /// What got a stand-in in this request. An answer that quotes it will quote the stand-in when it is asked so.
    pub(super) asked: BTreeSet<String>,
    /// Whether what is quoted in sentences is not yet looked for.
    pub(super) is_first_look: bool,
    /// Whether the text that is being cleaned holds what got a stand-in and was not asked for.
    pub(super) is_other: bool,
    /// Places of answers that hold something else each time, as a fixture's `mask` writes them. Not looked for in
    /// requests.
    pub(super) masks: Option<BTreeSet<String>>,
}

impl<'c> Cleaner<'c> {
    /// The cleaning of an exchange, which begins with its request.
    pub(super) fn new(
        vocabulary: &'c Vocabulary,
        keep: &'c [Keep],
        stand_ins: &'c mut StandIns,
        bases: &'c [Base],
        given_times: &'c BTreeSet<i64>,
    ) -> Cleaner<'c> {
        Cleaner {
            vocabulary,
            keep,
            stand_ins,
            bases,
            given_times,
            quoted: Vec::new(),
            asked: BTreeSet::new(),
            is_first_look: false,
            is_other: false,
            masks: None,
        }
    }

    /// A query. What is known stays as it is written, byte for byte.
    pub(super) fn query(&mut self, query: &str) -> String {
        let parts: Vec<_> = query.split('&').map(|part| self.parameter(part)).collect();
        parts.join("&")
    }

    fn parameter(&mut self, part: &str) -> String {
        let Some((name, value)) = pairs(part).into_iter().next() else { return part.to_owned() };
        let known = name.trim();
        let is_kept =
            self.vocabulary.has_parameter(known) || self.keep.iter().any(|keep| keep.keeps_parameter(known));
        if is_kept {
            return self.bases.iter().fold(part.to_owned(), |part, base| base.emptied(&part));
        }
        let Some((written, raw)) = part.split_once('=') else { return self.stand_in(&name) };
        if value.is_empty() {
            return part.to_owned();
        }
        let stand_in = self.stand_in(&value);
        let clean = format!("{written}={stand_in}");
        if self.masks.is_none() {
            self.quoted.push(Quoted { name, forms: [raw.to_owned(), value], stand_in });
        }
        clean
    }

    /// A path. Its steps are the API's, their parameters are not.
    pub(super) fn path(&mut self, path: &str) -> String {
        url::steps(self, path, Cleaner::parameter)
    }

    /// What stands for a text.
    pub(super) fn stand_in(&mut self, original: &str) -> String {
        if self.masks.is_none() {
            self.asked.insert(original.to_owned());
        }
        self.is_other |= !self.asked.contains(original);
        self.stand_ins.text(original)
    }

    /// The headers of a request. `has_login`: whether it says by a cookie who asks.
    pub(super) fn request_headers(&mut self, headers: &HeaderMap, has_login: bool) -> Vec<(String, String)> {
        let mut clean = vec![("Host".to_owned(), HOST.to_owned())];
        if has_login || headers.contains_key(http::header::AUTHORIZATION) {
            clean.push(("Authorization".to_owned(), AUTHORIZATION.to_owned()));
        }
        clean.extend(self.known_headers(headers));
        clean
    }

    /// The headers of an answer.
    pub(super) fn known_headers(&mut self, headers: &HeaderMap) -> Vec<(String, String)> {
        let is_known = |name: &HeaderName| {
            self.vocabulary.has_header(name.as_str())
                || self.keep.iter().any(|keep| keep.keeps_header(name.as_str()))
        };
        let known: Vec<_> = headers.iter().filter(|(name, _)| is_known(name)).collect();
        let known = known.into_iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?.trim())));
        known.map(|(name, value)| (titled(name.as_str()), self.header(name, value))).collect()
    }

    fn header(&mut self, name: &HeaderName, value: &str) -> String {
        let is_kept = self.keep.iter().any(|keep| keep.keeps_header(name.as_str()));
        let is_challenge = *name == http::header::WWW_AUTHENTICATE && !is_kept;
        let (clean, is_other) = match value.split_once(' ') {
            // Realms and what stands beside them are the server's and not the dialect's: only that it asks is compared.
            Some((scheme, rest)) if is_challenge => {
                (format!("{scheme} realm=\"{}\"", self.stand_in(rest.trim())), true)
            }
            _ => self.known_text(value),
        };
        if let Some(masks) = self.masks.as_mut().filter(|_| is_other || is_challenge) {
            masks.insert(format!("header:{name}"));
        }
        clean
    }

    /// A body, by its media type.
    ///
    /// # Errors
    /// Why it cannot be told what in it is whose.
    pub(super) fn body(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<String, String> {
        if body.is_empty() {
            return Ok(String::new());
        }
        if let Some(coding) =
            headers.get(http::header::CONTENT_ENCODING).filter(|coding| *coding != "identity")
        {
            let coding = coding.to_str().unwrap_or_default();
            return Err(format!("the body is encoded as {coding:?}, although nobody asked for that"));
        }
        let text = std::str::from_utf8(body).map_err(|_| "the body is binary".to_owned())?;
        let media =
            headers.get(http::header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let begins = |with: [char; 2]| media.is_empty() && text.trim_start().starts_with(with);
        if is_json(&media) || begins(['{', '[']) {
            let document = Json::read(text).map_err(|why| format!("the body is no JSON: {why}"))?;
            if matches!(document, Json::Text(_) | Json::Number(_)) {
                return Err("the body is a bare value, and no name says whose".to_owned());
            }
            Ok(self.json(&document).pretty())
        } else if is_xml(&media) || begins(['<', '\u{feff}']) {
            self.twice(|cleaner| xml::clean(cleaner, text))
        } else {
            Err(format!("nobody knows what is whose in a body of {media:?}"))
        }
    }

    /// Cleans a document twice, the first time to know what in it is somebody's own: a sentence may quote what stands
    /// further down.
    pub(super) fn twice<C>(&mut self, clean: impl Fn(&mut Self) -> C) -> C {
        self.is_first_look = true;
        clean(self);
        self.is_first_look = false;
        clean(self)
    }

    /// Whether somebody wants to see what stands there.
    pub(super) fn keeps(&self, path: &Path) -> bool {
        self.keep.iter().any(|keep| keep.keeps(path))
    }

    /// A text whose name is known, at its place: as it is, but for where the server is and for what is replaced
    /// elsewhere.
    pub(super) fn known_text_at(&mut self, pattern: &Path, text: &str) -> String {
        let (clean, is_other) = self.known_text(text);
        if is_other || (is_time(text) && !self.is_given(text)) {
            self.mask(pattern);
        }
        clean
    }

    /// The text, and whether another server would write another.
    fn known_text(&mut self, text: &str) -> (String, bool) {
        self.is_other = false;
        let clean = self.bases.iter().fold(text.to_owned(), |text, base| base.emptied(&text));
        let mut clean = url::cleaned(self, &clean, Cleaner::parameter, Cleaner::stand_in);
        if self.is_first_look {
            return (clean, false);
        }
        for quoted in &self.quoted {
            clean = quoted.cleared(clean);
        }
        let (mut clean, quotes_others) = self.stand_ins.cleared(&clean, &self.asked);
        for base in self.bases {
            let name = base.authority.rsplit_once(':').map_or(base.authority.as_str(), |(name, _)| name);
            // A host that is called as a placeholder is cannot be told from it.
            let is_placeholder = ["host", "base", "authorization"].contains(&name);
            if !is_placeholder && let Some(other) = replaced_host(&clean, name, HOST_NAME, &[]) {
                clean = other;
                self.is_other = true;
            }
        }
        (clean, self.is_other || quotes_others)
    }

    fn is_given(&self, time: &str) -> bool {
        instant(time).is_some_and(|time| self.given_times.contains(&time))
    }

    /// Notes that a place is another each time.
    pub(super) fn mask(&mut self, pattern: &Path) {
        let place = pattern.to_string();
        if let Some(masks) = self.masks.as_mut().filter(|_| !place.is_empty()) {
            masks.insert(place);
        }
    }
}

/// A parameter whose value got a stand-in.
pub(super) struct Quoted {
    name: String,
    /// The value as it was written, and decoded.
    forms: [String; 2],
    stand_in: String,
}

impl Quoted {
    /// A text without the value, behind the name: `?name=value` in URLs, `{name=[value]}` in others. Without the name before
    /// it, a short value would be found everywhere.
    fn cleared(&self, text: String) -> String {
        let Some(at) = text.find(&self.name) else { return text };
        let (before, behind) = text.split_at(at + self.name.len());
        let behind = self.forms.iter().fold(behind.to_owned(), |behind, form| {
            replaced(&behind, form, &self.stand_in).unwrap_or(behind)
        });
        format!("{before}{behind}")
    }
}

/// A time with an offset, in ms since 1970 UTC.
pub(super) fn instant(text: &str) -> Option<i64> {
    text.parse().ok().map(jiff::Timestamp::as_millisecond)
}

/// `content-type` as `Content-Type`.
fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let words: Vec<String> =
        name.split('-').map(|part| if part == "www" { "WWW".to_owned() } else { word(part) }).collect();
    words.join("-")
}
