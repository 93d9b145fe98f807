//! Patients made for these tests.

use super::*;
use crate::domain::import::{ContactChannel, ContactFormat, Deceased, PatientRecord, WarningKind};

fn patient(fields: &str) -> ImportFile {
    read("p.json", &format!(r#"{{"resourceType":"Patient","id":"p",{fields}}}"#))
}

fn only_patient(report: &ImportFile) -> &PatientRecord {
    match report.accepted.as_slice() {
        [Record::Patient(patient)] => patient,
        other => panic!("one patient, not {other:?}, refused {:?}", report.refused),
    }
}

const NHS: &str = r#""identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 339 5633"}]"#;
const NAME: &str = r#""name":[{"family":"Abbot","given":["Ann",null,"Mary"]}],"birthDate":"1960-03-05""#;

#[test]
fn people_as_uk_core_describes_them() {
    let extension = |url: &str, rest: &str| {
        format!(r#"{{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-{url}",{rest}}}"#)
    };
    let coded = |url: &str, code: &str| {
        format!(r#"{{"url":"{url}","valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}}}"#)
    };
    let preference = extension(
        "ContactPreference",
        &format!(
            r#""extension":[{},{},{},{}]"#,
            coded("PreferredContactMethod", "9"),
            coded("PreferredContactMethod", "8"),
            coded("PreferredWrittenCommunicationFormat", "11"),
            coded("PreferredWrittenCommunicationFormat", "12")
        ),
    );
    let report = patient(&format!(
        r#"{NHS},{NAME},"extension":[{preference},{{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}}],
        "telecom":[{{"system":"phone","value":"07700 900101"}},{{"system":"phone","use":"old","value":"07700 900102"}},
            {{"system":"phone","value":"01632 960101"}},{{"system":"email","value":"ann@example.org"}},
            {{"system":"phone","value":"07700 900103","period":{{"end":"2020-01-01"}}}}],
        "communication":[{{"language":{{"coding":[{{"code":"fr"}}]}}}},{{"language":{{"coding":[{{"code":"cy"}}]}},"preferred":true}},
            {{"language":{{"coding":[{{"code":"bfi","display":"British Sign Language"}}]}}}}],
        "meta":{{"security":[{{"code":"R"}}]}}"#
    ));
    let ann = only_patient(&report);
    assert_eq!((ann.family.as_str(), ann.given.as_str()), ("Abbot", "Ann Mary"));
    assert!(ann.textable() && ann.sensitive);
    assert_eq!(ann.needs.preferred, Some(ContactChannel::Sms));
    assert!(ann.needs.no_telephone && ann.needs.interpreter);
    assert_eq!(ann.needs.formats, [ContactFormat::LargePrint, ContactFormat::Braille]);
    assert_eq!(ann.needs.language.as_deref(), Some("cy"));
    assert_eq!(ann.needs.other_languages, ["fr"]);
    assert_eq!(ann.needs.signing, ["British Sign Language"]);
    assert_eq!(ann.phones.len(), 1, "neither the old nor the expired one");
    assert_eq!(ann.phones_refused.len(), 1, "the landline");
    assert_eq!(ann.emails.len(), 1);
}

#[test]
fn deaths_in_all_their_forms() {
    let death = |fields: &str| only_patient(&patient(&format!("{NHS},{NAME},{fields}"))).deceased;
    let notice = |code: &str| {
        death(&format!(
            r#""extension":[{{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus",
            "extension":[{{"url":"deathNotificationStatus","valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}}}]}}]"#
        ))
    };
    let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
    assert_eq!(death(r#""deceasedDateTime":"2026-01-02T10:00:00Z""#), Deceased::On(day));
    assert_eq!(death(r#""deceasedDateTime":"2026""#), Deceased::Yes);
    assert_eq!(death(r#""deceasedBoolean":true"#), Deceased::Yes);
    assert_eq!(death(r#""deceasedBoolean":false"#), Deceased::No);
    assert_eq!((notice("2"), notice("1"), notice("U")), (Deceased::Yes, Deceased::Yes, Deceased::No));
}

#[test]
fn h02_people_who_cannot_be_told_apart_are_refused() {
    let refused = |fields: &str| only_refusal(&patient(fields));
    assert_eq!(refused(NAME), (Some(Field::NhsNumber), RefusalReason::NoIdentity));
    assert_eq!(
        refused(&format!(r#"{NHS},"name":[{{"family":"Abbot"}}]"#)),
        (Some(Field::BirthDate), RefusalReason::Missing)
    );
    assert_eq!(
        refused(&format!(r#"{NHS},"name":[{{"family":"Abbot"}}],"birthDate":"1960""#)),
        (Some(Field::BirthDate), RefusalReason::DateIncomplete)
    );
    assert_eq!(refused(&format!(r#"{NHS},"birthDate":"1960-03-05""#)), (Some(Field::Family), RefusalReason::NoName));
    let two = NHS.replace(']', r#",{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9999939082"}]"#);
    assert_eq!(refused(&format!("{two},{NAME}")), (Some(Field::NhsNumber), RefusalReason::NhsNumberTwice));
}

#[test]
fn identity_papers_are_not_kept_and_nobody_without_nhs_number_is_texted() {
    let report = patient(&format!(
        r#"{NAME},"identifier":[{{"type":{{"coding":[{{"code":"SS"}}]}},"system":"http://hl7.org/fhir/sid/us-ssn","value":"999-00-1111"}},
        {{"system":"urn:x","value":"7"}}],"telecom":[{{"system":"phone","value":"555-935-7328"}}]"#
    ));
    let person = only_patient(&report);
    assert_eq!(person.identifiers, [("urn:x".to_owned(), "7".to_owned())]);
    assert!(!person.textable() && person.phones.is_empty());
    assert!(report.warnings.iter().any(|w| w.kind == WarningKind::IdentityNumbersDropped));
}
