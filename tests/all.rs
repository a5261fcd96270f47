//! What is tested across crates and from outside the program, as one binary.
#![expect(clippy::unwrap_used, reason = "all of it is tests: a failed unwrap is a failed test")]

// Bad input against the running program: refused in its dialect, memory flat.
mod bad_input;

// A certificate authority, and a certificate of its.
mod certificates;

// A blocking HTTP client of a few lines.
mod client;

// Every expected answer, read by the client half of its dialect and written again.
mod client_halves;

// Real clients: piapi, @qlik/api, curl, requests, and what PowerShell sends.
mod clients;

// kill -9, and the order of system calls.
mod crash;

// Every fixture through its codec alone.
mod codecs;

// `countermand conform` as a process, against a gateway in it and against one that runs.
mod conform;

// Every fixture of every dialect through every dialect.
mod crossing;

// docs/dialects, held to the tables.
mod dialect_pages;

// Results that can be had once.
mod drain;

// A legacy server that fails in every way, behind a gateway.
mod faults;

// A forced cancel, over a clock that moves.
mod forced;

// Fixtures as an HTTP Archive, and back.
mod har;

// In front of a legacy server, which another gateway plays.
mod in_front;

// A whole gateway in this process, over a clock that a test moves.
mod gateway;

// kill -9 while an order to a legacy server is under way.
mod left_behind;

// The cases as Hurl files, judged by the real hurl.
mod judge;

// Tokens and sessions, against the running program.
mod logins;

// Every answer that a fixture expects, changed a little: the runner must see it.
mod mutation;

// Pages of the docs that the code writes.
mod pages;

// Every numbered pitfall of a dialect, and what proves it.
mod pitfalls;

// Lists of one dialect: what they find is what they show.
mod prime_lists;

// Behind nginx and HAProxy, started from the docs' files.
mod proxies;

// A dialect's codec, asked directly.
mod probe;

// `countermand record`: a session recorded, and what it wrote replayed.
mod record;

// Every fixture through the whole gateway in this process, and what is promised of fixtures.
mod replay;

// docs/semantics.md, held to the code.
mod semantics;

// The real program as a process.
mod server;

// The README, run.
mod readme;

// SIGTERM.
mod shutdown;

// What our TLS offers, scanned by the real sslyze.
mod tls;

// What the repository promises about itself.
mod tidy;
