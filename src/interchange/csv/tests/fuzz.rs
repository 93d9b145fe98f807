//! Hostile lists: nothing panics, nothing is lost from the counts, and time grows with length.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;

const FILES: [&str; 8] = [
    "emis-patients.csv",
    "patients-windows-1252.csv",
    "patients-unterminated-quote.csv",
    "results.csv",
    "results-repeated-headings.csv",
    "results-aggregate.csv",
    "appointments.csv",
    "goals.csv",
];

/// Changes, removes and doubles bytes and runs of bytes.
fn mutate(bytes: &mut Vec<u8>, random: &mut StdRng) {
    for _ in 0..random.random_range(1..8) {
        if bytes.is_empty() {
            return;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..5) {
            0 => bytes[at] = random.random(),
            1 => bytes[at] = b"\",;\r\n\t\0'=/"[random.random_range(0..10)],
            2 => drop(bytes.remove(at)),
            3 => bytes.truncate(at),
            _ => {
                let end = (at + random.random_range(0..80)).min(bytes.len());
                let run = bytes[at..end].to_vec();
                bytes.splice(at..at, run);
            }
        }
    }
}

#[test]
fn r22_csv_fuzz_by_mutation() {
    let aggregate = SHIPPED.named("results_aggregate").unwrap();
    let rounds: u64 = std::env::var("BETWEEN_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(600);
    for seed in 0..rounds {
        let mut random = StdRng::seed_from_u64(seed);
        let file = FILES[random.random_range(0..FILES.len())];
        let mut bytes = data(file);
        mutate(&mut bytes, &mut random);
        let chosen = if file == "results-aggregate.csv" { &aggregate } else { &SHIPPED };
        let _ = read_bytes(file, bytes, chosen);
    }
}

#[test]
fn r22_four_times_the_rows_take_about_four_times_the_time() {
    // Unclosed quotes on every line are the worst case of the row reader.
    let list = |rows: usize| {
        let mut text = String::from("NHS Number,Surname,First Name,Date of Birth,Mobile\n");
        for _ in 0..rows {
            text.push_str("9993395633,\"Abbot,\"Ann,05/03/1960,07700900101\n");
        }
        text.into_bytes()
    };
    let time = |rows: usize| {
        let bytes = list(rows);
        let best = (0..4).map(|_| {
            let start = std::time::Instant::now();
            let report = read_bytes("x", bytes.clone(), &SHIPPED);
            assert_eq!(report.refused.len(), rows);
            start.elapsed()
        });
        best.min().unwrap()
    };
    // Quadratic work would take sixteen times as long; the room above four is for a busy machine.
    let (one, four) = (time(3_000), time(12_000));
    assert!(four < one * 10, "{one:?} then {four:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn r22_csv_fuzz_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes("x", bytes, &SHIPPED);
    }

    #[test]
    fn r22_csv_fuzz_any_cells(cells in prop::collection::vec("\\PC{0,12}", 5)) {
        let row = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
        let text = format!("NHS Number,Surname,First Name,Date of Birth,Mobile\n{row}\n");
        let _ = read_bytes("x", text.into_bytes(), &SHIPPED);
    }
}
