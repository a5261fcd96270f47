//! URLs in texts: their paths are the API's, but what stands behind `;`, `?` and `#`, and before `@`, may be somebody's own. Says
//! where that is, not what becomes of it.

/// What ends a URL in a sentence.
const ENDS: [char; 8] = ['"', '\'', '<', '>', '(', ')', '[', ']'];

/// A text with the values in its URLs replaced: of a `name=value` by what `parameter` makes of it, of everything else by
/// what `secret` makes of it.
pub(super) fn cleaned<C>(
    context: &mut C,
    text: &str,
    parameter: impl Fn(&mut C, &str) -> String,
    secret: impl Fn(&mut C, &str) -> String,
) -> String {
    let word = |word: &str| {
        let end = word.trim_end_matches(|c: char| c.is_whitespace() || ENDS.contains(&c)).len();
        let (word, end) = word.split_at(end);
        let (rest, fragment) = word.split_once('#').map_or((word, None), |(rest, after)| (rest, Some(after)));
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        let is_url = word.contains("://") || word.starts_with('/') || word.starts_with("{{");
        if !is_url && !query.is_some_and(|query| query.contains('=')) {
            return format!("{word}{end}");
        }
        let path = steps(context, path, &parameter);
        let mut clean = without_user(context, &path, &secret);
        if let Some(query) = query {
            let parts: Vec<_> = query.split('&').map(|part| parameter(context, part)).collect();
            clean.push_str(&format!("?{}", parts.join("&")));
        }
        if let Some(fragment) = fragment {
            clean.push_str(&format!("#{}", secret(context, fragment)));
        }
        clean + end
    };
    text.split_inclusive(|c: char| c.is_whitespace() || ENDS.contains(&c)).map(word).collect()
}

/// A path with the parameters of its steps replaced, as in `/requests/7;jsessionid=…`: servers that find no cookie write
/// their sessions there.
pub(super) fn steps<C>(context: &mut C, path: &str, parameter: impl Fn(&mut C, &str) -> String) -> String {
    let step = |step: &str| {
        let mut parts = step.split(';');
        let name = parts.next().unwrap_or_default().to_owned();
        parts.fold(name, |step, part| format!("{step};{}", parameter(context, part)))
    };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

/// `https://ana:secret@host/` without who asks.
fn without_user<C>(context: &mut C, url: &str, secret: impl Fn(&mut C, &str) -> String) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}{path}", secret(context, user)),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_somebodys_own_is_found_in_urls_alone() {
        let clean = |text: &str| {
            let parameter = |(): &mut (), part: &str| match part.split_once('=') {
                Some((name, _)) => format!("{name}=X"),
                None => part.to_owned(),
            };
            cleaned(&mut (), text, parameter, |(), _| "Y".to_owned())
        };
        for (text, expected) in [
            ("{{base}}/a;s=1/b?t=2&u#v", "{{base}}/a;s=X/b?t=X&u#Y"),
            ("see (https://ana:pw@h:1/a?t=2), please", "see (https://Y@h:1/a?t=X), please"),
            ("requests/7?t=2", "requests/7?t=X"),
            ("what? a=1; b#c", "what? a=1; b#c"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }
}
