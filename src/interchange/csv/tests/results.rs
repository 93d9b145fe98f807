//! Results lists.

use super::*;
use crate::domain::import::{Record, RefusalReason as R};
use crate::domain::result::{Comparator, HoldReason as H, ReportStatus, ResultRecord, ResultValue};

fn results(report: &ImportFile) -> Vec<&ResultRecord> {
    report
        .accepted
        .iter()
        .filter_map(|r| match r {
            Record::Result(r) => Some(r.as_ref()),
            _ => None,
        })
        .collect()
}

fn number(result: &ResultRecord) -> f64 {
    match result.value {
        ResultValue::Number { value, .. } => value,
        _ => panic!("not a number"),
    }
}

#[test]
fn h03_h04_h05_every_result_is_held_for_every_reason_there_is() {
    let report = read("results.csv");
    let held: Vec<(u64, Option<&str>, Vec<H>)> = results(&report)
        .iter()
        .map(|r| {
            let Place::Line(line) = r.provenance.place else { panic!("a line") };
            (line, r.test_key.as_deref(), r.hold.clone())
        })
        .collect();
    assert_eq!(
        held,
        [
            (2, Some("hba1c"), vec![H::Unfiled]),
            (3, Some("hba1c"), vec![H::Unfiled]),
            (4, Some("hba1c"), vec![H::Unfiled, H::UnitImpossible, H::RangeMissing]),
            (5, Some("hba1c"), vec![H::Unfiled, H::AmbiguousNumber]),
            (6, Some("potassium"), vec![H::Unfiled, H::HoldLimit, H::CriticalFlag]),
            (7, Some("potassium"), vec![H::Unfiled, H::NotFinal, H::RangeMissing]),
            (8, None, vec![H::Unfiled, H::UnknownTest, H::Sensitive]),
            (9, Some("blood_pressure"), vec![H::Unfiled]),
            (10, Some("blood_pressure"), vec![H::Unfiled]),
            (12, Some("acr"), vec![H::Unfiled]),
            (13, Some("weight"), vec![H::Unfiled]),
            (14, Some("weight"), vec![H::Unfiled]),
        ]
    );
    let all = results(&report);
    assert!((number(all[1]) - 53.0).abs() < 0.05, "7.0 % in mmol/mol");
    assert!((all[1].range.high.unwrap() - 42.06).abs() < 0.05, "its range is converted with it");
    assert_eq!((all[1].original.value.as_str(), all[1].original.unit.as_deref()), ("7.0", Some("%")));
    assert_eq!(all[1].unit.as_deref(), Some("mmol/mol"));
    assert_eq!(all[3].original.value, "48,5", "what was written stays");
    assert_eq!(all[5].status, ReportStatus::Preliminary);
    assert_eq!(all[7].value, ResultValue::BloodPressure { systolic: 138.0, diastolic: 82.0 });
    assert_eq!(all[8].value, ResultValue::BloodPressure { systolic: 142.0, diastolic: 88.0 });
    assert_eq!(all[8].original.value, "142/88");
    assert_eq!(all[9].value, ResultValue::Number { value: 3.0, comparator: Some(Comparator::Below) });
    assert_eq!(all[9].original.value, "<3");
    assert_eq!(all[10].original.unit.as_deref(), Some("kg"), "the unit stood in the same cell");

    assert_eq!(
        refusals(&report),
        [
            (Place::Line(15), Some(Field::Date), R::DateUnreadable),
            (Place::Line(16), Some(Field::Date), R::DateInFuture),
            (Place::Line(17), Some(Field::Value), R::NoValue),
        ]
    );
    let mut ids: Vec<_> = all.iter().map(|r| r.source_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "two rows of one day are two results");
}

#[test]
fn h05_a_corrected_value_keeps_its_id() {
    let text = String::from_utf8(data("results.csv")).unwrap();
    let changed = text.replace(",48,mmol/mol,", ",58,mmol/mol,");
    let old = read("results.csv");
    let new = read_bytes("results.csv", changed.into_bytes(), &SHIPPED);
    let (old, new) = (results(&old)[0].clone(), results(&new)[0].clone());
    assert_ne!(old.value, new.value);
    assert_eq!(old.source_id, new.source_id);
}

#[test]
fn h04_a_wrong_unit_is_held_and_never_converted() {
    let report = read("results-wrong-unit.csv");
    let holds: Vec<_> = results(&report).iter().map(|r| r.hold.clone()).collect();
    assert_eq!(
        holds,
        [
            vec![H::Unfiled, H::UnitImpossible, H::RangeMissing],
            vec![H::Unfiled, H::Implausible],
            vec![H::Unfiled, H::UnitMissing, H::RangeMissing],
            vec![H::Unfiled, H::UnitUnknown, H::RangeMissing],
        ]
    );
    for result in results(&report) {
        assert!(result.unit.is_none() || result.unit == result.original.unit);
    }
}

#[test]
fn h02_blank_means_same_as_above_only_where_the_mapping_says_so() {
    let report = read_as("results-aggregate.csv", "results_aggregate");
    let taken: Vec<(u64, &str)> = results(&report)
        .iter()
        .map(|r| match r.provenance.place {
            Place::Line(line) => (line, r.test_key.as_deref().unwrap()),
            _ => panic!("a line"),
        })
        .collect();
    assert_eq!(taken, [(4, "hba1c"), (5, "potassium"), (8, "hba1c")]);
    let all = results(&report);
    assert!(all[0].patient.same_person(&all[1].patient));
    assert!(!all[0].patient.same_person(&all[2].patient));
    let nhs = Some(Field::NhsNumber);
    assert_eq!(
        refusals(&report),
        [
            (Place::Line(6), nhs, R::NhsNumberInvalid),
            // Never the person before the refused one.
            (Place::Line(7), nhs, R::AboveRefused),
            (Place::Line(9), nhs, R::PartlyBlankIdentity),
            (Place::Line(10), nhs, R::AboveRefused),
        ]
    );

    let plain = read("results-aggregate.csv");
    assert_eq!(plain.format, "results", "never chosen by itself");
    assert_eq!(results(&plain).len(), 2);
    assert!(plain.refused.iter().skip(1).all(|r| r.field == Some(Field::NhsNumber)));
}

#[test]
fn h02_a_blank_first_row_is_nobodys() {
    let report = read_as("results-aggregate-blank-first-row.csv", "results_aggregate");
    assert_eq!(refusals(&report), [(Place::Line(2), Some(Field::NhsNumber), RefusalReason::NothingAbove)]);
    assert_eq!(results(&report).len(), 1);
}

#[test]
fn repeated_headings_are_one_result_a_group() {
    let report = read("results-repeated-headings.csv");
    assert_eq!(report.format, "emis_results");
    let taken: Vec<_> = results(&report).iter().map(|r| (r.test_key.as_deref().unwrap(), number(r))).collect();
    assert_eq!(taken, [("hba1c", 48.0), ("cholesterol_total", 4.8), ("cholesterol_total", 5.2), ("hba1c", 51.0)]);
    assert_eq!(
        refusals(&report),
        [(Place::Line(6), Some(Field::Date), RefusalReason::DateUnreadable)],
        "the other group of that row is taken"
    );
    let untitled = read("results-repeated-headings-untitled.csv");
    assert_eq!(untitled.stopped_by(), Some(RefusalReason::GroupUntitled));
}

#[test]
fn s15_giant_tables_are_refused_quickly() {
    let wide = format!("NHS Number{}\n{}\n", ",x".repeat(16_383), ",".repeat(16_383));
    let report = read_bytes("wide.csv", wide.into_bytes(), &SHIPPED);
    assert_eq!(report.stopped_by(), Some(RefusalReason::TooManyColumns));
    let mut giant = data("results.csv");
    giant.extend(b"9993395633,5-Mar-1960,\"");
    giant.extend(vec![b'x'; 8 << 20]);
    giant.extend(b"\",HbA1c,1-Nov-2026,48,mmol/mol,20-41,,Final\n");
    let report = read_bytes("giant.csv", giant, &SHIPPED);
    assert_eq!(results(&report).len(), 12);
    assert_eq!(report.refused.len(), 4);
}
