//! Server-sent events, as far as a client of the control API needs them: `id`, `data`, comments. Bytes in, events out.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its id, for resuming.
    pub(crate) id: Option<String>,
    /// Its data; lines are joined by a newline.
    pub(crate) data: String,
}

/// Takes bytes as they come and gives whole events.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Bytes of a line that has not ended.
    rest: Vec<u8>,
    event: Event,
    has_data: bool,
}

impl Reader {
    /// Adds what came; returns the events that are complete by it.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.rest.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.rest);
            let line = String::from_utf8_lossy(&line);
            events.extend(self.line(line.trim_end_matches('\r')));
        }
        events
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.event.id = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.has_data = true;
                self.event.data.push_str(value);
            }
            // A comment (an empty field name), or a field that is not used here.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_however_the_bytes_come() {
        let stream =
            ": hello\n\nid: 7\r\nevent: command\ndata: {\"a\":\ndata: 1}\n\ndata\n\nid: 8\n\ndata: x\n";
        let expected = [
            Event { id: Some("7".to_owned()), data: "{\"a\":\n1}".to_owned() },
            Event { id: None, data: String::new() },
        ];
        for size in 1..stream.len() {
            let mut reader = Reader::default();
            let events: Vec<_> =
                stream.as_bytes().chunks(size).flat_map(|bytes| reader.push(bytes)).collect();
            assert_eq!(events, expected, "in pieces of {size}");
        }
    }
}
