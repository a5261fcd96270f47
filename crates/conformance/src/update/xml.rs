//! An expected XML body rewritten to what was seen, where it stands: declarations, prefixes, layout and masked values stay
//! as the file has them. Where elements come or go, what was seen is laid out anew, with its own prefixes.

use std::ops::Range;

use roxmltree::Node;

use crate::compare::{Rules, xml};
use crate::place::Path;

/// Bytes of a text, and what stands there instead.
type Edit = (Range<usize>, String);

/// The text of `old` so that it says what `new` says, but for what is masked; `on_lines` where elements have lines of
/// their own.
pub(super) fn rewritten(old: &str, new: &str, rules: &Rules, on_lines: bool) -> String {
    let is_same = |text: &String| xml::same(text, new, rules);
    if let Some(text) = in_place(old, new, rules).filter(is_same) {
        return text;
    }
    let kept = with_masked(old, new, rules).filter(is_same).unwrap_or_else(|| new.to_owned());
    let laid_out = if on_lines { laid_out(&kept).filter(is_same) } else { None };
    laid_out.unwrap_or(kept)
}

/// The older text with other values; `None` where there are other elements or attributes.
fn in_place(old: &str, new: &str, rules: &Rules) -> Option<String> {
    let (one, other) = (xml::read(old).ok()?, xml::read(new).ok()?);
    let (one, other) = (one.root_element(), other.root_element());
    let mut edits = Vec::new();
    values(&Path::root().then(one.tag_name().name()), one, other, rules, &mut edits)?;
    edited(old, edits)
}

fn values(
    path: &Path,
    old: Node<'_, '_>,
    new: Node<'_, '_>,
    rules: &Rules,
    edits: &mut Vec<Edit>,
) -> Option<()> {
    if old.tag_name() != new.tag_name() || old.attributes().count() != new.attributes().count() {
        return None;
    }
    if rules.covers(path) {
        return Some(());
    }
    for attribute in old.attributes() {
        let same = |other: &roxmltree::Attribute<'_, '_>| {
            (other.namespace(), other.name()) == (attribute.namespace(), attribute.name())
        };
        let value = new.attributes().find(same)?.value();
        let is_masked = rules.covers(&path.then(format!("@{}", attribute.name())));
        if attribute.value() != value && !is_masked {
            edits.push((attribute.range_value(), quoted(value)));
        }
    }
    let (was, is) = (xml::children(old), xml::children(new));
    if was.len() != is.len() || (!was.is_empty() && xml::mixed(old) != xml::mixed(new)) {
        return None;
    }
    if was.is_empty() && xml::text(old) != xml::text(new) {
        edits.push(content(old, &xml::escaped(&xml::text(new))));
    }
    for (index, (one, other)) in was.iter().zip(&is).enumerate() {
        values(&xml::step(path, &was, index), *one, *other, rules, edits)?;
    }
    Some(())
}

/// An element without elements in it gets another text.
fn content(element: Node<'_, '_>, text: &str) -> Edit {
    if let (Some(first), Some(last)) = (element.first_child(), element.last_child()) {
        return (first.range().start..last.range().end, text.to_owned());
    }
    let Range { start, end } = element.range();
    let raw = &element.document().input_text()[start..end];
    let name = raw[1..].split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next();
    let name = name.unwrap_or_default();
    let from = if raw.ends_with("/>") { end - 2 } else { start + raw.rfind("></").unwrap_or(raw.len()) };
    (from..end, format!(">{text}</{name}>"))
}

/// The newer text with what is masked as the older has it.
fn with_masked(old: &str, new: &str, rules: &Rules) -> Option<String> {
    let (one, other) = (xml::read(old).ok()?, xml::read(new).ok()?);
    let (one, other) = (one.root_element(), other.root_element());
    let mut edits = Vec::new();
    masked(&Path::root().then(other.tag_name().name()), one, other, rules, &mut edits);
    edited(new, edits)
}

fn masked(path: &Path, old: Node<'_, '_>, new: Node<'_, '_>, rules: &Rules, edits: &mut Vec<Edit>) {
    let raw = |range: Range<usize>| old.document().input_text()[range].to_owned();
    if old.tag_name() != new.tag_name() {
        return;
    }
    if rules.covers(path) {
        edits.push((new.range(), raw(old.range())));
        return;
    }
    for attribute in new.attributes() {
        let before = old
            .attributes()
            .find(|other| (other.namespace(), other.name()) == (attribute.namespace(), attribute.name()));
        let is_masked = rules.covers(&path.then(format!("@{}", attribute.name())));
        if let Some(before) = before.filter(|_| is_masked) {
            edits.push((attribute.range_value(), quoted(before.value())));
        }
    }
    let (was, is) = (xml::children(old), xml::children(new));
    for (index, child) in is.iter().enumerate() {
        let path = xml::step(path, &is, index);
        // The nth of a name stands for the nth there.
        let nth = is[..index].iter().filter(|other| other.tag_name() == child.tag_name()).count();
        if let Some(old) = was.iter().filter(|other| other.tag_name() == child.tag_name()).nth(nth) {
            masked(&path, *old, *child, rules, edits);
        }
    }
}

/// A document with every element on a line of its own, indented by two blanks, that stands in no text.
fn laid_out(text: &str) -> Option<String> {
    let document = xml::read(text).ok()?;
    let mut edits = Vec::new();
    let mut nodes = vec![(document.root(), 0)];
    while let Some((node, depth)) = nodes.pop() {
        let is_text = |node: &Node<'_, '_>| node.is_text();
        if xml::children(node).is_empty() || !xml::mixed(node).is_empty() {
            continue;
        }
        edits.extend(node.children().filter(is_text).map(|blank| (blank.range(), String::new())));
        for child in node.children().filter(|child| !is_text(child)) {
            let at = child.range().start;
            // A declaration stands before the first of all without being a node.
            if node.is_element() || child.prev_sibling().is_some() || text.starts_with("<?xml") {
                edits.push((at..at, format!("\n{}", "  ".repeat(depth))));
            }
            nodes.push((child, depth + 1));
        }
        if let Some(last) = node.last_child().filter(|_| node.is_element()) {
            let at = last.range().end;
            edits.push((at..at, format!("\n{}", "  ".repeat(depth - 1))));
        }
    }
    edited(text, edits)
}

/// The value of an attribute, between whichever quotes.
fn quoted(value: &str) -> String {
    xml::escaped(value).replace('\'', "&apos;")
}

/// A text with its edits; `None` where two of them are of the same bytes.
fn edited(text: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::new();
    let mut from = 0;
    for (range, by) in edits {
        out.push_str(text.get(from..range.start)?);
        out.push_str(&by);
        from = range.end;
    }
    Some(out + text.get(from..)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Mask;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let masks = ["/a/at", "/a/@at"].map(|mask| Mask::read(mask).unwrap());
        let rules = Rules { masks: masks.to_vec(), exact: false };
        assert_eq!(rewritten(old, new, &rules, old.contains('\n')), expected);
    }

    #[test]
    fn other_values_are_put_where_the_old_ones_stood() {
        let old = "<?xml version='1.0'?>\n<a xmlns:p='u'\n   p:x='1' at=\"T\">\n    <b>one</b> <!-- kept -->\n    <at>T</at><c/><d></d>\n</a>";
        check(
            old,
            "<a xmlns:q='u' at='now' q:x='2&lt;'><b>two</b><at>now</at><c>&amp;</c><d>d</d></a>",
            "<?xml version='1.0'?>\n<a xmlns:p='u'\n   p:x='2&lt;' at=\"T\">\n    <b>two</b> <!-- kept -->\n    <at>T</at><c>&amp;</c><d>d</d>\n</a>",
        );
    }

    #[test]
    fn other_elements_are_laid_out_with_their_own_prefixes_and_masked_values_stay() {
        check(
            "<a at='T'>\n  <at>T</at>\n</a>",
            "<?xml version='1.0'?><a at='now' xmlns:p='u'><at>now</at><p:b p:x='1'><c>m<i/></c></p:b></a>",
            "<?xml version='1.0'?>\n<a at='T' xmlns:p='u'>\n  <at>T</at>\n  <p:b p:x='1'>\n    <c>m<i/></c>\n  </p:b>\n</a>",
        );
        check("<a><at>T</at></a>", "<a><at>now</at><b/></a>", "<a><at>T</at><b/></a>");
        check("<a>\n  <b/>\n</a>", "<a>", "<a>");
    }
}
