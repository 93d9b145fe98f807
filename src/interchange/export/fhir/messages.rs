//! Communication: each message as it was.

use serde_json::{Value, json};

use super::{Bundle, code, coding, instant, object, own_identifier, text, words};
use crate::domain::record::{Channel, Direction, MessageView};
use crate::interchange::systems;

impl Bundle<'_> {
    pub(super) fn messages(&mut self) {
        for message in &self.view.messages {
            let (sender, recipient) = match message.direction {
                Direction::Out => (self.practice(), self.subject()),
                Direction::In => (self.subject(), self.practice()),
            };
            let answered = self.message(message.in_response_to.as_deref()).map(|r| json!([r]));
            let said = message.text.as_deref().and_then(text).map(|t| json!({ "contentString": t }));
            // A file by its name only: its content is not part of the record.
            let files = message.attachments.iter().filter_map(|name| text(name));
            let files = files.map(|name| json!({ "contentAttachment": { "title": name } }));
            let payload: Vec<Value> = said.into_iter().chain(files).collect();
            let payload = (!payload.is_empty()).then_some(payload);
            let fields = object(json!({
                "identifier": own_identifier(&message.id),
                "extension": extensions(message),
                "status": status(&message.status),
                "statusReason": status_reason(message),
                "category": message.purpose.as_deref().map(category),
                "medium": [medium(message.channel)],
                "subject": self.subject(),
                "topic": message.subject.as_deref().map(words),
                "inResponseTo": answered,
                "sent": message.sent_at.map(instant),
                "received": message.received_at.map(instant),
                "recipient": [recipient],
                "sender": sender,
                "payload": payload,
            }));
            self.add("Communication", &message.id, fields);
        }
    }
}

fn extensions(message: &MessageView) -> Vec<Value> {
    let template = message.template_version.as_deref().and_then(text);
    let template = template.map(|version| json!({ "url": "urn:between:template-version", "valueString": version }));
    let due = message.due_at.map(|at| json!({ "url": "urn:between:due-at", "valueDateTime": instant(at) }));
    template.into_iter().chain(due).collect()
}

/// FHIR's event status for ours. Whatever is not known is `unknown`, never `completed`.
fn status(ours: &str) -> &'static str {
    match ours {
        "planned" | "queued" => "preparation",
        "sending" => "in-progress",
        "accepted" | "delivered" | "received" | "handled" | "for_staff" => "completed",
        "held" => "on-hold",
        "undelivered" | "failed" | "skipped" | "cancelled" => "not-done",
        _ => "unknown",
    }
}

/// Our own status always stands beside FHIR's coarser one.
fn status_reason(message: &MessageView) -> Value {
    match &message.status_reason {
        Some(reason) => words(&format!("{}: {reason}", message.status)),
        None => words(&message.status),
    }
}

fn category(purpose: &str) -> Value {
    json!([{ "coding": [{ "system": systems::PURPOSE, "code": code(purpose) }] }])
}

fn medium(channel: Channel) -> Value {
    const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode";
    match channel {
        Channel::Sms => coding(SYSTEM, "SMSWRIT", "SMS message"),
        Channel::Email => coding(SYSTEM, "EMAILWRIT", "email"),
        Channel::Staff => coding(SYSTEM, "VERBAL", "verbal"),
    }
}
