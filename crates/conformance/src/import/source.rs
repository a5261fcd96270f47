//! What a fixture says of where it is from: the program that saved the traffic, and the title of the page, without the
//! names of hosts. Titles of pages are often their URLs.

use std::collections::{BTreeMap, BTreeSet};

use http::Uri;

use crate::har::{Entry, Page, Tool};
use crate::record::HOST_NAME;

/// The source of every page.
pub(super) struct Sources {
    tool: String,
    titles: BTreeMap<String, String>,
}

impl Sources {
    pub(super) fn new(tool: &Tool, pages: &[Page], entries: &[Entry]) -> Sources {
        let hosts: BTreeSet<String> = entries.iter().filter_map(host).collect();
        let titles = pages.iter().map(|page| (page.id.clone(), without(&hosts, &page.title)));
        let tool = format!("{} {}", tool.name, tool.version);
        Sources { tool: tool.trim().to_owned(), titles: titles.collect() }
    }

    /// The source of what belongs to a page, or to none.
    pub(super) fn of(&self, page: Option<&str>) -> String {
        let Sources { tool, titles } = self;
        let title = page.and_then(|page| titles.get(page)).filter(|title| !title.is_empty());
        title.map_or_else(
            || format!("Imported from HAR of {tool}"),
            |title| format!("Imported from HAR of {tool}, page {title:?}"),
        )
    }
}

fn host(entry: &Entry) -> Option<String> {
    let url: Uri = entry.request.url.split('#').next()?.parse().ok()?;
    url.host().filter(|host| !host.is_empty()).map(str::to_ascii_lowercase)
}

/// A title without the hosts that were called, and of a URL in it neither its host nor its query.
fn without(hosts: &BTreeSet<String>, title: &str) -> String {
    let word = |word: &str| {
        let url = word.split_once("://").map_or_else(
            || word.to_owned(),
            |(scheme, rest)| {
                let path = rest.split(['?', '#']).next().unwrap_or_default();
                let path = path.find('/').map_or("", |slash| &path[slash..]);
                format!("{scheme}://{HOST_NAME}{path}")
            },
        );
        let lower = url.to_ascii_lowercase();
        let mut parts = lower.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '_'));
        if parts.any(|part| hosts.contains(part)) { HOST_NAME.to_owned() } else { url }
    };
    title.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
