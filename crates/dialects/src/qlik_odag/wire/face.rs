//! A job together with what decides how it looks: the profile, the switches, the id that was asked for.

use std::collections::BTreeMap;

use countermand_model::{Job, Kind, Output, State};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::qlik_odag::{DIALECT, Odag};

/// A job as one caller sees it.
pub(super) struct Face<'a> {
    pub(super) odag: &'a Odag,
    pub(super) profile: u8,
    /// The id that the caller wrote; in a list nobody has written one.
    pub(super) asked: Option<&'a str>,
    pub(super) job: &'a Job,
    pub(super) kin: &'a [&'a Job],
    /// Its attributes.
    pub(super) given: BTreeMap<String, &'a RawValue>,
}

impl<'a> Face<'a> {
    pub(super) fn of(
        odag: &'a Odag,
        profile: u8,
        asked: Option<&'a str>,
        job: &'a Job,
        kin: &'a [&'a Job],
    ) -> Face<'a> {
        Face { odag, profile, asked, job, kin, given: attributes(job) }
    }

    /// A child of it, as the same caller sees it.
    pub(super) fn child<'c>(&self, job: &'c Job) -> Face<'c>
    where
        'a: 'c,
    {
        Face::of(self.odag, self.profile, self.asked, job, &[])
    }

    /// An attribute, read; `None` where there is none or it has another shape.
    pub(super) fn read<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.given.get(name).and_then(|text| serde_json::from_str(text.get()).ok())
    }

    /// An attribute that is an object, read. An array of what the members should be would be read as well.
    pub(super) fn object<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.given.get(name).filter(|text| text.get().starts_with('{')).and_then(|_| self.read(name))
    }

    /// The user it belongs to, as far as the model knows.
    pub(super) fn user(&self) -> &str {
        self.job.owner.as_deref().unwrap_or_default()
    }

    /// The generated app, where it shows.
    // Quirk: a request cancelled before it began to load shows none; fixtures/qlik-odag/cancel-removes-app.http
    pub(super) fn app(&self) -> Option<&Output> {
        let removed = self.job.state == State::Cancelled && self.job.started_at.is_none();
        self.job.output.as_ref().filter(|_| self.job.kind != Kind::Parent && !removed)
    }
}

/// What the service says of a job, by member.
pub(super) fn attributes(job: &Job) -> BTreeMap<String, &RawValue> {
    // The ledger takes nothing but an object.
    let object = job.attributes_of(DIALECT.name);
    object.and_then(|object| serde_json::from_str(object).ok()).unwrap_or_default()
}
