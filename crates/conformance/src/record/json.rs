//! JSON bodies: a value whose member is known stays, every other gets a stand-in of its type.

use super::clean::Cleaner;
use crate::compare::json::Json;
use crate::place::Path;

impl Cleaner<'_> {
    /// A JSON document.
    pub(super) fn json(&mut self, document: &Json) -> Json {
        // A document that is just a flag says yes or no to what was asked.
        let is_known = matches!(document, Json::Flag(_));
        self.twice(|cleaner| cleaner.value(&Path::root(), &Path::root(), document, is_known))
    }

    /// A value at a place, which as a pattern has `*` for items.
    fn value(&mut self, path: &Path, pattern: &Path, value: &Json, is_known: bool) -> Json {
        let is_kept = self.keeps(path);
        match value {
            Json::Object(members) => {
                let member = |(name, value): &(String, Json)| {
                    let is_known = is_kept || self.vocabulary.has_member(name);
                    let clean_name = if is_known { name.clone() } else { self.name(pattern, name) };
                    let pattern = pattern.then(&clean_name);
                    if self.vocabulary.is_volatile(name) {
                        self.mask(&pattern);
                    }
                    let clean = self.value(&path.then(name), &pattern, value, is_known);
                    (clean_name, clean)
                };
                Json::Object(members.iter().map(member).collect())
            }
            Json::Array(items) => {
                let items = items.iter().enumerate();
                let item = |(index, item): (usize, &Json)| {
                    self.value(&path.then(index.to_string()), &pattern.then("*"), item, is_known || is_kept)
                };
                Json::Array(items.map(item).collect())
            }
            Json::Null => Json::Null,
            Json::Text(text) if is_known || is_kept => Json::Text(self.known_text_at(pattern, text)),
            Json::Flag(_) | Json::Number(_) if is_known || is_kept => value.clone(),
            Json::Text(text) => {
                self.mask(pattern);
                Json::Text(self.stand_in(text))
            }
            Json::Number(number) => {
                self.mask(pattern);
                if self.masks.is_none() {
                    self.asked.insert(number.clone());
                }
                Json::Number(self.stand_ins.number(number))
            }
            Json::Flag(_) => {
                self.mask(pattern);
                Json::Flag(false)
            }
        }
    }

    /// The name of a member that no table knows. Names are the API's, unless the object is a map of somebody's own things.
    fn name(&mut self, object: &Path, name: &str) -> String {
        if looks_like_a_name(name) && !self.stand_ins.has(name) {
            return name.to_owned();
        }
        // Another server has other things in it.
        self.mask(object);
        self.stand_in(name)
    }
}

/// Whether an unknown name is such as programs have. Addresses, paths, ids and the names of people are not.
fn looks_like_a_name(name: &str) -> bool {
    let name = name.strip_prefix('@').unwrap_or(name);
    name.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '$'))
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '.' | ':'))
}
