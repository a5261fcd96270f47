//! What `countermand conform` can be asked, with its help. Data only.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand conform fixtures                        a gateway in this process
  countermand conform --filter 'oracle-ess/cancel-*' fixtures
  countermand conform --update fixtures/oracle-ess    what is answered is expected from now on
  countermand conform --target http://127.0.0.1:8080 --control http://127.0.0.1:8081 \\
    --user operator:PASSWORD fixtures
  countermand conform --target http://prime.example --given-hook ./prepare \\
    --allow-side-effects fixtures/cisco-prime

Without a target, each case has a gateway of its own in this process: nothing listens, nothing is kept.

With --control the target is a running gateway of ours. Its namespace must be empty, for cases share a few numbers: \
they are played one after another, and what a case was given is put away after it. No runner may be at work there. \
Cases about other options, or about a certain time, are skipped and counted.

Without --control the target is a foreign server. What a case is given must be prepared by --given-hook: a command \
that the shell runs before each case, with {\"case\", \"dialect\", \"title\", \"given\"} as JSON on its stdin; exit code 0 \
says that it is done, 75 that this case cannot be prepared. Cases that change something want --allow-side-effects.

Exit codes: 0 all that was played passed, 1 a fixture fell short, next to none was played or a user is not let in, 64 usage, \
74 the target does not answer or a file cannot be read.")]
pub(in crate::cli) struct Arguments {
    /// The server to ask; without it, a gateway in this process.
    #[arg(long, value_name = "URL")]
    pub(super) target: Option<String>,
    /// Who may write there. Better in the environment than on a command line that others can see.
    #[arg(long, value_name = "NAME:PASSWORD", env = "COUNTERMAND_USER", hide_env_values = true)]
    pub(super) user: Option<String>,
    /// Who may only read there.
    #[arg(long, value_name = "NAME:PASSWORD", env = "COUNTERMAND_READER", hide_env_values = true)]
    pub(super) reader: Option<String>,
    /// The control API of the target, where it is a gateway of ours.
    #[arg(long, value_name = "URL", requires = "target")]
    pub(super) control: Option<String>,
    /// The bearer token of the control API.
    #[arg(long, value_name = "TOKEN", env = "COUNTERMAND_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// The namespace that the target's mounts see.
    #[arg(long, value_name = "NAME", default_value = "default", requires = "control")]
    pub(super) namespace: String,
    /// A command that prepares a foreign server for a case.
    #[arg(long, value_name = "COMMAND", requires = "target", conflicts_with = "control")]
    pub(super) given_hook: Option<String>,
    /// Change a foreign server; with --control, put away jobs that are there already.
    #[arg(long, requires = "target")]
    pub(super) allow_side_effects: bool,
    /// Play only cases whose name, such as oracle-ess/cancel-running, fits. May be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(super) filter: Vec<String>,
    /// Rewrite what fell short to what was answered, and show what changed. UPDATE_EXPECT=1 does the same.
    #[arg(long)]
    pub(super) update: bool,
    /// Write a JUnit report as well.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Name every case, not just those that fell short.
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Files, or folders with fixtures in them.
    #[arg(value_name = "FIXTURES", required = true)]
    pub(super) fixtures: Vec<PathBuf>,
}
