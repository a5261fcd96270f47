//! Who calls, told apart by credentials that never leave this file: a fixture says which of its users it was.

use std::collections::HashMap;

use countermand_dialects::SessionCookie;
use http::{HeaderMap, header};

use crate::fixture::User;

/// Everybody who has called in a session. Not `Debug`: it holds credentials.
#[derive(Default)]
pub(super) struct Callers {
    /// `Authorization`, as it was sent, and what is known of whoever has it.
    users: HashMap<String, User>,
    /// Cookies that stand for a login, and for whose.
    sessions: HashMap<String, String>,
}

/// A caller, by what tells him from others.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Caller(String);

impl Callers {
    /// Who sends these headers, and whether it is by a cookie that they say so; `None` is nobody.
    pub(super) fn of(&self, headers: &HeaderMap, session: Option<SessionCookie>) -> (Option<Caller>, bool) {
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        if let Some(authorization) = text(header::AUTHORIZATION) {
            return (Some(Caller(authorization.to_owned())), false);
        }
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut cookies = cookies.flat_map(|cookies| cookies.split(';'));
        let login = session.and_then(|session| cookies.find_map(|cookie| named(cookie, session.name)));
        match login {
            Some(login) => {
                let caller = self.sessions.get(login).cloned().unwrap_or_else(|| login.to_owned());
                (Some(Caller(caller)), true)
            }
            None => (None, false),
        }
    }

    /// Takes from an answer what it says of its caller. A caller who is refused is one with a wrong password, or one
    /// who may read and not do this, depending on whether he was ever let in.
    pub(super) fn answered(
        &mut self,
        caller: &Caller,
        status: u16,
        headers: &HeaderMap,
        session: Option<SessionCookie>,
    ) {
        let known = self.users.get(&caller.0).copied();
        let user = match (status, known) {
            (401, None | Some(User::Wrong)) => User::Wrong,
            (401 | 403, _) => User::Reader,
            (_, Some(User::Reader)) => User::Reader,
            (_, _) => User::Operator,
        };
        self.users.insert(caller.0.clone(), user);
        let cookies = headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let mut cookies = cookies.filter_map(|cookie| cookie.split(';').next());
        let login = session.and_then(|session| cookies.find_map(|cookie| named(cookie, session.name)));
        if let Some(login) = login {
            self.sessions.insert(login.to_owned(), caller.0.clone());
        }
    }

    /// Which of a fixture's users somebody is, as far as the answers tell.
    pub(super) fn user(&self, caller: Option<&Caller>) -> User {
        caller.and_then(|caller| self.users.get(&caller.0).copied()).unwrap_or_default()
    }
}

/// The value of a cookie, where it is the one of that name.
fn named<'c>(cookie: &'c str, name: &str) -> Option<&'c str> {
    cookie.trim().strip_prefix(name)?.strip_prefix('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), value.parse().unwrap())])
    }

    #[test]
    fn a_caller_is_who_the_answers_make_him() {
        let mut callers = Callers::default();
        for (authorization, statuses, user) in [
            ("Basic b3BlcmF0b3I=", &[200, 404][..], User::Operator),
            ("Basic cmVhZGVy", &[200, 403, 200], User::Reader),
            ("Basic aGl0YWNoaQ==", &[200, 401], User::Reader),
            ("Basic d3Jvbmc=", &[401, 401], User::Wrong),
        ] {
            let (caller, by_cookie) = callers.of(&headers("authorization", authorization), None);
            for status in statuses {
                callers.answered(caller.as_ref().unwrap(), *status, &HeaderMap::new(), None);
            }
            assert_eq!((callers.user(caller.as_ref()), by_cookie), (user, false));
        }
    }

    #[test]
    fn a_cookie_stands_for_whom_it_was_given_to() {
        let session = Some(SessionCookie { name: "SID", path: "/" });
        let mut callers = Callers::default();
        let (operator, _) = callers.of(&headers("authorization", "Basic b3BlcmF0b3I="), session);
        callers.answered(operator.as_ref().unwrap(), 200, &headers("set-cookie", "SID=abc; Path=/"), session);
        let (later, by_cookie) = callers.of(&headers("cookie", "x=1; SID=abc"), session);
        assert!(later == operator && by_cookie);
        assert!(callers.of(&headers("cookie", "x=1"), session).0.is_none());
    }
}
