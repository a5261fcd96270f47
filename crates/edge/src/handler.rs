//! The path of one request on its mount: open, authenticate, authorise, read, decode, call, and the reply. The order
//! is the point of this file; each step is somebody else's.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use countermand_dialects::{Access, BodyRule, Document, Echo, Head};
use countermand_model::{Call, Caller, Command, Fault, FaultKind, Outcome, Target};
use http::header::{AUTHORIZATION, CONTENT_ENCODING, COOKIE, SET_COOKIE, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Extensions, HeaderValue, Method, Response, StatusCode, Version};
use http_body::Body;
use tower::ServiceExt;

use crate::auth::{Member, is_basic};
use crate::body::RequestBody;
use crate::confirm::{Confirmation, delivery, taken};
use crate::log::Seen;
use crate::mount::Found;
use crate::origin::Arrival;
use crate::relay::{Failed, Passing, Subject};
use crate::stack::{Shared, bare};
use crate::{AnswerBody, Denied, Engine, Legacy, Mode, Mount, reply, rescue};

/// What a request led to, when nothing refused it.
enum Reached {
    /// A document that the dialect has ready.
    Document(&'static Document),
    /// What the engine did or read, and whose results it handed out to be taken.
    Outcome(Outcome, Option<Target>),
    /// What the legacy server answers.
    Relayed(Response<AnswerBody>),
}

/// A request of a mount.
pub(crate) struct Arriving<'r, B> {
    pub(crate) parts: &'r Parts,
    /// What listeners and hyper know of it besides.
    pub(crate) extensions: Extensions,
    pub(crate) body: B,
}

/// Answers a request of a mount. Everything after `open` is answered by the mount's codec, but for what is left to the
/// legacy server.
pub(crate) async fn answer<B>(
    shared: &Shared,
    found: &Found<'_>,
    arriving: Arriving<'_, B>,
    seen: &mut Seen,
) -> Response<AnswerBody>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mount = found.mount;
    let Arriving { parts, extensions, body } = arriving;
    seen.dialect = mount.dialect.name;
    let mut arrival = Arrival::of(parts, &extensions, &shared.settings);
    let refusal = arrival.refusal.take();
    seen.client = arrival.client;
    let head = Head {
        method: &parts.method,
        path: parts.uri.path(),
        base: found.base,
        rest: found.rest,
        query: parts.uri.query(),
        headers: &parts.headers,
        origin: &arrival.origin,
    };
    let mut body = RequestBody::new(body, parts);
    let echo = match rescue::caught(|| mount.codec.open(&head)) {
        Ok(echo) => echo,
        Err(fault) => {
            // Nothing is known of the format to answer in.
            seen.fault = Some(fault);
            body.linger();
            return bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    seen.operation = echo.operation;
    let mode = mount.mode(echo.operation);
    seen.mode = mode;

    let mut request = Request { shared, found, parts, extensions, echo: &echo, arrival: &arrival, mode };
    // Not in `seen`, which is for the log.
    let mut cookie = None;
    let reached = match refusal {
        // RFC 9112 §3.2 leaves no choice, so it comes before everything else.
        Some(fault) => Err(fault),
        None => rescue::caught_async(request.reach(&mut body, seen, &mut cookie)).await,
    };
    let must_close = body.is_spoiled() && parts.version <= Version::HTTP_11;
    body.linger();

    let mut response = match reached {
        Ok(Reached::Relayed(mut response)) => {
            if must_close {
                reply::close(&mut response);
            }
            return response;
        }
        Ok(Reached::Document(document)) => reply::prepared(document),
        Ok(Reached::Outcome(outcome, target)) => {
            let confirmation = delivery(&outcome).zip(target).map(|(delivery, target)| {
                let call = call(mount, seen, Command::Confirm { delivery });
                let outstanding = shared.outstanding.clone();
                Confirmation { engine: engine(mount, mode).clone(), call, target, outstanding }
            });
            let response = reply::encoded(mount, &echo, Ok(outcome), seen);
            // An error status does not hand anything out, whatever the engine reserved for it.
            match confirmation.filter(|_| response.status().is_success()) {
                Some(confirmation) => response.map(|body| body.confirming(confirmation)),
                None => response,
            }
        }
        Err(fault) => reply::encoded(mount, &echo, Err(fault), seen),
    };
    reply::finish(&mut response, mount, parts, seen, must_close);
    // Whatever came of the request, whoever asked has logged in.
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A request whose head is understood.
struct Request<'r> {
    shared: &'r Shared,
    found: &'r Found<'r>,
    parts: &'r Parts,
    /// Taken where the request is passed on.
    extensions: Extensions,
    echo: &'r Echo,
    arrival: &'r Arrival,
    mode: Mode,
}

impl Request<'_> {
    /// From the head to the outcome. Each step may refuse; the order of the steps is the design's §4. `cookie` becomes
    /// what a login has to hand out.
    async fn reach<B>(
        &mut self,
        body: &mut RequestBody<B>,
        seen: &mut Seen,
        cookie: &mut Option<HeaderValue>,
    ) -> Result<Reached, Fault>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Request { shared, found: Found { mount, index, .. }, echo, mode, .. } = *self;

        // Who is it? Before 404: a stranger is not told which paths there are.
        let member = self.authenticate(seen, cookie).await?;
        seen.member = Some(Arc::clone(&member));

        // How often may they? Before anything that costs, and so that what fails for another reason counts as well. A
        // request is under way until it is answered. A legacy server has limits of its own.
        let throttle = &shared.throttles[*index];
        let limits = mount.codec.limits(echo).filter(|_| !mode.is_relayed());
        let _under_way = limits.map(|limits| throttle.admit(limits, &member.name)).transpose()?;

        // May they? Before anything is said about the request itself.
        if let Some((name, access)) = self.access() {
            self.authorise(name, access, &member, seen).await?;
        }

        // What is left to the legacy server is not looked at any further.
        if let Some(legacy) = mount.legacy.as_ref().filter(|_| mode.is_relayed()) {
            // Boxed: it is several times the size of everything else, and most requests are ours.
            return Box::pin(self.pass(legacy, body, seen)).await.map(Reached::Relayed);
        }

        // Now the head's own mistakes may be told.
        if let Some(refusal) = &echo.refusal {
            return Err(refusal.clone());
        }
        let Some(operation) = echo.operation else {
            return Err(Fault::new(FaultKind::UnknownRoute, "There is no such resource."));
        };
        if let Some(document) = operation.document {
            return Ok(Reached::Document(document));
        }

        // The first byte of the body is read here. One that nobody asked for is read, and forgotten, beside the answer.
        let bytes = match operation.body {
            BodyRule::None => Bytes::new(),
            BodyRule::Document => {
                let settings = &shared.settings;
                self.plain()?;
                body.collect(settings.body_limit, settings.body_timeout).await?
            }
        };

        // What is not understood is the caller's mistake: this side of the gateway is where callers are.
        let command = mount.codec.decode_request(echo, &bytes).map_err(|malformed| {
            Fault::new(FaultKind::Malformed, malformed.to_string()).with_code(malformed.code)
        })?;

        // Who has just taken results must not overtake the news of it with the next question.
        shared.outstanding.settled(&command).await;
        let target = taken(&command).cloned();

        // `oneshot` on a clone, which it polls ready: the shared one is never called.
        let mut outcome = engine(mount, mode).clone().oneshot(call(mount, seen, command)).await?;
        if let Outcome::Permitted(Some(permissions)) = &mut outcome {
            // The engine knows whose the job is; what the groups grant only the realm knows.
            permissions.change &= member.may_write;
        }
        Ok(Reached::Outcome(outcome, target))
    }

    /// Passes the request on as it came. No cookie of ours goes out with the answer: the legacy server has its own.
    async fn pass<B>(
        &mut self,
        legacy: &Legacy,
        body: &mut RequestBody<B>,
        seen: &mut Seen,
    ) -> Result<Response<AnswerBody>, Fault>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if self.parts.method == Method::CONNECT {
            return Err(Fault::new(FaultKind::WrongMethod, "Nothing is tunnelled here."));
        }
        self.uncoded()?;
        let body_timeout = self.shared.settings.body_timeout;
        let upload = body.relay(body_timeout);
        let passing = Passing {
            found: self.found,
            parts: self.parts,
            extensions: std::mem::take(&mut self.extensions),
            arrival: self.arrival,
            request_id: &seen.request_id,
            body_timeout,
            subject: (self.mode == Mode::Shadow).then(|| self.subject(seen)),
        };
        match legacy.pass(passing, upload).await {
            Ok(response) => Ok(response.map(AnswerBody::relayed)),
            Err(Failed { fault, error }) => {
                seen.proxy_error = Some(error);
                Err(fault)
            }
        }
    }

    /// What is compared with ours when the legacy server has answered.
    fn subject(&self, seen: &Seen) -> Subject {
        let Request { shared, found: Found { mount, .. }, parts, .. } = self;
        Subject {
            dialect: mount.dialect,
            codec: Arc::clone(&mount.codec),
            echo: self.echo.clone(),
            caller: caller(mount, seen),
            request_id: seen.request_id.clone(),
            figures: shared.metrics.of_shadow(seen),
            request: (parts.method.clone(), parts.uri.clone(), parts.headers.clone()),
        }
    }

    /// Refuses a body that is packed: no codec unpacks one, and it would be taken for a broken document.
    fn plain(&self) -> Result<(), Fault> {
        self.uncoded()?;
        let codings = self.parts.headers.get_all(CONTENT_ENCODING);
        if codings.iter().all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Ok(());
        }
        let message = "The request body is to be sent as it is, without a Content-Encoding.";
        Err(Fault::new(FaultKind::UnsupportedMediaType, message))
    }

    /// Refuses a body that is packed for its way: hyper takes off the chunks and nothing else, and nobody behind us would
    /// be told of the rest.
    fn uncoded(&self) -> Result<(), Fault> {
        let mut codings = self.parts.headers.get_all(TRANSFER_ENCODING).iter();
        match (codings.next(), codings.next()) {
            (None, _) => Ok(()),
            (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
            (Some(_), _) => {
                let message = "The request body is to be sent without a Transfer-Encoding but chunked.";
                Err(Fault::new(FaultKind::UnsupportedMediaType, message))
            }
        }
    }

    /// By `Authorization` where it is there, else by the cookie of an earlier login.
    async fn authenticate(
        &self,
        seen: &Seen,
        cookie: &mut Option<HeaderValue>,
    ) -> Result<Arc<Member>, Fault> {
        let Found { mount, index, .. } = *self.found;
        let is_open = self.echo.operation.is_some_and(|operation| operation.access == Access::Open);
        // An open operation asks nobody; a mount without a realm lets everybody do everything.
        let Some(realm) = mount.realm.as_ref().filter(|_| !is_open) else { return Ok(Member::anybody()) };
        let (headers, schemes) = (&self.parts.headers, mount.dialect.schemes);
        let client = seen.client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let sessions = self.shared.sessions[index].as_ref();
        match realm.authenticate(headers, schemes, client, &self.shared.caches[index]).await? {
            Some(login) => {
                *cookie = sessions
                    .and_then(|sessions| sessions.after(&login, headers, client, &self.arrival.origin));
                Ok(login.member)
            }
            None => {
                let known = match sessions {
                    Some(sessions) => sessions.member(headers, realm).await,
                    None => None,
                };
                known.ok_or_else(|| Fault::new(FaultKind::NoCredentials, "Authentication is required."))
            }
        }
    }

    /// What is asked for, and who may. A path that is no operation has nobody to be kept from, unless the legacy server
    /// gets it: there it may be one, and what it does the method alone tells.
    fn access(&self) -> Option<(&'static str, Access)> {
        match self.echo.operation {
            Some(operation) => Some((operation.name, operation.access)),
            None if !self.mode.is_relayed() => None,
            None if self.parts.method.is_safe() => Some(("unknown", Access::Read)),
            None => Some(("unknown", Access::Write)),
        }
    }

    async fn authorise(
        &self,
        operation: &'static str,
        access: Access,
        member: &Member,
        seen: &Seen,
    ) -> Result<(), Fault> {
        let mount = self.found.mount;
        match access {
            Access::Open => Ok(()),
            Access::Read if member.may_read => Ok(()),
            Access::Read => Err(Fault::new(FaultKind::Forbidden, "You may not read here.")),
            Access::Write if !member.may_write => {
                let denied = Denied {
                    caller: caller(mount, seen),
                    dialect: mount.dialect.name,
                    operation,
                    written: self.echo.id.clone(),
                    request_id: seen.request_id.clone(),
                };
                // Awaited: the refusal is on record before it is answered.
                (mount.denied)(denied).await;
                Err(Fault::new(FaultKind::Forbidden, "You may not change anything here."))
            }
            Access::Write if self.parts.method == Method::HEAD => {
                // Some dialects change by GET. RFC 9110 §9.3.2 lets caches and link checkers send HEAD at will.
                Err(Fault::new(FaultKind::WrongMethod, "HEAD cannot change anything."))
            }
            Access::Write => self.same_site(),
        }
    }

    /// Refuses a change that a page of another site makes a browser ask for with credentials that the browser adds by
    /// itself: Basic, a cookie, or, on a mount without a realm, being on this host.
    fn same_site(&self) -> Result<(), Fault> {
        let headers = &self.parts.headers;
        let is_cross = headers.get_all("sec-fetch-site").iter().any(|value| value == "cross-site");
        let is_ambient = self.found.mount.realm.is_none()
            || headers.contains_key(COOKIE)
            || is_basic(headers.get(AUTHORIZATION));
        if is_cross && is_ambient {
            return Err(Fault::new(
                FaultKind::CrossSite,
                "A page of another site may not change anything here.",
            ));
        }
        Ok(())
    }
}

/// Who answers the calls of a mount.
fn engine(mount: &Mount, mode: Mode) -> &Engine {
    let either = mount.legacy.as_ref().filter(|_| mode == Mode::ServeElsePassthrough);
    either.and_then(|legacy| legacy.either()).unwrap_or(&mount.engine)
}

/// A command in the name of whoever asked.
fn call(mount: &Mount, seen: &Seen, command: Command) -> Call {
    let request_id = seen.request_id.clone();
    Call { command, caller: caller(mount, seen), dialect: mount.dialect.name, request_id }
}

/// Who gives the command, for the engine and the audit.
fn caller(mount: &Mount, seen: &Seen) -> Caller {
    let is_admin = seen.member.as_ref().is_some_and(|member| member.is_admin);
    Caller {
        user: seen.user().to_owned(),
        client: seen.client_text(),
        own_only: mount.own_scope && !is_admin,
    }
}
