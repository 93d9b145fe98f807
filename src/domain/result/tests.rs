//! The shipped catalogue and the reasons for holding.

mod release;

use chrono::NaiveDate;

use super::*;
use crate::domain::source::{PatientKey, Place, Provenance, SourceId};

fn catalogue() -> ResultsCatalogue {
    ResultsCatalogue::shipped().unwrap()
}

fn result(key: &str, snomed: &str, value: f64, unit: &str) -> ResultRecord {
    let catalogue = catalogue();
    let test = catalogue.get(key).unwrap();
    let converted = test.convert(value, Some(unit), None).map_or(value, |c| c.value);
    ResultRecord {
        patient: PatientKey::Identifier { system: "urn:x".into(), value: "1".into() },
        source_id: SourceId::given("Observation", "1"),
        provenance: Provenance { file: "x".into(), place: Place::Line(1), format: "x".into() },
        report_id: None,
        test_key: Some(key.into()),
        codes: vec![Code { system: CodeSystem::Snomed, code: snomed.into(), display: None }],
        display: String::new(),
        value: ResultValue::Number { value: converted, comparator: None },
        unit: Some(test.unit.clone()),
        original: Original { value: value.to_string(), unit: Some(unit.into()), unit_code: None },
        components: Vec::new(),
        taken_at: NaiveDate::from_ymd_opt(2026, 3, 5).map(TakenAt::Day),
        range: Range { low: Some(1.0), high: Some(2.0), text: None },
        flag: None,
        flag_unread: None,
        status: ReportStatus::Final,
        hold: Vec::new(),
    }
}

fn hba1c(value: f64, unit: &str) -> ResultRecord {
    result("hba1c", "999791000000106", value, unit)
}

fn potassium(value: f64) -> ResultRecord {
    result("potassium", "1000651000000109", value, "mmol/L")
}

fn hold(result: &ResultRecord) -> Vec<HoldReason> {
    assess(result, &catalogue())
}

#[test]
fn h03_a_faultless_result_is_held_all_the_same() {
    assert_eq!(hold(&hba1c(48.0, "mmol/mol")), [HoldReason::Unfiled]);
}

#[test]
fn h03_hold_limits_are_inclusive_where_they_say_so() {
    for (value, held) in [(2.8, true), (2.9, false), (5.9, false), (6.0, true), (6.1, true)] {
        assert_eq!(hold(&potassium(value)).contains(&HoldReason::HoldLimit), held, "{value}");
    }
    let glucose = |v: f64| hold(&result("glucose", "1010671000000102", v, "mmol/L")).contains(&HoldReason::HoldLimit);
    assert!(!glucose(2.8) && glucose(2.7) && glucose(20.0));
    // 360.32 mg/dL is 20 mmol/L: the limit holds after conversion.
    assert!(hold(&result("glucose", "1010671000000102", 361.0, "mg/dL")).contains(&HoldReason::HoldLimit));
}

#[test]
fn h03_more_than_a_number_may_be_anything_above() {
    let mut glucose = result("glucose", "1010671000000102", 15.0, "mmol/L");
    glucose.value = ResultValue::Number { value: 15.0, comparator: Some(Comparator::Above) };
    assert!(hold(&glucose).contains(&HoldReason::HoldLimit));
    let mut egfr = result("egfr", "1011481000000105", 90.0, "mL/min");
    egfr.value = ResultValue::Number { value: 90.0, comparator: Some(Comparator::Above) };
    assert_eq!(hold(&egfr), [HoldReason::Unfiled]);
}

#[test]
fn h03_alert_flags_sensitive_tests_and_a_missing_range_hold() {
    let mut flagged = potassium(4.2);
    flagged.flag = AbnormalFlag::read("HH");
    assert_eq!(hold(&flagged), [HoldReason::Unfiled, HoldReason::CriticalFlag]);
    flagged.flag = AbnormalFlag::read("H");
    assert_eq!(hold(&flagged), [HoldReason::Unfiled]);
    flagged.range = Range::default();
    assert_eq!(hold(&flagged), [HoldReason::Unfiled, HoldReason::RangeMissing]);

    for name in [
        "HIV 1+2 antibody",
        "Serum PSA level",
        "Prostate Specific Antigen",
        "Serum beta-hCG",
        "Histology report",
        "CA-125",
    ] {
        let mut sensitive = potassium(4.2);
        sensitive.display = name.into();
        assert!(hold(&sensitive).contains(&HoldReason::Sensitive), "{name}");
    }
    let mut ordinary = potassium(4.2);
    ordinary.display = "Capsaicin".into();
    assert!(!hold(&ordinary).contains(&HoldReason::Sensitive), "words match at their beginning only");
}

#[test]
fn h03_an_unknown_test_and_codes_of_two_tests_hold() {
    let mut unknown = potassium(4.2);
    unknown.codes = vec![Code { system: CodeSystem::Snomed, code: "1".into(), display: None }];
    assert!(hold(&unknown).contains(&HoldReason::UnknownTest));
    let mut two = potassium(4.2);
    two.codes.push(Code { system: CodeSystem::Loinc, code: "2951-2".into(), display: None });
    assert!(hold(&two).contains(&HoldReason::CodesDisagree));
    let mut wrong_key = potassium(4.2);
    wrong_key.test_key = Some("sodium".into());
    assert!(hold(&wrong_key).contains(&HoldReason::UnknownTest));
}

#[test]
fn h04_units_convert_by_table_only() {
    let catalogue = catalogue();
    let convert = |key: &str, v: f64, u: &str| catalogue.get(key).unwrap().convert(v, Some(u), None).map(|c| c.value);
    let near = |got: Result<f64, UnitProblem>, want: f64| assert!((got.unwrap() - want).abs() < 0.05);
    near(convert("hba1c", 7.0, "%"), 53.0);
    near(convert("hba1c", 6.5, "%"), 47.5);
    near(convert("cholesterol_total", 200.0, "mg/dL"), 5.17);
    near(convert("glucose", 126.0, "mg/dL"), 6.99);
    near(convert("creatinine", 1.0, "mg/dL"), 88.42);
    near(convert("acr", 30.0, "mg/g"), 3.39);
    near(convert("weight", 220.0, "lb"), 99.79);
    near(convert("haemoglobin", 13.5, "g/dL"), 135.0);
    assert_eq!(convert("hba1c", 48.0, "mmol/L"), Err(UnitProblem::Impossible));
    assert_eq!(convert("hba1c", 48.0, "mg/dL"), Err(UnitProblem::Impossible));
    assert_eq!(convert("hba1c", 48.0, "furlongs"), Err(UnitProblem::Unknown));
    assert_eq!(convert("hba1c", 48.0, " "), Err(UnitProblem::Missing));
    let both = |shown, code| catalogue.get("hba1c").unwrap().convert(48.0, Some(shown), Some(code));
    assert_eq!(both("mmol/mol", "%"), Err(UnitProblem::Disagree));
    assert_eq!(both("mmol/mol", "[foo]"), Err(UnitProblem::Disagree));
    assert!(both("millimoles per mole", "mmol/mol").is_ok(), "a known code stands for odd words");
}

#[test]
fn h04_a_percentage_under_the_wrong_unit_is_held() {
    assert!(hold(&hba1c(7.2, "mmol/mol")).contains(&HoldReason::Implausible));
    assert!(hold(&hba1c(48.0, "%")).contains(&HoldReason::Implausible));
    assert!(hold(&hba1c(48.0, "mmol/L")).contains(&HoldReason::UnitImpossible));
    assert!(hold(&hba1c(48.0, "mg/L")).contains(&HoldReason::UnitUnknown));
    let mut none = hba1c(48.0, "mmol/mol");
    none.original.unit = None;
    assert!(hold(&none).contains(&HoldReason::UnitMissing));
    let mut comma = hba1c(48.0, "mmol/mol");
    comma.value = ResultValue::Text { text: "4,8".into() };
    assert!(hold(&comma).contains(&HoldReason::AmbiguousNumber));
}

#[test]
fn h05_only_final_and_corrected_count_as_final() {
    for (word, want) in [
        ("final", None),
        ("F", None),
        ("amended", None),
        ("C", None),
        ("preliminary", Some(HoldReason::NotFinal)),
        ("P", Some(HoldReason::NotFinal)),
        ("registered", Some(HoldReason::NotFinal)),
        ("X", Some(HoldReason::NotFinal)),
        ("entered-in-error", Some(HoldReason::NotFinal)),
        ("finale", Some(HoldReason::NotFinal)),
        ("", Some(HoldReason::StatusNotStated)),
    ] {
        let mut r = potassium(4.2);
        r.status = ReportStatus::read(word);
        let want: Vec<_> = [Some(HoldReason::Unfiled), want].into_iter().flatten().collect();
        assert_eq!(hold(&r), want, "{word}");
    }
    assert_eq!(ReportStatus::Final.weaker(ReportStatus::Preliminary), ReportStatus::Preliminary);
    assert_eq!(ReportStatus::NotStated.weaker(ReportStatus::Final), ReportStatus::NotStated);
}

#[test]
fn h04_blood_pressure_needs_both_numbers() {
    let part = |key: &str, value: f64| Component {
        test_key: Some(key.into()),
        codes: Vec::new(),
        value: ResultValue::Number { value, comparator: None },
        original: Original { value: value.to_string(), unit: Some("mmHg".into()), unit_code: None },
    };
    let bp = |systolic: f64, diastolic: f64| {
        let mut r = result("blood_pressure", "75367002", 0.0, "");
        r.value = ResultValue::BloodPressure { systolic, diastolic };
        r.components = vec![part("systolic", systolic), part("diastolic", diastolic)];
        r
    };
    assert_eq!(hold(&bp(138.0, 82.0)), [HoldReason::Unfiled]);
    assert_eq!(hold(&bp(182.0, 82.0)), [HoldReason::Unfiled, HoldReason::HoldLimit]);
    assert_eq!(hold(&bp(82.0, 138.0)), [HoldReason::Unfiled, HoldReason::PairIncomplete, HoldReason::HoldLimit]);
    let mut one = bp(138.0, 82.0);
    one.components.pop();
    assert!(hold(&one).contains(&HoldReason::PairIncomplete));
    assert!(hold(&result("systolic", "72313002", 138.0, "mmHg")).contains(&HoldReason::PairIncomplete));
}

#[test]
fn catalogue_faults_are_all_reported() {
    let text = r#"
        follow_up = { urgent_working_days = 0, routine_working_days = 3 }
        [[test]]
        key = "a"
        plain_name = "A"
        loinc = ["1-1"]
        unit = "g/L"
        units = [{ names = ["g/L"], multiply = 10.0 }]
        plausible = [2.0, 1.0]
        [[test]]
        key = "B"
        plain_name = ""
        loinc = ["1-1"]
        units = [{ names = ["x", "y"] }, { names = ["X"], multiply = 2.0 }]
        part_of = "nothing"
    "#;
    let error = ResultsCatalogue::from_toml(text).unwrap_err();
    assert_eq!(error.faults.len(), 8, "{error}");
}
