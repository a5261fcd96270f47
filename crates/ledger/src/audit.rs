//! The audit: one row per changing command, written in the transaction that changes the state. The row of a command that
//! goes to another engine is written before it goes, and completed when what came of it is known (see `journal`).

use std::fmt::Write;

use countermand_model::{Effect, State};
use rusqlite::Row;

use crate::contract::{AuditRow, AuditTarget, Elsewhere, Fate, Log, Ticket};
use crate::feed::Giver;
use crate::rows::{Word, counted, stored, unknown};
use crate::session::Session;
use crate::turn::Turn;

/// What is selected for [`load`].
macro_rules! columns {
    () => {
        "SELECT seq, at, namespace, command, by, client, dialect, request_id, engine, fate, settled_at FROM audit "
    };
}

/// Adds the row of a command that is carried out here.
pub(crate) fn add(
    turn: &mut Turn<'_>,
    namespace: &str,
    command: &str,
    giver: Giver<'_>,
    client: &str,
    targets: &[AuditTarget],
) -> rusqlite::Result<()> {
    turn.session.run(
        "INSERT INTO audit (at, namespace, command, by, client, dialect, request_id, targets)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (turn.now, namespace, command, giver.by, client, giver.dialect, giver.request_id, text(targets)),
    )?;
    turn.aftermath.commands += 1;
    Ok(())
}

/// Says of the row added last, in the same transaction, where its command goes.
pub(crate) fn goes_elsewhere(turn: &Turn<'_>, elsewhere: &Elsewhere) -> rusqlite::Result<Ticket> {
    let seq = turn.session.last_id();
    let (fate, at) = fate_columns(elsewhere.fate);
    turn.session.run(
        "UPDATE audit SET engine = ?2, fate = ?3, settled_at = ?4 WHERE seq = ?1",
        (seq, &elsewhere.engine, fate, at),
    )?;
    Ok(Ticket(counted(seq)))
}

/// Completes the row of a command that was sent. One that is complete stays as it is.
pub(crate) fn complete(
    turn: &Turn<'_>,
    ticket: Ticket,
    fate: Fate,
    targets: Option<&[AuditTarget]>,
) -> rusqlite::Result<()> {
    let (fate, at) = fate_columns(fate);
    turn.session
        .run(
            "UPDATE audit SET fate = ?2, settled_at = ?3, targets = coalesce(?4, targets) WHERE seq = ?1 AND fate = 'sent'",
            (stored(ticket.0), fate, at, targets.map(text)),
        )
        .map(|_| ())
}

/// The rows after `after`.
pub(crate) fn read(session: &Session, after: u64, limit: u64) -> rusqlite::Result<Log<AuditRow>> {
    let last = session.one("SELECT max(seq) FROM audit", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
    let sql = concat!(columns!(), "WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut entries = session.all(sql, (stored(after), stored(limit)), load)?;
    add_targets(session, &mut entries)?;
    Ok(Log { entries, last: counted(last.unwrap_or(0)) })
}

/// The rows of what was sent to an engine for a namespace and is not complete.
pub(crate) fn unsettled(session: &Session, namespace: &str, engine: &str) -> rusqlite::Result<Vec<AuditRow>> {
    // The index is named: SQLite was told nothing of it, and would walk through the whole audit.
    let sql = concat!(
        columns!(),
        "INDEXED BY audit_unsettled WHERE fate = 'sent' AND engine = ?1 AND namespace = ?2 ORDER BY seq"
    );
    let mut entries = session.all(sql, (engine, namespace), load)?;
    add_targets(session, &mut entries)?;
    Ok(entries)
}

/// A row of [`columns`], without its targets.
fn load(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        seq: counted(row.get(0)?),
        at: row.get(1)?,
        namespace: row.get(2)?,
        command: row.get(3)?,
        by: row.get(4)?,
        client: row.get(5)?,
        dialect: row.get(6)?,
        request_id: row.get(7)?,
        targets: Vec::new(),
        elsewhere: match row.get(8)? {
            Some(engine) => Some(Elsewhere { engine, fate: fate(row)? }),
            None => None,
        },
    })
}

fn add_targets(session: &Session, entries: &mut [AuditRow]) -> rusqlite::Result<()> {
    for entry in entries {
        // SQLite reads the array back; the ledger needs no reader of JSON of its own.
        entry.targets = session.all(
            "SELECT value ->> 'written', value ->> 'number', value ->> 'effect', value ->> 'before',
               value ->> 'after' FROM audit, json_each(targets) WHERE seq = ?1 ORDER BY key",
            [stored(entry.seq)],
            |row| {
                Ok(AuditTarget {
                    written: row.get(0)?,
                    number: row.get(1)?,
                    effect: row.get::<_, Option<Word<Effect>>>(2)?.map(|word| word.0),
                    before: row.get::<_, Option<Word<State>>>(3)?.map(|word| word.0),
                    after: row.get::<_, Option<Word<State>>>(4)?.map(|word| word.0),
                })
            },
        )?;
    }
    Ok(())
}

const SENT: &str = "sent";
const SETTLED: &str = "settled";
const REFUSED: &str = "refused:";

/// A fate as its two columns have it.
fn fate_columns(fate: Fate) -> (String, Option<i64>) {
    match fate {
        Fate::Sent => (SENT.to_owned(), None),
        Fate::Settled { at } => (SETTLED.to_owned(), Some(at)),
        Fate::Refused { kind, at } => (format!("{REFUSED}{}", kind.name()), Some(at)),
    }
}

/// The reverse of [`fate_columns`].
fn fate(row: &Row<'_>) -> rusqlite::Result<Fate> {
    let word: String = row.get(9)?;
    let at = row.get(10);
    match (word.as_str(), word.strip_prefix(REFUSED)) {
        (_, Some(kind)) => Ok(Fate::Refused { kind: Word::of(kind)?.0, at: at? }),
        (SENT, None) => Ok(Fate::Sent),
        (SETTLED, None) => Ok(Fate::Settled { at: at? }),
        (other, None) => Err(unknown(other).into()),
    }
}

/// The targets as a JSON array; members that are not known are left out.
fn text(targets: &[AuditTarget]) -> String {
    let mut text = String::with_capacity(2 + 96 * targets.len());
    text.push('[');
    for (index, target) in targets.iter().enumerate() {
        text.push_str(if index == 0 { "{\"written\":" } else { ",{\"written\":" });
        quote(&mut text, &target.written);
        if let Some(number) = target.number {
            text.push_str(",\"number\":");
            text.push_str(&number.to_string());
        }
        let words = [
            (",\"effect\":\"", target.effect.map(Effect::name)),
            (",\"before\":\"", target.before.map(State::name)),
            (",\"after\":\"", target.after.map(State::name)),
        ];
        for (member, word) in words {
            if let Some(word) = word {
                // A word has nothing in it that JSON would escape.
                text.push_str(member);
                text.push_str(word);
                text.push('"');
            }
        }
        text.push('}');
    }
    text.push(']');
    text
}

/// A JSON string (RFC 8259, section 7).
fn quote(text: &mut String, written: &str) {
    text.push('"');
    for character in written.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            control if control < ' ' => {
                // Writing to a String does not fail.
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_written_is_one_json_string() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for written in ["15", "a\"b\\c", "line\nbreak\u{1}", "é\u{2028}😀", ""] {
            let mut text = String::new();
            quote(&mut text, written);
            let read: String =
                connection.query_row("SELECT json_array(json(?1)) ->> 0", [&text], |row| row.get(0)).unwrap();
            assert_eq!(read, written);
        }
    }
}
