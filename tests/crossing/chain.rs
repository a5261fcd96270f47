//! A gateway in front of a gateway: callers speak the case's dialect to the first, which speaks another one, over a
//! socket, to the second, behind which the jobs are.

use countermand::compose::Gateway;
use countermand::conform::{Ground, gateway};
use countermand_conformance::fixture::{Fixture, Given, Head};
use countermand_conformance::target::{Session, Skip, Target, Trouble};
use countermand_dialects::{Dialect, OptionValue};
use countermand_ledger::Store;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Two gateways per case.
pub(crate) struct Chain {
    ground: Ground,
    via: &'static Dialect,
}

impl Chain {
    /// The first gateway speaks `via` to the second.
    pub(crate) fn through(via: &'static Dialect) -> Chain {
        Chain { ground: Ground::new().unwrap(), via }
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
        let mut config = self.ground.config("[engines.primary]\nkind = \"ledger\"\n")?;
        for mount in config.mounts.iter_mut().filter(|mount| mount.dialect.name == self.via.name) {
            mount.codec = self.via.build(&self.options(fixture)).unwrap();
        }
        // Where it is seen is said for the first dialect; the second must see it as well.
        let given = given(fixture, |member| member != "dialects");
        let gateway = gateway(&config, now(fixture), &given).await?;
        let jobs = gateway.store.clone();
        let listening = gateway.listen(&config).await.unwrap();
        let url = format!("http://{}{}", listening.address(), self.via.root);
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(listening.serve(ended.map(|_| ())));
        Ok(Behind { jobs, url, end, serving })
    }

    async fn before(&self, fixture: &Fixture, url: &str) -> Result<Gateway, Trouble> {
        let (via, own) = (self.via.name, fixture.dialect.name);
        let mut config = self.ground.config(&format!(
            "[engines.behind]\nkind = \"upstream\"\ndialect = {via:?}\nurl = {url:?}\nuser = \"operator\"\n\
             password_file = \"password\"\n[[mounts]]\ndialect = {own:?}\nrealm = \"ops\"\nengine = \"behind\"\n"
        ))?;
        for mount in &mut config.mounts {
            mount.codec = fixture.dialect.build(&fixture.head.options).unwrap();
        }
        for upstream in &mut config.upstreams {
            upstream.codec = self.via.build(&self.options(fixture)).unwrap();
        }
        // What the first gateway knows of the jobs: which id in its dialect means which number.
        let mut given = given(fixture, |member| member == "aliases");
        given.retain(|job| !job.members.is_empty());
        gateway(&config, now(fixture), &given).await
    }
}

/// The jobs of a case with some of their members.
fn given(fixture: &Fixture, keeps: impl Fn(&str) -> bool) -> Vec<Given> {
    let with = |job: &Given| {
        let members = job.members.iter().filter(|(name, _)| keeps(name)).cloned().collect();
        Given { number: job.number, members }
    };
    fixture.head.given.iter().map(with).collect()
}

fn now(fixture: &Fixture) -> i64 {
    fixture.head.clock.unwrap_or(Head::NOON)
}

/// The second gateway, on its socket.
struct Behind {
    jobs: Store,
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
            let Behind { jobs, url, end, serving } = self.behind(fixture).await?;
            let Gateway { edge, store, .. } = self.before(fixture, &url).await?;
            let close = async move {
                store.close().await;
                // It may have ended by itself; then nobody hears this.
                let _ = end.send(());
                serving.await.map_err(|error| Trouble::Case(error.to_string()))
            };
            Ok(self.ground.session(edge, jobs, close.boxed()))
        }
        .boxed()
    }
}
