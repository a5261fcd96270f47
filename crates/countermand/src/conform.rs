//! A whole gateway in this process as a target of fixtures: mounts, authentication, codec, onion, ledger, and no socket.
//! Each case has a gateway of its own, with the case's switches and with a clock that stands where the case puts it.

use std::sync::Arc;

use bytes::Bytes;
use countermand_conformance::compare::Seen;
use countermand_conformance::fill::Base;
use countermand_conformance::fixture::{Fixture, Given, Head, User};
use countermand_conformance::target::{Credentials, Look, Session, Skip, Target, Trouble};
use countermand_ledger::{Clock, Put, Refused};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::compose::Gateway;
use crate::config::{self, Config};

/// Where clients think they are.
const AUTHORITY: &str = "localhost:8080";

/// Two users as fixtures know them, every dialect on its own paths.
const CONFIG: &str = r#"
[ledger]
store = "memory"
[realms.ops]
htpasswd = "users.htpasswd"
read = ["all"]
write = ["operators"]
groups = { all = ["operator", "reader"], operators = ["operator"] }
[engines.primary]
kind = "ledger"
[log]
access = "none"
"#;

/// The namespace behind every mount.
const NAMESPACE: &str = "default";

/// The password of both users. It guards nothing: the gateway listens nowhere.
const PASSWORD: &str = "secret";

/// The least that bcrypt takes; the hash is checked once per case.
const COST: u32 = 4;

/// A clock that stands.
struct Stands(i64);

impl Clock for Stands {
    fn now(&self) -> i64 {
        self.0
    }
}

/// A gateway per case, in this process.
pub struct InProcess {
    /// Holds the file of users; removed in the end.
    folder: TempDir,
    credentials: Credentials,
    /// Where the clock of a case stands that names no time, in ms since 1970 UTC.
    noon: i64,
}

impl InProcess {
    /// A target in this process.
    ///
    /// # Errors
    /// The temporary file of users cannot be written.
    pub fn new() -> std::io::Result<InProcess> {
        InProcess::at(Head::NOON)
    }

    /// The same, where the clock of a case that names no time stands at another one, in ms since 1970 UTC. What then
    /// differs follows the clock.
    ///
    /// # Errors
    /// The temporary file of users cannot be written.
    ///
    /// # Panics
    /// Never: the password fits bcrypt and the users fit a header.
    pub fn at(noon: i64) -> std::io::Result<InProcess> {
        let folder = tempfile::tempdir()?;
        let hash = bcrypt::hash(PASSWORD, COST).expect("the password is short and the cost allowed");
        std::fs::write(folder.path().join("users.htpasswd"), format!("operator:{hash}\nreader:{hash}\n"))?;
        let user = |name: &str| format!("{name}:{PASSWORD}");
        let credentials = Credentials::basic(Some(&user("operator")), Some(&user("reader")));
        let credentials = credentials.expect("plain names stand in headers");
        Ok(InProcess { folder, credentials, noon })
    }

    /// The case's dialect under the case's switches, every other one as it comes.
    fn config(&self, fixture: &Fixture) -> Result<Config, Trouble> {
        let config = config::parse(&self.folder.path().join("countermand.toml"), CONFIG, &|_| None);
        let mut config = config.map_err(|error| Trouble::Case(format!("no configuration: {error:?}")))?;
        for mount in config.mounts.iter_mut().filter(|mount| mount.dialect.name == fixture.dialect.name) {
            mount.codec = fixture.dialect.build(&fixture.head.options).map_err(|errors| {
                let errors: Vec<_> = errors.into_iter().map(|error| error.problem).collect();
                Trouble::Case(errors.join("; "))
            })?;
        }
        Ok(config)
    }

    async fn gateway(&self, fixture: &Fixture) -> Result<Gateway, Trouble> {
        let clock = Arc::new(Stands(fixture.head.clock.unwrap_or(self.noon)));
        let gateway = Gateway::build(&self.config(fixture)?, clock);
        let gateway = gateway.map_err(|error| Trouble::Case(format!("no gateway: {error}")))?;
        for job in &fixture.head.given {
            describe(&gateway, job).await?;
        }
        Ok(gateway)
    }
}

async fn describe(gateway: &Gateway, job: &Given) -> Result<(), Trouble> {
    let json = job.json();
    let refused = |why: String| Trouble::Case(format!("the given job {json} is refused: {why}"));
    let described = countermand_control::describe(json.as_bytes());
    let (number, _, draft) = described.map_err(|problem| refused(format!("{problem:?}")))?;
    let put = gateway.store.put(NAMESPACE, number, draft, Put::default()).await;
    put.map(|_| ()).map_err(|why| refused(format!("{why:?}")))
}

impl Target for InProcess {
    fn name(&self) -> String {
        "in process".to_owned()
    }

    fn lanes(&self) -> usize {
        // Some cases wait two seconds for a job that does not end; others use the processor meanwhile.
        4 * std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn own_clock(&self) -> bool {
        self.noon != Head::NOON
    }

    fn skips(&self, _: &Fixture) -> Option<Skip> {
        None
    }

    fn open<'t>(&'t self, fixture: &'t Fixture) -> BoxFuture<'t, Result<Box<dyn Session + 't>, Trouble>> {
        async move {
            let gateway = self.gateway(fixture).await?;
            let base = Base { url: format!("http://{AUTHORITY}"), authority: AUTHORITY.to_owned() };
            let session: Box<dyn Session + 't> =
                Box::new(Playing { gateway, base, credentials: &self.credentials });
            Ok(session)
        }
        .boxed()
    }
}

/// The gateway of a case.
struct Playing<'t> {
    gateway: Gateway,
    base: Base,
    credentials: &'t Credentials,
}

impl Session for Playing<'_> {
    fn base(&self) -> &Base {
        &self.base
    }

    fn authorization(&self, user: User) -> Option<HeaderValue> {
        self.credentials.of(user)
    }

    fn send(&mut self, request: Request<Bytes>) -> BoxFuture<'_, Result<Seen, Trouble>> {
        let edge = self.gateway.edge.clone();
        async move {
            let answer = edge.oneshot(request.map(Full::new)).await;
            let (head, body) = answer.unwrap_or_else(|never| match never {}).into_parts();
            let body = body.collect().await;
            let body = body.map_err(|error| Trouble::Case(format!("the body ends too early: {error}")))?;
            Ok(Seen::from(&Response::from_parts(head, body.to_bytes())))
        }
        .boxed()
    }

    fn look(&mut self, number: i64) -> BoxFuture<'_, Result<Look, Trouble>> {
        async move {
            match self.gateway.store.get(NAMESPACE, number).await {
                Ok((job, _)) => Ok(Look::State(job.state)),
                Err(Refused::NotFound) => Ok(Look::Absent),
                Err(refused) => Err(Trouble::Case(format!("the ledger does not say: {refused:?}"))),
            }
        }
        .boxed()
    }

    fn close<'s>(self: Box<Self>) -> BoxFuture<'s, Result<(), Trouble>>
    where
        Self: 's,
    {
        async move {
            self.gateway.store.close().await;
            Ok(())
        }
        .boxed()
    }
}
