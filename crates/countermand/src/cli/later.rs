//! Subcommands that are promised and have not landed: whoever types one is told so, whatever they add to it.

use std::ffi::OsString;

use crate::exit::{self, Failure};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Whatever follows.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

impl Arguments {
    /// Why the subcommand does nothing.
    pub(super) fn refused(self, subcommand: &str) -> Failure {
        drop(self.rest);
        let problem = "is not in this version; countermand --help shows what is";
        Failure::new(exit::USAGE, format!("{subcommand} {problem}"))
    }
}
