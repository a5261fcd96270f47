//! The control API from outside, most of it over a ledger in memory.

mod access;

mod desk;

mod documents;

mod feed;

mod import;

mod jobs;

mod openapi;

mod runners;
