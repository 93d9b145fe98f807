//! Resources made for these tests.

use super::*;
use crate::domain::import::{AppointmentStatus, ConsentDecision, ConsentTopic, IgnoredReason, StopTag};
use crate::domain::result::{HoldReason as H, ReportStatus, ResultValue, TakenAt};

fn observation(fields: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"o1","subject":{{"reference":"Patient/ann"}},"effectiveDateTime":"2026-11-01",{fields}}}"#
    )
}

fn hba1c(status: &str, value: &str) -> String {
    observation(&format!(
        r#""status":"{status}","code":{{"coding":[{{"system":"http://snomed.info/sct","code":"999791000000106"}}],"text":"HbA1c"}},
        "valueQuantity":{value},"referenceRange":[{{"low":{{"value":20}},"high":{{"value":41}}}}]"#
    ))
}

#[test]
fn decimals_are_kept_to_the_last_nought() {
    let report = about_ann(&[&hba1c("final", r#"{"value":42.00,"unit":"mmol/mol","code":"mmol/mol"}"#)]);
    let result = only_result(&report);
    assert_eq!(result.original.value, "42.00");
    assert_eq!(result.value, ResultValue::Number { value: 42.0, comparator: None });
    assert_eq!(result.hold, [H::Unfiled]);
    assert_eq!(result.source_id.as_str(), "Observation/o1");
    assert_eq!(result.taken_at, NaiveDate::from_ymd_opt(2026, 11, 1).map(TakenAt::Day));
}

#[test]
fn h04_units_by_code_or_words_and_their_disagreement() {
    let hold = |value: &str| only_result(&about_ann(&[&hba1c("final", value)])).hold.clone();
    assert_eq!(hold(r#"{"value":48,"unit":"mmol/mol"}"#), [H::Unfiled]);
    assert_eq!(hold(r#"{"value":48,"code":"mmol/mol","system":"http://unitsofmeasure.org"}"#), [H::Unfiled]);
    assert_eq!(hold(r#"{"value":"48","unit":"mmol/mol"}"#), [H::Unfiled], "a number in quotation marks");
    assert!(hold(r#"{"value":48,"unit":"mmol/mol","code":"%"}"#).contains(&H::UnitsDisagree));
    assert!(hold(r#"{"value":48,"unit":"mg/dL"}"#).contains(&H::UnitImpossible));
    assert!(hold(r#"{"value":48,"unit":"widgets"}"#).contains(&H::UnitUnknown));
    assert!(hold(r#"{"value":48}"#).contains(&H::UnitMissing));
    assert!(hold(r#"{"value":48,"unit":"mmol/mol","comparator":"ad"}"#).contains(&H::NotANumber));
    assert!(hold(r#"{"value":4.8e400,"unit":"mmol/mol"}"#).contains(&H::NotANumber));
}

#[test]
fn h05_the_status_of_result_and_report_is_the_weaker_of_both() {
    let status = |own: &str, report: &str| {
        let report = format!(
            r#"{{"resourceType":"DiagnosticReport","id":"r1","status":"{report}","code":{{"text":"x"}},
            "subject":{{"reference":"Patient/ann"}},"result":[{{"reference":"Observation/o1"}}]}}"#
        );
        let read = about_ann(&[&report, &hba1c(own, r#"{"value":48,"unit":"mmol/mol"}"#)]);
        let result = only_result(&read);
        assert_eq!(result.report_id.as_ref().unwrap().as_str(), "DiagnosticReport/r1");
        assert_eq!(read.counts["DiagnosticReport"].accepted, 1);
        result.status
    };
    assert_eq!(status("final", "final"), ReportStatus::Final);
    assert_eq!(status("final", "preliminary"), ReportStatus::Preliminary);
    assert_eq!(status("preliminary", "final"), ReportStatus::Preliminary);
    assert_eq!(status("amended", "final"), ReportStatus::Corrected);
    assert_eq!(status("entered-in-error", "final"), ReportStatus::Cancelled);
    let lonely =
        r#"{"resourceType":"DiagnosticReport","id":"r1","status":"final","subject":{"reference":"Patient/ann"}}"#;
    assert_eq!(about_ann(&[lonely]).ignored["DiagnosticReport"][&IgnoredReason::ReportWithoutResults], 1);
}

#[test]
fn blood_pressure_is_one_result_with_two_parts() {
    let parts = |first: (&str, u16), second: (&str, u16)| {
        let part = |(code, value): (&str, u16)| {
            format!(
                r#"{{"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"valueQuantity":{{"value":{value},"unit":"mmHg"}}}}"#
            )
        };
        let bp = observation(&format!(
            r#""status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"85354-9"}}]}},"component":[{},{}]"#,
            part(first),
            part(second)
        ));
        only_result(&about_ann(&[&bp])).clone()
    };
    for result in [parts(("8480-6", 138), ("8462-4", 82)), parts(("8462-4", 82), ("8480-6", 138))] {
        assert_eq!(result.value, ResultValue::BloodPressure { systolic: 138.0, diastolic: 82.0 });
        assert_eq!(result.original.value, "138/82");
        assert_eq!(result.hold, [H::Unfiled]);
    }
    let swapped = parts(("8480-6", 82), ("8462-4", 138));
    assert!(swapped.hold.contains(&H::PairIncomplete), "{:?}", swapped.hold);
    let twice = parts(("8480-6", 138), ("8480-6", 82));
    assert_eq!(twice.value, ResultValue::Absent { reason: None });
    assert!(twice.hold.contains(&H::NoValue));
}

#[test]
fn h02_a_result_belongs_to_somebody_in_the_files_or_to_nobody() {
    let about = |reference: &str| {
        let text = hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#).replace("Patient/ann", reference);
        only_refusal(&about_ann(&[&text]))
    };
    assert_eq!(about("Patient/bob"), (Some(Field::Subject), RefusalReason::PatientNotInFile));
    assert_eq!(about("urn:uuid:0"), (Some(Field::Subject), RefusalReason::PatientNotInFile));
    assert_eq!(about("Group/g"), (Some(Field::Subject), RefusalReason::NotAboutAPatient));
    let nobody = r#"{"resourceType":"Goal","id":"g","lifecycleStatus":"active","description":{"text":"x"}}"#;
    assert_eq!(only_refusal(&about_ann(&[nobody])), (Some(Field::Subject), RefusalReason::Missing));
    let absolute = hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#)
        .replace("Patient/ann", "https://example.org/fhir/Patient/ann/_history/3");
    only_result(&about_ann(&[&absolute]));
}

#[test]
fn h02_the_record_of_a_refused_person_is_refused_with_it() {
    let twice = ANN.replace("\"ann\"", "\"ann2\"").replace("1960-03-05", "1961-03-05");
    let report = about_ann(&[&twice, &hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#)]);
    let reasons: Vec<_> = report.refused.iter().map(|r| r.reason).collect();
    assert_eq!(reasons, [RefusalReason::NhsNumberTwice, RefusalReason::NhsNumberTwice, RefusalReason::PatientRefused]);
    assert!(report.accepted.is_empty());
    let invalid = ANN.replace("9993395633", "9993395634");
    let files = [
        Input { name: "Patient.ndjson".into(), bytes: invalid.replace('\n', " ").into_bytes() },
        Input {
            name: "Observation.ndjson".into(),
            bytes: hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#).replace('\n', " ").into_bytes(),
        },
    ];
    let reports = read_all(&files);
    assert_eq!(only_refusal(&reports[0]), (Some(Field::NhsNumber), RefusalReason::NhsNumberInvalid));
    assert_eq!(only_refusal(&reports[1]), (Some(Field::Subject), RefusalReason::PatientRefused));
}

#[test]
fn one_resource_twice() {
    let same = hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#);
    let report = about_ann(&[&same, &same]);
    only_result(&report);
    assert_eq!(report.ignored["Observation"][&IgnoredReason::Repeated], 1);
    let other = hba1c("final", r#"{"value":58,"unit":"mmol/mol"}"#);
    let report = about_ann(&[&same, &other]);
    assert!(rest(&report).is_empty());
    assert!(report.refused.iter().all(|r| r.reason == RefusalReason::ResourceTwice));
    assert_eq!(report.refused.len(), 2);
}

#[test]
fn what_could_turn_the_meaning_round_is_refused() {
    let modified = hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#)
        .replace("\"id\":\"o1\"", "\"id\":\"o1\",\"modifierExtension\":[{\"url\":\"x\"}]");
    assert_eq!(only_refusal(&about_ann(&[&modified])).1, RefusalReason::ModifierUnknown);
    let wrong_shape = observation(r#""status":["final"],"code":{"text":"HbA1c"}"#);
    let report = about_ann(&[&wrong_shape]);
    assert_eq!(only_refusal(&report).1, RefusalReason::ShapeWrong);
    assert!(report.refused[0].detail.as_ref().unwrap().starts_with("at line 1"));
}

#[test]
fn contained_patients_and_results_are_found() {
    let ann = ANN.replace("\"ann\"", "\"a\"");
    let inner =
        hba1c("final", r#"{"value":48,"unit":"mmol/mol"}"#).replace("\"subject\":{\"reference\":\"Patient/ann\"},", "");
    let report = format!(
        r##"{{"resourceType":"DiagnosticReport","id":"r1","status":"preliminary","code":{{"text":"x"}},
        "contained":[{ann},{inner}],"subject":{{"reference":"#a"}},"result":[{{"reference":"#o1"}}]}}"##
    );
    let read = read("r.json", &report);
    let [Record::Result(result)] = read.accepted.as_slice() else { panic!("{:?}", read.refused) };
    assert_eq!(result.status, ReportStatus::Preliminary);
    assert!(matches!(
        &result.patient,
        crate::domain::import::PatientKey::NhsAndBirthDate { nhs_number, .. } if nhs_number.digits() == "9993395633"
    ));
}

#[test]
fn appointments_goals_conditions_consents_and_flags() {
    let appointment = |fields: &str| {
        format!(
            r#"{{"resourceType":"Appointment","id":"a1",{fields},"participant":[{{"actor":{{"reference":"Patient/ann"}},"status":"accepted"}},
            {{"actor":{{"reference":"Practitioner/p","display":"Nurse Jones"}}}}]}}"#
        )
    };
    let report = about_ann(&[
        &appointment(r#""status":"booked","start":"2026-12-01T09:30:00Z","end":"2026-12-01T09:50:00Z""#),
        r#"{"resourceType":"Goal","id":"g1","lifecycleStatus":"active","description":{"text":"Walk to the shop"},
            "subject":{"reference":"Patient/ann"},"expressedBy":{"reference":"Patient/ann"},"target":[{"dueDate":"2027-03-01"}]}"#,
        r#"{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Normal pregnancy"},
            "subject":{"reference":"Patient/ann"}}"#,
        r#"{"resourceType":"Condition","id":"c2","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"text":"Normal pregnancy"},
            "subject":{"reference":"Patient/ann"}}"#,
        r#"{"resourceType":"Consent","id":"k1","status":"active","scope":{"text":"x"},"category":[{"text":"y"}],
            "patient":{"reference":"Patient/ann"},"provision":{"type":"deny"}}"#,
        r#"{"resourceType":"Flag","id":"f1","status":"active","code":{"text":"Domestic abuse: do not text"},"subject":{"reference":"Patient/ann"}}"#,
        r#"{"resourceType":"Flag","id":"f2","status":"active","code":{"text":"Unsafe contact"},"subject":{"reference":"Patient/ann"},
            "period":{"end":"2020-01-01"}}"#,
        r#"{"resourceType":"Communication","id":"m1","status":"completed","subject":{"reference":"Patient/ann"},
            "sender":{"reference":"Patient/ann"},"payload":[{"contentString":"yes"}],"received":"2026-11-01T10:00:00Z"}"#,
        r#"{"resourceType":"RelatedPerson","id":"r1","patient":{"reference":"Patient/ann"},"name":[{"text":"Jo Abbot"}]}"#,
        r#"{"resourceType":"Basket","id":"b1"}"#,
    ]);
    assert_eq!(report.refused, []);
    let [visit, goal, pregnant, before, consent, abuse, over, message, carer] = rest(&report).try_into().unwrap();
    let (Record::Appointment(visit), Record::Goal(goal)) = (visit, goal) else { panic!() };
    assert_eq!(visit.status, AppointmentStatus::Booked);
    assert_eq!(visit.clinician.as_deref(), Some("Nurse Jones"));
    assert!(goal.by_patient && goal.due.is_some());
    let (Record::Condition(pregnant), Record::Condition(before)) = (pregnant, before) else { panic!() };
    assert_eq!((pregnant.stop_tag, before.stop_tag), (Some(StopTag::Pregnancy), None));
    let Record::Consent(consent) = consent else { panic!() };
    assert_eq!((consent.decision, consent.topic), (ConsentDecision::Deny, ConsentTopic::Other));
    let (Record::Flag(abuse), Record::Flag(over)) = (abuse, over) else { panic!() };
    assert_eq!((abuse.stop_tag, over.stop_tag), (Some(StopTag::UnsafeContact), None));
    let (Record::Communication(message), Record::RelatedPerson(carer)) = (message, carer) else { panic!() };
    assert!(message.from_patient);
    assert_eq!(carer.family.as_deref(), Some("Abbot"));
    assert_eq!(report.ignored["Basket"][&IgnoredReason::NotUsed], 1);

    for (fields, want) in [
        (r#""status":"booked","start":"2026-12-01""#, (Some(Field::Date), RefusalReason::TimeMissing)),
        (r#""status":"booked""#, (Some(Field::Date), RefusalReason::Missing)),
        (r#""status":"maybe","start":"2026-12-01T09:30:00Z""#, (Some(Field::Status), RefusalReason::WordUnknown)),
        (
            r#""status":"booked","start":"2026-12-01T09:30:00Z","end":"2026-12-01T09:00:00Z""#,
            (Some(Field::End), RefusalReason::EndBeforeStart),
        ),
    ] {
        assert_eq!(only_refusal(&about_ann(&[&appointment(fields)])), want);
    }
}

#[test]
fn h04_a_code_under_another_tests_name_is_held() {
    let sodium = observation(
        r#""status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2947-0","display":"Potassium"}]},
        "valueQuantity":{"value":140,"unit":"mmol/L"},"referenceRange":[{"low":{"value":133},"high":{"value":146}}]"#,
    );
    assert!(only_result(&about_ann(&[&sodium])).hold.contains(&H::CodesDisagree));
}

#[test]
fn files_that_cannot_be_fhir_say_why() {
    let stopped = |bytes: &[u8]| {
        let input = Input { name: "x.json".into(), bytes: bytes.to_vec() };
        read_all(&[input])[0].stopped_by()
    };
    assert_eq!(
        stopped(b"{\"resourceType\":\"Bundle\",\"type\":\"history\"}"),
        Some(RefusalReason::BundleNotImportable)
    );
    assert_eq!(stopped(b"{\"resourceType\":\"Patient\""), Some(RefusalReason::JsonBroken));
    assert_eq!(stopped(b"{\"name\":\"Zo\xeb\"}"), Some(RefusalReason::JsonBroken));
    assert_eq!(stopped(b"<Patient xmlns=\"http://hl7.org/fhir\"/>"), Some(RefusalReason::HeaderNotFound));
}

#[test]
fn s15_deep_json_is_refused_without_a_crash() {
    let deep = format!(r#"{{"resourceType":"Patient","id":"p","x":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(only_refusal(&read("deep.json", &deep)).1, RefusalReason::TooDeep);
    let open = format!(r#"{{"resourceType":"Patient","x":{}"#, "[".repeat(1_000_000));
    assert_eq!(read("open.json", &open).stopped_by(), Some(RefusalReason::JsonBroken));
}
