//! FHIR, as an independent validator sees it (`scripts/validate-fhir.py`, in the Python that BETWEEN_TEST_PYTHON names),
//! and as our own import reads it back.

use std::process::Command;

use serde_json::Value;

use super::*;
use crate::domain::identifiers::PhonePolicy;
use crate::domain::import::{ConsentDecision, ConsentTopic, Record};
use crate::domain::result::ResultsCatalogue;
use crate::interchange::export::to_fhir;
use crate::interchange::{Input, Mappings, Options, read};

/// Runs the validator; `None` (said aloud) where there is none, which is a failure in CI.
fn validate(bundle: &Value) -> Option<(bool, String)> {
    let Some(python) = std::env::var_os("BETWEEN_TEST_PYTHON") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "BETWEEN_TEST_PYTHON is not set in CI");
        eprintln!("skipped: BETWEEN_TEST_PYTHON names no Python with fhir.resources");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    std::fs::write(&file, serde_json::to_vec(bundle).unwrap()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/validate-fhir.py");
    let output = Command::new(python).arg(script).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_ne!(output.status.code(), Some(2), "{said}");
    Some((output.status.success(), said))
}

fn of_kind<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|e| &e["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

#[test]
fn the_export_is_valid_fhir_r4() {
    for view in [full(), empty()] {
        if let Some((valid, said)) = validate(&to_fhir(&view)) {
            assert!(valid, "{said}");
        }
    }
}

#[test]
fn the_validator_can_say_no() {
    let whole = to_fhir(&full());
    let breaks: [fn(&mut Value); 4] = [
        |b| {
            b["entry"][2]["resource"].as_object_mut().unwrap().remove("status");
        },
        |b| b["entry"][2]["resource"]["staus"] = Value::from("completed"),
        |b| b["entry"][2]["resource"]["subject"]["reference"] = Value::from("urn:uuid:nobody"),
        |b| b["entry"][1]["resource"]["birthDate"] = Value::from("5 March 1960"),
    ];
    for spoil in breaks {
        let mut bundle = whole.clone();
        spoil(&mut bundle);
        if let Some((valid, said)) = validate(&bundle) {
            assert!(!valid, "{said}");
        }
    }
}

#[test]
fn everything_is_in_the_bundle_and_leads_to_its_message() {
    let view = full();
    let bundle = to_fhir(&view);
    for (kind, count) in [
        ("Patient", 1),
        ("Organization", 1),
        ("Communication", view.messages.len()),
        // Twelve entries, of which three are agenda items, and seven results.
        ("Observation", 9 + 7),
        ("QuestionnaireResponse", 2),
        ("Goal", 1),
        ("Consent", 2),
        ("Appointment", 6),
        ("Task", 1),
        ("Provenance", 9 + 2 + 1 + 1),
    ] {
        assert_eq!(of_kind(&bundle, kind).len(), count, "{kind}");
    }
    let messages = of_kind(&bundle, "Communication");
    let reply = messages.iter().find(|m| m["payload"][0]["contentString"] == "plain").unwrap();
    let full_url = |r: &Value| format!("urn:uuid:{}", r["id"].as_str().unwrap());
    assert_eq!(reply["inResponseTo"][0]["reference"], full_url(messages[0]));
    let goal = of_kind(&bundle, "Goal")[0];
    assert_eq!(goal["description"]["text"], "Walk to the shop and back");
    let outcome = goal["outcomeReference"][0]["reference"].as_str().unwrap();
    let source = of_kind(&bundle, "Provenance").into_iter().find(|p| p["target"][0]["reference"] == outcome).unwrap();
    assert_eq!(source["entity"][0]["what"]["reference"], full_url(messages[1]), "back to the reply itself");
    let agenda = of_kind(&bundle, "QuestionnaireResponse");
    let first = agenda.iter().find(|q| q["item"].as_array().unwrap().len() == 2).unwrap();
    assert_eq!(first["item"][0]["answer"][0]["valueString"], "my\nknee", "in the person's order");
    let pressure: Vec<_> = of_kind(&bundle, "Observation").into_iter().filter(|o| o["component"].is_array()).collect();
    assert_eq!(pressure.len(), 2);
    for observation in pressure {
        let parts = observation["component"].as_array().unwrap();
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|p| p["valueQuantity"]["code"] == "mm[Hg]"));
    }
    for status in ["held", "skipped", "failed", "undelivered", "unknown", "odd", "planned", "sending"] {
        let message = messages
            .iter()
            .find(|m| m["statusReason"]["text"].as_str().is_some_and(|t| t.starts_with(&format!("{status}:"))))
            .unwrap();
        assert_ne!(message["status"], "completed", "{status} is not completed");
        assert!(message.get("payload").is_none());
    }
}

#[test]
fn our_own_import_reads_our_own_export() {
    let catalogue = ResultsCatalogue::shipped().unwrap();
    let mappings = Mappings::shipped().unwrap();
    let options = Options {
        today: day("2026-11-24").unwrap(),
        zone: chrono_tz::Europe::London,
        catalogue: &catalogue,
        mappings: &mappings,
        phones: PhonePolicy::default(),
    };
    let bytes = serde_json::to_vec(&to_fhir(&full())).unwrap();
    let report = read(&[Input { name: "export.json".into(), bytes }], &options).remove(0);
    // Messages that were never rendered and results without a value have nothing to read.
    let reasons: Vec<_> = report.refused.iter().map(|r| (r.what.as_str(), r.reason.sentence())).collect();
    assert!(
        reasons
            .iter()
            .all(|(what, why)| matches!(*what, "Communication" | "Observation") && *why == "It has no value."),
        "{reasons:?}"
    );
    let texts: Vec<&str> = report
        .accepted
        .iter()
        .filter_map(|r| match r {
            Record::Communication(c) if c.from_patient => Some(c.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(texts.len(), HOSTILE.len(), "every reply, and none that was ours");
    assert!(texts.contains(&HOSTILE[0]));
    let refused = report.accepted.iter().find_map(|r| match r {
        Record::Consent(c) if c.active => Some(c),
        _ => None,
    });
    let refused = refused.unwrap();
    assert_eq!((refused.decision, refused.topic), (ConsentDecision::Deny, ConsentTopic::Messages));
    assert_eq!((refused.channel.as_deref(), refused.purpose.as_deref()), (Some("sms"), Some("results")));
}
