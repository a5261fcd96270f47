//! `countermand fixtures`: fixtures for other tools. Chooses the cases and writes the files; what they say is the
//! conformance crate's.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use countermand_conformance::export::hurl;

use super::conform::files;
use super::later;
use crate::exit::{self, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countermand fixtures export --into hurl fixtures")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write cases as Hurl files, one assert per leaf of an answer.
    #[command(after_help = "\
Examples:
  countermand fixtures export --into hurl fixtures
  hurl --test --jobs 1 --variable base=http://127.0.0.1:8080 --variable host=127.0.0.1:8080 \\
       --variable 'base_escaped=http:\\/\\/127.0.0.1:8080' --variable control=http://127.0.0.1:8081 --variable token=TOKEN \\
       --variable 'operator=Basic …' --variable 'reader=Basic …' \\
       --variable 'wrong=Basic …' hurl

The files run against a gateway of ours without other jobs, one after another: jobs are described through its control
API and put away afterwards. What a server that runs cannot be asked, or Hurl cannot say, is left out and counted.")]
    Export {
        /// The folder to write into, one folder per dialect below it; made when it is not there.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// Write only cases whose name, such as oracle-ess/cancel-running, fits. May be repeated.
        #[arg(long, value_name = "GLOB")]
        filter: Vec<String>,
        /// Files, or folders with fixtures in them.
        #[arg(value_name = "FIXTURES", required = true)]
        fixtures: Vec<PathBuf>,
    },
    /// Read recorded traffic.
    #[command(hide = true, disable_help_flag = true)]
    Import(later::Arguments),
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Export { into, filter, fixtures } => export(&into, &filter, &fixtures),
            Command::Import(arguments) => Err(arguments.refused("fixtures import")),
        }
    }
}

fn export(into: &Path, filter: &[String], fixtures: &[PathBuf]) -> Result<(), Failure> {
    let mut written = 0;
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    for fixture in files::chosen(fixtures, filter)? {
        let text = match hurl(&fixture) {
            Ok(text) => text,
            Err(unfit) => {
                *left_out.entry(unfit.name()).or_default() += 1;
                continue;
            }
        };
        let path = into.join(format!("{}.hurl", fixture.name));
        let folder = path.parent().unwrap_or(into);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| Failure::new(exit::IO, format!("cannot write {}: {error}", path.display())))?;
        written += 1;
    }
    let reasons: Vec<_> = left_out.iter().map(|(reason, count)| format!("{count}: {reason}")).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let total: usize = left_out.values().sum();
    writeln!(
        std::io::stdout(),
        "{written} cases written below {}, {total} left out{reasons}",
        into.display()
    )?;
    Ok(())
}
