//! FHIR of every kind, made here and shared.

mod fuzz;
mod made;
mod people;
mod shared;

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::domain::identifiers::PhonePolicy;
use crate::domain::import::{Field, ImportFile, Record, RefusalReason};
use crate::domain::result::{ResultRecord, ResultsCatalogue};
use crate::interchange::{self, Input, Mappings, Options};

static CATALOGUE: LazyLock<ResultsCatalogue> = LazyLock::new(|| ResultsCatalogue::shipped().unwrap());
static SHIPPED: LazyLock<Mappings> = LazyLock::new(|| Mappings::shipped().unwrap());

/// Reads files together on 24 November 2026 in London.
fn read_all(inputs: &[Input]) -> Vec<ImportFile> {
    let options = Options {
        today: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        zone: chrono_tz::Europe::London,
        catalogue: &CATALOGUE,
        mappings: &SHIPPED,
        phones: PhonePolicy::default(),
    };
    let reports = interchange::read(inputs, &options);
    assert_eq!(reports.len(), inputs.len());
    for report in &reports {
        for (what, c) in &report.counts {
            assert_eq!(c.read, c.accepted + c.refused + c.ignored, "{what}");
        }
        for record in &report.accepted {
            if let Record::Result(result) = record {
                assert!(!result.hold.is_empty(), "every result is held");
            }
        }
    }
    reports
}

fn read(name: &str, text: &str) -> ImportFile {
    read_all(&[Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() }]).remove(0)
}

/// A collection of Ann (NHS number, born 1960) and these resources about `Patient/ann`.
fn about_ann(resources: &[&str]) -> ImportFile {
    let entries: Vec<String> =
        std::iter::once(ANN).chain(resources.iter().copied()).map(|r| format!("{{\"resource\":{r}}}")).collect();
    read(
        "ann.json",
        &format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(",")),
    )
}

const ANN: &str = r#"{"resourceType":"Patient","id":"ann","active":true,
    "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9993395633"}],
    "name":[{"use":"official","family":"Abbot","given":["Ann"]}],"birthDate":"1960-03-05"}"#;

/// What was accepted after Ann herself.
fn rest(report: &ImportFile) -> Vec<&Record> {
    report.accepted.iter().skip(1).collect()
}

fn only_result(report: &ImportFile) -> &ResultRecord {
    match rest(report).as_slice() {
        [Record::Result(result)] => result,
        other => panic!("one result, not {other:?}, refused {:?}", report.refused),
    }
}

fn only_refusal(report: &ImportFile) -> (Option<Field>, RefusalReason) {
    match report.refused.as_slice() {
        [one] => (one.field, one.reason),
        other => panic!("one refusal, not {other:?}"),
    }
}
