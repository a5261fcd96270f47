//! Rows of the jobs table as values, and back. [`Standing`] is the little that an order looks at; the whole
//! [`Job`] is read only where somebody wants to see it.

mod job;

mod standing;

mod whole;

mod words;

pub(crate) use job::{aliases, columns, job, jobs, load, save};
pub(crate) use standing::{
    CONTROL, Standing, by_alias, by_number, children, is_foreign, unfinished_children,
};
pub(crate) use whole::Whole;
pub(crate) use words::{Word, counted, stored, tally_text, unknown};
