//! Everything in the shared FHIR folders.

use std::collections::BTreeMap;

use super::*;
use crate::domain::import::{Counts, IgnoredReason};
use crate::domain::result::HoldReason;
use crate::domain::shared_data::shared_data;
use crate::interchange::files;

/// Counts of all files together, and reasons for what was refused or left aside, printed for people.
#[derive(Default)]
struct Sum {
    counts: BTreeMap<String, Counts>,
    refused: BTreeMap<(String, RefusalReason), u64>,
    ignored: BTreeMap<(String, IgnoredReason), u64>,
}

fn sum(reports: &[ImportFile]) -> Sum {
    let mut sum = Sum::default();
    for report in reports {
        assert_eq!(report.stopped_by(), None, "{}", report.file);
        for (what, c) in &report.counts {
            let all = sum.counts.entry(what.clone()).or_default();
            all.read += c.read;
            all.accepted += c.accepted;
            all.refused += c.refused;
            all.ignored += c.ignored;
        }
        for refusal in &report.refused {
            *sum.refused.entry((refusal.what.clone(), refusal.reason)).or_default() += 1;
        }
        for (what, reasons) in &report.ignored {
            for (reason, n) in reasons {
                *sum.ignored.entry((what.clone(), *reason)).or_default() += n;
            }
        }
    }
    for (what, c) in &sum.counts {
        println!("{what}: read {}, accepted {}, refused {}, ignored {}", c.read, c.accepted, c.refused, c.ignored);
    }
    for ((what, reason), n) in &sum.refused {
        println!("  {what}: {n} refused: {}", reason.sentence());
    }
    for ((what, reason), n) in &sum.ignored {
        println!("  {what}: {n} ignored: {}", reason.sentence());
    }
    sum
}

impl Sum {
    /// (read, accepted, refused, ignored) of a resource type.
    fn of(&self, what: &str) -> (u64, u64, u64, u64) {
        let c = self.counts.get(what).copied().unwrap_or_default();
        (c.read, c.accepted, c.refused, c.ignored)
    }
}

fn read_folder(folder: &std::path::Path) -> Vec<ImportFile> {
    read_all(&files::read(folder).unwrap().inputs)
}

fn nobody_is_texted(reports: &[ImportFile]) {
    for record in reports.iter().flat_map(|r| &r.accepted) {
        if let Record::Patient(patient) = record {
            assert!(!patient.textable());
        }
    }
}

#[test]
fn synthea_bundles() {
    let Some(folder) = shared_data("synthea-fhir-r4/bundles") else {
        return;
    };
    let reports = read_folder(&folder);
    assert_eq!(reports.len(), 60);
    let sum = sum(&reports);
    assert_eq!(sum.of("Patient"), (60, 60, 0, 0));
    assert_eq!(sum.of("Condition"), (592, 592, 0, 0));
    assert_eq!(sum.of("Goal"), (240, 240, 0, 0));
    assert_eq!(sum.of("CarePlan"), (143, 143, 0, 0));
    assert_eq!(sum.of("DiagnosticReport"), (425, 425, 0, 0));
    assert_eq!(sum.of("Encounter"), (597, 0, 0, 597));
    assert_eq!(sum.of("MedicationRequest"), (161, 0, 0, 161));
    let (read, _, refused, _) = sum.of("Observation");
    assert_eq!((read, refused), (3589, 0));
    nobody_is_texted(&reports);
}

#[test]
fn synthea_as_published() {
    let Some(folder) = shared_data("synthea-fhir-r4/full") else {
        return;
    };
    let sum = sum(&read_folder(&folder));
    assert_eq!(sum.of("Patient"), (3, 3, 0, 0));
    assert_eq!(sum.of("Condition"), (13, 13, 0, 0));
    assert_eq!(sum.of("Observation").2, 0);
    for unused in ["Claim", "ExplanationOfBenefit", "Immunization", "Procedure", "Organization", "Practitioner"] {
        let (read, accepted, refused, ignored) = sum.of(unused);
        assert!(read > 0 && accepted == 0 && refused == 0 && ignored == read, "{unused}");
    }
}

#[test]
fn synthea_bulk_files_refer_to_each_other() {
    let Some(folder) = shared_data("synthea-fhir-r4/ndjson") else {
        return;
    };
    let reports = read_folder(&folder);
    let sum = sum(&reports);
    assert_eq!(sum.of("Patient"), (40, 40, 0, 0));
    assert_eq!(sum.of("Condition"), (391, 391, 0, 0));
    assert_eq!(sum.of("Goal"), (160, 160, 0, 0));
    assert_eq!(sum.of("CarePlan"), (87, 87, 0, 0));
    assert_eq!(sum.of("DiagnosticReport"), (213, 213, 0, 0));
    assert_eq!((sum.of("Observation").0, sum.of("Observation").2), (1811, 0));
    assert_eq!(sum.of("manifest"), (1, 0, 0, 1));
    nobody_is_texted(&reports);

    // Alone, no result finds its person.
    let alone = files::read(&folder.join("Observation.ndjson")).unwrap().inputs;
    let alone = super::shared::sum(&read_all(&alone));
    assert!(alone.refused.keys().all(|(_, reason)| *reason == RefusalReason::PatientNotInFile));
    assert_eq!(alone.of("Observation").1, 0);
}

#[test]
fn uk_core_examples() {
    let Some(folder) = shared_data("ukcore/json") else {
        return;
    };
    let reports = read_folder(&folder);
    let sum = sum(&reports);
    // Of twelve, Richard Smith alone says who he is. The baby's NHS number fails its check digit, and the message
    // about her is refused with her; the others show one element each and have no name or date of birth.
    assert_eq!(sum.of("Patient"), (12, 1, 11, 0));
    assert_eq!(sum.of("Communication"), (1, 0, 1, 0));
    assert_eq!(sum.of("Appointment"), (3, 3, 0, 0));
    for one in ["RelatedPerson", "Consent", "Flag", "CarePlan"] {
        assert_eq!(sum.of(one), (1, 1, 0, 0), "{one}");
    }
    assert_eq!(sum.of("Condition").1, 2);
    for (what, reason) in sum.refused.keys() {
        let expected = match what.as_str() {
            "Patient" => {
                matches!(reason, RefusalReason::NhsNumberInvalid | RefusalReason::Missing | RefusalReason::NoName)
            }
            "Observation" => {
                matches!(reason, RefusalReason::PatientNotInFile | RefusalReason::Missing | RefusalReason::NoValue)
            }
            "Communication" => *reason == RefusalReason::PatientRefused,
            _ => false,
        };
        assert!(expected, "{what}: {reason:?}");
    }
    let held_only_for_filing = reports
        .iter()
        .flat_map(|r| &r.accepted)
        .filter(|r| matches!(r, Record::Result(r) if r.hold == [HoldReason::Unfiled]))
        .count();
    assert!(held_only_for_filing >= 2, "blood pressure, weight and the like are understood: {held_only_for_filing}");
}
