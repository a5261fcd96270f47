//! What `countermand job` can be asked, with its help. Data only.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// The control API of the gateway.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "COUNTERMAND_CONTROL",
        default_value = "http://127.0.0.1:8081"
    )]
    pub(super) control: String,
    /// The bearer token. Better in the environment than on a command line that others can see.
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "COUNTERMAND_TOKEN",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true
    )]
    pub(super) token: String,
    /// The namespace of the jobs; without it, default.
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) namespace: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Describe a job: a JSON object from a file or stdin.
    #[command(after_help = "\
Examples:
  countermand job put 15 --file job.json
  echo '{\"state\": \"queued\"}' | countermand job put          takes the next number")]
    Put {
        /// The job's number; without it the next one is taken.
        #[arg(value_name = "JOB", value_parser = number)]
        number: Option<i64>,
        /// The description; without it, or with -, stdin.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Start a finished job afresh.
        #[arg(long, requires = "number")]
        replace: bool,
        /// Only when this is the job's revision.
        #[arg(long, value_name = "REVISION", requires = "number")]
        if_match: Option<u64>,
    },
    /// Show a job.
    #[command(after_help = "Example:\n  countermand job get 15")]
    Get {
        /// The job's number.
        #[arg(value_name = "JOB", value_parser = number)]
        number: i64,
    },
    /// Show jobs by number, a page at a time.
    #[command(after_help = "Example:\n  countermand job list --state running --limit 10")]
    List(List),
    /// Follow the orders that runners must obey, one JSON line each.
    #[command(after_help = "Example:\n  countermand job watch --after 0 | jq .number")]
    Watch {
        /// Begin after this sequence number; without it, with what comes from now on.
        #[arg(long, value_name = "SEQ")]
        after: Option<u64>,
    },
    /// Cancel jobs: at once where they have not begun, else their runner is told.
    #[command(after_help = "Example:\n  countermand job cancel 15 25")]
    Cancel(Numbers),
    /// Keep jobs from starting.
    #[command(after_help = "Example:\n  countermand job hold 25")]
    Hold(Numbers),
    /// Let held jobs go.
    #[command(after_help = "Example:\n  countermand job release 25")]
    Release(Numbers),
    /// Say what a runner says of a job.
    #[command(after_help = "\
Examples:
  countermand job event 15 --state running --runner farm-1
  countermand job event 15 --state succeeded --message done
  echo '{\"results\": {\"from\": 0, \"items\": [1]}}' | countermand job event 15 --file -")]
    Event(Event),
    /// Describe many jobs: a file of one JSON object a line, streamed.
    #[command(
        after_help = "Example:\n  countermand job import jobs.ndjson\n\nExit code 1 when a line was refused."
    )]
    Import {
        /// The file; - is stdin.
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only in this state.
    #[arg(long)]
    pub(super) state: Option<String>,
    /// Only of this kind: single, parent or child.
    #[arg(long)]
    pub(super) kind: Option<String>,
    /// Only seen in this dialect.
    #[arg(long)]
    pub(super) dialect: Option<String>,
    /// Only children of this job.
    #[arg(long, value_name = "JOB", value_parser = number)]
    pub(super) parent: Option<i64>,
    /// Only after this number: the next of the page before.
    #[arg(long, value_name = "JOB", value_parser = number)]
    pub(super) after: Option<i64>,
    /// At most so many.
    #[arg(long, value_name = "COUNT")]
    pub(super) limit: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Numbers {
    /// The jobs' numbers.
    #[arg(required = true, value_name = "JOB", value_parser = number)]
    pub(super) numbers: Vec<i64>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Event {
    /// The job's number.
    #[arg(value_name = "JOB", value_parser = number)]
    pub(super) number: i64,
    /// Its new state, such as running or succeeded.
    #[arg(long)]
    pub(super) state: Option<String>,
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    pub(super) runner: Option<String>,
    /// A sentence.
    #[arg(long)]
    pub(super) message: Option<String>,
    /// The whole event as JSON from this file, or from stdin with -.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["state", "runner", "message"])]
    pub(super) file: Option<PathBuf>,
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "JOB is a number, such as 15".to_owned())
}
