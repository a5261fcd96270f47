//! How large a filter may be.

use countermand_model::{Cancel, Command, Fault, FaultKind, Field, Filter, Test};

/// How deeply a filter may be nested, and how many values it may hold: well below SQLite's own limits.
const DEPTH: usize = 100;
const VALUES: usize = 10_000;

/// What a look at the latest child counts for besides its values: a statement within the statement.
const LATEST: usize = 30;

/// Why the filter of a command cannot be looked up, where it has one that cannot.
pub(crate) fn refuse_command(command: &Command) -> Option<Fault> {
    match command {
        Command::List { filter, .. }
        | Command::Runs { filter }
        | Command::Cancel(Cancel { force: Some(filter), .. }) => refuse(filter),
        Command::Cancel(Cancel { force: None, .. })
        | Command::Hold(_)
        | Command::Release(_)
        | Command::Acknowledge { .. }
        | Command::DeleteOutput { .. }
        | Command::Delete { .. }
        | Command::Status(_)
        | Command::Confirm { .. }
        | Command::Permissions { .. }
        | Command::Report { .. }
        | Command::CheckIn { .. } => None,
    }
}

/// Why a filter cannot be looked up, where it cannot.
pub(crate) fn refuse(filter: &Filter) -> Option<Fault> {
    let (depth, values) = size(filter);
    let fits = depth <= DEPTH && values <= VALUES;
    (!fits).then(|| Fault::new(FaultKind::Malformed, "The filter is too large."))
}

/// How deep it is, in levels, and how many values it holds.
fn size(filter: &Filter) -> (usize, usize) {
    // By a list of what is still to be looked at: a filter may be deeper than the stack.
    let (mut deepest, mut values) = (0, 0);
    let mut ahead = vec![(filter, 1)];
    while let Some((filter, depth)) = ahead.pop() {
        deepest = deepest.max(depth);
        match filter {
            Filter::And(parts) | Filter::Or(parts) => {
                // Joined in halves, so many parts add few levels.
                let levels = usize::try_from(parts.len().max(2).ilog2()).unwrap_or(0) + 1;
                ahead.extend(parts.iter().map(|part| (part, depth + levels)));
            }
            Filter::Not(part) => ahead.push((part, depth + 1)),
            Filter::Field(field, test) => values += weight(field, test),
        }
    }
    (deepest, values)
}

fn weight(field: &Field, test: &Test) -> usize {
    let sought = match test {
        Test::In(sought) => sought.len() + 2,
        Test::Equal(_)
        | Test::NotEqual(_)
        | Test::Less(_)
        | Test::Greater(_)
        | Test::AtMost(_)
        | Test::AtLeast(_)
        | Test::StartsWith(_)
        | Test::Contains(_)
        | Test::Missing => 3,
    };
    match field {
        // Looked for among numbers and among aliases.
        Field::Id | Field::ParentId => 2 * sought + 6,
        Field::Latest(field) if matches!(**field, Field::Id | Field::ParentId) => 2 * sought + 6 + LATEST,
        Field::Latest(_) => sought + LATEST,
        _ => sought,
    }
}
