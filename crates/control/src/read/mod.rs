//! Reading what people write to us: JSON documents, member by member, with a JSON pointer for every mistake.
//!
//! Not derived with serde, for four reasons: a derived reader takes `["running"]` for `{"state": "running"}`, cannot
//! tell an absent member from a `null` one without ceremony, buffers what should stay text, and does not suggest a name.

pub(crate) mod describe;

pub(crate) mod event;

pub(crate) mod names;

pub(crate) mod time;

pub(crate) mod value;
