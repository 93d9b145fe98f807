//! The repository keeps its own rules: layers, lengths, forbidden things, complete lists, and promises that are true.
//!
//! Each check is a function from texts to faults, so that a bad sample beside it can show that it fails when it must.

#![allow(clippy::expect_used, clippy::panic, reason = "a repository that cannot be read is a failed test")]

mod commands;
mod imports;
mod includes;
mod layers;
mod lexer;
mod promises;
mod rules;
mod safety;
mod sizes;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the package.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the repository.
struct File {
    /// From the package folder, with `/`.
    path: String,
    text: String,
}

impl File {
    fn is_markdown(&self) -> bool {
        is_markdown(&self.path)
    }
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// Every text file below `folder` whose name ends in one of `endings` (all, when there are none), in order.
fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root(), &root().join(folder), endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(root: &Path, folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder's entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ["target", ".git"].contains(&name.as_str()) {
            // Not of the repository.
        } else if path.is_dir() {
            walk(root, &path, endings, found);
        } else if (endings.is_empty() || endings.iter().any(|e| name.ends_with(e)))
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root).expect("below the package").to_string_lossy().replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

/// The Markdown files people read: at the top and in docs.
fn documents() -> Vec<File> {
    let mut all: Vec<File> = files("", &[".md"]).into_iter().filter(|f| !f.path.contains('/')).collect();
    all.extend(files("docs", &[".md"]));
    all
}

fn assert_none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n  {}", faults.join("\n  "));
}
