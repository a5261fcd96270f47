//! `countermand check`: everything that is wrong with a configuration, and what is no mistake but worth knowing.

use std::io::Write;
use std::path::PathBuf;

use crate::compose::{self, StartError};
use crate::config::{self, Config, LoadError};
use crate::exit::{self, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand check --config countermand.toml
  countermand check --config countermand.toml && systemctl restart countermand

Each mistake is a line FILE:LINE:COLUMN: what is wrong and what to write instead. Exit code 78 when there are any.")]
pub(super) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = load(&self.config)?;
        // The hashes in a file of users are the realm's to judge.
        let warnings = compose::inspect_realms(&config).map_err(StartError::Realms)?;
        let mut out = std::io::stdout().lock();
        for note in &config.notes {
            writeln!(out, "note: {note}")?;
        }
        for warning in &warnings {
            writeln!(out, "note: {warning}")?;
        }
        let control =
            config.control.map_or_else(|| "off".to_owned(), |control| format!("at {}", control.listen));
        writeln!(
            out,
            "{}: fine; {} mounts at {}, control API {control}",
            self.config.display(),
            config.mounts.len(),
            config.server.listen,
        )?;
        Ok(())
    }
}

/// A configuration, or why there is none, for people.
pub(super) fn load(file: &std::path::Path) -> Result<Config, Failure> {
    config::load(file, &|name| std::env::var(name).ok()).map_err(|error| match error {
        LoadError::Unreadable { file, source } => Failure::new(
            exit::IO,
            format!("cannot read {}: {source}; name the configuration with --config", file.display()),
        ),
        LoadError::Mistakes(mistakes) => {
            Failure { code: exit::CONFIG, lines: mistakes.iter().map(ToString::to_string).collect() }
        }
    })
}
