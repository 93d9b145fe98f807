//! Observation and DiagnosticReport.

use std::collections::HashMap;

use super::index::{At, Index};
use super::model::{self, Concept, Quantity as FhirQuantity};
use super::reading::{Outcome, Reading, date, refusal, shape};
use super::source_id;
use super::split::{Entry, Split};
use crate::domain::import::{Field, IgnoredReason, Record, Refusal, RefusalReason, SourceId};
use crate::domain::result::{Comparator, Found, ReportStatus, TakenAt};
use crate::interchange::measured::{self, Given, Measured, Quantity};

/// For each observation in a report of these files: the report, and its status, which may be behind the
/// observation's own (hazard H05).
pub(super) fn statuses(splits: &[Result<Split<'_>, Refusal>], index: &Index) -> HashMap<At, (SourceId, ReportStatus)> {
    let mut all: HashMap<At, (SourceId, ReportStatus)> = HashMap::new();
    for (file, split) in splits.iter().enumerate() {
        let Ok(split) = split else { continue };
        for (at, entry) in split.entries.iter().enumerate().filter(|(_, e)| e.kind() == "DiagnosticReport") {
            let Ok(report) = shape::<model::DiagnosticReport>(entry) else {
                continue;
            };
            let status = ReportStatus::read(report.status.as_deref().unwrap_or_default());
            for found in results_of(&report, (file, at), split, index) {
                let weaker = all.get(&found).map_or(status, |(_, before)| before.weaker(status));
                all.entry(found).or_insert_with(|| (source_id(entry), status)).1 = weaker;
            }
        }
    }
    all
}

/// The observations a report holds: contained in it, or referred to.
fn results_of(report: &model::DiagnosticReport, at: At, split: &Split<'_>, index: &Index) -> Vec<At> {
    // What a resource contains stands right behind it.
    let contained = |id: &str| {
        let inside = split.entries.iter().enumerate().skip(at.1 + 1).take_while(|(_, e)| e.parent == Some(at.1));
        inside.filter(|(_, e)| e.head.id.as_deref() == Some(id)).map(|(inner, _)| (at.0, inner)).next()
    };
    report
        .result
        .iter()
        .filter_map(|r| r.reference.as_deref())
        .filter_map(|reference| match reference.strip_prefix('#') {
            Some(id) => contained(id),
            None => index.find(at.0, reference),
        })
        .collect()
}

/// A report is used through its results; one without any in these files is left aside.
pub(super) fn report(reading: &Reading<'_>, at: At, entry: &Entry<'_>, split: &Split<'_>) -> Result<Outcome, Refusal> {
    let report: model::DiagnosticReport = shape(entry)?;
    if results_of(&report, at, split, reading.index).is_empty() {
        return Ok(Outcome::Ignored(IgnoredReason::ReportWithoutResults));
    }
    Ok(Outcome::Used)
}

/// Reads an observation as a held result, or leaves it aside when it is none.
pub(super) fn observation(
    reading: &Reading<'_>,
    at: At,
    entry: &Entry<'_>,
    split: &Split<'_>,
) -> Result<Outcome, Refusal> {
    let observation: model::Observation = shape(entry)?;
    let code = observation.code.as_ref();
    let (codes, display) = (code.map(Concept::codes).unwrap_or_default(), code.and_then(Concept::words));
    let Some(display) = display else {
        return Err(refusal(entry, RefusalReason::NoTest).field(Field::Code));
    };
    let known = !matches!(reading.options.catalogue.find(&codes, &display), Found::None);
    if !known && !is_result(&observation.category) {
        return Ok(Outcome::Ignored(IgnoredReason::NotATestResult));
    }
    let given = given(&observation);
    if given == Given::Absent(None) {
        if !observation.has_member.is_empty() {
            return Ok(Outcome::Ignored(IgnoredReason::OnlyGroups));
        }
        return Err(refusal(entry, RefusalReason::NoValue).field(Field::Value));
    }
    let holder = entry.parent.and_then(|parent| split.entries.get(parent)).unwrap_or(entry);
    let patient = subject(reading, &observation, entry, holder)?;
    let report = reading.reports.get(&at);
    let own = ReportStatus::read(observation.status.as_deref().unwrap_or_default());
    let range = match observation.reference_range.as_slice() {
        [only] => Some(only),
        several => {
            let mut normal = several.iter().filter(|r| is_normal_range(r));
            normal.next().filter(|_| normal.next().is_none())
        }
    };
    let result = measured::result(
        Measured {
            patient,
            source_id: source_id(entry),
            provenance: reading.provenance(entry),
            report_id: report.map(|(id, _)| id.clone()),
            codes,
            display,
            given,
            low: range.and_then(|r| r.low.as_ref()).map(quantity),
            high: range.and_then(|r| r.high.as_ref()).map(quantity),
            range_text: range.and_then(|r| r.text.clone()),
            flag: observation
                .interpretation
                .iter()
                .find_map(|i| i.first_code().map(str::to_owned).or_else(|| i.words())),
            status: report.map_or(own, |(_, report)| own.weaker(*report)),
            taken_at: taken_at(reading, entry, &observation)?,
        },
        reading.options.catalogue,
    );
    Ok(Outcome::record(Record::Result(Box::new(result))))
}

/// A contained observation without a subject is about the person its report is about.
fn subject(
    reading: &Reading<'_>,
    observation: &model::Observation,
    entry: &Entry<'_>,
    holder: &Entry<'_>,
) -> Result<crate::domain::import::PatientKey, Refusal> {
    #[derive(serde::Deserialize)]
    struct Holder {
        subject: Option<model::Reference>,
    }
    if observation.subject.is_some() || entry.parent.is_none() {
        return reading.subject(holder, observation.subject.as_ref());
    }
    let holder_shape: Holder = shape(holder)?;
    reading.subject(holder, holder_shape.subject.as_ref())
}

/// Laboratory and vital signs; without a category it may be one.
fn is_result(categories: &[Concept]) -> bool {
    let mut codes = categories.iter().flat_map(|c| &c.coding).filter_map(|c| c.code.as_deref()).peekable();
    codes.peek().is_none() || codes.any(|code| matches!(code, "laboratory" | "vital-signs" | "vital-sign"))
}

fn is_normal_range(range: &model::ReferenceRange) -> bool {
    range.kind.as_ref().is_none_or(|kind| kind.first_code() == Some("normal"))
}

fn taken_at(
    reading: &Reading<'_>,
    entry: &Entry<'_>,
    observation: &model::Observation,
) -> Result<Option<TakenAt>, Refusal> {
    let period = observation.effective_period.as_ref().and_then(|p| p.start.as_deref());
    let text = observation.effective_date_time.as_deref().or(observation.effective_instant.as_deref()).or(period);
    let Some(text) = text else { return Ok(None) };
    match date(entry, Field::Date, text) {
        Ok(date) if date.day(reading.options.zone) > reading.options.today => {
            Err(refusal(entry, RefusalReason::DateInFuture).field(Field::Date))
        }
        Ok(date) => Ok(Some(date.taken_at(reading.options.zone))),
        // "2019" or "2019-03" is allowed by FHIR: kept as a result without a day, and held for it.
        Err(refusal) if refusal.reason == RefusalReason::DateIncomplete => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn given(observation: &model::Observation) -> Given {
    if let Some(value) = &observation.value_quantity {
        return Given::Quantity(quantity(value));
    }
    if let Some(text) = &observation.value_string {
        return Given::Text(text.clone());
    }
    if let Some(words) = observation.value_codeable_concept.as_ref().and_then(Concept::words) {
        return Given::Text(words);
    }
    if let Some(number) = &observation.value_integer {
        return Given::Quantity(Quantity { text: bare(number.get()), ..Quantity::default() });
    }
    if let Some(yes) = observation.value_boolean {
        return Given::Text(if yes { "yes" } else { "no" }.to_owned());
    }
    let other = [
        (observation.value_range.is_some(), "a range"),
        (observation.value_ratio.is_some(), "a ratio"),
        (observation.value_sampled_data.is_some(), "a series"),
        (observation.value_period.is_some(), "a period"),
        (observation.value_time.is_some() || observation.value_date_time.is_some(), "a time"),
    ];
    if let Some((_, kind)) = other.iter().find(|(is, _)| *is) {
        return Given::Absent(Some(format!("the value is {kind}, which is not read")));
    }
    if !observation.component.is_empty() {
        return Given::Parts(observation.component.iter().map(part).collect());
    }
    Given::Absent(observation.data_absent_reason.as_ref().and_then(Concept::words))
}

fn part(part: &model::Part) -> (Vec<crate::domain::result::Code>, String, Quantity) {
    let code = part.code.as_ref();
    let value = match (&part.value_quantity, &part.value_string, &part.value_codeable_concept) {
        (Some(value), ..) => quantity(value),
        (None, Some(text), _) => Quantity { text: text.clone(), ..Quantity::default() },
        (None, None, concept) => {
            Quantity { text: concept.as_ref().and_then(Concept::words).unwrap_or_default(), ..Quantity::default() }
        }
    };
    (code.map(Concept::codes).unwrap_or_default(), code.and_then(Concept::words).unwrap_or_default(), value)
}

fn quantity(quantity: &FhirQuantity) -> Quantity {
    let comparator = match quantity.comparator.as_deref() {
        Some("<") => Some(Comparator::Below),
        Some("<=") => Some(Comparator::AtMost),
        Some(">=") => Some(Comparator::AtLeast),
        Some(">") => Some(Comparator::Above),
        _ => None,
    };
    let number = quantity.value.as_ref().map(|v| bare(v.get())).unwrap_or_default();
    // A comparator that is not known stays in the text, so that the value is no plain number.
    let unknown = quantity.comparator.as_deref().filter(|_| comparator.is_none()).unwrap_or_default();
    let is_ucum = quantity.system.as_deref().is_none_or(|s| s == "http://unitsofmeasure.org");
    Quantity {
        text: format!("{unknown}{number}"),
        comparator,
        unit: quantity.unit.clone(),
        unit_code: quantity.code.clone().filter(|_| is_ucum),
    }
}

/// A number as it stood in the file; some sources put it in quotation marks.
fn bare(text: &str) -> String {
    text.trim_matches('"').to_owned()
}
