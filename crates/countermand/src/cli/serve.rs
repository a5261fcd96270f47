//! `countermand serve`: the gateway of a configuration file, until it is told to end.

use std::path::PathBuf;

use super::check;
use crate::compose;
use crate::exit::Failure;
use crate::logs;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand serve --config countermand.toml
  RUST_LOG=debug countermand serve --config countermand.toml

SIGTERM and SIGINT end it: requests under way are finished, for limits.drain at most. COUNTERMAND_TOKEN is the control
API's token where the configuration names none.")]
pub(super) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = check::load(&self.config)?;
        logs::start();
        super::block_on(&mut tokio::runtime::Builder::new_multi_thread(), async {
            compose::run(config, compose::terminated()?).await?;
            Ok(())
        })
    }
}
