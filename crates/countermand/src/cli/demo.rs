//! `countermand demo`: a gateway that needs no file.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::{self, Ledger};
use crate::demo::{self, Demo};
use crate::exit::{self, Failure};
use crate::logs;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand demo
  countermand demo --listen 127.0.0.1:9080 --control 127.0.0.1:9081
  countermand demo --store demo.db                  jobs that are still there tomorrow

It prints a curl for each dialect. The user is demo, the password demo: do not put it on a network.")]
pub(super) struct Arguments {
    /// Where the dialects are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = config::address)]
    listen: SocketAddr,
    /// Where the control API is served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081", value_parser = config::address)]
    control: SocketAddr,
    /// Where the jobs are kept: memory, or a file.
    #[arg(long, value_name = "PATH", default_value = "memory")]
    store: PathBuf,
    /// The control API's token; without it one is made and printed.
    #[arg(long, value_name = "TOKEN", env = "COUNTERMAND_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Serve beyond loopback all the same, to everybody who knows the password demo.
    #[arg(long)]
    expose: bool,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        for (option, address) in [("--listen", self.listen), ("--control", self.control)] {
            if !address.ip().is_loopback() && !self.expose {
                let problem = "is beyond loopback, and everybody knows a demo's password";
                let advice = "listen at 127.0.0.1, or add --expose";
                return Err(Failure::new(exit::USAGE, format!("{option} {address} {problem}; {advice}")));
            }
        }
        let demo = Demo::new(self.listen, self.control, ledger(self.store), self.token)
            .map_err(|problem| Failure::new(exit::USAGE, problem))?;
        logs::start();
        super::block_on(&mut tokio::runtime::Builder::new_multi_thread(), demo::run(demo))
    }
}

/// `memory`, or a path, also in the form that a configuration writes it in.
fn ledger(store: PathBuf) -> Ledger {
    match store.to_str() {
        Some("memory") => Ledger::Memory,
        Some(text) => Ledger::File(text.strip_prefix("sqlite:").map_or_else(|| text.into(), PathBuf::from)),
        None => Ledger::File(store),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_written_as_here_or_as_in_a_configuration() {
        assert_eq!(ledger("memory".into()), Ledger::Memory);
        assert_eq!(ledger("e.db".into()), Ledger::File("e.db".into()));
        assert_eq!(ledger("sqlite:e.db".into()), Ledger::File("e.db".into()));
    }
}
