//! Countermand: a compatibility gateway for legacy job-control APIs. This crate reads the configuration, composes the
//! gateway from its parts, and is the command line. The only crate that sees everything; the others meet through it.
//!
//! Reading order: [`config`] is a gateway as data, [`compose`] makes it run, [`demo`] is one that needs no file,
//! [`conform`] is one for fixtures, [`record`] makes such of the traffic of a server, and [`cli`] is what people type.

pub mod config;

pub mod compose;

pub mod demo;

pub mod conform;

pub mod record;

mod client;

pub mod cli;

pub mod exit;

pub mod logs;
