//! Phrases that messages to patients must not hold. The list is data: `config/forbidden-phrases.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalogue::MessageTemplate;
use crate::catalogue::finding::{Finding, Severity};

/// Built in, and the form in which a clinical safety officer reads it. An unreadable list would be empty; a test rules
/// that out.
static PHRASES: LazyLock<Vec<Phrase>> =
    LazyLock::new(|| read(include_str!("../../../config/forbidden-phrases.toml")).unwrap_or_default());

/// How many digits make a number that could be copied back after "for example".
const LEADS: [&str; 5] = ["for example", "e.g.", "eg", "such as", "like this"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    phrase: Vec<Phrase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    words: Vec<String>,
    why: String,
    instead: String,
    level: Level,
    #[serde(default = "everywhere", rename = "in")]
    fields: Vec<Field>,
    #[serde(default)]
    unless: Vec<String>,
    /// Run as tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "read so that the file's form is checked; used by the tests"))]
    example: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "as above"))]
    fine: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Field {
    Sms,
    Subject,
    Email,
}

fn everywhere() -> Vec<Field> {
    vec![Field::Sms, Field::Subject, Field::Email]
}

fn read(text: &str) -> Result<Vec<Phrase>, toml::de::Error> {
    toml::from_str::<List>(text).map(|list| list.phrase)
}

pub(super) fn check(template: &MessageTemplate) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, wording) in template.fields() {
        let field = match name {
            "sms.body" => Field::Sms,
            "email.subject" => Field::Subject,
            _ => Field::Email,
        };
        let text = fold(&wording.source);
        for phrase in PHRASES.iter().filter(|phrase| phrase.fields.contains(&field)) {
            for (at, words) in phrase.matches(&text) {
                let finding = Finding::error(
                    &template.file,
                    name,
                    format!("\"{words}\": {}", phrase.why.trim_end_matches('.')),
                    format!("Write instead: {}.", phrase.instead),
                )
                .at(at);
                findings.push(match phrase.level {
                    Level::Error => finding,
                    Level::Warning => Finding { severity: Severity::Warning, ..finding },
                });
            }
        }
        if let Some(at) = example_value(&text) {
            findings.push(
                Finding::error(
                    &template.file,
                    name,
                    "a value stands there as an example, and people send it back as theirs",
                    "Describe the form in words: two numbers, top then bottom.",
                )
                .at(at),
            );
        }
    }
    findings
}

/// Lower case, character for character, with one kind of apostrophe and space: places stay what they were.
fn fold(text: &str) -> Vec<char> {
    text.chars()
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            c if c.is_whitespace() => ' ',
            c => c.to_lowercase().next().unwrap_or(c),
        })
        .collect()
}

impl Phrase {
    fn matches<'a>(&'a self, text: &'a [char]) -> impl Iterator<Item = (usize, &'a str)> {
        let excused: Vec<(usize, usize)> = self
            .unless
            .iter()
            .flat_map(|words| find(text, words).map(move |at| (at, at + words.chars().count())))
            .collect();
        self.words
            .iter()
            .flat_map(move |words| find(text, words).map(move |at| (at, words.as_str())))
            .filter(move |(at, _)| !excused.iter().any(|(from, to)| from <= at && at < to))
    }
}

/// Places where `words` stand as whole words; a final `*` takes any ending.
fn find<'a>(text: &'a [char], words: &str) -> impl Iterator<Item = usize> + 'a {
    let open_end = words.ends_with('*');
    let wanted: Vec<char> = fold(words.trim_end_matches('*'));
    let ends_in_word = wanted.last().is_some_and(|c| c.is_alphanumeric());
    let last_start = (text.len() + 1).saturating_sub(wanted.len());
    (0..last_start).filter(move |at| {
        let before = at.checked_sub(1).and_then(|i| text.get(i));
        let after = text.get(at + wanted.len());
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        text.get(*at..at + wanted.len()) == Some(wanted.as_slice())
            && !word(before)
            && (open_end || !ends_in_word || !word(after))
    })
}

/// A number behind "for example", or two numbers with a stroke (130/80), which is how a reading looks.
fn example_value(text: &[char]) -> Option<usize> {
    let digits_from = |at: usize| text.iter().skip(at).take_while(|c| c.is_ascii_digit()).count();
    let reading = (0..text.len()).find(|at| {
        let first = digits_from(*at);
        let starts = at.checked_sub(1).and_then(|i| text.get(i)).is_none_or(|c| !c.is_ascii_digit() && *c != '/');
        starts
            && (2..=3).contains(&first)
            && text.get(at + first) == Some(&'/')
            && (2..=3).contains(&digits_from(at + first + 1))
            && text.get(at + first + 1 + digits_from(at + first + 1)) != Some(&'/')
    });
    let behind_lead =
        LEADS.iter().flat_map(|lead| find(text, lead).map(|at| (at, lead.len()))).find_map(|(at, len)| {
            // In the same sentence, within a few words.
            let rest = text.iter().skip(at + len).take(25).take_while(|c| !matches!(c, '.' | '?' | '!'));
            rest.clone().any(char::is_ascii_digit).then_some(at)
        });
    reading.into_iter().chain(behind_lead).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_its_examples_hold() {
        assert!(
            PHRASES.len() >= 10,
            "the shipped list is not readable: {:?}",
            read(include_str!("../../../config/forbidden-phrases.toml")).err()
        );
        for phrase in PHRASES.iter() {
            assert!(phrase.matches(&fold(&phrase.example)).next().is_some(), "not found: {}", phrase.example);
            let fine = fold(&phrase.fine);
            let found: Vec<_> = PHRASES.iter().flat_map(|p| p.matches(&fine)).filter(|_| true).collect();
            assert!(phrase.matches(&fine).next().is_none(), "{}: {found:?}", phrase.fine);
        }
    }

    #[test]
    fn whole_words_and_endings() {
        let at = |text: &str, words: &str| find(&fold(text), words).collect::<Vec<_>>();
        assert_eq!(at("Visit us, REVISIT us, visit", "visit"), [0, 22]);
        assert_eq!(at("Diabetic and diabetes", "diabet*"), [0, 13]);
        assert_eq!(at("Don\u{2019}t\u{a0}worry", "don't worry"), [0]);
        assert_eq!(at("see http://a", "http:"), [4]);
        assert_eq!(at("", "visit"), Vec::<usize>::new());
    }

    #[test]
    fn example_values_are_found_and_dates_are_not() {
        for (text, place) in [
            ("text it like 130/80 please", Some(13)),
            ("for example 7.5", Some(0)),
            ("Reply, e.g. my number 5", Some(7)),
            ("on 06/08/2026", None),
            ("24/7", None),
            ("for example. Call 111", None),
            ("Text 0 to 7", None),
        ] {
            assert_eq!(example_value(&fold(text)), place, "{text}");
        }
    }
}
