//! A file of lines `NAME:…`, changed as a whole: readers see the old one or the new one, never half of it.

use std::fs::{File, Metadata};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use crate::exit::{self, Failure};

/// Refuses a name that no line can begin with.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    let is_odd = name.is_empty() || name.starts_with('#') || name.trim() != name;
    if is_odd || name.contains(|c: char| c == ':' || c.is_control()) {
        let problem = "a user's name is not empty, begins neither with # nor with a space, does not end with one, and \
                       holds no colon or control character";
        return Err(Failure::new(exit::USAGE, format!("{name:?} cannot be a user: {problem}")));
    }
    Ok(())
}

/// The file's text; empty where there is no file yet.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(failed("read", file, &error)),
    }
}

/// Puts in place of the file's text what `change` makes of it, and answers what else it says. A file that was not there is
/// its owner's only; one that was keeps its mode.
///
/// One process at a time: two that had read the same text would each write it back without the other's line.
pub(super) fn change<T>(file: &Path, change: impl FnOnce(&str) -> (String, T)) -> Result<T, Failure> {
    let failed = |error| failed("write", file, &error);
    let _turn = turn(file).map_err(failed)?;
    let (text, says) = change(&read(file)?);
    replace(file, &text).map_err(failed)?;
    Ok(says)
}

/// Waits for other processes that change a file of the same folder. The folder is locked and not the file, which is
/// replaced; the lock goes with the handle.
fn turn(file: &Path) -> std::io::Result<File> {
    let folder = File::open(folder(&followed(file)?))?;
    match folder.lock() {
        // Some file systems have no locks; there it is as it is with any other tool.
        Err(error) if error.kind() != std::io::ErrorKind::Unsupported => Err(error),
        Ok(()) | Err(_) => Ok(folder),
    }
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
    use super::{change, read};

    #[test]
    fn changes_at_the_same_time_all_count() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ops.tokens");
        std::thread::scope(|scope| {
            for line in 0..8 {
                let file = &file;
                scope.spawn(move || {
                    let append = |old: &str| {
                        // Long enough for all of them to have read the same, were they let.
                        std::thread::yield_now();
                        (format!("{old}{line}\n"), ())
                    };
                    change(file, append).map_err(|failure| failure.lines).unwrap();
                });
            }
        });
        assert_eq!(read(&file).map_err(|failure| failure.lines).unwrap().lines().count(), 8);
    }
}
