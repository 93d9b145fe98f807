//! Goal, Consent, Appointment, Task.

use serde_json::{Value, json};

use super::{Bundle, code, coding, instant, object, own_identifier, reference, text, words};
use crate::domain::import::AppointmentStatus;
use crate::domain::record::EntryKind;
use crate::interchange::systems;

impl Bundle<'_> {
    pub(super) fn goals(&mut self) {
        for goal in &self.view.goals {
            let about = |kind: &EntryKind| match kind {
                EntryKind::CheckIn { goal_id, .. }
                | EntryKind::GoalCount { goal_id, .. }
                | EntryKind::Confidence { goal_id, .. } => goal_id.as_deref() == Some(goal.id.as_str()),
                _ => false,
            };
            let entries = self.view.entries.iter().filter(|e| about(&e.what) || goal.entry_ids.contains(&e.id));
            let outcomes: Vec<Value> = entries
                .filter(|e| !matches!(e.what, EntryKind::AgendaItem { .. }))
                .map(|e| reference("Observation", &e.id))
                .collect();
            let achievement = goal.achievement.as_deref().and_then(text);
            let achievement = achievement.map(|code| {
                json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/goal-achievement", "code": code }] })
            });
            let confidence = goal.confidence.map(|score| json!({ "text": format!("Confidence {score} of 10") }));
            let plan = goal.plan.as_deref().and_then(text).map(|plan| json!({ "text": plan }));
            let fields = object(json!({
                "identifier": own_identifier(&goal.id),
                "lifecycleStatus": lifecycle(&goal.lifecycle),
                "achievementStatus": achievement,
                "description": { "text": text(&goal.text).unwrap_or_else(|| "(no words)".to_owned()) },
                "subject": self.subject(),
                "startDate": goal.start.map(|d| d.to_string()),
                "target": goal.due.map(|d| json!([{ "dueDate": d.to_string() }])),
                "expressedBy": goal.by_patient.then(|| self.subject()),
                "note": plan.into_iter().chain(confidence).collect::<Vec<_>>(),
                "outcomeReference": outcomes,
            }));
            self.add("Goal", &goal.id, fields);
        }
    }

    pub(super) fn consents(&mut self) {
        for consent in &self.view.consents {
            let source = text(&consent.source).map(|s| json!([{ "url": "urn:between:source", "valueString": s }]));
            let fields = object(json!({
                "identifier": own_identifier(&consent.id),
                "extension": source,
                "status": if consent.current { "active" } else { "inactive" },
                "scope": coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent"),
                "category": [coding(systems::CONSENT, "messages", "Messages between appointments")],
                "patient": self.subject(),
                "dateTime": instant(consent.at),
                "performer": [self.subject()],
                "organization": [self.practice()],
                // FHIR asks for a policy (ppc-1); ours is a sentence.
                "policyRule": { "text": "Permission for messages, for each channel and purpose by itself" },
                "provision": {
                    "type": if consent.permitted { "permit" } else { "deny" },
                    "purpose": [{ "system": systems::PURPOSE, "code": code(&consent.purpose) }],
                    "code": [{ "coding": [{ "system": systems::CHANNEL, "code": code(&consent.channel) }] }],
                },
            }));
            self.add("Consent", &consent.id, fields);
            if let Some(message) = self.message(consent.message_id.as_deref()) {
                let fields = object(json!({
                    "target": [reference("Consent", &consent.id)],
                    "recorded": instant(consent.at),
                    "agent": [{ "who": self.subject() }],
                    "entity": [{ "role": "source", "what": message }],
                }));
                self.add("Provenance", &format!("Consent {}", consent.id), fields);
            }
        }
    }

    pub(super) fn appointments(&mut self) {
        for visit in &self.view.appointments {
            let patient = json!({ "actor": self.subject(), "status": "accepted" });
            let others = [&visit.clinician, &visit.location].into_iter().flatten().filter_map(|name| text(name));
            let others = others.map(|name| json!({ "actor": { "display": name }, "status": "accepted" }));
            let mut fields = object(json!({
                "identifier": own_identifier(&visit.id),
                "status": appointment_status(visit.status),
                "serviceType": visit.service.as_deref().and_then(text).map(|s| json!([words(&s)])),
                "start": instant(visit.start),
                "end": visit.end.map(instant),
                "participant": std::iter::once(patient).chain(others).collect::<Vec<_>>(),
            }));
            if visit.end.is_none() {
                // An appointment with a start has an end (FHIR app-2), and this one's is not known.
                let absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
                let unknown = json!({ "extension": [{ "url": absent, "valueCode": "unknown" }] });
                fields.insert("_end".to_owned(), unknown);
            }
            self.add("Appointment", &visit.id, fields);
        }
    }

    pub(super) fn tasks(&mut self) {
        for alert in &self.view.alerts {
            let fields = object(json!({
                "identifier": own_identifier(&alert.id),
                "status": if alert.acknowledged_at.is_some() { "accepted" } else { "requested" },
                "intent": "order",
                "priority": if alert.urgent { "urgent" } else { "routine" },
                "code": { "coding": [{ "system": systems::ALERT, "code": code(&alert.kind) }] },
                "focus": self.message(alert.message_id.as_deref()),
                "for": self.subject(),
                "authoredOn": instant(alert.raised_at),
                "lastModified": alert.acknowledged_at.map(instant),
                "owner": self.practice(),
                "note": alert.acknowledged_by.as_deref().and_then(text).map(|by| json!([{ "text": format!("Acknowledged by {by}") }])),
            }));
            self.add("Task", &alert.id, fields);
        }
    }
}

fn lifecycle(word: &str) -> &str {
    const KNOWN: [&str; 9] = [
        "proposed",
        "planned",
        "accepted",
        "active",
        "on-hold",
        "completed",
        "cancelled",
        "entered-in-error",
        "rejected",
    ];
    match word {
        "paused" => "on-hold",
        "done" | "reached" => "completed",
        "stopped" => "cancelled",
        word if KNOWN.contains(&word) => word,
        _ => "active",
    }
}

fn appointment_status(status: AppointmentStatus) -> &'static str {
    match status {
        AppointmentStatus::Proposed => "proposed",
        AppointmentStatus::Booked => "booked",
        AppointmentStatus::Attended => "fulfilled",
        AppointmentStatus::Cancelled => "cancelled",
        AppointmentStatus::Missed => "noshow",
        AppointmentStatus::EnteredInError => "entered-in-error",
    }
}
