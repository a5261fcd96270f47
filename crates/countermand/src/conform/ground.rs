//! What gateways for fixtures are made of: the users that fixtures know, a ledger in memory with the jobs of a case, a clock
//! that stands, and the session that asks one. Knows no target: which gateways a case has, and how they stand to each other,
//! is said by whoever makes them.

use std::sync::Arc;

use bytes::Bytes;
use countermand_conformance::compare::Seen;
use countermand_conformance::fill::Base;
use countermand_conformance::fixture::{Given, User};
use countermand_conformance::target::{Credentials, Look, Session, Trouble};
use countermand_edge::Edge;
use countermand_ledger::{Clock, Put, Refused, Store};
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

/// Two users as fixtures know them, and a ledger that leaves nothing behind.
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
[ledger]
store = "memory"
[realms.ops]
htpasswd = "users.htpasswd"
read = ["all"]
write = ["operators"]
groups = { all = ["operator", "reader"], operators = ["operator"] }
[log]
access = "none"
"#;

/// The namespace behind every mount.
const NAMESPACE: &str = "default";

/// The password of both users. It guards nothing: the gateway listens nowhere, or for a test on its own machine.
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

/// What the gateways of cases stand on: the users that fixtures know.
pub struct Ground {
    /// Holds the files of users; removed in the end.
    folder: TempDir,
    credentials: Credentials,
}

impl Ground {
    /// Users `operator` and `reader`.
    ///
    /// # Errors
    /// Their temporary files cannot be written.
    ///
    /// # Panics
    /// Never: the password fits bcrypt and the users fit a header.
    pub fn new() -> std::io::Result<Ground> {
        let folder = tempfile::tempdir()?;
        let hash = bcrypt::hash(PASSWORD, COST).expect("the password is short and the cost allowed");
        std::fs::write(folder.path().join("users.htpasswd"), format!("operator:{hash}\nreader:{hash}\n"))?;
        std::fs::write(folder.path().join("password"), PASSWORD)?;
        let user = |name: &str| format!("{name}:{PASSWORD}");
        let credentials = Credentials::basic(Some(&user("operator")), Some(&user("reader")));
        let credentials = credentials.expect("plain names stand in headers");
        Ok(Ground { folder, credentials })
    }

    /// A configuration with those users, a ledger in memory, and the engines and mounts that `more` names. The file
    /// `password` beside it holds the password of both users.
    ///
    /// # Errors
    /// The configuration has mistakes.
    pub fn config(&self, more: &str) -> Result<Config, Trouble> {
        let file = self.folder.path().join("countermand.toml");
        config::parse(&file, &format!("{CONFIG}{more}"), &|_| None)
            .map_err(|error| Trouble::Case(format!("no configuration: {error:?}")))
    }

    /// A case that asks `edge` and whose jobs are in `jobs`. In the end `close` puts away what is behind both.
    pub fn session<'t>(
        &'t self,
        edge: Edge,
        jobs: Store,
        close: BoxFuture<'t, Result<(), Trouble>>,
    ) -> Box<dyn Session + 't> {
        let base = Base { url: format!("http://{AUTHORITY}"), authority: AUTHORITY.to_owned() };
        Box::new(Playing { edge, jobs, base, credentials: &self.credentials, close })
    }
}

/// A gateway whose clock stands, in ms since 1970 UTC, with these jobs in its ledger.
///
/// # Errors
/// It does not start, or a job is refused.
pub async fn gateway(config: &Config, now: i64, given: &[Given]) -> Result<Gateway, Trouble> {
    let gateway = Gateway::build(config, Arc::new(Stands(now)));
    let gateway = gateway.map_err(|error| Trouble::Case(format!("no gateway: {error}")))?;
    for job in given {
        describe(&gateway.store, job).await?;
    }
    Ok(gateway)
}

async fn describe(store: &Store, job: &Given) -> Result<(), Trouble> {
    let json = job.json();
    let refused = |why: String| Trouble::Case(format!("the given job {json} is refused: {why}"));
    let described = countermand_control::describe(json.as_bytes());
    let (number, _, draft) = described.map_err(|problem| refused(format!("{problem:?}")))?;
    let put = store.put(NAMESPACE, number, draft, Put::default()).await;
    put.map(|_| ()).map_err(|why| refused(format!("{why:?}")))
}

/// The gateway of a case.
struct Playing<'t> {
    edge: Edge,
    jobs: Store,
    base: Base,
    credentials: &'t Credentials,
    close: BoxFuture<'t, Result<(), Trouble>>,
}

impl Session for Playing<'_> {
    fn base(&self) -> &Base {
        &self.base
    }

    fn authorization(&self, user: User) -> Option<HeaderValue> {
        self.credentials.of(user)
    }

    fn send(&mut self, request: Request<Bytes>) -> BoxFuture<'_, Result<Seen, Trouble>> {
        let edge = self.edge.clone();
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
        let jobs = self.jobs.clone();
        async move {
            match jobs.get(NAMESPACE, number).await {
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
        self.close
    }
}
