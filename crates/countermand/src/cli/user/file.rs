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

/// Puts a text in place of the file's. One that was not there is its owner's only; one that was keeps its mode.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Failure> {
    replace(file, text).map_err(|error| failed("write", file, &error))
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
