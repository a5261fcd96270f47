//! XML by value. Elements and attributes are compared by namespace and local name, whatever their prefixes; attributes
//! in any order, elements in theirs. White space between elements, comments and processing instructions do not count;
//! the text of an element does, as it is.

use roxmltree::{Document, Node};

use super::line_up::line_up;
use super::{Found, Rules};
use crate::place::Path;

/// How deep elements may stand in each other; nobody's answer is deeper, and whoever writes them recurses.
const DEEPEST: usize = 256;

/// Reads a document.
///
/// # Errors
/// A sentence with the place.
pub(crate) fn read(text: &str) -> Result<Document<'_>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    // From a node to its first child is one step deeper: counted along the way of all nodes, without recursion.
    let deepest = document.descendants().map(|node| node.ancestors().take(DEEPEST + 1).count()).max();
    if deepest.is_some_and(|deepest| deepest > DEEPEST) {
        return Err(format!("elements stand in each other deeper than {DEEPEST}"));
    }
    Ok(document)
}

/// Whether two documents say the same, but for what is masked.
pub(crate) fn same(one: &str, other: &str, rules: &Rules) -> bool {
    let mut found = Found { rules, list: Vec::new() };
    compare(one, other, &mut found);
    found.list.is_empty()
}

/// Notes every difference of two documents.
pub(super) fn compare(expected: &str, seen: &str, found: &mut Found<'_>) {
    match (read(expected), read(seen)) {
        (Ok(expected), Ok(seen)) => {
            let path = Path::root().then(expected.root_element().tag_name().name());
            elements(&path, expected.root_element(), seen.root_element(), found);
        }
        (Err(why), _) => {
            found.add("body", Some(format!("no XML ({why}): {expected}")), Some(seen.to_owned()));
        }
        (Ok(_), Err(why)) => {
            found.add("body", Some("XML".to_owned()), Some(format!("no XML ({why}): {seen}")));
        }
    }
}

fn elements(path: &Path, expected: Node<'_, '_>, seen: Node<'_, '_>, found: &mut Found<'_>) {
    if expected.tag_name() != seen.tag_name() {
        found.add(path, Some(format!("<{}>", called(expected))), Some(format!("<{}>", called(seen))));
        return;
    }
    if found.rules.covers(path) {
        return;
    }
    attributes(path, expected, seen, found);
    let (wanted, given) = (children(expected), children(seen));
    if wanted.is_empty() && given.is_empty() {
        let (one, other) = (text(expected), text(seen));
        if one != other {
            found.add(path, Some(one), Some(other));
        }
        return;
    }
    // Where the elements are others, which text stood between which of them says nothing new.
    let between = |node| if wanted.len() == given.len() { gaps(node) } else { vec![mixed(node)] };
    if between(expected) != between(seen) {
        found.add(path, Some(between(expected).join("<…>")), Some(between(seen).join("<…>")));
    }
    let names = |nodes: &[Node<'_, '_>]| nodes.iter().map(|node| called(*node)).collect::<Vec<_>>();
    for pair in line_up(&names(&wanted), &names(&given)) {
        match pair {
            (Some(one), Some(other)) => elements(&step(path, &wanted, one), wanted[one], given[other], found),
            (Some(one), None) => found.add(step(path, &wanted, one), Some(pretty(wanted[one])), None),
            (None, Some(other)) => found.add(step(path, &given, other), None, Some(pretty(given[other]))),
            (None, None) => {}
        }
    }
}

fn attributes(path: &Path, expected: Node<'_, '_>, seen: Node<'_, '_>, found: &mut Found<'_>) {
    let value = |node: Node<'_, '_>, namespace: Option<&str>, name: &str| {
        node.attributes()
            .find(|a| a.namespace() == namespace && a.name() == name)
            .map(|a| a.value().to_owned())
    };
    for attribute in expected.attributes() {
        let path = path.then(format!("@{}", attribute.name()));
        let given = value(seen, attribute.namespace(), attribute.name());
        let is_masked = found.rules.covers(&path);
        if given.as_deref() != Some(attribute.value()) && !(is_masked && given.is_some()) {
            found.add(path, Some(attribute.value().to_owned()), given);
        }
    }
    for attribute in seen.attributes() {
        if value(expected, attribute.namespace(), attribute.name()).is_none() {
            let path = path.then(format!("@{}", attribute.name()));
            found.add(path, None, Some(attribute.value().to_owned()));
        }
    }
}

/// One step further, to an element: with its number where others have its name.
pub(crate) fn step(path: &Path, siblings: &[Node<'_, '_>], index: usize) -> Path {
    let name = siblings[index].tag_name().name();
    let same = |node: &&Node<'_, '_>| node.tag_name() == siblings[index].tag_name();
    let nth = siblings[..=index].iter().filter(same).count();
    let is_alone = siblings.iter().filter(same).count() == 1;
    path.then_nth(name, (!is_alone).then_some(nth))
}

/// The elements in an element.
pub(crate) fn children<'a, 'i>(node: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
    node.children().filter(Node::is_element).collect()
}

/// All the text directly in an element: a comment in it does not part it.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

/// The text between an element's elements, its white space as one blank.
pub(crate) fn mixed(node: Node<'_, '_>) -> String {
    text(node).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same before, between and after its elements, piece by piece.
fn gaps(node: Node<'_, '_>) -> Vec<String> {
    let mut gaps = vec![String::new()];
    for child in node.children() {
        if child.is_element() {
            gaps.push(String::new());
        } else if child.is_text()
            && let Some(gap) = gaps.last_mut()
        {
            gap.push_str(child.text().unwrap_or_default());
        }
    }
    gaps.iter().map(|gap| gap.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A name with its namespace, as James Clark writes them.
fn called(node: Node<'_, '_>) -> String {
    let name = node.tag_name();
    name.namespace().map_or_else(|| name.name().to_owned(), |space| format!("{{{space}}}{}", name.name()))
}

/// An element on lines of its own, indented by two blanks, as people read it. Prefixes are gone: a namespace stands
/// where it begins.
pub(crate) fn pretty(node: Node<'_, '_>) -> String {
    let mut out = String::new();
    write(node, None, 0, &mut out);
    out
}

fn write(node: Node<'_, '_>, outer: Option<&str>, depth: usize, out: &mut String) {
    let name = node.tag_name().name();
    let namespace = node.tag_name().namespace();
    out.push_str(&format!("{}<{name}", "  ".repeat(depth)));
    if namespace != outer {
        out.push_str(&format!(" xmlns=\"{}\"", escaped(namespace.unwrap_or_default())));
    }
    for attribute in node.attributes() {
        let space = attribute.namespace().map_or_else(String::new, |space| format!("{{{space}}}"));
        out.push_str(&format!(" {space}{}=\"{}\"", attribute.name(), escaped(attribute.value())));
    }
    let inner = children(node);
    let own = if inner.is_empty() { text(node) } else { mixed(node) };
    if inner.is_empty() && own.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    out.push_str(&escaped(&own));
    for child in &inner {
        out.push('\n');
        write(*child, namespace, depth + 1, out);
    }
    if !inner.is_empty() {
        out.push_str(&format!("\n{}", "  ".repeat(depth)));
    }
    out.push_str(&format!("</{name}>"));
}

/// A text as it stands in an element or between quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
