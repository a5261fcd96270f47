//! XML, cleaned where it stands: names, order and white space stay as the server wrote them, and only texts and values of
//! attributes are replaced. Comments and processing instructions are left out.

use std::ops::Range;

use roxmltree::Node;

use super::clean::Cleaner;
use crate::compare::xml;
use crate::place::Path;

/// Cleans a document.
///
/// # Errors
/// It is no XML, or is written in a way that texts cannot be replaced in.
pub(super) fn clean(cleaner: &mut Cleaner<'_>, text: &str) -> Result<String, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if text.contains("<![CDATA[") {
        return Err("the body has a CDATA section".to_owned());
    }
    let document = xml::read(&text).map_err(|why| format!("the body is no XML: {why}"))?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for node in document.descendants() {
        if node.is_comment() || node.is_pi() {
            edits.push((node.range(), String::new()));
        } else if node.is_element() {
            let (path, is_kept) = place(cleaner, node);
            for attribute in node.attributes() {
                let path = path.then(format!("@{}", attribute.name()));
                let is_known =
                    is_kept || cleaner.vocabulary.has_member(attribute.name()) || cleaner.keeps(&path);
                edits.push((attribute.range_value(), replaced(cleaner, &path, attribute.value(), is_known)));
            }
        } else if let Some(own) = node.text().filter(|own| node.is_text() && !own.trim().is_empty()) {
            let element = node.parent_element().expect("text stands in an element");
            let (path, is_kept) = place(cleaner, element);
            let name = element.tag_name().name();
            if cleaner.vocabulary.is_volatile(name) {
                cleaner.mask(&path);
            }
            let is_known = is_kept || cleaner.vocabulary.has_member(name);
            edits.push((node.range(), replaced(cleaner, &path, own, is_known)));
        }
    }
    // From the last to the first, so that places before a change stay where they are.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut clean = text.clone();
    for (range, by) in edits {
        clean.replace_range(range, &by);
    }
    Ok(clean.trim_end().to_owned())
}

/// Where an element stands, and whether it or one around it is kept.
fn place(cleaner: &Cleaner<'_>, element: Node<'_, '_>) -> (Path, bool) {
    let mut above: Vec<_> = element.ancestors().filter(Node::is_element).collect();
    above.reverse();
    let mut path = Path::root();
    let mut is_kept = false;
    for element in above {
        path = path.then(element.tag_name().name());
        is_kept |= cleaner.keeps(&path);
    }
    (path, is_kept)
}

fn replaced(cleaner: &mut Cleaner<'_>, path: &Path, text: &str, is_known: bool) -> String {
    let clean = if is_known {
        cleaner.known_text_at(path, text)
    } else {
        cleaner.mask(path);
        cleaner.stand_in(text)
    };
    // An attribute may stand between either quotes.
    xml::escaped(&clean).replace('\'', "&apos;")
}
