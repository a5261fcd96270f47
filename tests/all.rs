//! What is tested across crates and from outside the program, as one binary.
#![expect(clippy::unwrap_used, reason = "all of it is tests: a failed unwrap is a failed test")]

// Bad input against the running program: refused in its dialect, memory flat.
mod bad_input;

// A blocking HTTP client of a few lines.
mod client;

// Real clients: piapi, @qlik/api, curl, requests, and what PowerShell sends.
mod clients;

// kill -9, and the order of system calls.
mod crash;

// docs/dialects, held to the tables.
mod dialect_pages;

// Fixtures: files of raw HTTP, read and compared.
mod fixture;

// Pages of the docs that the code writes.
mod pages;

// Every numbered pitfall of a dialect, and what proves it.
mod pitfalls;

// A dialect's codec, asked directly.
mod probe;

// Every fixture through the whole gateway, in this process.
mod replay;

// docs/semantics.md, held to the code.
mod semantics;

// The real program as a process.
mod server;

// The README, run.
mod readme;

// SIGTERM.
mod shutdown;

// What the repository promises about itself.
mod tidy;
