//! One resource to one record: what every kind of resource has in common.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::index::{At, Index};
use super::model::{Concept, Period, Reference};
use super::split::{Entry, position};
use super::{FORMAT, Warnings};
use crate::domain::import::{
    Field, IgnoredReason, PatientKey, Provenance, Record, Refusal, RefusalReason, SourceId, StopTag,
};
use crate::domain::result::{ReportStatus, TakenAt};
use crate::interchange::Options;
use crate::interchange::dates::{self, DateOrder, DateText};

/// What a resource became.
pub(super) enum Outcome {
    /// A record.
    Taken(Taken),
    /// Used without becoming a record (a report whose results are in the file).
    Used,
    /// Left aside.
    Ignored(IgnoredReason),
}

/// A record with what staff should know of it.
pub(super) struct Taken {
    pub(super) record: Box<Record>,
    pub(super) warnings: Warnings,
}

impl Outcome {
    pub(super) fn record(record: Record) -> Self {
        Self::Taken(Taken { record: Box::new(record), warnings: Vec::new() })
    }
}

/// What resources of one file are read with.
pub(super) struct Reading<'a> {
    pub(super) options: &'a Options<'a>,
    pub(super) index: &'a Index,
    /// Report and its status, by the observation it holds.
    pub(super) reports: &'a HashMap<At, (SourceId, ReportStatus)>,
    pub(super) file: usize,
    pub(super) name: &'a str,
}

/// A resource that says it must not be understood without something this program does not know.
pub(super) fn check(entry: &Entry<'_>) -> Result<(), Refusal> {
    let modified = entry.head.modifier_extension.as_ref().is_some_and(|list| !list.is_empty());
    if modified || entry.head.implicit_rules.is_some() {
        return Err(refusal(entry, RefusalReason::ModifierUnknown));
    }
    Ok(())
}

/// A refusal of this resource.
pub(super) fn refusal(entry: &Entry<'_>, reason: RefusalReason) -> Refusal {
    Refusal::new(entry.place, entry.kind(), reason)
}

/// The resource in its shape.
pub(super) fn shape<T: DeserializeOwned>(entry: &Entry<'_>) -> Result<T, Refusal> {
    serde_json::from_str(entry.raw)
        .map_err(|e| refusal(entry, RefusalReason::ShapeWrong).detail(format!("{} of the resource", position(&e))))
}

pub(super) fn provenance(entry: &Entry<'_>, name: &str) -> Provenance {
    Provenance { file: name.to_owned(), place: entry.place, format: FORMAT.to_owned() }
}

/// A date with as much of a time as was written; one that cannot be read refuses the resource.
pub(super) fn date(entry: &Entry<'_>, field: Field, text: &str) -> Result<DateText, Refusal> {
    dates::read(text, DateOrder::Unstated).map_err(|reason| refusal(entry, reason).field(field).shown(text))
}

/// The stop tag that any of a concept's words stand for.
pub(super) fn stop_tag(concept: &Concept) -> Option<StopTag> {
    let displays = concept.coding.iter().filter_map(|c| c.display.as_deref());
    displays.chain(concept.text.as_deref()).find_map(StopTag::from_text)
}

impl Reading<'_> {
    pub(super) fn provenance(&self, entry: &Entry<'_>) -> Provenance {
        provenance(entry, self.name)
    }

    /// The person a resource is about.
    pub(super) fn subject(&self, entry: &Entry<'_>, subject: Option<&Reference>) -> Result<PatientKey, Refusal> {
        let refuse = |reason| refusal(entry, reason).field(Field::Subject);
        let Some(reference) = subject.and_then(|s| s.reference.as_deref()) else {
            return Err(refuse(RefusalReason::Missing));
        };
        if let Some(inner) = reference.strip_prefix('#') {
            let found = self.index.contained(self.file, entry.place, inner);
            return found.ok_or_else(|| refuse(RefusalReason::PatientNotInFile));
        }
        self.index.person(self.file, reference).map_err(refuse)
    }

    /// A day where it matters little: a year alone or a date that cannot be read is no date.
    pub(super) fn day(&self, text: Option<&str>) -> Option<NaiveDate> {
        dates::read(text?, DateOrder::Unstated).ok().map(|date| date.day(self.options.zone))
    }

    /// The same with its time.
    pub(super) fn when(&self, text: Option<&str>) -> Option<TakenAt> {
        dates::read(text?, DateOrder::Unstated).ok().map(|date| date.taken_at(self.options.zone))
    }

    /// Whether a period is over today.
    pub(super) fn is_over(&self, period: Option<&Period>) -> bool {
        let end = period.and_then(|p| self.day(p.end.as_deref()));
        end.is_some_and(|end| end < self.options.today)
    }
}
