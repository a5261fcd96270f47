//! Where the log goes: stderr, as sentences for a person at a terminal and as JSON lines for everything else.
//! `RUST_LOG` chooses what is told. Knows no field by name; who logs a secret is wrong there, not here.

use std::fmt;
use std::io::IsTerminal;
use std::time::{SystemTime, UNIX_EPOCH};

use countermand_dialects::grammar::time::{Fraction, rfc3339};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Starts the log. Once per process; a later start changes nothing.
pub fn start() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let terminal = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_timer(Utc);
    let started = if terminal {
        builder.with_ansi(wants_colour()).with_target(false).try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    // A second start finds the first one's log in place, which is just as good.
    drop(started);
}

/// RFC 3339 to the millisecond, as the audit has it.
struct Utc;

impl FormatTime for Utc {
    #[expect(
        clippy::disallowed_methods,
        reason = "a line says when it was written, whatever clock the ledger has"
    )]
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        // A clock before 1970 is no reason to lose the line.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(since.as_millis()).map_err(|_| fmt::Error)?;
        writer.write_str(&rfc3339(milliseconds, Fraction::Always))
    }
}

/// <https://no-color.org>: any value that is not empty says no.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
