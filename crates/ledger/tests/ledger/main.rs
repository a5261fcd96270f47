//! The ledger through its public face: a real file or a nameless one, a clock that stands still, no mocks.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod orders;

mod families;

mod ends;

mod descriptions;

mod events;

mod ids;

mod deliveries;

mod files;

mod crowds;

mod histories;

mod lists;

mod journals;

mod polls;

mod large;

mod oracle;

mod support;
