//! `countermand user`: the lines of an htpasswd file. Writes bcrypt; what other schemes there are only the realm knows.

use std::fs::{File, Metadata};
use std::io::{BufRead, IsTerminal, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use super::later;
use crate::exit::{self, Failure};

/// bcrypt rather than argon2id: nginx, httpd and every htpasswd tool read the same line, and a verification needs
/// 4 KiB of memory instead of 19 MiB. Cost 10 is about 70 ms.
const COST: u32 = 10;

/// bcrypt looks at no more; a longer password would be cut without a word.
const LONGEST: usize = 72;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countermand user add ops.htpasswd ana")]
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
    /// Make a bearer token.
    #[command(hide = true, disable_help_flag = true)]
    Token(later::Arguments),
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Add { file, name } => add(&file, &name),
            Command::Token(arguments) => Err(arguments.refused("user token")),
        }
    }
}

fn add(file: &Path, name: &str) -> Result<(), Failure> {
    if name.is_empty() || name.starts_with('#') || name.contains(|c: char| c == ':' || c.is_control()) {
        let problem =
            "a user's name is not empty, does not begin with # and holds no colon or control character";
        return Err(Failure::new(exit::USAGE, format!("{name:?} cannot be a user: {problem}")));
    }
    let old = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed("read", file, &error)),
    };
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
    let (text, replaced) = with_line(&old, name, &hash);
    replace(file, &text).map_err(|error| failed("write", file, &error))?;
    let done = if replaced { "has a new password" } else { "is added" };
    writeln!(std::io::stdout(), "{}: {name} {done}", file.display())?;
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

/// Readers see the old file or the new one, never half of it, also after a crash. A link stays one, and what it leads
/// to is replaced.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let file = &followed(file)?;
    // Made readable by its owner only. The error's own text names the temporary file, which nobody knows.
    let mut new =
        tempfile::NamedTempFile::new_in(folder(file)).map_err(|error| std::io::Error::from(error.kind()))?;
    new.write_all(text.as_bytes())?;
    match std::fs::metadata(file) {
        Ok(old) => take_after(new.as_file(), &old)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

/// The file at the end of all links, which need not be there yet.
fn followed(file: &Path) -> std::io::Result<PathBuf> {
    match std::fs::canonicalize(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match std::fs::read_link(file) {
            Ok(next) => followed(&folder(file).join(next)),
            Err(_) => Ok(file.to_owned()),
        },
        found => found,
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives the new file the old one's mode, and its owner and group as far as that is ours to give.
fn take_after(new: &File, old: &Metadata) -> std::io::Result<()> {
    let group = Some(old.gid());
    // Only root gives files away; a group one is in can be given by anybody.
    if fchown(new, Some(old.uid()), group).is_err() {
        drop(fchown(new, None, group));
    }
    // Last: a change of owner takes bits away.
    new.set_permissions(old.permissions())
}

fn failed(what: &str, file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(exit::IO, format!("cannot {what} {}: {error}", file.display()))
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
