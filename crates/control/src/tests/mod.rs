//! The control API from outside, over a ledger in memory.
