//! Where the log goes: stderr, as sentences for a person at a terminal and as JSON lines for everything else.
//! `RUST_LOG` chooses what is told. Knows no field by name; who logs a secret is wrong there, not here.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts the log. Once per process; a later start changes nothing.
pub fn start() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if terminal {
        builder.with_ansi(wants_colour()).with_target(false).try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    // A second start finds the first one's log in place, which is just as good.
    drop(started);
}

/// <https://no-color.org>: any value that is not empty says no.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
