//! Hints on how hard a text is to read. Hints only: a formula knows nothing of meaning, and on one short text its
//! grade means little, so the longest sentence and the hard words are shown as well.

use serde::Serialize;

use super::length::fill;
use crate::catalogue::MessageTemplate;
use crate::catalogue::finding::Finding;
use crate::domain::markdown;

/// The most words of one sentence.
const SENTENCE_WORDS: usize = 20;
/// Accepted reading age; 9 to 11 is the aim.
const ACCEPTED_AGE: f64 = 14.0;
/// Below this many words a grade is noise.
const WORDS_FOR_A_GRADE: usize = 60;

/// Office words and their plain ones.
const PLAIN: [(&str, &str); 22] = [
    ("commence", "start"),
    ("medication", "medicine"),
    ("utilise", "use"),
    ("regarding", "about"),
    ("prior", "before"),
    ("additional", "more"),
    ("assistance", "help"),
    ("attend", "come"),
    ("require", "need"),
    ("advise", "tell"),
    ("contacted", "called"),
    ("obtain", "get"),
    ("receive", "get"),
    ("consultation", "appointment"),
    ("clinician", "doctor or nurse"),
    ("hypertension", "high blood pressure"),
    ("respond", "answer"),
    ("ensure", "make sure"),
    ("hesitate", "wait"),
    ("notify", "tell"),
    ("telephone", "call"),
    ("individual", "person"),
];

/// Long words that everybody knows.
const KNOWN: [&str; 9] = [
    "automatic",
    "emergency",
    "emergencies",
    "january",
    "february",
    "information",
    "everybody",
    "somebody",
    "samaritans",
];

/// What is hard about a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Readability {
    /// Words in all.
    pub words: usize,
    /// Words of the longest sentence.
    pub longest_sentence: usize,
    /// Words of four syllables and more, and office words, in order.
    pub hard_words: Vec<String>,
    /// Flesch-Kincaid grade plus 5, in years; a rough guide, and none at all below about 60 words.
    pub age: f64,
}

/// Judges a plain text. Lines end sentences.
pub fn readability(text: &str) -> Readability {
    let (mut words, mut longest, mut syllables, mut sentences) = (0_usize, 0_usize, 0_u32, 0_u32);
    let mut hard_words: Vec<String> = Vec::new();
    for sentence in sentences_of(text) {
        let mut count = 0_usize;
        for word in sentence.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)) {
            count += 1;
            let bare: String = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let here = if word.contains("://") { 1 } else { syllables_of(&bare) };
            syllables += here;
            let hard = plain_word(&bare).is_some() || (here >= 4 && !KNOWN.contains(&bare.as_str()));
            if hard && !hard_words.contains(&bare) {
                hard_words.push(bare);
            }
        }
        if count > 0 {
            sentences += 1;
            words += count;
            longest = longest.max(count);
        }
    }
    let age = if words == 0 {
        0.0
    } else {
        0.39 * words as f64 / f64::from(sentences) + 11.8 * f64::from(syllables) / words as f64 - 15.59 + 5.0
    };
    Readability { words, longest_sentence: longest, hard_words, age }
}

/// A sentence ends at a mark that a blank follows ("1.5" and "nhs.uk" go on), or at the end of its line.
fn sentences_of(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    for line in text.lines() {
        let (mut start, mut ended) = (0, false);
        for (at, c) in line.char_indices() {
            if ended && c.is_whitespace() {
                sentences.extend(line.get(start..at));
                start = at;
            }
            ended = matches!(c, '.' | '?' | '!' | ':');
        }
        sentences.extend(line.get(start..));
    }
    sentences.retain(|sentence| !sentence.trim().is_empty());
    sentences
}

fn plain_word(word: &str) -> Option<&'static str> {
    PLAIN.iter().find(|(hard, _)| *hard == word).map(|(_, plain)| *plain)
}

/// Groups of vowels, less a silent e at the end.
fn syllables_of(word: &str) -> u32 {
    let vowel = |c: char| "aeiouyáéíóúàèìòùâêîôûŵŷäëïöü".contains(c);
    let mut count = 0;
    let mut in_group = false;
    for c in word.chars() {
        count += u32::from(vowel(c) && !in_group);
        in_group = vowel(c);
    }
    if word.ends_with('e') && !word.ends_with("le") && count > 1 {
        count -= 1;
    }
    count.max(1)
}

pub(super) fn check(template: &MessageTemplate) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, wording) in template.fields().filter(|(field, _)| *field != "email.subject") {
        let filled = fill(wording, &template.placeholders, |p| &p.example);
        let text = if field == "email.body" { markdown::to_text(&filled) } else { filled };
        let read = readability(&text);
        if read.longest_sentence > SENTENCE_WORDS {
            findings.push(Finding::warning(
                &template.file,
                field,
                format!("the longest sentence has {} words", read.longest_sentence),
                format!("Keep sentences within {SENTENCE_WORDS} words."),
            ));
        }
        for word in &read.hard_words {
            let instead =
                plain_word(word).map_or("Find a shorter word.".to_owned(), |plain| format!("Write: {plain}."));
            findings.push(Finding::warning(&template.file, field, format!("\"{word}\" is hard to read"), instead));
        }
        if read.words >= WORDS_FOR_A_GRADE && read.age > ACCEPTED_AGE {
            findings.push(Finding::warning(
                &template.file,
                field,
                format!("it reads like a text for people of {:.0} years and more", read.age),
                "Shorten sentences and words: 9 to 11 is the aim.",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_marks_followed_by_a_blank() {
        let of = |text| sentences_of(text).into_iter().map(str::trim).collect::<Vec<_>>();
        assert_eq!(
            of("Hello Sam. It is 1.5 km, see nhs.uk! Come?\nNext line"),
            ["Hello Sam.", "It is 1.5 km, see nhs.uk!", "Come?", "Next line"]
        );
        assert_eq!(of("Oak Surgery: ready"), ["Oak Surgery:", "ready"]);
        assert_eq!(of(""), Vec::<&str>::new());
    }

    #[test]
    fn syllables_are_about_right() {
        for (word, count) in [
            ("the", 1),
            ("time", 1),
            ("people", 2),
            ("appointment", 3),
            ("emergency", 4),
            ("responsibility", 6),
            ("111", 1),
        ] {
            assert_eq!(syllables_of(word), count, "{word}");
        }
    }

    #[test]
    fn plain_text_is_young_and_office_text_is_old() {
        let plain = readability("We are shut. You can call us on Monday. If you feel ill, call 111 now.");
        assert!(plain.age < 9.0, "{plain:?}");
        assert_eq!((plain.longest_sentence, plain.hard_words.len()), (7, 0));
        let office = readability(
            "Patients requiring additional information regarding their medication should not hesitate to telephone \
             the administrative department responsible for consultations prior to commencement of treatment",
        );
        assert!(office.age > 20.0, "{office:?}");
        assert!(
            office.hard_words.contains(&"medication".to_owned())
                && office.hard_words.contains(&"administrative".to_owned())
        );
        assert_eq!(office.longest_sentence, 23);
        assert!(readability("").age.abs() < f64::EPSILON);
    }
}
