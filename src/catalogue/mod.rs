//! The wording of every message: shipped with the program, and a practice's own laid over it.
//!
//! One TOML file per kind and language, in the form of `messages/en/*.toml`. What is wrong with a file is said with
//! its place and what to do, because a coordinator reads it.

mod check;
mod file;
mod finding;
mod render;
mod shipped;

use std::collections::BTreeMap;
use std::path::Path;

pub use check::readability::{Readability, readability};
pub use check::{CheckPolicy, check, check_template, check_with};
pub use file::{Audience, MessageTemplate, Replies, Wording};
pub use finding::{Finding, Severity};
pub use render::{RenderError, RenderPolicy, Rendered};

/// The language every kind is shipped in, and the one used where another has no wording.
pub const BASE_LANGUAGE: &str = "en";

/// All wording, by language and kind.
#[derive(Debug, Clone)]
pub struct Catalogue {
    messages: BTreeMap<(String, String), MessageTemplate>,
}

impl Catalogue {
    /// The wording built into the program. A shipped file that could not be read would be missing here; a test rules
    /// that out.
    pub fn shipped() -> Self {
        let messages = shipped::FILES
            .iter()
            .filter_map(|(path, text)| MessageTemplate::from_toml(path, text).ok())
            .map(|template| (template.key(), template))
            .collect();
        Self { messages }
    }

    /// The shipped wording with a practice's own laid over it: `folder/<language>/<kind>.toml`. Any file that cannot be
    /// used is an error, with every fault of every file: a practice must not send old words while it believes in new ones.
    pub fn with_folder(folder: &Path) -> Result<Self, Vec<Finding>> {
        let mut catalogue = Self::shipped();
        let mut findings = Vec::new();
        for path in toml_files(folder).map_err(|finding| vec![finding])? {
            let name = path.display().to_string();
            match std::fs::read_to_string(&path) {
                Err(error) => findings.push(Finding::unreadable(&name, &error)),
                Ok(text) => match catalogue.lay_over(&name, &text) {
                    Ok(()) => {}
                    Err(faults) => findings.extend(faults),
                },
            }
        }
        if findings.is_empty() { Ok(catalogue) } else { Err(findings) }
    }

    /// Adds one file, or replaces the wording of its language and kind. The last two parts of `path` name both.
    pub fn lay_over(&mut self, path: &str, text: &str) -> Result<(), Vec<Finding>> {
        let template = MessageTemplate::from_toml(path, text)?;
        self.messages.insert(template.key(), template);
        Ok(())
    }

    /// The wording of a kind in exactly this language.
    pub fn get(&self, language: &str, kind: &str) -> Option<&MessageTemplate> {
        self.messages.get(&(language.to_lowercase(), kind.to_owned()))
    }

    /// The wording for somebody who reads `language` (`cy`, `pl-PL`): in it, else in its main language, else in English.
    /// Nothing is ever translated by machine.
    pub fn best(&self, language: &str, kind: &str) -> Option<&MessageTemplate> {
        let main = language.split('-').next().unwrap_or_default();
        self.get(language, kind).or_else(|| self.get(main, kind)).or_else(|| self.get(BASE_LANGUAGE, kind))
    }

    /// All of it, by language and kind.
    pub fn iter(&self) -> impl Iterator<Item = &MessageTemplate> {
        self.messages.values()
    }

    /// Languages that have any wording, in order.
    pub fn languages(&self) -> Vec<&str> {
        let mut languages: Vec<&str> = self.messages.keys().map(|(language, _)| language.as_str()).collect();
        languages.dedup();
        languages
    }
}

/// The `.toml` files one level below `folder`, in order.
fn toml_files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Finding> {
    let entries = |folder: &Path| -> Result<Vec<std::path::PathBuf>, Finding> {
        let unreadable = |error: std::io::Error| Finding::unreadable(&folder.display().to_string(), &error);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
        }
        paths.sort();
        Ok(paths)
    };
    let mut files = Vec::new();
    for language in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        files.extend(entries(&language)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "toml")));
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
