//! The requests to a server, in the profile that it speaks. Knows paths and queries; nothing of answers.

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Method, Request};

use crate::grammar::path;
use crate::qlik_odag::Odag;
use crate::qlik_odag::routes::{PLACES, WINDOWS};
use crate::{Ask, Safety};

/// A server of one profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Api {
    profile: u8,
}

impl Api {
    /// The server as the switches describe it.
    pub(super) fn of(odag: &Odag) -> Api {
        Api { profile: odag.client_profile }
    }

    /// Whether it is a Windows server, which alone has a list of all requests.
    pub(super) fn is_windows(self) -> bool {
        self.profile == WINDOWS
    }

    /// `GET` of a request.
    pub(super) fn get(self, id: &str) -> Ask {
        self.ask(Method::GET, &of_request(id), "", Safety::Safe)
    }

    /// `PUT` of a request. `query`: the action and its flags.
    pub(super) fn put(self, id: &str, query: &str) -> Ask {
        self.ask(Method::PUT, &of_request(id), query, Safety::Changing)
    }

    /// `DELETE` of the app of a request.
    pub(super) fn delete_app(self, id: &str) -> Ask {
        self.ask(Method::DELETE, &format!("{}/app", of_request(id)), "", Safety::Changing)
    }

    /// The list of all requests.
    pub(super) fn all(self, query: &str) -> Ask {
        self.ask(Method::GET, "/requests", query, Safety::Safe)
    }

    /// The list of a link's requests.
    pub(super) fn of_link(self, link: &str, query: &str) -> Ask {
        self.ask(Method::GET, &format!("/links/{}/requests", segment(link)), query, Safety::Safe)
    }

    /// `path`: as profile 1 writes it.
    fn ask(self, method: Method, path: &str, query: &str, safety: Safety) -> Ask {
        let place = PLACES.iter().find_map(|place| {
            let rest = path.strip_prefix(place.collection).filter(|_| place.profile == self.profile)?;
            Some(format!("{}{rest}", place.base))
        });
        let path = place.expect("every profile has requests and links");
        let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
        let request = Request::builder().method(method).uri(uri).header(ACCEPT, "application/json");
        Ask { request: request.body(Bytes::new()).expect("paths and queries are encoded"), safety }
    }
}

fn of_request(id: &str) -> String {
    format!("/requests/{}", segment(id))
}

fn segment(id: &str) -> String {
    path::segment(id).expect("an id that is no segment is refused before")
}
