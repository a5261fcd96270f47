//! Everything that is tested from outside a crate, as one binary.

// Fixtures: files of raw HTTP, read and compared.
mod fixture;

// What the repository promises about itself.
mod tidy;
