//! Structured entries from what was understood; the person's own text always stands beside them.

use super::State;
use super::answers::reading_text;
use crate::domain::reply::{Expects, Intent, Level, Reading, ReadingKind, Understanding};

/// One entry for the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `check_in`, `reading`, `confirmation`, `choice`, `confidence`.
    pub kind: &'static str,
    /// What exactly: the reading's name, the unit counted.
    pub code: String,
    /// As staff read it.
    pub value: String,
    /// As a number, where it is one.
    pub value_number: Option<f64>,
    /// UCUM, or the unit counted.
    pub unit: String,
    /// More, as JSON: both ends of a range, systolic and diastolic.
    pub detail: serde_json::Value,
    /// Filed without a person; else it waits for one.
    pub sure: bool,
}

/// What the reply tells the record. `sure` files it; else a person confirms it first.
pub(super) fn from_reply(read: &Understanding, state: &State<'_>, sure: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    let expects = state.prompt.map(|(prompt, _)| &prompt.expects);
    if read.says(Intent::ProgressNumber) {
        entries.extend(progress(read, expects, sure));
    }
    for (index, reading) in read.fields.readings.iter().flatten().enumerate() {
        entries.push(reading_entry(reading, index, sure));
    }
    let word = match (expects, read.intent) {
        (Some(Expects::YesNoSome), Intent::Yes) => Some(("check_in", "yes")),
        (Some(Expects::YesNoSome), Intent::No) => Some(("check_in", "no")),
        (Some(Expects::YesNoSome), Intent::Partial) => Some(("check_in", "some")),
        (Some(Expects::Appointment { .. }), Intent::Yes | Intent::Confirm) => Some(("confirmation", "coming")),
        (Some(Expects::Appointment { .. }), Intent::No | Intent::Cancel) => Some(("confirmation", "not coming")),
        _ => None,
    };
    if let Some((kind, value)) = word {
        entries.push(Entry {
            kind,
            code: "answer".to_owned(),
            value: value.to_owned(),
            value_number: None,
            unit: String::new(),
            detail: serde_json::Value::Null,
            sure,
        });
    }
    if read.says(Intent::Choice) {
        let chosen: Vec<String> =
            read.fields.option.iter().chain(read.fields.options.iter().flatten()).cloned().collect();
        if !chosen.is_empty() {
            entries.push(Entry {
                kind: "choice",
                code: "option".to_owned(),
                value: chosen.join(", "),
                value_number: None,
                unit: String::new(),
                detail: serde_json::json!({ "options": chosen }),
                sure,
            });
        }
    }
    entries
}

fn progress(read: &Understanding, expects: Option<&Expects>, sure: bool) -> Option<Entry> {
    let (kind, unit) = match expects {
        Some(Expects::Count { unit, .. }) => ("check_in", unit.clone()),
        Some(Expects::Scale { .. }) => ("confidence", "{score}".to_owned()),
        _ => ("check_in", String::new()),
    };
    let fields = &read.fields;
    let (value, number) = match (fields.value, fields.min, fields.max) {
        (Some(value), ..) => (format!("{value}"), Some(value)),
        (None, Some(min), Some(max)) => (format!("{min} to {max}"), None),
        _ => return None,
    };
    Some(Entry {
        kind,
        code: "count".to_owned(),
        value,
        value_number: number,
        unit,
        detail: serde_json::json!({ "min": fields.min, "max": fields.max }),
        sure,
    })
}

fn reading_entry(reading: &Reading, index: usize, sure: bool) -> Entry {
    let (name, unit) = match reading {
        Reading::Bp { .. } => ("bp", "mm[Hg]"),
        Reading::Weight { .. } => ("weight", "kg"),
        Reading::Single { kind, unit, .. } => (name(*kind), *unit),
    };
    // Several readings of one kind in one text are told apart by their place.
    let code = if index == 0 { name.to_owned() } else { format!("{name}#{}", index + 1) };
    let value_number = match reading {
        Reading::Weight { kg } => Some(*kg),
        Reading::Single { level: Level::Number(value), .. } => Some(*value),
        _ => None,
    };
    Entry {
        kind: "reading",
        code,
        value: reading_text(reading),
        value_number,
        unit: unit.to_owned(),
        detail: serde_json::to_value(reading).unwrap_or_default(),
        sure,
    }
}

const fn name(kind: ReadingKind) -> &'static str {
    match kind {
        ReadingKind::Bp => "bp",
        ReadingKind::Weight => "weight",
        ReadingKind::Glucose => "glucose",
        ReadingKind::PeakFlow => "peak_flow",
        ReadingKind::Steps => "steps",
        ReadingKind::Hba1c => "hba1c",
        ReadingKind::Temperature => "temperature",
        ReadingKind::Spo2 => "spo2",
    }
}
