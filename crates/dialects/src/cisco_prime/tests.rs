//! The codec driven directly.
