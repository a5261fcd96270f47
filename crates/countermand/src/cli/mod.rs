//! The command line: what can be asked, and which part of the library answers it. A subcommand per file; a file
//! knows its own arguments and nothing of its neighbours.

mod check;

mod conform;

mod demo;

mod dialects;

mod fixtures;

mod job;

mod record;

mod serve;

mod user;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};
use countermand_dialects::grammar::spelling;
use countermand_dialects::{ALL, Dialect, by_name};

use crate::exit::{self, Failure};

/// A compatibility gateway for legacy job-control APIs.
#[derive(Debug, Parser)]
#[command(name = "countermand", version, propagate_version = true, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  countermand demo                                  a gateway with jobs in it, and curls to try
  countermand check --config countermand.toml       every mistake, with its place
  countermand serve --config countermand.toml
  countermand conform fixtures                      every documented call, and whether it is answered as it must be
  countermand record --listen 127.0.0.1:9090 --upstream http://prime.example --into recorded

Exit codes: 0 fine, 1 ran and failed, 64 usage, 74 IO, 78 configuration.
Logs go to stderr; RUST_LOG chooses what is told, NO_COLOR takes the colour out.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a gateway with seed jobs and a small runner, to try it.
    Demo(demo::Arguments),
    /// Run the gateway of a configuration file.
    Serve(serve::Arguments),
    /// Tell every mistake in a configuration file.
    Check(check::Arguments),
    /// Show what is spoken: versions, operations, paths, options, and how each is known.
    Dialects(dialects::Arguments),
    /// Keep the users of a realm.
    User(user::Arguments),
    /// Register, watch and move jobs through the control API of a running gateway.
    Job(job::Arguments),
    /// Play fixtures against a gateway, ours or any other server, and tell what differs.
    Conform(conform::Arguments),
    /// Stand between a client and a server, and write what they say to each other as fixtures.
    Record(record::Arguments),
    /// Make fixtures of saved traffic, and files of other tools of fixtures.
    Fixtures(fixtures::Arguments),
}

impl Arguments {
    /// Does what was asked.
    ///
    /// # Errors
    /// With the exit code and the lines for stderr.
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Demo(arguments) => arguments.run(),
            Command::Serve(arguments) => arguments.run(),
            Command::Check(arguments) => arguments.run(),
            Command::Dialects(arguments) => arguments.run(),
            Command::User(arguments) => arguments.run(),
            Command::Job(arguments) => arguments.run(),
            Command::Conform(arguments) => arguments.run(),
            Command::Record(arguments) => arguments.run(),
            Command::Fixtures(arguments) => arguments.run(),
        }
    }
}

/// What clap says about a command line it did not take, in one line, with where to read on.
#[must_use]
pub fn usage(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Failure {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_told = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more information");
    let told: Vec<_> = lines.take_while(is_told).collect();
    let told = told.join(" ");
    let told = told.strip_prefix("error: ").unwrap_or(&told);
    Failure::new(exit::USAGE, format!("{told}; see {} --help", asked(arguments)))
}

/// The subcommand that the arguments name, from the program's own name on.
fn asked(arguments: impl Iterator<Item = OsString>) -> String {
    let program = Arguments::command();
    let (mut command, mut name) = (&program, program.get_name().to_owned());
    for word in arguments {
        if let Some(next) = command.find_subcommand(&word).filter(|next| !next.is_hide_set()) {
            command = next;
            name = format!("{name} {}", next.get_name());
        }
    }
    name
}

/// A dialect that was named.
fn dialect(name: &str) -> Result<&'static Dialect, String> {
    by_name(name).ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|dialect| dialect.name).collect();
        let advice = spelling::advice(name, &names);
        format!("there is no dialect {name:?}; {advice}")
    })
}

/// Runs a future on a runtime of its own.
fn block_on<T>(
    runtime: &mut tokio::runtime::Builder,
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| Failure::new(exit::IO, format!("cannot start the runtime: {error}")))?;
    runtime.block_on(future)
}
