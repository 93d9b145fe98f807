//! Files that are meant to be built into the program are in its lists.

use super::sources::{self, Source, program};
use super::{File, assert_none, documents, files};

/// Files below config and messages that no list of embedded files names. A sample for people, which is not built in,
/// must be named in a document instead.
fn not_embedded(data: &[File], sources: &[Source], documents: &[File]) -> Vec<String> {
    let lists: Vec<&Source> =
        sources.iter().filter(|s| s.code.contains("include_str!") || s.code.contains("include_bytes!")).collect();
    let embedded = |path: &str| {
        lists.iter().flat_map(|s| &s.strings).any(|literal| {
            let end = literal.text.trim_start_matches("../").trim_start_matches('/');
            !end.is_empty() && (path == end || path.ends_with(&format!("/{end}")))
        })
    };
    let shown = |path: &str| documents.iter().any(|d| d.text.contains(path));
    data.iter()
        .filter(|f| !embedded(&f.path) && !shown(&f.path))
        .map(|f| format!("{}: neither built in nor named in a document", f.path))
        .collect()
}

/// Both databases have the same migrations.
fn unpaired_migrations(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for (own, other) in [("sqlite", "postgres"), ("postgres", "sqlite")] {
        for file in files.iter().filter(|f| f.path.starts_with(&format!("migrations/{own}/"))) {
            let twin = file.path.replacen(own, other, 1);
            if !files.iter().any(|f| f.path == twin) {
                faults.push(format!("{}: no {twin}", file.path));
            }
        }
    }
    faults
}

#[test]
fn every_shipped_file_is_built_in_or_shown() {
    let data: Vec<File> = ["config", "messages"].into_iter().flat_map(|folder| files(folder, &[])).collect();
    assert!(data.len() > 20, "the shipped files were not found");
    assert_none("forgotten files", &not_embedded(&data, &program(), &documents()));
}

#[test]
fn migrations_come_in_pairs() {
    let all = files("migrations", &[".sql"]);
    assert!(!all.is_empty());
    assert_none("migrations", &unpaired_migrations(&all));
}

#[test]
fn a_forgotten_file_is_found() {
    let data = [sources::sample("messages/en/a.toml", ""), sources::sample("messages/en/b.toml", "")];
    let list = sources::from_files(&[sources::sample(
        "src/catalogue/shipped.rs",
        "include_str!(\"../../messages/en/a.toml\")",
    )]);
    assert_eq!(not_embedded(&data, &list, &[]), ["messages/en/b.toml: neither built in nor named in a document"]);
    assert!(not_embedded(&data, &list, &[sources::sample("docs/A.md", "copy `messages/en/b.toml`")]).is_empty());
    let one = [sources::sample("migrations/sqlite/0002_x.sql", "")];
    assert_eq!(unpaired_migrations(&one), ["migrations/sqlite/0002_x.sql: no migrations/postgres/0002_x.sql"]);
}
