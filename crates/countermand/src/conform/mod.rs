//! A whole gateway in this process as a target of fixtures: mounts, authentication, codec, onion, ledger, and no socket.
//! Each case has a gateway of its own, with the case's switches and with a clock that stands where the case puts it.
//!
//! [`InProcess`] is made of a [`Ground`] and of [`gateway`]; so can others be, such as a target of two gateways.

mod ground;

use countermand_conformance::fixture::{Fixture, Head};
use countermand_conformance::target::{Session, Skip, Target, Trouble};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::compose::Gateway;
use crate::config::Config;

pub use ground::{Ground, gateway};

/// Every dialect on its own paths.
const ENGINE: &str = "[engines.primary]\nkind = \"ledger\"\n";

/// A gateway per case, in this process.
pub struct InProcess {
    ground: Ground,
    /// Where the clock of a case stands that names no time, in ms since 1970 UTC.
    noon: i64,
}

impl InProcess {
    /// A target in this process.
    ///
    /// # Errors
    /// The temporary files of users cannot be written.
    pub fn new() -> std::io::Result<InProcess> {
        InProcess::at(Head::NOON)
    }

    /// The same, where the clock of a case that names no time stands at another one, in ms since 1970 UTC. What then
    /// differs follows the clock.
    ///
    /// # Errors
    /// The temporary files of users cannot be written.
    pub fn at(noon: i64) -> std::io::Result<InProcess> {
        Ok(InProcess { ground: Ground::new()?, noon })
    }

    /// The case's dialect under the case's switches, every other one as it comes.
    fn config(&self, fixture: &Fixture) -> Result<Config, Trouble> {
        let mut config = self.ground.config(ENGINE)?;
        for mount in config.mounts.iter_mut().filter(|mount| mount.dialect.name == fixture.dialect.name) {
            mount.codec = fixture.dialect.build(&fixture.head.options).map_err(|errors| {
                let errors: Vec<_> = errors.into_iter().map(|error| error.problem).collect();
                Trouble::Case(errors.join("; "))
            })?;
        }
        Ok(config)
    }
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
            let now = fixture.head.clock.unwrap_or(self.noon);
            let Gateway { edge, store, .. } =
                gateway(&self.config(fixture)?, now, &fixture.head.given).await?;
            let jobs = store.clone();
            let close = async move {
                store.close().await;
                Ok(())
            };
            Ok(self.ground.session(edge, jobs, close.boxed()))
        }
        .boxed()
    }
}
