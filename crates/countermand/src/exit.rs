//! How the program ends: a few exit codes, and a failure that says what, where and what to do, one line each.

use std::io::Write;

/// All is well.
pub const FINE: u8 = 0;

/// It ran, and the answer is no: a refused command, an import with bad lines.
pub const FAILED: u8 = 1;

/// The command line was not understood. `EX_USAGE` of sysexits.h.
pub const USAGE: u8 = 64;

/// A file, an address or a connection failed. `EX_IOERR` of sysexits.h.
pub const IO: u8 = 74;

/// The configuration has mistakes. `EX_CONFIG` of sysexits.h.
pub const CONFIG: u8 = 78;

/// A line on stderr. Where nobody hears it, as on a full disk or a closed pipe, the exit code still says how it went.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Why a command did not do what it was asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of the codes of this module.
    pub code: u8,
    /// What goes to stderr, a line each. Empty where everything has been said.
    pub lines: Vec<String>,
}

impl Failure {
    /// A failure that one line tells. It begins with the program's name; a line that begins with the place in a file
    /// does not.
    #[must_use]
    pub fn new(code: u8, line: impl std::fmt::Display) -> Failure {
        Failure { code, lines: vec![format!("countermand: {line}")] }
    }

    /// A failure that was told on stdout.
    #[must_use]
    pub fn told(code: u8) -> Failure {
        Failure { code, lines: Vec::new() }
    }
}

impl From<std::io::Error> for Failure {
    /// For writing to stdout, which alone fails without a name of its own.
    fn from(error: std::io::Error) -> Failure {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // Whoever read our output has read enough, as head does.
            return Failure::told(FINE);
        }
        Failure::new(IO, format!("cannot write the output: {error}"))
    }
}
