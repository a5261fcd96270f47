//! Makes fixtures of traffic that another tool saved. An archive is taken apart into exchanges, in the order of time, and
//! handed to a [`Tape`]: what is kept of them, and what stands for the rest, is what a recording keeps.

mod entry;

mod source;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use http::header;

use crate::har::{Entry, Har, Log};
use crate::record::{ELSEWHERE, Noted, Settings, Summary, Tape};
use entry::Exchange;
use source::Sources;

/// How many places are named of each reason.
const NAMED: usize = 3;

/// What became of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What became of its exchanges.
    pub summary: Summary,
    /// The entries that were left out, as their indexes, by reason.
    pub left_out: BTreeMap<String, Vec<usize>>,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { fixtures, recorded, folded, .. } = self.summary;
        write!(f, "{fixtures} fixtures with {recorded} exchanges; {folded} repeated ones are folded")?;
        for (reason, entries) in &self.left_out {
            let named: Vec<_> =
                entries.iter().take(NAMED).map(|index| format!("/log/entries/{index}")).collect();
            let more = if entries.len() > NAMED { ", …" } else { "" };
            write!(f, "\nleft out {}: {reason} ({}{more})", entries.len(), named.join(", "))?;
        }
        Ok(())
    }
}

/// Writes the exchanges of an archive as fixtures. `settings.upstream` and `settings.source` are taken from the archive
/// itself: a page is a source of its own.
///
/// # Errors
/// A fixture cannot be written.
pub async fn import(har: Har, mut settings: Settings) -> std::io::Result<Imported> {
    let Log { creator, browser, pages, entries, .. } = har.log;
    let sources = Sources::new(browser.as_ref().unwrap_or(&creator), &pages, &entries);
    // Browsers leave out who asked unless they are told otherwise.
    let is_stripped = !entries.iter().any(names_caller);
    let mut entries: Vec<_> = entries.into_iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| entry.started_date_time);
    let mut page = None;
    settings.source = sources.of(None);
    settings.upstream = String::new();
    let mut tape = Tape::new(settings);
    let mut left_out: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries {
        if entry.pageref != page {
            tape.turn(sources.of(entry.pageref.as_deref()))?;
            page.clone_from(&entry.pageref);
        }
        let exchange = entry::target(&entry).and_then(|(method, uri)| {
            if tape.knows(&method, &uri) {
                Exchange::of(entry, method, uri, is_stripped)
            } else {
                // Whatever else is wrong with it is nobody's concern: pages have pictures.
                Err(ELSEWHERE.to_owned())
            }
        });
        let noted = match exchange {
            Ok(Exchange { asked, answered }) => {
                let coming = tape.before(&asked.method, &asked.uri, &asked.headers).await;
                tape.after(coming, &asked, &answered).await?
            }
            Err(reason) => Noted::LeftOut(reason),
        };
        if let Noted::LeftOut(reason) = noted {
            left_out.entry(reason).or_default().push(index);
        }
    }
    Ok(Imported { summary: tape.end()?, left_out })
}

/// Whether a request says who asks.
fn names_caller(entry: &Entry) -> bool {
    let names = [header::AUTHORIZATION, header::COOKIE];
    let headers = &entry.request.headers;
    headers.iter().any(|header| names.iter().any(|name| header.name.eq_ignore_ascii_case(name.as_str())))
}
