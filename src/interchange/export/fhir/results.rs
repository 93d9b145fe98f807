//! Observation: results that were released.

use serde_json::{Value, json};

use super::{Bundle, coding, instant, number, object, own_identifier, text};
use crate::domain::record::ResultView;
use crate::domain::result::{Code, CodeSystem, Comparator, ReportStatus, ResultValue, TakenAt};
use crate::interchange::systems;

pub(super) const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

impl Bundle<'_> {
    pub(super) fn results(&mut self) {
        for result in &self.view.results {
            let mut fields = object(json!({
                "identifier": own_identifier(&result.id),
                "status": status(result),
                "category": [category(result)],
                "code": codes(&result.codes, &result.name),
                "subject": self.subject(),
                "effectiveDateTime": result.taken_at.map(taken_at),
                "issued": result.released_at.map(instant),
                "referenceRange": range(result),
                "note": text(&result.original).map(|words| json!([{ "text": format!("As reported: {words}") }])),
            }));
            fields.extend(object(value(result)));
            self.add("Observation", &format!("result {}", result.id), fields);
        }
    }
}

/// A result withdrawn here is marked as entered in error: nobody who reads the export may rely on it.
fn status(result: &ResultView) -> &'static str {
    if result.withdrawn_at.is_some() {
        return "entered-in-error";
    }
    match result.status {
        ReportStatus::Final => "final",
        ReportStatus::Corrected => "corrected",
        ReportStatus::Preliminary => "preliminary",
        ReportStatus::Cancelled => "cancelled",
        ReportStatus::NotStated | ReportStatus::Unknown => "unknown",
    }
}

fn category(result: &ResultView) -> Value {
    let measured = ["blood_pressure", "weight", "height", "bmi", "peak_flow"];
    if result.test_key.as_deref().is_some_and(|key| measured.contains(&key)) {
        coding(CATEGORY, "vital-signs", "Vital Signs")
    } else {
        coding(CATEGORY, "laboratory", "Laboratory")
    }
}

fn taken_at(at: TakenAt) -> String {
    match at {
        TakenAt::Day(day) => day.to_string(),
        TakenAt::Instant(at) => instant(at),
    }
}

fn value(result: &ResultView) -> Value {
    match &result.value {
        ResultValue::Number { value, comparator } => {
            json!({ "valueQuantity": quantity(*value, *comparator, result.unit.as_deref(), result.plain_unit.as_deref()) })
        }
        ResultValue::BloodPressure { systolic, diastolic } => json!({ "component": pressure(*systolic, *diastolic) }),
        ResultValue::Text { text: words } => json!({ "valueString": text(words) }),
        ResultValue::Absent { reason } => json!({
            "dataAbsentReason": match reason.as_deref().and_then(text) {
                Some(reason) => json!({
                    "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "as-text" }],
                    "text": reason,
                }),
                None => coding("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown"),
            },
        }),
    }
}

/// A quantity. Without a unit that was understood there is no code to put to it.
fn quantity(value: f64, comparator: Option<Comparator>, unit: Option<&str>, plain: Option<&str>) -> Value {
    Value::Object(object(json!({
        "value": number(value),
        "comparator": comparator.map(|c| c.to_string()),
        "unit": plain.or(unit),
        "system": unit.map(|_| systems::UCUM),
        "code": unit,
    })))
}

fn range(result: &ResultView) -> Value {
    let end =
        |value: Option<f64>| value.map(|v| quantity(v, None, result.unit.as_deref(), result.plain_unit.as_deref()));
    let fields = object(json!({
        "low": end(result.range.low),
        "high": end(result.range.high),
        "text": result.range.text.as_deref().and_then(text),
    }));
    if fields.is_empty() { Value::Null } else { json!([fields]) }
}

/// A concept from our codes. A code whose system nobody stated is told from its form: LOINC has a hyphen.
pub(super) fn codes(codes: &[Code], name: &str) -> Value {
    let codings: Vec<Value> = codes
        .iter()
        .filter_map(|code| {
            let system = match &code.system {
                CodeSystem::Loinc => systems::LOINC,
                CodeSystem::Unstated if code.code.contains('-') => systems::LOINC,
                CodeSystem::Snomed | CodeSystem::Unstated => systems::SNOMED,
                CodeSystem::Other(uri) => uri.as_str(),
            };
            let display = code.display.as_deref().and_then(text);
            Some(Value::Object(object(
                json!({ "system": text(system)?, "code": text(&code.code)?, "display": display }),
            )))
        })
        .collect();
    let name = text(name).unwrap_or_else(|| "Result".to_owned());
    Value::Object(object(json!({ "coding": codings, "text": name })))
}

/// The two components of a blood pressure.
pub(super) fn pressure(systolic: f64, diastolic: f64) -> Value {
    let part = |snomed: &str, loinc: &str, name: &str, value: f64| {
        json!({
            "code": {
                "coding": [{ "system": systems::SNOMED, "code": snomed }, { "system": systems::LOINC, "code": loinc }],
                "text": name,
            },
            "valueQuantity": { "value": number(value), "unit": "mmHg", "system": systems::UCUM, "code": "mm[Hg]" },
        })
    };
    json!([
        part("72313002", "8480-6", "Systolic blood pressure", systolic),
        part("1091811000000102", "8462-4", "Diastolic blood pressure", diastolic),
    ])
}
