//! The lexicon: red flags a clinical safety officer owns, and the everyday phrases of replies, compiled into one automaton.

use super::facts::{Fact, Facts};
use super::label::Label;
use super::pattern::{Class, Entry, PatternError, Phrases, Sets, Tag, class_of};
use super::reading_kind::ReadingKind;
use super::tongues::Tongues;
use super::understanding::Flag;
use super::vocabulary::{Vocabulary, WordId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a denial or another person does to a red flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Somebody else's past illness is not the patient's danger; somebody in danger now is.
    #[default]
    Now,
    /// Whoever it is about, and whenever.
    Anyone,
    /// Only the writer's own.
    Own,
}

/// One group of red-flag phrases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedFlag {
    /// The family.
    pub family: Flag,
    /// Why it is here, for the safety officer.
    #[serde(default)]
    pub why: String,
    /// The phrases.
    pub says: Vec<String>,
    /// "no chest pain" takes it away. False where the phrase holds its own "not".
    #[serde(default = "yes")]
    pub denied: bool,
    /// Whose danger it has to be.
    #[serde(default)]
    pub whose: Whose,
    /// Somebody may read this person's messages: nothing is sent.
    #[serde(default)]
    pub unsafe_contact: bool,
    /// Counts only while this reading was asked for.
    #[serde(default)]
    pub asked: Option<ReadingKind>,
    /// Counts only beside a reading that is beyond a signed limit.
    #[serde(default)]
    pub beside: bool,
    /// Texts it has to find.
    pub must_match: Vec<String>,
    /// Texts it must leave alone.
    #[serde(default)]
    pub must_not_match: Vec<String>,
}

/// Words that look like danger and are none, or that a person should read without hurry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Why.
    #[serde(default)]
    pub why: String,
    /// The phrases.
    pub says: Vec<String>,
    /// Cannot wait for the review, even as a matter to talk about there.
    #[serde(default)]
    pub soon: bool,
    /// Cannot wait at all: danger that has no family of its own.
    #[serde(default)]
    pub urgent: bool,
    /// Texts it has to find.
    #[serde(default)]
    pub must_match: Vec<String>,
    /// Texts it must leave alone.
    #[serde(default)]
    pub must_not_match: Vec<String>,
}

/// The red-flag file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedFlagFile {
    /// Which edition, for the record.
    pub edition: String,
    /// Named sets of words.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// Words whose misspellings are followed.
    #[serde(default)]
    pub forgive: String,
    /// Everyday words that a slip must not turn into one of those.
    #[serde(default)]
    pub real_words: String,
    /// The red flags.
    pub flag: Vec<RedFlag>,
    /// Idioms and look-alikes: they take the words they cover away from the red flags.
    #[serde(default)]
    pub harmless: Vec<Other>,
    /// Worth a person's reading, not an alarm.
    #[serde(default)]
    pub watch: Vec<Other>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    sets: BTreeMap<String, String>,
    same: BTreeMap<String, String>,
    forgive: String,
    phrases: BTreeMap<Label, Vec<String>>,
}

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// Not the expected TOML.
    #[error("the {file} file does not parse: {source}")]
    Toml {
        /// Which file.
        file: &'static str,
        /// What the parser says.
        source: Box<toml::de::Error>,
    },
    /// A phrase that does not compile.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A set that needs itself, or one nobody defined.
    #[error("the set {0:?} refers to a set that is not defined, or to itself")]
    Set(String),
    /// More phrases than the automaton numbers.
    #[error("too many entries")]
    TooMany,
}

/// What a phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Danger.
    Flag {
        /// Its family.
        family: Flag,
        /// A denial takes it away.
        denied: bool,
        /// Whose danger.
        whose: Whose,
        /// Nothing may be sent.
        unsafe_contact: bool,
        /// Counts only while this reading was asked for.
        asked: Option<ReadingKind>,
        /// Counts only beside a reading that is beyond a signed limit.
        beside: bool,
    },
    /// Looks like danger and is none.
    Harmless,
    /// Worth reading.
    Watch {
        /// Before the review.
        soon: bool,
        /// Now.
        urgent: bool,
    },
    /// An everyday phrase.
    Says(Label),
}

/// Sets the readers ask about by name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Words before and after the matter: greetings, thanks, kisses.
    pub courtesy: Class,
    /// not, no, never, without.
    pub negators: Class,
    /// Words a denial reaches over: any, more, signs of.
    pub light: Class,
    /// Family, friends, neighbours, pets.
    pub relation: Class,
    /// I, my, me.
    pub own: Class,
    /// he, she, they.
    pub third: Class,
    /// Illness, body, medicines, distress: a person reads what holds them.
    pub concern: Class,
    /// Titles before a name.
    pub titles: Class,
    /// What messages are about.
    pub topic: Class,
    /// What is sent.
    pub sent: Class,
    /// Where people stand whom it is sent to.
    pub lists: Class,
    /// What stands between a wish to stop and its object.
    pub leads: Class,
    /// What says nothing of a message's kind.
    pub any_kind: Class,
    /// Words that carry no matter of their own.
    pub function: Class,
    /// Family, weather, food, places, pastimes.
    pub everyday: Class,
}

/// The compiled lexicon.
#[derive(Debug, Clone)]
pub struct Lexicon {
    pub(super) vocabulary: Vocabulary,
    pub(super) phrases: Phrases,
    pub(super) facts: Facts,
    pub(super) tongues: Tongues,
    pub(super) known: Known,
    entries: Vec<(Means, String)>,
    source: RedFlagFile,
}

fn yes() -> bool {
    true
}

const PHRASES: &str = include_str!("phrases.toml");

/// Tags of phrases.
pub mod tag {
    use super::super::label::Label;
    use super::super::pattern::Tag;

    /// Danger.
    pub const FLAG: Tag = 0;
    /// Looks like danger.
    pub const HARMLESS: Tag = 1;
    /// Worth reading.
    pub const WATCH: Tag = 2;
    /// Found by a reader, not by the lexicon.
    pub const NONE: Tag = 127;

    /// An everyday phrase.
    pub const fn says(label: Label) -> Tag {
        label as Tag + 3
    }
}

impl Means {
    fn tag(self) -> Tag {
        match self {
            Self::Flag { .. } => tag::FLAG,
            Self::Harmless => tag::HARMLESS,
            Self::Watch { .. } => tag::WATCH,
            Self::Says(label) => tag::says(label),
        }
    }
}

impl Lexicon {
    /// Compiles a red-flag file together with the product's own phrases.
    pub fn from_toml(red_flags: &str) -> Result<Self, LexiconError> {
        let source: RedFlagFile =
            toml::from_str(red_flags).map_err(|e| LexiconError::Toml { file: "red-flag", source: Box::new(e) })?;
        let everyday: PhraseFile =
            toml::from_str(PHRASES).map_err(|e| LexiconError::Toml { file: "phrase", source: Box::new(e) })?;
        let mut vocabulary = Vocabulary::new();
        let facts = Facts::new(&mut vocabulary);
        let tongues = Tongues::new(&mut vocabulary);
        for (word, others) in &everyday.same {
            let id = vocabulary.add(&super::normalise::fold_word(word));
            for other in others.split_whitespace() {
                vocabulary.alias(&super::normalise::fold_word(other), id);
            }
        }
        let mut words = everyday.sets.clone();
        for (name, more) in &source.sets {
            let set = words.entry(name.clone()).or_default();
            set.push(' ');
            set.push_str(more);
        }
        let sets = resolve(&words, &mut vocabulary)?;
        let mut phrases = Phrases::default();
        phrases.note_common(&mut vocabulary);
        let mut lexicon =
            Self { vocabulary, phrases, facts, tongues, known: Known::default(), entries: Vec::new(), source };
        lexicon.compile(&everyday, &sets)?;
        lexicon.phrases.seal()?;
        lexicon.name_sets(&sets);
        lexicon.forgive(&everyday.forgive);
        Ok(lexicon)
    }

    fn compile(&mut self, everyday: &PhraseFile, sets: &Sets) -> Result<(), LexiconError> {
        let source = self.source.clone();
        for flag in &source.flag {
            let means = Means::Flag {
                family: flag.family,
                denied: flag.denied,
                whose: flag.whose,
                unsafe_contact: flag.unsafe_contact,
                asked: flag.asked,
                beside: flag.beside,
            };
            self.add_all(means, &flag.says, sets)?;
        }
        for other in &source.harmless {
            self.add_all(Means::Harmless, &other.says, sets)?;
        }
        for other in &source.watch {
            self.add_all(Means::Watch { soon: other.soon, urgent: other.urgent }, &other.says, sets)?;
        }
        for (label, says) in &everyday.phrases {
            self.add_all(Means::Says(*label), says, sets)?;
        }
        Ok(())
    }

    fn add_all(&mut self, means: Means, says: &[String], sets: &Sets) -> Result<(), LexiconError> {
        for phrase in says {
            let entry = Entry::try_from(self.entries.len()).map_err(|_| LexiconError::TooMany)?;
            self.phrases.add(phrase, entry, means.tag(), &mut self.vocabulary, sets)?;
            self.entries.push((means, phrase.clone()));
        }
        Ok(())
    }

    fn name_sets(&mut self, sets: &Sets) {
        let get = |name: &str| sets.get(name).cloned().unwrap_or_default();
        self.known = Known {
            courtesy: get("courtesy"),
            negators: get("negators"),
            light: get("light"),
            relation: get("relation"),
            own: get("own"),
            third: get("third"),
            concern: get("concern"),
            titles: get("titles"),
            topic: get("topic"),
            sent: get("sent"),
            lists: get("lists"),
            leads: get("leads"),
            any_kind: get("any_kind"),
            function: get("function"),
            everyday: get("everyday"),
        };
    }

    fn forgive(&mut self, everyday: &str) {
        for word in self.source.real_words.split_whitespace() {
            self.vocabulary.add(&super::normalise::fold_word(word));
        }
        let words = format!("{} {everyday}", self.source.forgive);
        for word in words.split_whitespace() {
            self.vocabulary.forgive(word);
        }
    }

    /// What the phrase with this number stands for.
    pub fn means(&self, entry: Entry) -> Option<Means> {
        self.entries.get(usize::from(entry)).map(|(means, _)| *means)
    }

    /// The phrase with this number, as written in the lexicon.
    pub fn phrase(&self, entry: Entry) -> &str {
        self.entries.get(usize::from(entry)).map_or("", |(_, phrase)| phrase)
    }

    /// What is known about a word: number, unit, day of the week.
    pub fn fact(&self, word: WordId) -> Fact {
        self.facts.of(word)
    }

    /// The red-flag file it was compiled from.
    pub fn source(&self) -> &RedFlagFile {
        &self.source
    }
}

/// Sets may hold other sets; each is resolved after those it holds.
fn resolve(words: &BTreeMap<String, String>, vocabulary: &mut Vocabulary) -> Result<Sets, LexiconError> {
    let mut sets = Sets::new();
    while sets.len() < words.len() {
        let before = sets.len();
        for (name, list) in words {
            if sets.contains_key(name)
                || list.split_whitespace().filter_map(|w| w.strip_prefix('@')).any(|s| !sets.contains_key(s))
            {
                continue;
            }
            let list = list.split_whitespace().collect::<Vec<_>>().join("|");
            let class = class_of(&list, vocabulary, &sets).map_err(LexiconError::Set)?;
            sets.insert(name.clone(), class);
        }
        if sets.len() == before {
            let stuck = words.keys().find(|name| !sets.contains_key(*name)).cloned().unwrap_or_default();
            return Err(LexiconError::Set(stuck));
        }
    }
    Ok(sets)
}
