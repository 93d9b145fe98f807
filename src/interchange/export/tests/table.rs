//! JSON and CSV.

use proptest::prelude::*;

use super::*;
use crate::interchange::export::{restore, to_csv, to_json};

/// The table's rows by an independent reader, safe cells restored.
fn rows(text: &str) -> Vec<Vec<String>> {
    let body = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(|c| restore(c).to_owned()).collect()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    rows[0].iter().position(|h| h == name).unwrap()
}

#[test]
fn json_comes_back_whole() {
    let view = full();
    let back: PatientRecordView = serde_json::from_str(&to_json(&view).unwrap()).unwrap();
    assert_eq!(back, view);
}

#[test]
fn s10_no_cell_of_the_table_is_run_and_every_text_comes_back() {
    let view = full();
    let text = to_csv(&view).unwrap();
    let raw = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(raw.as_bytes());
    let mut cells = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}']), "{cell:?}");
            cells += 1;
        }
    }
    assert!(cells > 500);
    let rows = rows(&text);
    let (kind, body) = (column(&rows, "kind"), column(&rows, "text"));
    let texts: Vec<&str> = rows.iter().filter(|r| r[kind] == "message").map(|r| r[body].as_str()).collect();
    for hostile in HOSTILE {
        assert!(texts.contains(&hostile), "{hostile:?} did not come back");
    }
    // RFC 4180: every line ends in CRLF, every cell is quoted.
    assert!(raw.ends_with("\"\r\n") && raw.starts_with("\"kind\",\"id\",\"at\""));
}

#[test]
fn everything_stands_in_the_table_once() {
    let mut view = full();
    let answered = view.messages.iter_mut().find(|m| m.direction == Direction::In).unwrap();
    answered.attachments = vec!["=1+1.png".to_owned(), "scan.pdf".to_owned()];
    let id = answered.id.clone();
    let rows = rows(&to_csv(&view).unwrap());
    let kind = column(&rows, "kind");
    let files: Vec<_> = rows.iter().filter(|r| r[kind] == "attachment").collect();
    assert_eq!(files.len(), 2);
    let (title, number) = (column(&rows, "title"), column(&rows, "id"));
    assert_eq!((files[0][title].as_str(), files[1][title].as_str()), ("=1+1.png", "scan.pdf"));
    assert_eq!(files[1][number], format!("{id}/2"));
    let count = |word: &str| rows.iter().filter(|r| r[kind] == word).count();
    assert_eq!(count("message"), view.messages.len());
    assert_eq!(count("goal"), 1);
    assert_eq!(count("consent"), 2);
    assert_eq!(count("appointment"), 6);
    assert_eq!(count("result"), 7);
    assert_eq!(count("alert"), 1);
    assert_eq!(count("reading") + count("check_in") + count("agenda_item"), 6);
    assert_eq!(count("confidence") + count("confirmation") + count("note"), 4);
    assert!(rows.iter().all(|r| r.len() == rows[0].len()));
    let reading = rows.iter().find(|r| r[kind] == "reading").unwrap();
    assert_eq!(reading[column(&rows, "value")], "138/82");
    assert_eq!(reading[column(&rows, "title")], "21 Sep 2026 text: BP 138/82 (patient reported)");
    // 14:15 UTC is 15:15 in London in September.
    assert_eq!(reading[column(&rows, "at")], "2026-09-21 15:15:20");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn s10_any_reply_comes_back_from_the_table(text in any::<String>()) {
        let mut view = empty();
        view.messages = vec![message("m", Direction::In, Some(&text), "handled")];
        let rows = rows(&to_csv(&view).unwrap());
        let body = column(&rows, "text");
        prop_assert_eq!(&rows.last().unwrap()[body], &text);
    }
}
