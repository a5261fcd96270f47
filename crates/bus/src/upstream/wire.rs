//! One request of a conversation on its way: credentials and what else a dialect does not know, how often it may be
//! sent, and the whole of its answer.

use std::time::Duration;

use bytes::Bytes;
use countermand_dialects::{Ask, Heard, Lost, Safety};
use countermand_upstream::{Connection, Link};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use tokio::time::{Instant, sleep, timeout_at};

use super::figures::{CameOf, Figures};

/// The longest answer that is read, in bytes. The longest lists of these servers are some 25 MB; what is longer is a
/// mistake or an attack, and is no answer.
pub const LONGEST_ANSWER: usize = 32 << 20;

/// The pauses before a request is sent again that may be.
pub const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const AGENT: HeaderValue = HeaderValue::from_static("countermand");

/// How requests get to one server.
pub(super) struct Wire {
    pub(super) link: Link<Full<Bytes>>,
    /// Who we are there.
    pub(super) authorization: Option<HeaderValue>,
    /// For the log.
    pub(super) engine: String,
    pub(super) figures: Figures,
}

impl Wire {
    /// Sends a request and reads its answer until `until`. What only looks is sent again where that may help, within the
    /// time; anything else only where nothing of it was sent.
    pub(super) async fn exchange(&self, ask: &Ask, request_id: &str, until: Instant) -> Heard {
        let mut pauses = PAUSES.iter();
        loop {
            let heard = self.once(ask, request_id, until).await;
            let is_again = match (&heard, ask.safety) {
                (Err(Lost::Unsent), _) | (Err(Lost::Unanswered), Safety::Safe) => true,
                (Ok(answer), Safety::Safe) => is_unavailable(answer.status()),
                (Err(Lost::Unanswered) | Ok(_), Safety::Consuming | Safety::Changing) => false,
            };
            match pauses.next() {
                Some(pause) if is_again && Instant::now() + *pause < until => sleep(*pause).await,
                Some(_) | None => return heard,
            }
        }
    }

    async fn once(&self, ask: &Ask, request_id: &str, until: Instant) -> Heard {
        let connection = match ask.safety {
            Safety::Safe => Connection::Kept,
            // A kept connection may be closed by the server just when it is used. Nobody knows then whether the order was
            // taken, and sending it again to be sure would double it. A new one is either there or it is not.
            Safety::Consuming | Safety::Changing => Connection::Fresh,
        };
        let request = self.dressed(ask, request_id);
        let heard = match self.link.send(request, connection, until).await {
            Ok(answer) => whole(answer, until).await.map_err(|why| (Lost::Unanswered, why)),
            Err(error) if error.unsent => Err((Lost::Unsent, error.why)),
            Err(error) => Err((Lost::Unanswered, error.why)),
        };
        self.figures.asked(match &heard {
            Ok(answer) if is_unavailable(answer.status()) => CameOf::Unavailable,
            Ok(_) => CameOf::Answered,
            Err((Lost::Unsent, _)) => CameOf::Unsent,
            Err((Lost::Unanswered, _)) => CameOf::Unanswered,
        });
        heard.map_err(|(lost, why)| {
            let (engine, method, path) = (&self.engine, ask.request.method(), ask.request.uri().path());
            tracing::warn!(engine, request_id, %method, path, ?lost, why, "no answer from the server behind");
            lost
        })
    }

    /// The request as it is sent.
    fn dressed(&self, ask: &Ask, request_id: &str) -> Request<Full<Bytes>> {
        let mut request = ask.request.clone().map(Full::new);
        let headers = request.headers_mut();
        if let Some(authorization) = &self.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        // One id follows an order through everything.
        headers.extend(HeaderValue::from_str(request_id).ok().map(|id| (REQUEST_ID, id)));
        // Nothing here unpacks, and what is unpacked has no length that could be limited beforehand.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.entry(header::USER_AGENT).or_insert(AGENT);
        request
    }
}

/// Whether the answer is that of a proxy without its server, or of a server that is not up. Both are answers: the
/// dialect says what they mean to a command.
pub(super) fn is_unavailable(status: StatusCode) -> bool {
    [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT].contains(&status)
}

/// Whether the answer is that of somebody who has too much to do.
pub(super) fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE
}

/// The answer with all of its body, or why there is none.
async fn whole<B>(answer: Response<B>, until: Instant) -> Result<Response<Bytes>, String>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<tower::BoxError>,
{
    let (parts, body) = answer.into_parts();
    let body = std::pin::pin!(Limited::new(body, LONGEST_ANSWER));
    match timeout_at(until, body.collect()).await {
        Ok(Ok(body)) => Ok(Response::from_parts(parts, body.to_bytes())),
        Ok(Err(error)) => Err(format!("the answer broke off: {error}")),
        Err(_) => Err("the answer was not whole in time".to_owned()),
    }
}
