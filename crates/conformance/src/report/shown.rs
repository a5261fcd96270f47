//! Texts side by side: an expected body and the one that came, a file before and after. Bodies are laid out alike
//! first, so that only what differs by value is seen to differ.

use similar::{ChangeTag, TextDiff};

use crate::compare::json::Json;
use crate::compare::{Seen, is_json, is_xml, xml};
use crate::fill::Base;
use crate::fixture::Message;

/// Lines around a change.
const CONTEXT: usize = 2;

/// More lines than this tell nobody anything.
const MOST: usize = 60;

/// A difference of texts: lines that begin with `-`, `+` or a blank. Empty where there is none.
#[must_use]
pub fn body_diff(expected: &Message, seen: &Seen, base: &Base, exact: bool) -> Vec<String> {
    let media = seen.media_type();
    let wanted = base.filled(&expected.body);
    if exact {
        return changes(&wanted, &seen.body);
    }
    changes(&laid_out(&media, &wanted), &laid_out(&media, &seen.body))
}

/// The same of a file that was rewritten.
#[must_use]
pub fn file_diff(before: &str, after: &str) -> Vec<String> {
    changes(before, after)
}

/// A body on many lines, whatever white space it came with; as it is where it is neither JSON nor XML.
pub(crate) fn laid_out(media: &str, body: &str) -> String {
    let laid_out = if is_json(media) {
        Json::read(body).ok().map(|value| value.pretty())
    } else if is_xml(media) {
        xml::read(body).ok().map(|document| xml::pretty(document.root_element()))
    } else {
        None
    };
    laid_out.unwrap_or_else(|| body.to_owned())
}

fn changes(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        if !lines.is_empty() {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", plain(change.value().trim_end_matches('\n'))));
        }
    }
    if lines.len() > MOST {
        let more = lines.len() - MOST;
        lines.truncate(MOST);
        lines.push(format!("  … {more} more lines"));
    }
    lines
}

/// What a server wrote, without what would move a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
