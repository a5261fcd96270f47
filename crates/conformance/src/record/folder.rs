//! Files of a recording: new ones, for their owner's eyes only.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Writes a file into a folder, which is made where there is none, under the next number that is free.
///
/// # Errors
/// The folder cannot be made, or the file not written.
pub(super) fn write(folder: &Path, slug: &str, text: &str) -> Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for number in next(folder)?.. {
        let path = folder.join(format!("recorded-{number:03}-{slug}.http"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => return file.write_all(text.as_bytes()).map(|()| path),
            // Somebody else records into it as well.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::StorageFull.into())
}

/// One more than the highest number in the folder.
fn next(folder: &Path) -> Result<u32> {
    let mut highest = 0;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_string_lossy().strip_prefix("recorded-").and_then(|rest| {
            let digits = rest.split('-').next()?;
            digits.parse().ok()
        });
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(highest + 1)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nothing_is_overwritten_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = write(&folder.path().join("a"), "get", "one").unwrap();
        let second = write(&folder.path().join("a"), "get", "two").unwrap();
        assert!(first.ends_with("a/recorded-001-get.http") && second.ends_with("a/recorded-002-get.http"));
        assert_eq!(std::fs::read_to_string(&first).unwrap(), "one");
        assert_eq!(first.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
