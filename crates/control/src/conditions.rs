//! Conditional requests: RFC 9110 §13. A job's entity tag is its revision in quotes.

use countermand_ledger::Refused;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use crate::asked::Asked;
use crate::{ControlBody, Problem};

/// What `If-Match` or `If-None-Match` lists.
#[derive(Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: any revision, as long as there is a job.
    Any,
    /// These revisions. What is no revision of ours is left out: it matches nothing.
    Revisions(Vec<u64>),
}

/// Marks an answer with the job's revision.
pub(crate) fn mark(response: &mut Response<ControlBody>, revision: u64) {
    let tag = HeaderValue::from_str(&format!("\"{revision}\"")).expect("digits in quotes are a header value");
    response.headers_mut().insert(ETAG, tag);
}

/// The revision that a change is bound to, as the ledger takes it: `None` for any, `Some(0)` for a job that is not
/// there yet. The ledger compares one revision in the transaction of the change; a list of several, or `*`, is
/// resolved to one here first.
///
/// # Errors
/// 412 where the condition cannot hold.
pub(crate) async fn bound_to(asked: &Asked, namespace: &str, number: i64) -> Result<Option<u64>, Problem> {
    if tags(&asked.headers, &IF_NONE_MATCH, Strength::Weak) == Some(Tags::Any) {
        return Ok(Some(0));
    }
    match tags(&asked.headers, &IF_MATCH, Strength::Strong) {
        None => Ok(None),
        Some(Tags::Revisions(revisions)) if revisions.len() == 1 => Ok(revisions.first().copied()),
        Some(tags) => {
            let current = current(asked, namespace, number).await?;
            match (tags, current) {
                (Tags::Any, Some(_)) => Ok(None),
                (Tags::Revisions(revisions), Some(current)) if revisions.contains(&current) => {
                    Ok(Some(current))
                }
                (Tags::Any | Tags::Revisions(_), current) => Err(Problem::stale(current)),
            }
        }
    }
}

/// Whether a reader has the job as it is: the answer is 304.
pub(crate) fn is_known(headers: &HeaderMap, revision: u64) -> bool {
    match tags(headers, &IF_NONE_MATCH, Strength::Weak) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Revisions(revisions)) => revisions.contains(&revision),
    }
}

async fn current(asked: &Asked, namespace: &str, number: i64) -> Result<Option<u64>, Problem> {
    match asked.store().get(namespace, number).await {
        Ok((job, _)) => Ok(Some(job.revision)),
        Err(Refused::NotFound) => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

/// How tags are compared, RFC 9110 §8.8.3.2.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// `W/"3"` is nothing.
    Strong,
    /// `W/"3"` is `"3"`.
    Weak,
}

fn tags(headers: &HeaderMap, name: &HeaderName, strength: Strength) -> Option<Tags> {
    let mut revisions = Vec::new();
    let mut given = false;
    for value in headers.get_all(name) {
        given = true;
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            if tag == "*" {
                return Some(Tags::Any);
            }
            let tag = if strength == Strength::Weak { tag.trim_start_matches("W/") } else { tag };
            let inside = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            // Revisions begin at 1; 0 would mean "no such job" to the ledger.
            let revision: Option<u64> = inside.and_then(|tag| tag.parse().ok());
            revisions.extend(revision.filter(|revision| *revision > 0));
        }
    }
    given.then_some(Tags::Revisions(revisions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strong_tags_of_ours_match_a_change() {
        let cases = [
            ("\"3\"", vec![3]),
            ("\"3\", \"5\"", vec![3, 5]),
            ("W/\"3\"", vec![]),
            ("\"0\"", vec![]),
            ("\"abc\", \"7\"", vec![7]),
            ("3", vec![]),
            ("", vec![]),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(IF_MATCH, HeaderValue::from_static(value))]);
            let expected = Some(Tags::Revisions(expected));
            assert_eq!(tags(&headers, &IF_MATCH, Strength::Strong), expected, "{value}");
        }
        let star = HeaderMap::from_iter([(IF_MATCH, HeaderValue::from_static("*"))]);
        assert_eq!(tags(&star, &IF_MATCH, Strength::Strong), Some(Tags::Any));
        assert_eq!(tags(&HeaderMap::new(), &IF_MATCH, Strength::Strong), None);
    }

    #[test]
    fn a_reader_who_has_the_revision_gets_nothing_new() {
        let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("W/\"3\", \"4\""))]);
        assert!(is_known(&headers, 3) && is_known(&headers, 4) && !is_known(&headers, 5));
        assert!(!is_known(&HeaderMap::new(), 1));
    }
}
