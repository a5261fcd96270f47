//! An expected answer as Hurl asserts: one per leaf, a count per array, object, element and list of attributes, so that
//! nothing more and nothing less fits.

use std::fmt::Write;

use roxmltree::Node;

use super::Unfit;
use crate::compare::json::Json;
use crate::compare::{Rules, is_json, is_xml, xml};
use crate::fill::{BASE, BASE_ESCAPED};
use crate::fixture::Message;
use crate::place::Path;

/// Every header that the answer must have, with all its values in order.
pub(super) fn headers(out: &mut String, expected: &Message, rules: &Rules) {
    let mut done: Vec<String> = Vec::new();
    for (name, _) in &expected.headers {
        let lower = name.to_ascii_lowercase();
        if done.contains(&lower) {
            continue;
        }
        let values: Vec<_> = expected
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
            .collect();
        let query = format!("header {}", quoted(name));
        if rules.masks.iter().any(|mask| mask.covers_header(name)) {
            let _ = writeln!(out, "{query} exists");
        } else if let [value] = values.as_slice() {
            let _ = writeln!(out, "{query} == {}", quoted(value));
        } else {
            let _ = writeln!(out, "{query} count == {}", values.len());
            for (index, value) in values.iter().enumerate() {
                let _ = writeln!(out, "{query} nth {index} == {}", quoted(value));
            }
        }
        done.push(lower);
    }
}

/// The body.
pub(super) fn body(out: &mut String, expected: &Message, rules: &Rules) -> Result<(), Unfit> {
    let media = expected.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if expected.body.is_empty() {
        let _ = writeln!(out, "bytes count == 0");
    } else if rules.exact {
        let _ = writeln!(out, "body == {}", quoted(&expected.body));
    } else if !(is_json(&media) || is_xml(&media)) {
        // The newline at the end of a text does not count.
        let _ = writeln!(out, "body replaceRegex /\\n$/ \"\" == {}", quoted(&expected.body));
    } else if is_json(&media) {
        let document = Json::read(&expected.body).map_err(|_| Unfit::Body)?;
        json(out, "$", &Path::root(), &document, rules)?;
    } else {
        let document = xml::read(&expected.body).map_err(|_| Unfit::Body)?;
        let root = document.root_element();
        element(out, "/*", &Path::root().then(root.tag_name().name()), root, rules);
    }
    Ok(())
}

fn json(out: &mut String, query: &str, path: &Path, value: &Json, rules: &Rules) -> Result<(), Unfit> {
    let at = format!("jsonpath {}", quoted(query));
    let line = |out: &mut String, test: &str| {
        let _ = writeln!(out, "{at} {test}");
    };
    if rules.masks.iter().any(|mask| mask.covers(path)) {
        line(out, "exists");
        return Ok(());
    }
    match value {
        Json::Null => line(out, "== null"),
        Json::Flag(flag) => line(out, &format!("== {flag}")),
        Json::Number(text) => line(out, &format!("== {text}")),
        Json::Text(text) => line(out, &format!("== {}", quoted(&text.replace(BASE_ESCAPED, BASE)))),
        Json::Array(items) => {
            line(out, &format!("count == {}", items.len()));
            for (index, item) in items.iter().enumerate() {
                json(out, &format!("{query}[{index}]"), &path.then(index.to_string()), item, rules)?;
            }
        }
        Json::Object(members) => {
            let _ = writeln!(out, "jsonpath {} {}", quoted(&format!("{query}.*")), members_test(members));
            for (index, (name, member)) in members.iter().enumerate() {
                let is_twice = members[..index].iter().any(|(other, _)| other == name);
                if is_twice || name.contains(['\'', '\\']) {
                    return Err(Unfit::Body);
                }
                json(out, &format!("{query}['{name}']"), &path.then(name), member, rules)?;
            }
        }
    }
    Ok(())
}

/// That an object has as many members. Hurl makes a list of one the value in it, so of one member its kind is asked,
/// or its value: a second member would make it a list.
fn members_test(members: &[(String, Json)]) -> String {
    match members {
        [] => "not exists".to_owned(),
        [(_, Json::Array(items))] => format!("count == {}", items.len()),
        [(_, Json::Object(_))] => "isObject".to_owned(),
        [(_, Json::Text(text))] => format!("== {}", quoted(&text.replace(BASE_ESCAPED, BASE))),
        [(_, value)] => format!("== {value}"),
        _ => format!("count == {}", members.len()),
    }
}

/// Elements are found by their places and asked for their names, whatever prefixes the server chooses.
fn element(out: &mut String, query: &str, path: &Path, node: Node<'_, '_>, rules: &Rules) {
    let line = |out: &mut String, what: &str, value: &str| {
        let _ = writeln!(out, "xpath {} == {value}", quoted(what));
    };
    let name = node.tag_name();
    line(out, &format!("local-name({query})"), &quoted(name.name()));
    line(out, &format!("namespace-uri({query})"), &quoted(name.namespace().unwrap_or_default()));
    if rules.masks.iter().any(|mask| mask.covers(path)) {
        return;
    }
    line(out, &format!("count({query}/@*)"), &node.attributes().count().to_string());
    for attribute in node.attributes() {
        let space = attribute.namespace().unwrap_or_default();
        let place = format!("{query}/@*[local-name()='{}' and namespace-uri()='{space}']", attribute.name());
        if rules.masks.iter().any(|mask| mask.covers(&path.then(format!("@{}", attribute.name())))) {
            line(out, &format!("count({place})"), "1");
        } else {
            line(out, &format!("string({place})"), &quoted(attribute.value()));
        }
    }
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    line(out, &format!("count({query}/*)"), &children.len().to_string());
    if children.is_empty() {
        line(out, &format!("string({query})"), &quoted(node.text().unwrap_or_default()));
    }
    for (index, child) in children.iter().enumerate() {
        let same = |other: &&Node<'_, '_>| other.tag_name() == child.tag_name();
        let nth = children[..=index].iter().filter(same).count();
        let is_alone = children.iter().filter(same).count() == 1;
        let path = path.then_nth(child.tag_name().name(), (!is_alone).then_some(nth));
        element(out, &format!("{query}/*[{}]", index + 1), &path, *child, rules);
    }
}

/// A text in quotes, placeholders left for Hurl to fill.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
