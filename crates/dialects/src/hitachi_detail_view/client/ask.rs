//! The two requests, by GET as the manual prints them. Knows nothing of answers.

use bytes::Bytes;
use countermand_model::Target;
use form_urlencoded::Serializer;
use http::Request;
use http::header::ACCEPT;
use http::uri::PathAndQuery;

use crate::hitachi_detail_view::DetailView;
use crate::{Ask, Safety};

/// The servlet of one server: everything is said in its query.
#[derive(Clone, Debug)]
pub(super) struct Servlet {
    /// The dataset of requests that nobody names one for.
    dataset: String,
}

impl Servlet {
    /// The servlet as the switches describe it.
    pub(super) fn of(codec: &DetailView) -> Servlet {
        Servlet { dataset: codec.client_dataset.clone() }
    }

    /// The dataset that a target is in.
    pub(super) fn dataset<'s>(&'s self, target: &'s Target) -> &'s str {
        target.dataset.as_deref().unwrap_or(&self.dataset)
    }

    /// `getStatus`, which the server's way of handing out makes safe or not.
    pub(super) fn get_status(&self, target: &Target, safety: Safety) -> Ask {
        self.ask("getStatus", target, safety)
    }

    /// `abortRequest`.
    pub(super) fn abort_request(&self, target: &Target) -> Ask {
        self.ask("abortRequest", target, Safety::Changing)
    }

    fn ask(&self, action: &str, target: &Target, safety: Safety) -> Ask {
        let mut query = Serializer::for_suffix(String::from("?"), 1);
        query.extend_pairs([
            ("action", action),
            ("dataset", self.dataset(target)),
            ("requestId", &target.written),
        ]);
        // The path is the servlet's own: there is none below it.
        let query = PathAndQuery::try_from(query.finish()).expect("a query is encoded, and its id is short");
        let request = Request::builder().uri(query).header(ACCEPT, "application/json");
        Ask { request: request.body(Bytes::new()).expect("the header is fit"), safety }
    }
}
