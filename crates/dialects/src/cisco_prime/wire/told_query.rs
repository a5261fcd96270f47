//! `queryResponse` and `errorDocument` as a server tells them. What may be absent, and what it means, is the client half's
//! to say.

use super::job_summary::JobSummaryWire;
use super::read::{Record, Records, Root};

/// With entities.
#[derive(Debug, Default)]
pub(in super::super) struct ToldEntitiesWire {
    pub(in super::super) count: Option<String>,
    /// `entity`.
    pub(in super::super) entities: Vec<ToldEntityWire>,
}

impl Root for ToldEntitiesWire {
    const NAME: &'static str = "queryResponse";
}

impl Record for ToldEntitiesWire {
    type Item = ToldEntityWire;

    const ATTRIBUTES: &'static [&'static str] = &["count"];

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        (name == "@count").then_some(&mut self.count)
    }

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldEntityWire>> {
        (name == "entity").then_some(Records { within: None, list: &mut self.entities })
    }
}

/// `entity`.
#[derive(Debug, Default)]
pub(in super::super) struct ToldEntityWire {
    /// `jobSummaryDTO`: just one.
    pub(in super::super) summaries: Vec<ToldSummaryWire>,
}

impl Record for ToldEntityWire {
    type Item = ToldSummaryWire;

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldSummaryWire>> {
        (name == "jobSummaryDTO").then_some(Records { within: None, list: &mut self.summaries })
    }
}

/// `jobSummaryDTO`, with what names it.
#[derive(Debug, Default)]
pub(in super::super) struct ToldSummaryWire {
    pub(in super::super) id: Option<String>,
    pub(in super::super) display_name: Option<String>,
    pub(in super::super) summary: JobSummaryWire,
}

impl Record for ToldSummaryWire {
    type Item = ToldSummaryWire;

    const ATTRIBUTES: &'static [&'static str] = &["id", "displayName"];

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "@id" => Some(&mut self.id),
            "@displayName" => Some(&mut self.display_name),
            name => self.summary.place(name),
        }
    }
}

/// With ids.
#[derive(Debug, Default)]
pub(in super::super) struct ToldIdsWire {
    pub(in super::super) count: Option<String>,
    /// `entityId`.
    pub(in super::super) ids: Vec<ToldIdWire>,
}

impl Root for ToldIdsWire {
    const NAME: &'static str = "queryResponse";
}

impl Record for ToldIdsWire {
    type Item = ToldIdWire;

    const ATTRIBUTES: &'static [&'static str] = &["count"];

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        (name == "@count").then_some(&mut self.count)
    }

    fn records(&mut self, name: &str) -> Option<Records<'_, ToldIdWire>> {
        (name == "entityId").then_some(Records { within: None, list: &mut self.ids })
    }
}

/// `entityId`.
#[derive(Debug, Default)]
pub(in super::super) struct ToldIdWire {
    pub(in super::super) id: Option<String>,
    pub(in super::super) display_name: Option<String>,
}

impl Record for ToldIdWire {
    type Item = ToldIdWire;

    const ATTRIBUTES: &'static [&'static str] = &["displayName"];

    const IS_TEXT: bool = true;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "$" => Some(&mut self.id),
            "@displayName" => Some(&mut self.display_name),
            _ => None,
        }
    }
}

/// With a catalogue, of which nothing is read: what there is here is told by this dialect's own table.
#[derive(Debug, Default)]
pub(in super::super) struct ToldCatalogueWire;

impl Root for ToldCatalogueWire {
    const NAME: &'static str = "queryResponse";
}

impl Record for ToldCatalogueWire {
    type Item = ToldCatalogueWire;
}

/// Why a request was refused.
#[derive(Debug, Default)]
pub(in super::super) struct ToldErrorWire {
    pub(in super::super) message: Option<String>,
    /// Such as `presentation.PRS-101`.
    pub(in super::super) id: Option<String>,
}

impl Root for ToldErrorWire {
    const NAME: &'static str = "errorDocument";
}

impl Record for ToldErrorWire {
    type Item = ToldErrorWire;

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "message" => Some(&mut self.message),
            "id" => Some(&mut self.id),
            _ => None,
        }
    }
}
