//! `countermand conform` as a process.
