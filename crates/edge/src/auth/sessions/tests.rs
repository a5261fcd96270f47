//! How many sessions there are, whose goes when there are too many, and how long each lives. Time is paused.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use tokio::time::{Instant, advance};

use super::{IDLE, Id, MOST, MOST_OF_ONE, Store};
use crate::auth::hash::Stored;

fn password(salt: &str) -> Arc<Stored> {
    let text = format!("$apr1${salt}$LrttParrLPdxvgutaSXWJ0");
    Arc::new(Stored::parse(&text).unwrap())
}

fn address(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(number).into()
}

impl Store {
    fn log_in(&mut self, user: &str, client: u32) -> Id {
        self.open(user, &password("one"), address(client), Instant::now()).unwrap()
    }

    fn lives(&self, id: &Id) -> bool {
        self.living(id, Instant::now()).is_some()
    }

    /// That the two maps tell the same.
    fn check(&self) {
        assert!(self.sessions.len() <= MOST);
        assert_eq!(self.sessions.len(), self.of_user.values().map(Vec::len).sum::<usize>());
        for (user, own) in &self.of_user {
            assert!((1..=MOST_OF_ONE).contains(&own.len()), "{user} has {}", own.len());
            assert!(own.iter().all(|id| self.sessions[id].user == *user));
        }
    }
}

/// Pitfall cisco-prime 13.
#[tokio::test(start_paused = true)]
async fn a_client_that_keeps_no_cookie_has_one_session_however_often_it_logs_in() {
    let mut store = Store::default();
    let first = store.log_in("ana", 1);
    for _ in 0..1000 {
        assert!(store.log_in("ana", 1) == first);
    }
    assert!(store.log_in("ana", 2) != first, "another address has its own");
    assert!(store.log_in("li", 1) != first, "another user has their own");
    assert_eq!(store.sessions.len(), 3);
    store.check();
}

#[tokio::test(start_paused = true)]
async fn a_session_dies_half_an_hour_after_its_last_use() {
    let mut store = Store::default();
    let id = store.log_in("ana", 1);
    for _ in 0..3 {
        advance(IDLE - std::time::Duration::from_millis(1)).await;
        assert!(store.lives(&id));
        store.touch(&id, Instant::now());
    }
    advance(IDLE).await;
    assert!(!store.lives(&id));
    assert!(!store.belongs(&id, "ana", &password("one"), Instant::now()));
    assert!(store.log_in("ana", 1) != id, "a dead one is not handed out again");
    store.check();
}

#[tokio::test(start_paused = true)]
async fn a_session_is_of_one_user_and_one_password() {
    let mut store = Store::default();
    let id = store.log_in("ana", 1);
    let now = Instant::now();
    assert!(store.belongs(&id, "ana", &password("one"), now));
    assert!(!store.belongs(&id, "li", &password("one"), now));
    assert!(!store.belongs(&id, "ana", &password("two"), now));
    let next = store.open("ana", &password("two"), address(1), now).unwrap();
    assert!(next != id && !store.belongs(&next, "ana", &password("one"), now));
    store.check();
}

#[tokio::test(start_paused = true)]
async fn one_user_from_many_addresses_ends_their_own_longest_unused() {
    let mut store = Store::default();
    let li = store.log_in("li", 1);
    let first = store.log_in("ana", 0);
    advance(IDLE / 100).await;
    let second = store.log_in("ana", 1);
    for client in 2..3 * MOST_OF_ONE as u32 {
        advance(IDLE / 1000).await;
        store.touch(&second, Instant::now());
        store.log_in("ana", client);
    }
    assert!(store.lives(&li) && store.lives(&second) && !store.lives(&first));
    store.check();
}

#[tokio::test(start_paused = true)]
async fn a_full_house_makes_room_for_who_has_none_and_by_whoever_has_some() {
    let mut store = Store::default();
    let ids: Vec<Id> = (0..MOST).map(|user| store.log_in(&format!("u{user}"), 1)).collect();
    assert_eq!(store.sessions.len(), MOST);
    advance(IDLE / 2).await;
    ids[1..].iter().for_each(|id| store.touch(id, Instant::now()));
    let new = store.log_in("new", 1);
    assert!(store.lives(&new) && !store.sessions.contains_key(&ids[0]), "the longest unused went");
    for client in 2..1000 {
        store.log_in("new", client);
    }
    assert!(ids[1..].iter().all(|id| store.lives(id)), "nobody else paid for that");
    store.check();
}

#[test]
fn an_id_is_written_as_it_is_read_and_nothing_else_is_one() {
    let id = Id::random().unwrap();
    let text = id.to_string();
    assert!(text.len() == 32 && Id::parse(&text) == Some(id), "{text}");
    assert!(Id(10).to_string().ends_with("0A"));
    for text in ["", "1", "+0000000000000000000000000000001", "0000000000000000000000000000000g"] {
        assert!(Id::parse(text).is_none(), "{text}");
    }
}
