//! The lexicon's own examples, run: what a clinical safety officer wrote down that it must and must not find.

use super::context::{Channel, Context};
use super::danger;
use super::reader::Reader;
use super::reading_kind::ReadingKind;
use super::text::Text;
use super::understanding::Flag;
use chrono::DateTime;
use chrono_tz::Europe::London;

/// An example the lexicon gets wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The family, or the section.
    pub entry: String,
    /// The example.
    pub example: String,
    /// It should have been found, or should not.
    pub should_match: bool,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {:?}", self.entry, if self.should_match { "does not find" } else { "finds" }, self.example)
    }
}

/// Runs every example of the reader's red-flag lexicon; empty if all are right.
pub fn check(reader: &Reader) -> Vec<Fault> {
    let mut faults = Vec::new();
    let source = reader.lexicon.source();
    let mut expect = |entry: String, example: &String, should_match: bool, does: bool| {
        if should_match != does {
            faults.push(Fault { entry, example: example.clone(), should_match });
        }
    };
    for flag in &source.flag {
        let name = serde_json::to_string(&flag.family).unwrap_or_default().replace('"', "");
        for example in &flag.must_match {
            expect(name.clone(), example, true, families(example, reader, flag.asked).contains(&flag.family));
        }
        for example in &flag.must_not_match {
            expect(name.clone(), example, false, families(example, reader, flag.asked).contains(&flag.family));
        }
    }
    for other in &source.harmless {
        for example in &other.must_match {
            expect("harmless".to_owned(), example, false, !families(example, reader, None).is_empty());
        }
        for example in &other.must_not_match {
            expect("harmless".to_owned(), example, true, !families(example, reader, None).is_empty());
        }
    }
    for other in &source.watch {
        for example in &other.must_match {
            expect("watch".to_owned(), example, true, watched(example, reader));
        }
        for example in &other.must_not_match {
            expect("watch".to_owned(), example, false, watched(example, reader));
        }
    }
    faults
}

/// The families of danger in a text, without any question open.
pub fn families(text: &str, reader: &Reader, asked: Option<ReadingKind>) -> Vec<Flag> {
    with(text, reader, asked, |dangers| dangers.alarms.iter().chain(&dangers.beside).map(|a| a.flag).collect())
}

fn watched(text: &str, reader: &Reader) -> bool {
    with(text, reader, None, |dangers| !dangers.watch.is_empty() || !dangers.alarms.is_empty())
}

fn with<T>(text: &str, reader: &Reader, asked: Option<ReadingKind>, f: impl Fn(&danger::Dangers) -> T) -> T {
    let context =
        Context { prompt: None, received_at: DateTime::UNIX_EPOCH, zone: London, channel: Channel::Sms, reader };
    f(&danger::read(&Text::new(text, &context), asked))
}

/// Every phrase of the lexicon found in a text, for whoever extends it: what it means, the phrase, the words it found.
pub fn trace(text: &str, reader: &Reader) -> Vec<String> {
    let context =
        Context { prompt: None, received_at: DateTime::UNIX_EPOCH, zone: London, channel: Channel::Sms, reader };
    let text = Text::new(text, &context);
    text.hits
        .iter()
        .map(|hit| {
            let means = reader.lexicon.means(hit.entry);
            let words = text.written(hit.from as usize, hit.to as usize);
            format!("{means:?} <- {} <- {words:?}", reader.lexicon.phrase(hit.entry))
        })
        .collect()
}
