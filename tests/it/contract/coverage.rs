//! Every public async function of the store is called by this suite.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The text of a Rust file without its comments and attributes of documentation.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// The public async functions by module; the module of `store` itself is `""`.
fn promised(store: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut promised: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in rust_files(store) {
        let inside = path.strip_prefix(store).unwrap().with_extension("");
        let module = inside.iter().next().unwrap().to_str().unwrap();
        let module = if module == "mod" { "" } else { module };
        for part in code(&path).split("pub async fn ").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            promised.entry(module.to_owned()).or_default().insert(name);
        }
    }
    promised
}

#[test]
fn every_public_function_of_the_store_is_called_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let promised = promised(&root.join("src/store"));
    let calls: String = rust_files(&root.join("tests/it/contract")).iter().map(|path| code(path)).collect();
    let missing: Vec<String> = promised
        .iter()
        .flat_map(|(module, names)| names.iter().map(move |name| (module, name)))
        .filter(|(module, name)| {
            let called = if module.is_empty() {
                // Methods of `Db` and `Tx`.
                calls.contains(&format!(".{name}(")) || calls.contains(&format!("Db::{name}("))
            } else {
                // As a word: `due::finish(` is no call of `overdue::finish(`.
                calls
                    .match_indices(&format!("{module}::{name}("))
                    .any(|(at, _)| !calls[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            };
            !called
        })
        .map(|(module, name)| format!("{module}::{name}"))
        .collect();
    let all: usize = promised.values().map(BTreeSet::len).sum();
    assert!(all > 130, "only {all} functions were found: is this test reading the store?");
    assert!(missing.is_empty(), "not in the contract suite: {missing:?}");
}
