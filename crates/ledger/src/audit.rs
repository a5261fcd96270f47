//! The audit: one row per changing command, written in the transaction that changes the state.

use std::fmt::Write;

use countermand_model::{Effect, State};

use crate::contract::{AuditRow, AuditTarget, Log};
use crate::feed::Giver;
use crate::rows::{Word, counted, stored};
use crate::session::Session;
use crate::turn::Turn;

/// Adds the row of one command.
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

/// The rows after `after`.
pub(crate) fn read(session: &Session, after: u64, limit: u64) -> rusqlite::Result<Log<AuditRow>> {
    let last = session.one("SELECT max(seq) FROM audit", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
    let mut entries = session.all(
        "SELECT seq, at, namespace, command, by, client, dialect, request_id FROM audit
         WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        (stored(after), stored(limit)),
        |row| {
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
            })
        },
    )?;
    for entry in &mut entries {
        // SQLite reads the array back; the ledger needs no reader of JSON of its own.
        entry.targets = session.all(
            "SELECT value ->> 'written', value ->> 'number', value ->> 'effect', value ->> 'before',
               value ->> 'after' FROM audit, json_each(targets) WHERE seq = ?1 ORDER BY key",
            [stored(entry.seq)],
            |row| {
                Ok(AuditTarget {
                    written: row.get(0)?,
                    number: row.get(1)?,
                    effect: row.get::<_, Word<Effect>>(2)?.0,
                    before: row.get::<_, Option<Word<State>>>(3)?.map(|word| word.0),
                    after: row.get::<_, Option<Word<State>>>(4)?.map(|word| word.0),
                })
            },
        )?;
    }
    Ok(Log { entries, last: counted(last.unwrap_or(0)) })
}

/// The targets as a JSON array; members that are not known are left out.
fn text(targets: &[AuditTarget]) -> String {
    let mut text = String::with_capacity(2 + 96 * targets.len());
    text.push('[');
    for (index, target) in targets.iter().enumerate() {
        text.push_str(if index == 0 { "{\"written\":" } else { ",{\"written\":" });
        quote(&mut text, &target.written);
        if let Some(number) = target.number {
            // Writing to a String does not fail.
            let _ = write!(text, ",\"number\":{number}");
        }
        let words = [
            ("effect", Some(target.effect.name())),
            ("before", target.before.map(State::name)),
            ("after", target.after.map(State::name)),
        ];
        for (member, word) in words {
            if let Some(word) = word {
                let _ = write!(text, ",\"{member}\":\"{word}\"");
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
