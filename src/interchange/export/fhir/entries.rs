//! Observation and QuestionnaireResponse: what was understood, with the words it was understood from.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::results::codes;
use super::{Bundle, coding, instant, number, object, own_identifier, reference, text, words};
use crate::domain::record::{EntryKind, EntryStatus, ReadingValue, RecordEntry};
use crate::interchange::systems;

impl Bundle<'_> {
    pub(super) fn entries(&mut self) {
        for entry in &self.view.entries {
            let Some(mut fields) = self.observation(entry) else {
                continue;
            };
            fields.extend(object(json!({
                "identifier": own_identifier(&entry.id),
                "status": status(entry.status),
                "subject": self.subject(),
                "effectiveDateTime": instant(entry.at),
                "issued": instant(entry.at),
                "performer": [self.subject()],
                // The person's words, always beside what was made of them.
                "note": text(&entry.original_text).map(|words| json!([{ "text": words }])),
            })));
            self.add("Observation", &entry.id, fields);
            self.provenance("Observation", &entry.id, entry);
        }
    }

    /// The parts of an observation that depend on the kind of entry; agenda items have a form of their own.
    fn observation(&self, entry: &RecordEntry) -> Option<Map<String, Value>> {
        let goal = |id: &Option<String>| {
            let known = id.as_deref().filter(|id| self.view.goals.iter().any(|g| g.id == *id));
            known.map(|id| json!([reference("Goal", id)]))
        };
        let visit = |id: &Option<String>| {
            let known = id.as_deref().filter(|id| self.view.appointments.iter().any(|a| a.id == *id));
            known.map(|id| json!([reference("Appointment", id)]))
        };
        Some(object(match &entry.what {
            EntryKind::AgendaItem { .. } => return None,
            EntryKind::CheckIn { goal_id, answer } => json!({
                "code": own_code("check_in", "Goal check-in"),
                "focus": goal(goal_id),
                "valueCodeableConcept": words(answer.words()),
            }),
            EntryKind::GoalCount { goal_id, low, high, unit } => {
                let quantity = |value: f64| json!({ "value": number(value), "unit": text(unit) });
                let range = (low != high).then(|| json!({ "low": quantity(*low), "high": quantity(*high) }));
                json!({
                    "code": own_code("goal_count", "How often, towards a goal"),
                    "focus": goal(goal_id),
                    "valueQuantity": range.is_none().then(|| quantity(*low)),
                    "valueRange": range,
                })
            }
            EntryKind::Confidence { goal_id, score } => json!({
                "code": own_code("confidence", "Confidence about a goal, 0 to 10"),
                "focus": goal(goal_id),
                "valueInteger": score,
            }),
            EntryKind::Confirmation { appointment_id, answer } => json!({
                "code": own_code("confirmation", "Answer about an appointment"),
                "focus": visit(appointment_id),
                "valueCodeableConcept": words(answer.words()),
            }),
            EntryKind::Note { text: note } => json!({
                "code": own_code("note", "Said by the patient"),
                "valueString": text(note),
            }),
            EntryKind::Reading { name, codes: test, value, .. } => {
                let mut fields = json!({
                    "category": [coding(super::results::CATEGORY, "vital-signs", "Vital Signs")],
                    "code": codes(test, name),
                });
                if let Value::Object(map) = &mut fields {
                    map.extend(reading(value));
                }
                fields
            }
        }))
    }

    /// The agenda of one appointment (or of none) as one response, in the person's order.
    pub(super) fn agenda(&mut self) {
        let mut by_visit: BTreeMap<Option<&str>, Vec<&RecordEntry>> = BTreeMap::new();
        for entry in &self.view.entries {
            if let EntryKind::AgendaItem { appointment_id, .. } = &entry.what
                && entry.status != EntryStatus::EnteredInError
            {
                by_visit.entry(appointment_id.as_deref()).or_default().push(entry);
            }
        }
        for (visit, mut items) in by_visit {
            items.sort_by_key(|entry| (position(entry), entry.at));
            let answers: Vec<Value> = items.iter().enumerate().filter_map(|(at, e)| answer(at + 1, e)).collect();
            let (Some(first), Some(last)) = (items.first(), items.iter().map(|e| e.at).max()) else {
                continue;
            };
            let id = format!("agenda {}", visit.unwrap_or("without appointment"));
            let fields = object(json!({
                "identifier": { "system": super::OWN_ID, "value": id },
                "status": "completed",
                "subject": self.subject(),
                "authored": instant(last),
                "author": self.subject(),
                "source": self.subject(),
                "item": answers,
            }));
            self.add("QuestionnaireResponse", &id, fields);
            self.provenance("QuestionnaireResponse", &id, first);
        }
    }

    /// Who said it, and the message it was read from.
    fn provenance(&mut self, kind: &str, id: &str, entry: &RecordEntry) {
        let author = json!({
            "type": coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author", "Author"),
            "who": self.subject(),
        });
        let staff = entry.recorded_by.as_deref().and_then(text).map(|name| {
            json!({
                "type": coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "enterer", "Enterer"),
                "who": { "display": name },
            })
        });
        let source = self.message(entry.message_id.as_deref()).map(|what| json!([{ "role": "source", "what": what }]));
        let fields = object(json!({
            "target": [reference(kind, id)],
            "occurredDateTime": instant(entry.at),
            "recorded": instant(entry.at),
            "agent": std::iter::once(author).chain(staff).collect::<Vec<_>>(),
            "entity": source,
        }));
        self.add("Provenance", &format!("{kind} {id}"), fields);
    }
}

fn own_code(code: &str, display: &str) -> Value {
    coding(systems::ENTRY, code, display)
}

fn status(status: EntryStatus) -> &'static str {
    match status {
        EntryStatus::Recorded => "final",
        EntryStatus::Corrected => "corrected",
        EntryStatus::EnteredInError => "entered-in-error",
    }
}

fn reading(value: &ReadingValue) -> Map<String, Value> {
    object(match value {
        ReadingValue::Number { value, unit, plain_unit, .. } => json!({
            "valueQuantity": { "value": number(*value), "unit": plain_unit, "system": systems::UCUM, "code": unit },
        }),
        ReadingValue::BloodPressure { systolic, diastolic } => {
            json!({ "component": super::results::pressure(f64::from(*systolic), f64::from(*diastolic)) })
        }
    })
}

fn position(entry: &RecordEntry) -> u16 {
    match &entry.what {
        EntryKind::AgendaItem { position, .. } => *position,
        _ => u16::MAX,
    }
}

fn answer(at: usize, entry: &RecordEntry) -> Option<Value> {
    let EntryKind::AgendaItem { topic, text: own, .. } = &entry.what else {
        return None;
    };
    let answers: Vec<Value> = [topic, own]
        .into_iter()
        .flatten()
        .filter_map(|words| text(words))
        .map(|words| json!({ "valueString": words }))
        .collect();
    (!answers.is_empty())
        .then(|| json!({ "linkId": at.to_string(), "text": "What would you like to talk about?", "answer": answers }))
}
