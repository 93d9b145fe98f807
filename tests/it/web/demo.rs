//! The demo itself: its transcript, its lists, and that what it shows adds up.

use between::demo::{Demo, Options, advance, transcript};
use between::store::views;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn the_transcript_tells_the_whole_loop_and_ends() {
    let mut out = Vec::new();
    transcript(&mut out).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut from = 0;
    for line in [
        "Welcome",
        "How many of the last 7 days",
        "4 days this week",
        "Goal check-in: 4 days [filed]",
        "Your test results are ready to read",
        "What matters most for your appointment",
        "my sleep, the new tablets and my knee",
        "agenda      1. my sleep",
        "Can you come?",
        "Appointment: coming [filed]",
        "You gave us 3 things",
        "STOP",
        "We have stopped these texts",
        "nothing was sent since STOP",
        "Intended ",
    ] {
        // The welcome has its own words; its name stands in the ledger only.
        if line == "Welcome" {
            assert!(text.contains("We will text about your goal"));
            continue;
        }
        let at = text[from..].find(line).unwrap_or_else(|| panic!("\"{line}\" does not follow in:\n{text}"));
        from += at + line.len();
    }
    assert_eq!(text.matches("We have stopped these texts").count(), 1, "confirmed once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_lists_and_they_read_as_csv() {
    let options = Options { people: 60, lived_ms: 0, answering: false, ..Options::default() };
    let demo = Demo::start(&options).await.unwrap();
    let again = Demo::start(&options).await.unwrap();
    assert_eq!(demo.files(), again.files());
    let mut rows = BTreeMap::new();
    for file in demo.files() {
        let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
        let width = reader.headers().unwrap().len();
        let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert!(records.iter().all(|r| r.len() == width), "{}", file.name);
        rows.insert(file.name, records.len());
    }
    assert_eq!(rows["patients.csv"], 60);
    assert!(rows["appointments.csv"] > 15 && rows["results.csv"] > 20 && rows["goals.csv"] > 15, "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_everything_intended_was_sent_or_has_a_reason() {
    let options = Options { people: 60, lived_ms: 0, ..Options::default() };
    let demo = Demo::start(&options).await.unwrap();
    let engine = demo.engine();
    let start = engine.clock.now_ms();
    let moved = advance(&engine, &demo, start + 7 * 86_400_000).await.unwrap();
    assert!(moved.sent > 40 && moved.replies > 10, "{moved:?}");
    assert_eq!(engine.clock.now_ms(), start + 7 * 86_400_000);
    let counts = views::counts(&engine.db, demo.practice_id(), 0, start + 7 * 86_400_000).await.unwrap();
    for (status, reason, number) in &counts {
        let sent = matches!(status.as_str(), "accepted" | "delivered");
        assert!(sent || !reason.is_empty() || status == "planned", "{number} stand at {status} without a reason");
        assert!(!matches!(status.as_str(), "sending" | "queued"), "{number} are {status} though their time has come");
    }
    // Moving to a time that has passed changes nothing.
    advance(&engine, &demo, start).await.unwrap();
    assert_eq!(engine.clock.now_ms(), start + 7 * 86_400_000);
}
