//! Phases and exit codes; everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use countermand::cli::{self, Arguments};
use countermand::exit::{self, Failure};

/// An eighth of a request's instructions went into glibc's allocator; docs/performance.md has the figures of both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked) if matches!(asked.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return end(asked.print().map_err(Failure::from));
        }
        Err(missing) if missing.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // The help on stderr is the message.
            return end(missing.print().map_err(Failure::from).and(Err(Failure::told(exit::USAGE))));
        }
        Err(mistake) => return end(Err(cli::usage(&mistake, std::env::args_os().skip(1)))),
    };
    end(arguments.run())
}

fn end(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else { return ExitCode::from(exit::FINE) };
    for line in &failure.lines {
        exit::tell(line);
    }
    ExitCode::from(failure.code)
}
