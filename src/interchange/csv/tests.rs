//! Lists of every kind, good and bad, from `tests/data/import`.

mod fuzz;
mod patients;
mod results;
mod shared;
mod visits;

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::domain::identifiers::PhonePolicy;
use crate::domain::import::{Field, ImportFile, Place, RefusalReason, WarningKind};
use crate::domain::result::ResultsCatalogue;
use crate::interchange::{Input, Mappings, Options, csv};

static CATALOGUE: LazyLock<ResultsCatalogue> = LazyLock::new(|| ResultsCatalogue::shipped().unwrap());
static SHIPPED: LazyLock<Mappings> = LazyLock::new(|| Mappings::shipped().unwrap());

/// Reads on 24 November 2026 in London.
fn read_bytes(name: &str, bytes: Vec<u8>, mappings: &Mappings) -> ImportFile {
    let options = Options {
        today: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        zone: chrono_tz::Europe::London,
        catalogue: &CATALOGUE,
        mappings,
        phones: PhonePolicy::default(),
    };
    let report = csv::read(&Input { name: name.to_owned(), bytes }, &options);
    everything_is_counted(&report);
    report
}

fn data(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/import/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn read(name: &str) -> ImportFile {
    read_bytes(name, data(name), &SHIPPED)
}

fn read_as(name: &str, mapping: &str) -> ImportFile {
    let mappings = SHIPPED.named(mapping).unwrap();
    read_bytes(name, data(name), &mappings)
}

/// Line, field and reason of every refusal.
fn refusals(report: &ImportFile) -> Vec<(Place, Option<Field>, RefusalReason)> {
    report.refused.iter().map(|r| (r.place, r.field, r.reason)).collect()
}

fn warned(report: &ImportFile, kind: WarningKind) -> u64 {
    report.warnings.iter().filter(|w| w.kind == kind).map(|w| w.times).sum()
}

/// Nothing disappears: what was read is accepted, refused or ignored.
fn everything_is_counted(report: &ImportFile) {
    for (what, c) in &report.counts {
        assert_eq!(c.read, c.accepted + c.refused + c.ignored, "{what}");
    }
    let refused: u64 = report.counts.values().map(|c| c.refused).sum();
    if report.stopped_by().is_none() {
        assert_eq!(refused, report.refused.len() as u64);
    }
}
