//! The results catalogue (`config/results.toml`): which tests are known, in which units, within which limits.

use std::collections::HashMap;

use serde::Deserialize;

use super::check;
use super::test::Test;
use super::units::is_invisible;
use super::{Code, CodeSystem};

/// The catalogue cannot be used; every fault is listed at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the results catalogue has {} fault(s): {}", faults.len(), faults.join("; "))]
pub struct CatalogueError {
    /// One sentence each.
    pub faults: Vec<String>,
}

/// Words and codes of tests that a clinician always talks about first.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitive {
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    snomed: Vec<String>,
    #[serde(default)]
    loinc: Vec<String>,
}

/// Within how many working days somebody has to have looked at a held result (hazard H28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpDays {
    /// Hold limits or the laboratory's alert flag: 0 is the same day.
    pub urgent_working_days: u8,
    /// Everything else.
    pub routine_working_days: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    follow_up: FollowUpDays,
    #[serde(default)]
    sensitive: Sensitive,
    #[serde(rename = "test")]
    tests: Vec<Test>,
}

/// Which test a set of codes and a name mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'a> {
    /// This one.
    One(&'a Test),
    /// Codes of more than one test.
    Disagree,
    /// None known.
    None,
}

/// The tests this practice knows.
#[derive(Debug, Clone)]
pub struct ResultsCatalogue {
    tests: Vec<Test>,
    by_snomed: HashMap<String, usize>,
    by_loinc: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    sensitive: Sensitive,
    follow_up: FollowUpDays,
}

impl ResultsCatalogue {
    /// Reads and checks a catalogue; all faults are reported together.
    pub fn from_toml(text: &str) -> Result<Self, CatalogueError> {
        let file: File = toml::from_str(text).map_err(|e| CatalogueError { faults: vec![e.message().to_owned()] })?;
        let mut faults = Vec::new();
        let mut catalogue = Self {
            by_snomed: index(&file.tests, "SNOMED code", |t| t.snomed.clone(), &mut faults),
            by_loinc: index(&file.tests, "LOINC code", |t| t.loinc.clone(), &mut faults),
            by_name: index(&file.tests, "name", folded_names, &mut faults),
            tests: file.tests,
            sensitive: file.sensitive,
            follow_up: file.follow_up,
        };
        for word in &mut catalogue.sensitive.words {
            *word = word.to_lowercase();
        }
        for test in &catalogue.tests {
            check::test(test, &catalogue.tests, &mut faults);
        }
        if faults.is_empty() { Ok(catalogue) } else { Err(CatalogueError { faults }) }
    }

    /// The catalogue shipped with the program.
    pub fn shipped() -> Result<Self, CatalogueError> {
        Self::from_toml(include_str!("../../../config/results.toml"))
    }

    /// All tests, in the order of the file.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// A test by its key.
    pub fn get(&self, key: &str) -> Option<&Test> {
        self.tests.iter().find(|t| t.key == key)
    }

    /// The test a set of codes means. The name decides when no code is known, and may not contradict one that is.
    pub fn find(&self, codes: &[Code], name: &str) -> Found<'_> {
        let mut found: Option<usize> = None;
        for code in codes {
            for at in self.of_code(code) {
                match found {
                    Some(before) if before != at => return Found::Disagree,
                    _ => found = Some(at),
                }
            }
        }
        let named = self.by_name.get(&fold_name(name)).copied();
        // A known code under the name of another known test: one of the two is wrong, and nobody here can say which.
        if found.zip(named).is_some_and(|(code, name)| code != name) {
            return Found::Disagree;
        }
        let at = found.or(named);
        at.and_then(|at| self.tests.get(at)).map_or(Found::None, Found::One)
    }

    fn of_code(&self, code: &Code) -> impl Iterator<Item = usize> {
        let (snomed, loinc) = match code.system {
            CodeSystem::Snomed => (true, false),
            CodeSystem::Loinc => (false, true),
            CodeSystem::Unstated => (true, true),
            CodeSystem::Other(_) => (false, false),
        };
        let snomed = self.by_snomed.get(&code.code).filter(|_| snomed);
        let loinc = self.by_loinc.get(&code.code).filter(|_| loinc);
        snomed.into_iter().chain(loinc).copied().collect::<Vec<_>>().into_iter()
    }

    /// Whether codes or words name a test that a clinician always talks about first.
    pub fn is_sensitive(&self, codes: &[Code], display: &str) -> bool {
        let listed = |c: &Code| self.sensitive.snomed.contains(&c.code) || self.sensitive.loinc.contains(&c.code);
        let texts = codes.iter().filter_map(|c| c.display.as_deref()).chain([display]);
        let mut words = texts.map(spaced_words);
        codes.iter().any(listed)
            || words.any(|text| self.sensitive.words.iter().any(|w| text.contains(&format!(" {w}"))))
    }

    /// Within how many working days a held result has to be looked at.
    pub fn follow_up(&self) -> FollowUpDays {
        self.follow_up
    }
}

fn folded_names(test: &Test) -> Vec<String> {
    let mut names: Vec<String> = test.names.iter().chain([&test.key, &test.plain_name]).map(|n| fold_name(n)).collect();
    names.sort();
    names.dedup();
    names
}

fn index(
    tests: &[Test],
    what: &str,
    of: impl Fn(&Test) -> Vec<String>,
    faults: &mut Vec<String>,
) -> HashMap<String, usize> {
    let mut map = HashMap::new();
    for (at, test) in tests.iter().enumerate() {
        for entry in of(test) {
            if let Some(before) = map.insert(entry.clone(), at) {
                let other = tests.get(before).map_or("", |t| t.key.as_str());
                faults.push(format!("the {what} {entry} stands at both {other} and {}", test.key));
            }
        }
    }
    map
}

/// Letters and digits only, lower case: how names of tests and headings are compared.
pub fn fold_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Lower case words with single spaces between and one before, so that `" psa"` finds the word's beginning.
fn spaced_words(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}
