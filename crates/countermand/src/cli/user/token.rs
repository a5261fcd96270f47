//! `countermand user token`: a line of a file of tokens, and the token itself, which nobody sees again.

use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::file;
use crate::config;
use crate::exit::{self, Failure};

pub(super) fn make(path: &Path, name: &str) -> Result<(), Failure> {
    file::check_name(name)?;
    let token = config::made_up().map_err(|problem| Failure::new(exit::IO, problem))?;
    file::change(path, |old| (with_line(old, name, &token), ()))?;
    // Nothing but the token on stdout, so that a script can take it.
    writeln!(std::io::stdout(), "{token}")?;
    exit::tell(&format!("{}: {name} has a new token; it is not shown again", path.display()));
    Ok(())
}

/// The file's text with a line for this token at its end.
fn with_line(old: &str, name: &str, token: &str) -> String {
    let digest: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
    let end = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    format!("{old}{end}{name}:{{SHA256}}{digest}\n")
}

#[cfg(test)]
mod tests {
    use super::with_line;

    #[test]
    fn a_line_is_appended_and_holds_the_digest_only() {
        // `printf secret | sha256sum`
        let line = "ana:{SHA256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n";
        assert_eq!(with_line("", "ana", "secret"), line);
        assert_eq!(with_line("# tokens\nli:x", "ana", "secret"), format!("# tokens\nli:x\n{line}"));
        assert_eq!(with_line(line, "ana", "secret"), format!("{line}{line}"), "one name may have two");
    }
}
