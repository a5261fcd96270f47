//! Bodies compared as they are: the first place where they part, by line and column.

use super::Found;

/// How much of each text is shown around the place.
const SHOWN: usize = 60;

/// Notes the first difference of two texts, if there is one.
pub(super) fn compare(expected: &str, seen: &str, found: &mut Found<'_>) {
    if expected == seen {
        return;
    }
    let same: usize = expected
        .chars()
        .zip(seen.chars())
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let before = &expected[..same];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let place =
        format!("body:{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    let part = |text: &str| {
        let rest: String = text[same..].chars().take(SHOWN).collect();
        Some(if rest.is_empty() { "the end".to_owned() } else { format!("{rest:?}") })
    };
    found.add(place, part(expected), part(seen));
}
