//! Hostile FHIR: nothing panics and everything is counted.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9993395633"}],
 "name":[{"family":"Abbot","given":["Ann"]}],"birthDate":"1960-03-05","telecom":[{"system":"phone","value":"07700 900101"}]}},
{"resource":{"resourceType":"Observation","id":"2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},
 "subject":{"reference":"urn:uuid:1"},"effectiveDateTime":"2026-11-01T10:00:00Z","valueQuantity":{"value":7.00,"unit":"%"},
 "referenceRange":[{"low":{"value":4},"high":{"value":6}}]}},
{"resource":{"resourceType":"Observation","id":"3","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
 "subject":{"reference":"Patient/1"},"component":[{"code":{"coding":[{"code":"8480-6"}]},"valueQuantity":{"value":138,"unit":"mmHg"}}]}},
{"resource":{"resourceType":"DiagnosticReport","id":"4","status":"final","result":[{"reference":"Observation/2"}],"contained":[{"resourceType":"Observation","id":"x"}]}},
{"resource":{"resourceType":"Appointment","id":"5","status":"booked","start":"2026-12-01T09:30:00Z","participant":[{"actor":{"reference":"Patient/1"}}]}},
{"resource":{"resourceType":"Goal","id":"6","lifecycleStatus":"active","description":{"text":"Walk"},"subject":{"reference":"Patient/1"}}},
{"resource":{"resourceType":"Consent","id":"7","status":"active","patient":{"reference":"Patient/1"},"provision":{"type":"deny"}}}]}"#;

#[test]
fn r22_fhir_fuzz_by_mutation() {
    let whole = read("x.json", BUNDLE);
    assert_eq!(whole.accepted.len(), 6, "{:?}", whole.refused);
    let rounds: u64 = std::env::var("BETWEEN_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(1_500);
    for seed in 0..rounds {
        let mut random = StdRng::seed_from_u64(seed);
        let mut bytes = BUNDLE.as_bytes().to_vec();
        for _ in 0..random.random_range(1..6) {
            let at = random.random_range(0..bytes.len());
            match random.random_range(0..5) {
                0 => bytes[at] = random.random(),
                1 => bytes[at] = b"\"{}[],:0n-"[random.random_range(0..10)],
                2 => drop(bytes.remove(at)),
                3 => {
                    let end = (at + random.random_range(0..40)).min(bytes.len());
                    drop(bytes.drain(at..end));
                }
                _ => {
                    // One value in the place of another keeps the JSON whole more often than single bytes do.
                    let value =
                        ["null", "7", "\"x\"", "[]", "{}", "[null]", "1e999", "true"][random.random_range(0..8)];
                    if let Some(colon) = bytes[at..].iter().position(|b| *b == b':') {
                        let from = at + colon + 1;
                        let length = bytes[from..].iter().position(|b| b",}]".contains(b)).unwrap_or(0);
                        bytes.splice(from..from + length, value.bytes());
                    }
                }
            }
        }
        let _ = read_all(&[Input { name: "x.json".into(), bytes }]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn r22_fhir_fuzz_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_all(&[Input { name: "x.ndjson".into(), bytes }]);
    }

    #[test]
    fn r22_fhir_fuzz_any_text(text in "[\\[\\]{}:,\"a0\\\\ \\n-]{0,80}") {
        let _ = read_all(&[Input { name: "x.json".into(), bytes: text.into_bytes() }]);
    }
}
