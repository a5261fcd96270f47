//! JSON values as TOML, for the head of a fixture. Knows no member.

use crate::compare::json::Json;

/// A value on one line; `None` where TOML has none, which is wherever there is a `null` in an array.
pub(super) fn inline(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::Flag(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(number.clone()),
        Json::Text(text) => Some(quoted(text)),
        Json::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(inline).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Json::Object(members) => {
            let there = members.iter().filter(|(_, value)| *value != Json::Null);
            let members: Option<Vec<_>> =
                there.map(|(name, value)| Some(format!("{} = {}", key(name), inline(value)?))).collect();
            Some(format!("{{ {} }}", members?.join(", ")))
        }
    }
}

/// A text in quotes. What JSON escapes, TOML escapes in the same way, and one character more.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_a_toml_reader_reads() {
        let text = r#"{"a b":"x\"\n","n":-1,"f":24.00,"none":null,"list":[true,{"k":"v"}]}"#;
        let inline = inline(&Json::read(text).unwrap()).unwrap();
        assert_eq!(inline, r#"{ "a b" = "x\"\n", n = -1, f = 24.00, list = [true, { k = "v" }] }"#);
        let read: toml::Table = toml::from_str(&format!("value = {inline}")).unwrap();
        assert_eq!(read["value"]["a b"].as_str(), Some("x\"\n"));
        assert_eq!(super::inline(&Json::read("[null]").unwrap()), None);
    }
}
