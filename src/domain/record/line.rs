//! The form in which an entry is copied by hand into a record system that has no interface.

use chrono_tz::Tz;

use super::{Channel, EntryKind, EntryStatus, ReadingValue, RecordEntry};
use crate::domain::calendar::local_date;

/// One line of plain text: `24 Nov 2026 text: BP 138/82 (patient reported)`.
///
/// The date is that of the practice's zone. Never more than one line, whatever the person wrote.
pub fn one_line(entry: &RecordEntry, zone: Tz) -> String {
    let date = local_date(entry.at, zone).format("%-d %b %Y");
    let by = match (entry.status, entry.channel, &entry.recorded_by) {
        (EntryStatus::EnteredInError, ..) => "entered in error",
        (EntryStatus::Corrected, ..) => "patient reported, corrected by staff",
        (_, Channel::Staff, Some(_)) => "entered by staff",
        _ => "patient reported",
    };
    format!("{date} {}: {} ({by})", entry.channel.word(), what(&entry.what))
}

fn what(kind: &EntryKind) -> String {
    match kind {
        EntryKind::CheckIn { answer, .. } => format!("goal check-in: {}", answer.words()),
        EntryKind::Reading { name, value, .. } => {
            format!("{} {}", on_one_line(name), reading(value))
        }
        EntryKind::AgendaItem { position, topic, text, private, .. } => {
            let words = match (private, topic, text) {
                (true, ..) => "something private".to_owned(),
                (false, Some(topic), Some(text)) => {
                    format!("{}: \"{}\"", on_one_line(topic), on_one_line(text))
                }
                (false, Some(topic), None) => on_one_line(topic),
                (false, None, text) => {
                    format!("\"{}\"", on_one_line(text.as_deref().unwrap_or_default()))
                }
            };
            format!("would like to talk about ({position}) {words}")
        }
        EntryKind::GoalCount { low, high, unit, .. } => format!("goal: {}", count_words(*low, *high, unit)),
        EntryKind::Confidence { score, .. } => format!("confidence about the goal {score} of 10"),
        EntryKind::Confirmation { answer, .. } => format!("appointment: {}", answer.words()),
        EntryKind::Note { text } => format!("\"{}\"", on_one_line(text)),
    }
}

/// A count as people read it: "5 days", "3 to 4 days".
pub fn count_words(low: f64, high: f64, unit: &str) -> String {
    let number = if low == high { format!("{low}") } else { format!("{low} to {high}") };
    format!("{number} {unit}").trim().to_owned()
}

fn reading(value: &ReadingValue) -> String {
    match value {
        ReadingValue::BloodPressure { systolic, diastolic } => format!("{systolic}/{diastolic}"),
        ReadingValue::Number { value, plain_unit, decimals, .. } => {
            format!("{value:.*} {plain_unit}", usize::from(*decimals))
        }
    }
}

fn on_one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn entry(what: EntryKind) -> RecordEntry {
        RecordEntry {
            id: "e1".into(),
            // 23:30 UTC in winter time is the same day in London, and in summer the next one.
            at: Utc.with_ymd_and_hms(2026, 11, 24, 23, 30, 0).unwrap(),
            channel: Channel::Sms,
            what,
            original_text: "138/82".into(),
            message_id: Some("m1".into()),
            question_id: None,
            status: EntryStatus::Recorded,
            recorded_by: None,
        }
    }

    #[test]
    fn readings_and_words_on_one_line() {
        let bp = EntryKind::Reading {
            test_key: "blood_pressure".into(),
            name: "BP".into(),
            codes: Vec::new(),
            value: ReadingValue::BloodPressure { systolic: 138, diastolic: 82 },
        };
        let mut bp = entry(bp);
        let line = |e: &RecordEntry| one_line(e, chrono_tz::Europe::London);
        assert_eq!(line(&bp), "24 Nov 2026 text: BP 138/82 (patient reported)");
        bp.status = EntryStatus::EnteredInError;
        assert_eq!(line(&bp), "24 Nov 2026 text: BP 138/82 (entered in error)");

        let agenda = EntryKind::AgendaItem {
            position: 1,
            topic: None,
            text: Some("my\nsleep\t\u{85} and  \"work\"".into()),
            private: false,
            appointment_id: None,
        };
        let mut agenda = entry(agenda);
        agenda.channel = Channel::Email;
        assert_eq!(
            line(&agenda),
            "24 Nov 2026 email: would like to talk about (1) \"my sleep and \"work\"\" (patient reported)"
        );
        agenda.at = Utc.with_ymd_and_hms(2026, 6, 24, 23, 30, 0).unwrap();
        assert!(line(&agenda).starts_with("25 Jun 2026 "));
    }

    #[test]
    fn what_is_private_stays_private() {
        let item = EntryKind::AgendaItem {
            position: 2,
            topic: Some("private".into()),
            text: Some("secret".into()),
            private: true,
            appointment_id: None,
        };
        assert!(!one_line(&entry(item), chrono_tz::Europe::London).contains("secret"));
    }
}
