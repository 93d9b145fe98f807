//! The record as a FHIR R4 bundle of type `collection`.
//!
//! Every resource stands under a `urn:uuid:` derived from its kind and id, so that references hold inside the bundle
//! whatever our ids look like, and two exports of one record can be compared.

mod care;
mod entries;
mod messages;
mod people;
mod results;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::domain::record::PatientRecordView;

/// Original ids of ours.
const OWN_ID: &str = "urn:between:id";

/// The bundle being built.
struct Bundle<'a> {
    view: &'a PatientRecordView,
    entries: Vec<Value>,
}

/// The record as a FHIR R4 `collection` bundle.
///
/// Patient, Organization (the practice), Communication (each message), Observation (readings, check-ins, confidence,
/// confirmations, notes, released results), QuestionnaireResponse (agenda), Goal, Consent, Appointment, Task (alerts), and
/// Provenance that leads from what was understood to the message it was understood from. Characters that FHIR forbids in
/// texts (controls other than tab and line breaks) become U+FFFD; [`super::to_json`] keeps them.
pub fn to_fhir(view: &PatientRecordView) -> Value {
    let mut bundle = Bundle { view, entries: Vec::new() };
    bundle.organization();
    bundle.patient();
    bundle.messages();
    bundle.entries();
    bundle.agenda();
    bundle.goals();
    bundle.consents();
    bundle.appointments();
    bundle.results();
    bundle.tasks();
    bundle.assembled();
    json!({
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(view.exported_at),
        "entry": bundle.entries,
    })
}

impl Bundle<'_> {
    /// Adds a resource of `kind` that has our `id`.
    fn add(&mut self, kind: &str, id: &str, mut fields: Map<String, Value>) {
        fields.insert("resourceType".to_owned(), json!(kind));
        fields.insert("id".to_owned(), json!(uuid(kind, id).to_string()));
        self.entries.push(json!({ "fullUrl": url(kind, id), "resource": fields }));
    }

    fn subject(&self) -> Value {
        reference("Patient", &self.view.patient.id)
    }

    fn practice(&self) -> Value {
        reference("Organization", &self.view.practice.id)
    }

    /// A pointer to a message, if it is part of this record.
    fn message(&self, id: Option<&str>) -> Option<Value> {
        let id = id?;
        self.view.messages.iter().any(|m| m.id == id).then(|| reference("Communication", id))
    }

    /// Says that the practice's program put this record together.
    fn assembled(&mut self) {
        let fields = object(json!({
            "target": [self.subject()],
            "recorded": instant(self.view.exported_at),
            "activity": { "text": "Export of the record" },
            "agent": [{
                "type": coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "assembler", "Assembler"),
                "who": self.practice(),
            }],
        }));
        self.add("Provenance", "export", fields);
    }
}

/// The fields of a JSON object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        // FHIR has no nulls and no empty lists.
        Value::Object(map) => map.into_iter().filter(|(_, v)| !is_empty(v)).collect(),
        _ => Map::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn uuid(kind: &str, id: &str) -> uuid::Uuid {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(id).finalize();
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn url(kind: &str, id: &str) -> String {
    format!("urn:uuid:{}", uuid(kind, id))
}

fn reference(kind: &str, id: &str) -> Value {
    json!({ "reference": url(kind, id), "type": kind })
}

fn own_identifier(id: &str) -> Value {
    json!([{ "system": OWN_ID, "value": text(id).unwrap_or_else(|| "-".to_owned()) }])
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A text as FHIR allows it; `None` when nothing is left.
fn text(text: &str) -> Option<String> {
    let allowed: String =
        text.chars().map(|c| if c.is_control() && !matches!(c, '\t' | '\n' | '\r') { '\u{fffd}' } else { c }).collect();
    (!allowed.trim().is_empty()).then_some(allowed)
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": display }] })
}

/// A concept that only words describe.
fn words(words: &str) -> Value {
    text(words).map_or(Value::Null, |words| json!({ "text": words }))
}

/// A number as JSON: integers without a point, nothing for what is no number.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}

/// A code as FHIR allows it: no leading, trailing or doubled blanks, and never empty.
fn code(word: &str) -> String {
    let parts: Vec<&str> = word.split_whitespace().collect();
    if parts.is_empty() { "unknown".to_owned() } else { parts.join(" ") }
}
