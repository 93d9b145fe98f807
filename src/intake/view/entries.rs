//! Stored entries as the record's own kinds.

use crate::clock::instant;
use crate::domain::record::{
    Channel, CheckInAnswer, ConfirmationAnswer, EntryKind, EntryStatus, ReadingValue, RecordEntry,
};
use crate::domain::result::{Code, CodeSystem};
use crate::outreach::Engine;
use crate::store::record::{AgendaItemRow, RecordEntryRow};
use crate::store::views::MessageView;

/// A stored entry that stands in the record; one that waits for a person, or was rejected, does not.
pub(super) fn entry(engine: &Engine, row: &RecordEntryRow, timeline: &[MessageView]) -> Option<RecordEntry> {
    if !super::filed(&row.filed) {
        return None;
    }
    let what = match (row.kind.as_str(), row.value.as_str()) {
        ("check_in", "yes") => EntryKind::CheckIn { goal_id: row.goal_id.clone(), answer: CheckInAnswer::Yes },
        ("check_in", "some") => EntryKind::CheckIn { goal_id: row.goal_id.clone(), answer: CheckInAnswer::Some },
        ("check_in", "no") => EntryKind::CheckIn { goal_id: row.goal_id.clone(), answer: CheckInAnswer::No },
        ("confirmation", "coming") => {
            EntryKind::Confirmation { appointment_id: row.appointment_id.clone(), answer: ConfirmationAnswer::Coming }
        }
        ("confirmation", _) => EntryKind::Confirmation {
            appointment_id: row.appointment_id.clone(),
            answer: ConfirmationAnswer::NotComing,
        },
        ("confidence", _) => EntryKind::Confidence {
            goal_id: row.goal_id.clone(),
            score: row.value_number.and_then(|v| u8::try_from(v as i64).ok()).filter(|s| *s <= 10)?,
        },
        ("reading", _) => reading(engine, row)?,
        ("check_in", _) => count(row).unwrap_or_else(|| super::note(row.value.clone())),
        _ => super::note(format!("{} {}", row.value, row.unit).trim().to_owned()),
    };
    Some(RecordEntry {
        id: row.id.clone(),
        at: instant(row.effective_at),
        channel: channel(timeline, row.message_id.as_deref()),
        what,
        original_text: row.original_text.clone(),
        message_id: row.message_id.clone(),
        question_id: row.prompt_id.clone(),
        status: EntryStatus::Recorded,
        recorded_by: None,
    })
}

/// By which channel the message came that an entry was read from.
fn channel(timeline: &[MessageView], message_id: Option<&str>) -> Channel {
    let message = timeline.iter().find(|m| Some(m.id.as_str()) == message_id);
    if message.and_then(|m| m.channel.as_deref()) == Some("email") { Channel::Email } else { Channel::Sms }
}

fn count(row: &RecordEntryRow) -> Option<EntryKind> {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).ok()?;
    let end = |key: &str| row.value_number.or_else(|| detail.get(key)?.as_f64());
    let (low, high) = (end("min")?, end("max")?);
    Some(EntryKind::GoalCount { goal_id: row.goal_id.clone(), low, high, unit: row.unit.clone() })
}

fn reading(engine: &Engine, row: &RecordEntryRow) -> Option<EntryKind> {
    let name = row.code.split('#').next().unwrap_or_default();
    let (test_key, short) = match name {
        "bp" => ("blood_pressure", "BP"),
        "glucose" => ("glucose", "blood glucose"),
        "peak_flow" => ("peak_flow", "peak flow"),
        "hba1c" => ("hba1c", "HbA1c"),
        other => (other, other),
    };
    let test = engine.results.get(test_key);
    let code =
        |system: CodeSystem, code: Option<&String>| code.map(|code| Code { system, code: code.clone(), display: None });
    let codes = test
        .map(|t| {
            [code(CodeSystem::Snomed, t.snomed.first()), code(CodeSystem::Loinc, t.loinc.first())]
                .into_iter()
                .flatten()
                .collect()
        })
        .unwrap_or_default();
    let value = if name == "bp" {
        let detail: serde_json::Value = serde_json::from_str(&row.detail).ok()?;
        let part = |key: &str| detail.get(key).and_then(serde_json::Value::as_u64).and_then(|n| u16::try_from(n).ok());
        ReadingValue::BloodPressure { systolic: part("systolic")?, diastolic: part("diastolic")? }
    } else if let Some(value) = row.value_number {
        ReadingValue::Number {
            value,
            unit: row.unit.clone(),
            plain_unit: test.map_or_else(|| row.unit.clone(), |t| t.plain_unit.clone()),
            decimals: u8::from(value.fract() != 0.0),
        }
    } else {
        // HI and LO are what a meter shows, not a number.
        return Some(super::note(format!("{short}: meter shows {}", row.value)));
    };
    Some(EntryKind::Reading { test_key: test_key.to_owned(), name: short.to_owned(), codes, value })
}

/// An agenda item, with the text it was read from.
pub(super) fn agenda_entry(item: &AgendaItemRow, timeline: &[MessageView]) -> RecordEntry {
    let message = timeline.iter().find(|m| m.id == item.message_id);
    RecordEntry {
        id: item.id.clone(),
        at: instant(item.created_at),
        channel: channel(timeline, Some(&item.message_id)),
        what: EntryKind::AgendaItem {
            position: u16::try_from(item.position).unwrap_or(u16::MAX),
            topic: None,
            text: Some(item.words.clone()),
            private: false,
            appointment_id: Some(item.appointment_id.clone()),
        },
        original_text: message.and_then(|m| m.body.clone()).unwrap_or_else(|| item.words.clone()),
        message_id: Some(item.message_id.clone()),
        question_id: None,
        status: EntryStatus::Recorded,
        recorded_by: None,
    }
}
