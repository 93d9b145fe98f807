//! Everything in the shared Synthea CSV folder.

use std::collections::BTreeMap;

use super::*;
use crate::domain::import::IgnoredReason;
use crate::domain::shared_data::shared_data;

#[test]
fn all_synthea_csv_is_read_and_accounted_for() {
    let Some(folder) = shared_data("synthea-csv") else {
        return;
    };
    let mut seen = BTreeMap::new();
    for name in ["patients", "observations", "conditions", "careplans", "encounters", "medications"] {
        let bytes = std::fs::read(folder.join(format!("{name}.csv"))).unwrap();
        let report = read_bytes(name, bytes, &SHIPPED);
        assert_eq!(report.format, format!("synthea_{name}"));
        for (what, counts) in &report.counts {
            println!("{name}: {what} {counts:?} {:?}", report.ignored.get(what));
        }
        for refusal in &report.refused {
            println!("{name}: {}", refusal.sentence());
        }
        seen.insert(name, report);
    }
    let accepted = |name: &str, what: &str| seen[name].counts[what].accepted;
    assert_eq!(accepted("patients", "patient"), 27);
    assert_eq!(accepted("conditions", "condition"), 438);
    assert_eq!(accepted("careplans", "care_plan"), 49);
    assert_eq!(seen["encounters"].ignored["synthea_encounters"][&IgnoredReason::NotUsed], 604);
    assert_eq!(seen["medications"].ignored["synthea_medications"][&IgnoredReason::NotUsed], 663);
    let observations = seen["observations"].counts["result"];
    assert_eq!(observations.read, 990);
    assert!(observations.accepted > 300 && observations.ignored > 300, "{observations:?}");
    for report in seen.values() {
        for record in &report.accepted {
            if let crate::domain::import::Record::Patient(patient) = record {
                assert!(!patient.textable(), "nobody without an NHS number is ever texted");
            }
            if let crate::domain::import::Record::Result(result) = record {
                assert!(!result.hold.is_empty(), "every result is held");
            }
        }
    }
}
