//! The names of this dialect, for recordings. What a result holds is the inventory of whoever runs the server, so
//! nothing below `result` is known here but `result` itself.

use crate::Vocabulary;

/// See [`Vocabulary`].
pub(super) fn vocabulary() -> Vocabulary {
    Vocabulary {
        headers: &["cache-control", "x-waittime"],
        parameters: vec!["action", "dataset", "requestId", "processSync", "includeVersion"],
        members: vec![
            "aborted",
            "code",
            "completed",
            "error",
            "hasErrors",
            "id",
            "matched",
            "processed",
            "result",
            "status",
            "total",
        ],
        volatile: &[],
        shown: &["results", "attributes"],
    }
}
