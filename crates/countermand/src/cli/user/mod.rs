//! `countermand user`: the lines of a realm's files. Writes bcrypt; what other schemes there are only the realm knows.

mod file;

mod token;

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::exit::{self, Failure};

/// bcrypt rather than argon2id: nginx, httpd and every htpasswd tool read the same line, and a verification needs
/// 4 KiB of memory instead of 19 MiB. Cost 10 is about 70 ms.
const COST: u32 = 10;

/// bcrypt looks at no more; a longer password would be cut without a word.
const LONGEST: usize = 72;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countermand user add ops.htpasswd ana
  countermand user token ops.tokens odag-extension")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add a user to an htpasswd file, or give one a new password.
    #[command(after_help = "\
Examples:
  countermand user add ops.htpasswd ana              asks for the password twice
  countermand user add ops.htpasswd ana < password   takes the first line

The file is replaced at once and keeps its mode; a new one is readable by its owner only. Other lines stay as they are.
The line is bcrypt.")]
    Add {
        /// The htpasswd file; made when there is none.
        file: PathBuf,
        /// The user.
        name: String,
    },
    /// Make a bearer token and add it to a file of tokens.
    #[command(after_help = "\
Examples:
  countermand user token ops.tokens odag-extension
  TOKEN=$(countermand user token ops.tokens odag-extension)

The token is printed once, on stdout; the file holds its SHA-256 only. A user may have several: add the new one, hand it
out, then remove the line of the old one. The file is replaced at once and keeps its mode; a new one is readable by its
owner only. Clients send Authorization: Bearer TOKEN to dialects that know it; countermand dialects shows which do.")]
    Token {
        /// The file of tokens; made when there is none.
        file: PathBuf,
        /// The user.
        name: String,
    },
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Add { file, name } => add(&file, &name),
            Command::Token { file, name } => token::make(&file, &name),
        }
    }
}

fn add(path: &Path, name: &str) -> Result<(), Failure> {
    file::check_name(name)?;
    // Nobody is asked for a password that could not be written down.
    file::read(path)?;
    let password = password()?;
    if password.is_empty() || password.len() > LONGEST {
        let problem = format!("a password has 1 to {LONGEST} bytes, and this has {}", password.len());
        return Err(Failure::new(exit::USAGE, format!("{problem}; choose another")));
    }
    if password.contains(char::is_control) {
        // bcrypt ends at a NUL, and nobody can type the others into a dialogue.
        let problem = "a password holds no NUL or other control character";
        return Err(Failure::new(exit::USAGE, format!("{problem}; choose another")));
    }
    let hash = bcrypt::hash_with_result(&password, COST)
        .map_err(|error| Failure::new(exit::IO, format!("cannot hash the password: {error}")))?
        .format_for_version(bcrypt::Version::TwoY);
    let replaced = file::change(path, |old| with_line(old, name, &hash))?;
    let done = if replaced { "has a new password" } else { "is added" };
    writeln!(std::io::stdout(), "{}: {name} {done}", path.display())?;
    Ok(())
}

/// The file's text with this user's line in it, in place of the old one where there is one.
fn with_line(old: &str, name: &str, hash: &str) -> (String, bool) {
    let line = format!("{name}:{hash}");
    let mut replaced = false;
    let mut lines = Vec::new();
    for old_line in old.lines() {
        if old_line.split_once(':').is_some_and(|(user, _)| user == name) {
            if !replaced {
                lines.push(line.as_str());
            }
            replaced = true;
        } else {
            lines.push(old_line);
        }
    }
    if !replaced {
        lines.push(&line);
    }
    (lines.join("\n") + "\n", replaced)
}

/// From the terminal twice, or the first line of stdin.
fn password() -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::new(exit::IO, format!("cannot read the password: {error}"));
    if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").map_err(failed)?;
        let second = rpassword::prompt_password("Once more: ").map_err(failed)?;
        if first != second {
            return Err(Failure::new(exit::USAGE, "the two passwords differ; try again"));
        }
        return Ok(first);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::with_line;

    #[test]
    fn a_users_line_is_replaced_in_place_and_others_stay() {
        let old = "# people\nana:x\nli:y\nana:z\n";
        assert_eq!(with_line(old, "ana", "n"), ("# people\nana:n\nli:y\n".to_owned(), true));
        assert_eq!(with_line("li:y", "ana", "n"), ("li:y\nana:n\n".to_owned(), false));
        assert_eq!(with_line("", "ana", "n"), ("ana:n\n".to_owned(), false));
    }
}
