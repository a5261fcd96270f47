//! What `countermand record` can be asked, with its help. Data only.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand record --listen 127.0.0.1:9090 --upstream http://prime.example --into recorded
  countermand record --listen 127.0.0.1:9090 --upstream http://127.0.0.1:8080 --into recorded \\
    --control http://127.0.0.1:8081                  each case says which jobs were there
  countermand record … --keep query:trace --keep header:X-Trace --keep /errors/*/trace

Point the client at --listen. Its requests go to --upstream as they are, one at a time, and it gets the answers as they \
are. SIGTERM and SIGINT end the recording. What then lies in --into is played by countermand conform.

Only what the dialect's tables know is written down: headers, parameters of queries, members of bodies. Every other value \
is replaced by one of the same type, always the same for the same. Credentials are never written. What is known is written \
as it is, also names of jobs and of users: read the files before you pass them on.

Exit codes: 0 recorded, 64 usage, 74 the address cannot be listened at, or a file not be written.")]
pub(in crate::cli) struct Arguments {
    /// Where the client calls.
    #[arg(long, value_name = "ADDRESS", value_parser = config::address)]
    pub(super) listen: SocketAddr,
    /// The server that is recorded, and the only one that is called.
    #[arg(long, value_name = "URL")]
    pub(super) upstream: String,
    /// The folder for the fixtures; made where there is none. Nothing in it is overwritten.
    #[arg(long, value_name = "DIR")]
    pub(super) into: PathBuf,
    /// The dialect, where paths do not begin as its own do, such as behind a prefix.
    #[arg(long, value_name = "NAME")]
    pub(super) dialect: Option<String>,
    /// Record a value as it is: header:NAME, query:NAME, a JSON pointer, or the path of an element. May be repeated.
    #[arg(long, value_name = "PLACE")]
    pub(super) keep: Vec<String>,
    /// What is recorded, in a sentence without names of hosts, such as the product and its version.
    #[arg(
        long,
        value_name = "SENTENCE",
        default_value = "Recorded from a running server; product and version unknown"
    )]
    pub(super) source: String,
    /// The control API of the upstream, where it is a gateway of ours.
    #[arg(long, value_name = "URL")]
    pub(super) control: Option<String>,
    /// The bearer token of the control API.
    #[arg(long, value_name = "TOKEN", env = "COUNTERMAND_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// The namespace that the upstream's mounts see.
    #[arg(long, value_name = "NAME", default_value = "default", requires = "control")]
    pub(super) namespace: String,
    /// Listen beyond loopback all the same: whoever can connect can call the server.
    #[arg(long)]
    pub(super) expose: bool,
}
