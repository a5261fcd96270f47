//! A gateway in front of a gateway: callers speak the case's dialect to the first, which speaks another one, over a
//! socket, to the second, behind which the jobs are.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use countermand::compose::Gateway;
use countermand::config::{self, Config};
use countermand_conformance::compare::Seen;
use countermand_conformance::fill::Base;
use countermand_conformance::fixture::{Fixture, Given, Head, User};
use countermand_conformance::target::{Credentials, Look, Session, Skip, Target, Trouble};
use countermand_dialects::{Dialect, OptionValue};
use countermand_ledger::{Clock, Put, Refused};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// What both gateways have in common. The users are those that fixtures know.
const COMMON: &str = r#"
[ledger]
store = "memory"
[realms.ops]
htpasswd = "users.htpasswd"
read = ["all"]
write = ["operators"]
groups = { all = ["operator", "reader"], operators = ["operator"] }
[log]
access = "none"
[server]
listen = "127.0.0.1:0"
"#;

/// The password of everybody. It guards nothing but a socket of this test.
const PASSWORD: &str = "secret";

struct Stands(i64);

impl Clock for Stands {
    fn now(&self) -> i64 {
        self.0
    }
}

/// Two gateways per case.
pub(crate) struct Chain {
    folder: TempDir,
    via: &'static Dialect,
    credentials: Credentials,
}

impl Chain {
    /// The first gateway speaks `via` to the second.
    pub(crate) fn through(via: &'static Dialect) -> Chain {
        let folder = tempfile::tempdir().unwrap();
        // The least that bcrypt takes.
        let hash = bcrypt::hash(PASSWORD, 4).unwrap();
        std::fs::write(folder.path().join("users.htpasswd"), format!("operator:{hash}\nreader:{hash}\n"))
            .unwrap();
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let user = |name: &str| format!("{name}:{PASSWORD}");
        let credentials = Credentials::basic(Some(&user("operator")), Some(&user("reader"))).unwrap();
        Chain { folder, via, credentials }
    }

    fn config(&self, more: &str) -> Config {
        let text = format!("{COMMON}{more}");
        config::parse(&self.folder.path().join("countermand.toml"), &text, &|_| None)
            .unwrap_or_else(|error| panic!("{error:?}\n{text}"))
    }

    /// The switches of the second dialect: those of the case where it is the case's own, else those under which it says
    /// the most.
    fn options(&self, fixture: &Fixture) -> Vec<(String, OptionValue)> {
        let mut options = Vec::new();
        if self.via.name == fixture.dialect.name {
            options.clone_from(&fixture.head.options);
        }
        if self.via.switches.iter().any(|switch| switch.name == "client_profile") {
            options.push(("client_profile".to_owned(), OptionValue::Text("windows".to_owned())));
        }
        options
    }

    async fn behind(&self, fixture: &Fixture) -> Result<Behind, Trouble> {
        let mut config = self.config("[engines.primary]\nkind = \"ledger\"\n");
        for mount in config.mounts.iter_mut().filter(|mount| mount.dialect.name == self.via.name) {
            mount.codec = self.via.build(&self.options(fixture)).unwrap();
        }
        let gateway = Gateway::build(&config, clock(fixture)).unwrap();
        for job in &fixture.head.given {
            // Where it is seen is said for the first dialect; the second must see it as well.
            let members = job.members.iter().filter(|(name, _)| name != "dialects").cloned().collect();
            describe(&gateway, &Given { number: job.number, members }).await?;
        }
        let listening = gateway.clone().listen(&config).await.unwrap();
        let address = listening.address();
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(listening.serve(ended.map(|_| ())));
        Ok(Behind { gateway, url: format!("http://{address}{}", self.via.root), end, serving })
    }

    async fn before(&self, fixture: &Fixture, url: &str) -> Result<Gateway, Trouble> {
        let mut more = String::new();
        write!(
            more,
            "[engines.behind]\nkind = \"upstream\"\ndialect = {:?}\nurl = {url:?}\nuser = \"operator\"\n\
             password_file = \"password\"\n[[mounts]]\ndialect = {:?}\nrealm = \"ops\"\nengine = \"behind\"\n",
            self.via.name, fixture.dialect.name
        )
        .unwrap();
        let mut config = self.config(&more);
        for mount in &mut config.mounts {
            mount.codec = fixture.dialect.build(&fixture.head.options).unwrap();
        }
        for upstream in &mut config.upstreams {
            upstream.codec = self.via.build(&self.options(fixture)).unwrap();
        }
        let gateway = Gateway::build(&config, clock(fixture)).unwrap();
        // What the first gateway knows of the jobs: which id in its dialect means which number.
        for job in &fixture.head.given {
            let members =
                job.members.iter().filter(|(name, _)| name == "aliases").cloned().collect::<Vec<_>>();
            if !members.is_empty() {
                describe(&gateway, &Given { number: job.number, members }).await?;
            }
        }
        Ok(gateway)
    }
}

fn clock(fixture: &Fixture) -> Arc<dyn Clock> {
    Arc::new(Stands(fixture.head.clock.unwrap_or(Head::NOON)))
}

async fn describe(gateway: &Gateway, job: &Given) -> Result<(), Trouble> {
    let json = job.json();
    let (number, _, draft) = countermand_control::describe(json.as_bytes())
        .map_err(|problem| Trouble::Case(format!("{json}: {problem:?}")))?;
    let put = gateway.store.put("default", number, draft, Put::default()).await;
    put.map(|_| ()).map_err(|why| Trouble::Case(format!("{json}: {why:?}")))
}

/// The second gateway, on its socket.
struct Behind {
    gateway: Gateway,
    url: String,
    end: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Target for Chain {
    fn name(&self) -> String {
        format!("via {}", self.via.name)
    }

    fn lanes(&self) -> usize {
        4 * std::thread::available_parallelism().map_or(1, usize::from)
    }

    fn own_clock(&self) -> bool {
        false
    }

    fn skips(&self, _: &Fixture) -> Option<Skip> {
        None
    }

    fn open<'t>(&'t self, fixture: &'t Fixture) -> BoxFuture<'t, Result<Box<dyn Session + 't>, Trouble>> {
        async move {
            let behind = self.behind(fixture).await?;
            let before = self.before(fixture, &behind.url).await?;
            let base =
                Base { url: "http://localhost:8080".to_owned(), authority: "localhost:8080".to_owned() };
            let session: Box<dyn Session + 't> =
                Box::new(Playing { before, behind, base, credentials: &self.credentials });
            Ok(session)
        }
        .boxed()
    }
}

struct Playing<'t> {
    before: Gateway,
    behind: Behind,
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
        let edge = self.before.edge.clone();
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
            match self.behind.gateway.store.get("default", number).await {
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
            self.before.store.close().await;
            // It may have ended by itself; then nobody hears this.
            let _ = self.behind.end.send(());
            self.behind.serving.await.map_err(|error| Trouble::Case(error.to_string()))
        }
        .boxed()
    }
}
