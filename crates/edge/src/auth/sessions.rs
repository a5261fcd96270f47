//! Logins kept under an opaque cookie, on one mount: a client that has logged in by password may leave the password out
//! and send the cookie back. What a session gives is never more than the login gave: it ends with the user, with the
//! password, and half an hour after its last use. Kept in memory only, so a restart forgets them, and the client logs in
//! again.
//!
//! A user has one session for each address that they log in from. A client that keeps no cookies logs in with every
//! request, over one connection or over many, and is handed the same one each time: it uses up nothing.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countermand_dialects::{Origin, SessionCookie};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::hash::Stored;
use super::realm::{Login, Realm};
use super::users::Member;

/// How long a session lives after its last use.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How many a mount keeps.
const MOST: usize = 10_000;

/// How many of them one user may have. One more ends the one that was unused for the longest: the real server answered
/// 401 to the sixth of a user, which its vendor mended.
const MOST_OF_ONE: usize = 64;

/// The sessions of one mount.
pub(crate) struct Sessions {
    name: &'static str,
    /// Below which path clients send the cookie back: of this mount only.
    path: String,
    store: Mutex<Store>,
}

impl Sessions {
    /// No sessions yet. `path` is the cookie's, with all that stands in front of the dialect's own.
    pub(crate) fn new(cookie: SessionCookie, path: String) -> Sessions {
        Sessions { name: cookie.name, path, store: Mutex::default() }
    }

    /// The cookie to hand out after a login to a client that calls us `origin`: `None` where the request brought a living one of that user already, or the
    /// login was not by password.
    pub(crate) fn after(
        &self,
        login: &Login,
        headers: &HeaderMap,
        client: IpAddr,
        origin: &Origin,
    ) -> Option<HeaderValue> {
        // A semicolon in a proxy's prefix cannot be said in a cookie. Basic goes on all the same.
        let password = login.password.as_ref().filter(|_| !origin.prefix.contains(';'))?;
        let now = Instant::now();
        let mut store = self.locked();
        let mut brought = self.brought(headers);
        if brought.any(|id| store.belongs(&id, &login.member.name, password, now)) {
            return None;
        }
        let id = store.open(&login.member.name, password, client, now)?;
        let secure = if origin.scheme == "https" { "; Secure" } else { "" };
        // What a proxy took away in front of the path is there for the client, which compares the whole.
        let text = format!("{}={id}; Path={}{}{secure}; HttpOnly", self.name, origin.prefix, self.path);
        // A path is visible ASCII. Were it not, there would be no cookie, and Basic all the same.
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Whose living session a request brings. What they may is looked up anew.
    pub(crate) async fn member(&self, headers: &HeaderMap, realm: &Realm) -> Option<Arc<Member>> {
        let (id, user, password) = {
            let (store, now) = (self.locked(), Instant::now());
            self.brought(headers).find_map(|id| {
                let session = store.living(&id, now)?;
                Some((id, Arc::clone(&session.user), Arc::clone(&session.password)))
            })?
        };
        let member = realm.still(&user, &password).await;
        let mut store = self.locked();
        match &member {
            Some(_) => store.touch(&id, Instant::now()),
            None => store.end(&id),
        }
        member
    }

    /// The ids that a request brings, of however many cookies of this name.
    fn brought(&self, headers: &HeaderMap) -> impl Iterator<Item = Id> {
        let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(name, _)| *name == self.name).filter_map(|(_, value)| Id::parse(value))
    }

    /// Nothing that can panic runs under the lock.
    fn locked(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 random bits, written as 32 upper-case hexadecimal digits, as the real server's container writes its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Id(u128);

impl Id {
    /// `None` where the operating system has no random number: nobody needs a session.
    fn random() -> Option<Id> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).ok()?;
        Some(Id(u128::from_be_bytes(bits)))
    }

    fn parse(text: &str) -> Option<Id> {
        let is_one = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        u128::from_str_radix(text, 16).ok().filter(|_| is_one).map(Id)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032X}", self.0)
    }
}

/// A login that was seen.
struct Session {
    user: Arc<str>,
    /// What the password was held against.
    password: Arc<Stored>,
    /// Where the login came from. The session may be used from elsewhere: addresses change.
    client: IpAddr,
    used: Instant,
}

impl Session {
    fn is_living(&self, now: Instant) -> bool {
        now.duration_since(self.used) < IDLE
    }
}

/// All sessions, and those of each user. The dead are taken out when their user logs in or when room is needed; `MOST`
/// bounds them as it does the living.
#[derive(Default)]
struct Store {
    sessions: HashMap<Id, Session>,
    of_user: HashMap<Arc<str>, Vec<Id>>,
}

impl Store {
    fn living(&self, id: &Id, now: Instant) -> Option<&Session> {
        self.sessions.get(id).filter(|session| session.is_living(now))
    }

    /// Whether this is a living session of that user's present password; it counts as used then.
    fn belongs(&mut self, id: &Id, user: &str, password: &Arc<Stored>, now: Instant) -> bool {
        let session = self.sessions.get_mut(id).filter(|session| session.is_living(now));
        let its = session.filter(|session| &*session.user == user && session.password == *password);
        its.map(|session| session.used = now).is_some()
    }

    fn touch(&mut self, id: &Id, now: Instant) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.used = now;
        }
    }

    /// The session of a user at an address by one password: the one there is, or a new one. One by another password is
    /// left alone: which of the two is the present one is found out when it is used.
    fn open(&mut self, user: &str, password: &Arc<Stored>, client: IpAddr, now: Instant) -> Option<Id> {
        self.bury(user, now);
        let own = self.of_user.get(user).map(Vec::as_slice).unwrap_or_default();
        let is_the_same = |id: &&Id| {
            let session = &self.sessions[*id];
            session.client == client && session.password == *password
        };
        if let Some(id) = own.iter().find(is_the_same).copied() {
            self.touch(&id, now);
            return Some(id);
        }
        if own.len() >= MOST_OF_ONE || (self.sessions.len() >= MOST && !own.is_empty()) {
            // Whoever has some makes room among their own, so that nobody drives out anybody else's by asking often.
            let own = own.to_vec();
            self.end_longest_unused(own.into_iter());
        } else if self.sessions.len() >= MOST {
            let all: Vec<Id> = self.sessions.keys().copied().collect();
            self.end_longest_unused(all.into_iter());
        }
        let id = Id::random()?;
        let user: Arc<str> = user.into();
        let session = Session { user: Arc::clone(&user), password: Arc::clone(password), client, used: now };
        self.sessions.insert(id, session);
        self.of_user.entry(user).or_default().push(id);
        Some(id)
    }

    /// Takes out what is dead of a user.
    fn bury(&mut self, user: &str, now: Instant) {
        let own = self.of_user.get(user).map(Vec::as_slice).unwrap_or_default();
        let dead: Vec<Id> = own.iter().filter(|id| !self.sessions[*id].is_living(now)).copied().collect();
        dead.iter().for_each(|id| self.end(id));
    }

    fn end_longest_unused(&mut self, ids: impl Iterator<Item = Id>) {
        if let Some(id) = ids.min_by_key(|id| self.sessions[id].used) {
            self.end(&id);
        }
    }

    fn end(&mut self, id: &Id) {
        let Some(session) = self.sessions.remove(id) else { return };
        if let Some(own) = self.of_user.get_mut(&session.user) {
            own.retain(|other| other != id);
            if own.is_empty() {
                self.of_user.remove(&session.user);
            }
        }
    }
}

#[cfg(test)]
mod tests;
