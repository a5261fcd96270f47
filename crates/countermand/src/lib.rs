//! Countermand: a compatibility gateway for legacy job-control APIs. This crate reads the configuration, composes the
//! gateway from its parts, and is the command line. The only crate that sees everything; the others meet through it.

pub mod config;
