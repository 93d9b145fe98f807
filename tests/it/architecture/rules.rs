//! What stands nowhere, or in one place only.

use super::sources::{self, Source, line_of, program, words};
use super::{File, assert_none, files};

/// Only `clock` reads the time. Clippy says so too; this holds where a lint is switched off.
fn clock_reads(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|s| s.module != ["clock"]) {
        for call in ["Utc::now", "Local::now", "SystemTime::now", "Timestamp::now"] {
            for at in words(&source.code, call) {
                faults.push(format!("{}:{}: {call} outside clock", source.path, line_of(&source.code, at)));
            }
        }
    }
    faults
}

/// Only `store` holds SQL.
fn sql(sources: &[Source]) -> Vec<String> {
    const STARTS: [&str; 9] = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "ALTER TABLE ",
        "DROP TABLE ",
        "PRAGMA ",
        "VACUUM",
    ];
    let mut faults = Vec::new();
    for source in sources.iter().filter(|s| s.module.first().is_none_or(|m| m != "store")) {
        for literal in &source.strings {
            let text = literal.text.trim_start();
            if STARTS.iter().any(|start| text.starts_with(start)) {
                faults.push(format!("{}:{}: SQL outside store", source.path, literal.line));
            }
        }
    }
    faults
}

/// No test is switched off, anywhere.
fn ignored_tests(files: &[File]) -> Vec<String> {
    let mark = ["#[", "ignore"].concat();
    let found = |f: &File| f.text.find(&mark).map(|at| format!("{}:{}: an ignored test", f.path, line_of(&f.text, at)));
    files.iter().filter_map(found).collect()
}

/// No file names a place on somebody's machine.
fn machine_paths(files: &[File]) -> Vec<String> {
    let places = ["work", "root", "home", "Users"].map(|name| format!("/{name}/"));
    let mut faults = Vec::new();
    for file in files {
        for place in &places {
            for (at, _) in file.text.match_indices(place.as_str()) {
                // The end of a longer path, or of an address, is not a place on a machine.
                let before = file.text[..at].chars().next_back();
                if !before.is_some_and(|c| c.is_alphanumeric() || "-_.}~".contains(c)) {
                    faults.push(format!("{}:{}: {place}", file.path, line_of(&file.text, at)));
                }
            }
        }
    }
    faults
}

#[test]
fn time_is_read_in_clock_only() {
    assert_none("clock", &clock_reads(&program()));
}

#[test]
fn sql_stands_in_store_only() {
    assert_none("SQL", &sql(&program()));
}

#[test]
fn no_test_is_ignored() {
    let all: Vec<File> = ["src", "tests"].into_iter().flat_map(|folder| files(folder, &[".rs"])).collect();
    assert_none("ignored tests", &ignored_tests(&all));
}

#[test]
fn no_machine_is_named() {
    assert_none("machine paths", &machine_paths(&files("", &[])));
}

#[test]
fn bad_samples_are_found() {
    let bad = sources::from_files(&[
        sources::sample(
            "src/web/mod.rs",
            "let t = chrono::Utc::now();\nlet q = \"SELECT id FROM patient\"; // SELECT in a comment",
        ),
        sources::sample("src/store/due.rs", "const A: &str = \"SELECT 1\";"),
        sources::sample("src/clock.rs", "Utc::now()"),
    ]);
    assert_eq!(clock_reads(&bad), ["src/web/mod.rs:1: Utc::now outside clock"]);
    assert_eq!(sql(&bad), ["src/web/mod.rs:2: SQL outside store"]);
    let test = File {
        path: "tests/it/a.rs".to_owned(),
        text: format!("#[test]\n{}]\nfn a() {{}}", ["#[", "ignore"].concat()),
    };
    assert_eq!(ignored_tests(&[test]), ["tests/it/a.rs:2: an ignored test"]);
    let place = File { path: "docs/A.md".to_owned(), text: format!("in `{}me/x` and https://a.b{}me/x", "/ho", "/ho") };
    assert_eq!(machine_paths(&[place]).len(), 1);
}
