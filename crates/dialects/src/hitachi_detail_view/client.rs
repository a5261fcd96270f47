//! What is said to a server of this dialect, and what its answers mean.

use bytes::Bytes;
use countermand_model::{Command, Fault, Outcome};
use http::Response;

use super::DetailView;
use crate::conversation::unsupported;
use crate::{Conversation, Echo, Malformed};

/// See [`Codec::converse`](crate::Codec::converse).
pub(super) fn converse(
    _codec: &DetailView,
    command: &Command,
    _at: i64,
) -> Result<Box<dyn Conversation>, Fault> {
    Err(unsupported(command.name()))
}

/// See [`Codec::decode_response`](crate::Codec::decode_response).
pub(super) fn decode_response(
    _codec: &DetailView,
    _echo: &Echo,
    _command: &Command,
    _at: i64,
    _response: &Response<Bytes>,
) -> Result<Result<Outcome, Fault>, Malformed> {
    Err(Malformed::new("", "this is not read yet"))
}
