//! The control API from outside.

mod documents;

mod openapi;
