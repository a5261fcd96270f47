//! What dialects share: how documents are read and written, how a format is negotiated, how a path is matched and a route found. The
//! words themselves are each dialect's own. There is no generic mapping between XML and JSON here, on purpose: an
//! array of one, an attribute or a doubled wrapper is a call in a dialect's encoder.

pub(crate) mod bytes;

pub mod json;

pub mod negotiate;

pub mod number;

pub mod path;

pub mod query;

pub mod route;

pub mod spelling;

pub mod time;

pub mod xml;
