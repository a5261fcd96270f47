//! `--update`: files are rewritten, and what changed in them is shown.

use std::io::Write;

use countermand_conformance::report::file_diff;
use countermand_conformance::run::{Outcome, Verdict};
use countermand_conformance::update::rewritten;

use crate::exit::{self, Failure};

/// Rewrites the file of every case that fell short. What `then` says and what could not be played stays, and is still
/// a failure.
pub(super) fn rewrite(verdicts: &[Verdict], out: &mut impl Write) -> Result<(), Failure> {
    let mut left = 0;
    for verdict in verdicts.iter().filter(|verdict| verdict.result.fell_short()) {
        let path = &verdict.fixture.path;
        let failed =
            |what: &str, error| Failure::new(exit::IO, format!("cannot {what} {}: {error}", path.display()));
        let before = std::fs::read_to_string(path).map_err(|error| failed("read", error))?;
        let mut is_left = stays(&verdict.result);
        match rewritten(&before, verdict) {
            Ok(None) => {}
            Ok(Some(after)) => {
                std::fs::write(path, &after).map_err(|error| failed("write", error))?;
                writeln!(out, "{} is rewritten:", path.display())?;
                for line in file_diff(&before, &after) {
                    writeln!(out, "  {line}")?;
                }
            }
            Err(problem) => {
                writeln!(out, "{} is not rewritten: {problem}", path.display())?;
                is_left = true;
            }
        }
        left += usize::from(is_left);
    }
    if left == 0 {
        return Ok(());
    }
    let cases = if left == 1 { "1 case".to_owned() } else { format!("{left} cases") };
    let advice = "what `then` expects, and what could not be played, is changed by hand";
    Err(Failure::new(exit::FAILED, format!("{cases} still fall short: {advice}")))
}

/// Whether a case falls short in something that no rewriting of its answers can mend.
fn stays(result: &Outcome) -> bool {
    match result {
        Outcome::Failed(differences) => differences.iter().any(|difference| difference.answer == 0),
        Outcome::Broken(_) => true,
        Outcome::Passed | Outcome::Skipped(_) => false,
    }
}
