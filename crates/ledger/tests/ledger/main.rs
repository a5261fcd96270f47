//! The ledger through its public face: a real file or a nameless one, a clock that stands still, no mocks.

mod orders;

mod support;
