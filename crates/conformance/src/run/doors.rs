//! Whether a target lets the users of cases in at all. With a wrong password every case falls short, each with its own
//! differences, and none of them says why. Knows no target.

use std::collections::BTreeSet;

use super::Verdict;
use crate::effect;
use crate::fill::AUTHORIZATION;
use crate::fixture::{Exchange, User};

/// Who was let in until now.
#[derive(Debug, Default)]
pub(super) struct Doors {
    /// Dialects and users; each dialect may have a realm of its own.
    open: BTreeSet<(&'static str, &'static str)>,
}

impl Doors {
    /// Takes from a case who was let in. The sentence, after the name of the target, where one was not who must be: an
    /// answer 401 to what was to succeed, to somebody who was never let in before.
    pub(super) fn closed(&mut self, verdict: &Verdict) -> Option<String> {
        let fixture = &verdict.fixture;
        let user = fixture.head.user;
        let flag = match user {
            User::Operator => "--user",
            User::Reader => "--reader",
            User::Wrong | User::None => return None,
        };
        let who = (fixture.dialect.name, user.name());
        for (exchange, seen) in fixture.exchanges.iter().zip(&verdict.answers) {
            let Exchange { request, response } = exchange;
            if request.header("authorization") != Some(AUTHORIZATION) {
                continue;
            }
            // Some dialects say 401 to a reader who wants to write.
            let is_allowed = user == User::Operator || !effect::request_changes(fixture.dialect, request);
            if seen.status != 401 {
                self.open.insert(who);
            } else if is_allowed && response.status() < 400 && !self.open.contains(&who) {
                return Some(format!(
                    "answers 401 to the {} of {}, where {} is expected (first in {}); check {flag} NAME:PASSWORD",
                    user.name(),
                    fixture.dialect.name,
                    response.status(),
                    fixture.name
                ));
            }
        }
        None
    }
}
