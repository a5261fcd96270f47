//! What stands in a recording for a value that is somebody's own: of the same type and shape, and the same each time, so
//! that what was one thing is still one. Knows no place and no name.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::fill;

/// The shortest original that is looked for inside of other texts: a shorter one stands there by chance.
const TELLING: usize = 4;

/// The same, of originals that are numbers.
const TELLING_DIGITS: usize = 6;

/// Every value that was replaced in a session, and what by.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    texts: HashMap<String, String>,
    /// Numbers, and texts of digits, by how they are written.
    numbers: HashMap<String, String>,
    /// Made when a text is looked through, until there is another original.
    finder: Option<Finder>,
}

/// All originals at once: a session may have thousands, and thousands of texts to look for them in.
#[derive(Debug)]
struct Finder {
    automaton: AhoCorasick,
    /// Originals and their stand-ins, by the automaton's numbers.
    pairs: Vec<(String, String)>,
}

impl StandIns {
    /// For a text.
    pub(super) fn text(&mut self, original: &str) -> String {
        if original.is_empty() {
            // What is empty says nothing, and that it is empty may matter.
            return String::new();
        }
        if original.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.number(original);
        }
        if let Some(stand_in) = self.texts.get(original) {
            return stand_in.clone();
        }
        self.finder = None;
        let stand_in = shaped(original, self.texts.len() + 1);
        self.texts.insert(original.to_owned(), stand_in.clone());
        stand_in
    }

    /// For a number, as JSON text.
    pub(super) fn number(&mut self, original: &str) -> String {
        if let Some(stand_in) = self.numbers.get(original) {
            return stand_in.clone();
        }
        self.finder = None;
        let stand_in = (1001 + self.numbers.len()).to_string();
        self.numbers.insert(original.to_owned(), stand_in.clone());
        stand_in
    }

    /// Whether this was replaced.
    pub(super) fn has(&self, original: &str) -> bool {
        self.texts.contains_key(original) || self.numbers.contains_key(original)
    }

    /// A text in which no original stands any more that was replaced elsewhere, and whether one did that is not among
    /// those `asked`. Only whole words: what is part of a longer word is another word. A text that is an original and
    /// nothing else is what its own place makes of it.
    pub(super) fn cleared(&mut self, text: &str, asked: &BTreeSet<String>) -> (String, bool) {
        let finder = self.finder.get_or_insert_with(|| Finder::new(&self.texts, &self.numbers));
        let (mut cleared, mut from, mut has_others) = (String::new(), 0, false);
        for (range, (original, stand_in)) in finder.found(text) {
            if range.start >= from && original != text {
                cleared.push_str(&text[from..range.start]);
                cleared.push_str(stand_in);
                has_others |= !asked.contains(original);
                from = range.end;
            }
        }
        (cleared + &text[from..], has_others)
    }
}

impl Finder {
    fn new(texts: &HashMap<String, String>, numbers: &HashMap<String, String>) -> Finder {
        let telling = |least: usize| move |(original, _): &(&String, &String)| original.len() >= least;
        let texts = texts.iter().filter(telling(TELLING));
        let pairs = texts.chain(numbers.iter().filter(telling(TELLING_DIGITS)));
        let pairs: Vec<_> = pairs.map(|(original, by)| (original.clone(), by.clone())).collect();
        let automaton = AhoCorasick::new(pairs.iter().map(|(original, _)| original));
        Finder { automaton: automaton.expect("what a session holds fits an automaton"), pairs }
    }

    /// Every whole word of a text that is an original, from the first on; of those that begin together the longest first.
    fn found(&self, text: &str) -> Vec<(Range<usize>, &(String, String))> {
        let found = self.automaton.find_overlapping_iter(text);
        let found = found.map(|found| (found.range(), &self.pairs[found.pattern().as_usize()]));
        let mut found: Vec<_> = found.filter(|(range, _)| is_whole(text, range)).collect();
        found.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
        found
    }
}

/// Whether a part of a text is not a part of a longer word.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let (before, part, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
    let is_letter = char::is_alphanumeric;
    !(part.starts_with(is_letter) && before.ends_with(is_letter)
        || part.ends_with(is_letter) && after.starts_with(is_letter))
}

/// A text with every occurrence of a word replaced that is not part of a longer one; `None` where there is none.
pub(super) fn replaced(text: &str, word: &str, by: &str) -> Option<String> {
    fill::replaced(text, word, by, is_whole)
}

/// The nth text, of the shape of its original: a time, a GUID, digits and letters of base 16, or none of these.
fn shaped(original: &str, count: usize) -> String {
    if is_time(original) {
        let digits = format!("20260101{:02}{:02}{:02}", 12 + count / 3600 % 12, count / 60 % 60, count % 60);
        return with_digits(original, &digits);
    }
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<_> = original.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && is_hex(&original.replace('-', "")) {
        return format!("00000000-0000-4000-8000-{count:012x}");
    }
    if original.len() >= 16 && is_hex(original) {
        return format!("{count:0width$x}", width = original.len());
    }
    format!("text-{count}")
}

/// Whether a text is a point in time, as JSON and XML documents write them: `2026-01-01T12:00:00` with more behind it,
/// or `20260101_120000`.
pub(super) fn is_time(text: &str) -> bool {
    let fits = |form: &str| {
        let head = text.get(..form.len());
        head.is_some_and(|head| {
            head.bytes().zip(form.bytes()).all(|(byte, want)| match want {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                want => byte == want,
            })
        })
    };
    let rest = |form: &str| text[form.len()..].bytes();
    let (long, short) = ("0000-00-00T00:00:00", "00000000_000000");
    fits(short) && text.len() == short.len()
        || fits(long)
            && rest(long)
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'+' | b'-' | b'Z'))
}

/// A time with other digits: date and time of day as given, fraction and offset nought.
fn with_digits(original: &str, digits: &str) -> String {
    let mut digits = digits.chars();
    let other = |letter: char| if letter.is_ascii_digit() { digits.next().unwrap_or('0') } else { letter };
    original.chars().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_has_the_shape_of_its_original_and_stays_the_same() {
        let mut stand_ins = StandIns::default();
        let mut check = |original: &str, expected: &str| {
            assert_eq!(stand_ins.text(original), expected);
            assert_eq!(stand_ins.text(original), expected);
        };
        check("hunter2", "text-1");
        check("2016-06-20T01:56:27.247+10:00", "2026-01-01T12:00:02.000+00:00");
        check("20140713_230100", "20260101_120003");
        check("5f0c8e9a-1111-4222-8333-444455556666", "00000000-0000-4000-8000-000000000004");
        check("5f00aa00000000000000bb01", "000000000000000000000005");
        check("112401323", "1001");
        check("", "");
        assert_eq!(stand_ins.number("112401323"), "1001");
        assert_eq!(stand_ins.number("24.00"), "1002");
    }

    #[test]
    fn an_original_does_not_stand_in_other_texts() {
        let mut stand_ins = StandIns::default();
        stand_ins.text("hunter2");
        stand_ins.text("73219841");
        assert_eq!(stand_ins.text("text-2"), "text-2");
        let mut check = |text: &str, asked: &[&str], expected: &str, has_others| {
            let asked = asked.iter().map(|&original| original.to_owned()).collect();
            assert_eq!(stand_ins.cleared(text, &asked), (expected.to_owned(), has_others));
        };
        check("no hunter2, but hunter22", &[], "no text-1, but hunter22", true);
        check("no hunter2", &["hunter2"], "no text-1", false);
        check("pin 73219841", &["hunter2"], "pin 1001", true);
        check("hunter2", &[], "hunter2", false);
        // A recording of a recording: an original may be called as what stands for it.
        check("no text-2", &[], "no text-2", true);
    }
}
