//! One write's turn in a group: the connection inside its transaction, the time, and what is to follow the commit.

use crate::session::Session;
use crate::signals::Aftermath;

/// What a write works with. Everything it does becomes true with the commit of its group, or not at all.
pub(crate) struct Turn<'a> {
    /// The connection, inside a transaction.
    pub(crate) session: &'a Session,
    /// The time of this write.
    pub(crate) now: i64,
    /// Who is to hear of it after the commit.
    pub(crate) aftermath: &'a mut Aftermath,
}
