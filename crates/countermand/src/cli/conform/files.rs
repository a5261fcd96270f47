//! Which fixtures are played: files and folders that were named, cases that fit a filter. Every file is read before the
//! first case is played, so that a mistake is not found halfway.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use countermand_conformance::fixture::{Fixture, read};
use countermand_conformance::select::Filter;

use crate::exit::{self, Failure};

/// The fixtures below the named paths that fit one of the filters, by path.
pub(in crate::cli) fn chosen(paths: &[PathBuf], filters: &[String]) -> Result<Vec<Fixture>, Failure> {
    let filter =
        Filter::new(filters).map_err(|problem| Failure::new(exit::USAGE, format!("--filter: {problem}")))?;
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    // A file that is named in two ways is one case, and rewritten once.
    let mut there = BTreeSet::new();
    files.retain(|file| std::fs::canonicalize(file).map_or(true, |place| there.insert(place)));
    let mut fixtures = Vec::new();
    let mut mistakes = Vec::new();
    for file in &files {
        match read(file) {
            Ok(fixture) => fixtures.push(fixture),
            Err(found) => mistakes.extend(found.iter().map(ToString::to_string)),
        }
    }
    if !mistakes.is_empty() {
        return Err(Failure { code: exit::FAILED, lines: mistakes });
    }
    let named = || paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    let there = fixtures.len();
    if there == 0 {
        let problem = format!("there is no fixture, a file that ends in .http, in {}", named());
        return Err(Failure::new(exit::USAGE, problem));
    }
    // Also where another fits: a case that was renamed would never be missed.
    let fitting: BTreeSet<usize> =
        fixtures.iter().flat_map(|fixture| filter.fitting(&fixture.name)).collect();
    if let Some((_, pattern)) = filters.iter().enumerate().find(|(index, _)| !fitting.contains(index)) {
        let problem = format!(
            "none of the {there} cases in {} fits --filter {pattern:?}; a case is called as oracle-ess/get-running",
            named()
        );
        return Err(Failure::new(exit::USAGE, problem));
    }
    fixtures.retain(|fixture| filter.fits(&fixture.name));
    Ok(fixtures)
}

/// A file as it is; of a folder, every `.http` file in it and below.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::new(exit::IO, format!("cannot read {}: {error}", path.display()));
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let below = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&below, files)?;
        } else if below.extension().is_some_and(|extension| extension == "http") {
            files.push(below);
        }
    }
    Ok(())
}
