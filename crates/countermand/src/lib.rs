//! Countermand: a compatibility gateway for legacy job-control APIs. This crate reads the configuration, composes the
//! gateway from its parts, and is the command line. The only crate that sees everything; the others meet through it.
//!
//! Reading order: [`config`] is a gateway as data, [`compose`] makes it run, [`demo`] is one that needs no file,
//! [`conform`] is one for fixtures, and [`cli`] is what people type.

pub mod config;

pub mod compose;

pub mod demo;

pub mod conform;

mod client;

pub mod cli;

pub mod exit;

pub mod logs;
