//! The sources of the program, as modules.

use super::imports::{self, ModulePath};
use super::lexer::{self, Literal};
use super::{File, files};
use std::collections::BTreeSet;

/// One file of `src`, without its tests.
pub struct Source {
    pub path: String,
    /// `["store", "due"]` for src/store/due.rs; empty for src/lib.rs; `["main"]` for src/main.rs.
    pub module: ModulePath,
    /// Code only: no comments, no insides of strings, no tests.
    pub code: String,
    pub strings: Vec<Literal>,
    /// What it names of this crate: (line, absolute path).
    pub imports: Vec<(usize, ModulePath)>,
}

/// The program without its tests.
pub fn program() -> Vec<Source> {
    from_files(&files("src", &[".rs"]))
}

pub fn from_files(files: &[File]) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut tests: BTreeSet<ModulePath> = BTreeSet::new();
    for file in files {
        let module = module_of(&file.path);
        let mut lexed = lexer::lex(&file.text);
        if lexed.code.contains("#![cfg(test)]") {
            tests.insert(module.clone());
        }
        for name in lexer::remove_tests(&mut lexed) {
            tests.insert([module.as_slice(), &[name]].concat());
        }
        let imports = imports::of(&lexed.code, &module);
        sources.push(Source { path: file.path.clone(), module, code: lexed.code, strings: lexed.strings, imports });
    }
    sources.retain(|s| !tests.iter().any(|test| s.module.starts_with(test)));
    sources
}

fn module_of(path: &str) -> ModulePath {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: ModulePath = inner.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// The line in which a byte of `text` stands.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Where `word` stands in `code` as a whole word.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !code[..*at].chars().next_back().is_some_and(part) && !code[at + word.len()..].chars().next().is_some_and(part)
    })
}

#[cfg(test)]
pub fn sample(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn tests_of_the_program_are_not_the_program() {
    let sources = from_files(&[
        sample("src/domain/mod.rs", "pub mod plan;\n#[cfg(test)]\nmod helper;"),
        sample("src/domain/helper.rs", "use std::fs;"),
        sample("src/domain/plan.rs", "use crate::domain::x;"),
    ]);
    let paths: Vec<_> = sources.iter().map(|s| s.path.as_str()).collect();
    assert_eq!(paths, ["src/domain/mod.rs", "src/domain/plan.rs"]);
    assert!(program().len() > 50, "the sources were not found");
}
