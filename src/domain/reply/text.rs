//! A reply made ready for the readers: the person's own words, folded, cut into tokens, phrases found.

use super::context::{Channel, Context, Prompt};
use super::facts::Fact;
use super::label::Label;
use super::lexicon::{Lexicon, tag};
use super::normalise::Folded;
use super::own_words;
use super::pattern::{Class, Hit, Sought};
use super::tokens::{Break, Kind, Token, tokenise};
use super::understanding::Because;
use super::vocabulary::{Vocabulary, Word, words};
use std::borrow::Cow;
use std::ops::Range;

/// One reply, ready to read.
#[derive(Debug)]
pub struct Text<'a> {
    /// As it came.
    pub original: &'a str,
    /// Folded.
    pub folded: Folded,
    /// Cut.
    pub tokens: Vec<Token>,
    /// Without the courtesies at both ends; everything if there is nothing else.
    pub core: Range<usize>,
    /// Phrases, by their first token.
    pub hits: Vec<Hit>,
    /// The lexicon they were found with.
    pub lexicon: &'a Lexicon,
    /// Which meanings are there at all, by tag.
    present: u128,
}

/// Everyday readers read this many tokens, several times what the longest honest text holds; danger is read in all.
const EVERYDAY: usize = 1200;

/// A phrase of more tokens holds words that belong to no sign.
const LONGEST_SIGN: usize = 5;

const IDIOM: u8 = 1;
const SMALL_TALK: u8 = 2;
const SIGN: u8 = 4;
const NOUGHT: u8 = 8;

impl<'a> Text<'a> {
    /// Reads a reply once for all readers.
    pub fn new(original: &'a str, context: &Context<'a>) -> Self {
        let lexicon = &context.reader.lexicon;
        let longest = context.reader.settings.longest;
        let folded = match context.channel {
            Channel::Sms if original.len() <= longest => {
                Folded::of(original, std::slice::from_ref(&(0..original.len())))
            }
            Channel::Sms => Folded::of(original, &both_ends(original, longest)),
            Channel::Email => Folded::of(original, &own_words::kept(original)),
        };
        let name = context.prompt.and_then(addressee);
        let mut tokens = tokenise(&folded, &lexicon.vocabulary, name.as_deref());
        let core = core(&tokens, lexicon);
        let mut hits = Vec::with_capacity(24);
        lexicon.phrases.scan(&Sought { tokens: &tokens, core: core.clone() }, &mut hits);
        let mut present = 0;
        for hit in &hits {
            present |= 1u128 << hit.tag;
            let cover = match hit.tag {
                tag::HARMLESS => IDIOM,
                tag::FLAG | tag::WATCH => SIGN,
                t if t == tag::says(Label::SmallTalk) => SMALL_TALK,
                t if t == tag::says(Label::Nought) || t == tag::says(Label::OtherDay) => NOUGHT,
                _ => continue,
            };
            let (from, to) = (hit.from as usize, hit.to as usize);
            if cover == SIGN && to - from > LONGEST_SIGN {
                // What stands between two far signs is not itself one.
                for at in [from, to - 1] {
                    tokens.get_mut(at).into_iter().for_each(|token| token.covers |= cover);
                }
                continue;
            }
            for token in tokens.get_mut(from..to).unwrap_or_default() {
                token.covers |= cover;
            }
        }
        Self { original, folded, tokens, core, hits, lexicon, present }
    }

    /// Leaves the tail of a text that is longer than anybody types to people. True if there was one.
    pub fn shorten(&mut self) -> bool {
        if self.tokens.len() <= EVERYDAY {
            return false;
        }
        self.tokens.truncate(EVERYDAY);
        let end = EVERYDAY as u32;
        for token in &mut self.tokens {
            token.sentence_to = token.sentence_to.min(end);
        }
        self.hits.retain(|h| h.to <= end);
        self.core = self.core.start.min(EVERYDAY)..self.core.end.min(EVERYDAY);
        true
    }

    /// The token at a place.
    pub fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// What is known of the word at a place.
    pub fn fact(&self, at: usize) -> Fact {
        self.tokens.get(at).map(|t| self.lexicon.fact(t.word)).unwrap_or_default()
    }

    /// The folded letters of a token.
    pub fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.folded.text.get(t.from as usize..t.to as usize).unwrap_or(""))
    }

    /// Writes the word at a place as the trained models see it: without apostrophes; numbers all look alike.
    pub fn spell(&self, at: usize, words: &mut String) {
        if self.tokens.get(at).is_some_and(|t| t.kind == Kind::Number) {
            words.push('#');
            return;
        }
        let word = self.word(at);
        if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            words.push_str(word);
        } else {
            words.extend(word.chars().filter(|c| *c != '\'' && !c.is_whitespace()));
        }
    }

    /// Whether the word at a place, as the lexicon spells it, is one of these.
    pub fn is(&self, at: usize, words: &[Word]) -> bool {
        self.tokens.get(at).is_some_and(|t| words.contains(&t.known))
    }

    /// Whether the word at a place is this one, known only at run time.
    pub fn is_str(&self, at: usize, word: &str) -> bool {
        self.is(at, &[Word::new(word)])
    }

    /// Whether the word at a place is in a set.
    pub fn within(&self, at: usize, class: &Class) -> bool {
        self.tokens.get(at).is_some_and(|t| class.contains(t.word))
    }

    /// Whether a picture stands there that means nothing of its own, such as a smile.
    pub fn smile(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_smile)
    }

    /// The kinds of phrases that are there, a bit for each tag.
    pub fn kinds(&self) -> u128 {
        self.present
    }

    /// Whether the phrase is there, anywhere.
    pub fn says(&self, label: Label) -> bool {
        self.present >> tag::says(label) & 1 == 1 && self.first(label).is_some()
    }

    /// The first place where a phrase stands.
    pub fn first(&self, label: Label) -> Option<Hit> {
        self.all(label).next()
    }

    /// Every place where a phrase stands.
    pub fn all(&self, label: Label) -> impl Iterator<Item = Hit> + '_ {
        let tag = tag::says(label);
        let hits = if self.present >> tag & 1 == 1 { self.hits.as_slice() } else { &[] };
        hits.iter().copied().filter(move |h| h.tag == tag)
    }

    /// Whether an idiom covers any of these tokens.
    pub fn idiom(&self, from: usize, to: usize) -> bool {
        self.covered(from..to, IDIOM)
    }

    /// Whether small talk covers any of these tokens.
    pub fn small_talk(&self, from: usize, to: usize) -> bool {
        self.covered(from..to, SMALL_TALK)
    }

    /// Whether a token belongs to a sign of illness.
    pub fn sign(&self, at: usize) -> bool {
        self.covered(at..at + 1, SIGN)
    }

    /// Whether a token belongs to a phrase for nothing, or for every other day.
    pub fn nought(&self, at: usize) -> bool {
        self.covered(at..at + 1, NOUGHT)
    }

    fn covered(&self, range: Range<usize>, by: u8) -> bool {
        let end = range.end.min(self.tokens.len());
        self.tokens.get(range.start..end).is_some_and(|tokens| tokens.iter().any(|t| t.covers & by != 0))
    }

    /// The first token of the sentence a token stands in.
    pub fn sentence_start(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.tokens.len(), |t| t.sentence_from as usize)
    }

    /// The first token of the clause a token stands in: behind the last comma, or whatever parts more.
    pub fn clause_start(&self, at: usize) -> usize {
        let begins = self.sentence_start(at);
        let parted = |i: &usize| self.token(*i).is_some_and(|t| t.parted >= Break::Comma);
        (begins + 1..=at).rev().find(parted).unwrap_or(begins)
    }

    /// Whether a clause ends before a token: a comma or more stands there, or no token does.
    pub fn clause_ends(&self, at: usize) -> bool {
        self.token(at).is_none_or(|t| t.parted >= Break::Comma)
    }

    /// Whether a token is a number, in digits or as a word.
    pub fn is_number(&self, at: usize) -> bool {
        self.token(at).is_some_and(|t| t.kind == Kind::Number) || self.fact(at).number.is_some()
    }

    /// One past the last token of the sentence a token stands in.
    pub fn sentence_end(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.tokens.len(), |t| t.sentence_to as usize)
    }

    /// The person's own writing between two tokens.
    pub fn written(&self, from: usize, to: usize) -> &'a str {
        let (Some(first), Some(last)) = (self.tokens.get(from), to.checked_sub(1).and_then(|l| self.tokens.get(l)))
        else {
            return "";
        };
        let start = self.folded.origin(first.from as usize) as usize;
        let end = self.end_in_original(last);
        self.original.get(start..end).unwrap_or("")
    }

    fn end_in_original(&self, token: &Token) -> usize {
        let last = self.folded.origin((token.to as usize).saturating_sub(1)) as usize;
        let step = self.original.get(last..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
        last + step
    }

    /// A reason, with its place in characters of the original.
    pub fn because(&self, what: impl Into<Cow<'static, str>>, from: usize, to: usize) -> Because {
        let span = self.tokens.get(from).zip(to.checked_sub(1).and_then(|l| self.tokens.get(l)));
        let (start, end) = span.map_or((0, 0), |(first, last)| {
            (self.folded.origin(first.from as usize) as usize, self.end_in_original(last))
        });
        Because { what: what.into(), from: characters(self.original, start), to: characters(self.original, end) }
    }

    /// The number of tokens that are words, numbers or pictures of the core.
    pub fn core_len(&self) -> usize {
        self.core.len()
    }
}

fn characters(text: &str, byte: usize) -> usize {
    if text.is_ascii() { byte } else { text.get(..byte).map_or(0, |t| t.chars().count()) }
}

/// A text that is longer than anybody types is read at both ends.
fn both_ends(text: &str, longest: usize) -> [Range<usize>; 2] {
    let half = longest / 2;
    let first = (0..=half).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let last = (text.len() - half..text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
    [0..first, last..text.len()]
}

/// The first name or surname our own message greeted, folded.
fn addressee(prompt: &Prompt) -> Option<Cow<'_, str>> {
    let text = prompt.text.as_str();
    // The greeting stands at the start of our own messages.
    let end = (0..=text.len().min(120)).rev().find(|i| text.is_char_boundary(*i))?;
    let text = text.get(..end)?;
    let rest = after(text, b'H', "Hello ").or_else(|| after(text, b'D', "Dear "))?;
    let end = rest.find([',', '\n', '.', ':'])?;
    let name = rest.get(..end)?.split(' ').next_back()?;
    (name.len() > 2 && name.len() < 30).then(|| Cow::Owned(super::normalise::fold_word(name)))
}

/// What follows the first `word`, which begins with `letter`: capitals are few, so that is quicker than a search.
fn after<'t>(text: &'t str, letter: u8, word: &str) -> Option<&'t str> {
    let starts = text.bytes().enumerate().filter(|(_, b)| *b == letter);
    starts.filter_map(|(at, _)| text.get(at..)).find_map(|rest| rest.strip_prefix(word))
}

/// Leaves out greetings at the start and thanks, kisses and smiles at the end.
fn core(tokens: &[Token], lexicon: &Lexicon) -> Range<usize> {
    let word = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|t| t.word > Vocabulary::NAME && words.contains(&lexicon.vocabulary.name(t.word)))
    };
    let courtesy = |t: &Token| {
        lexicon.known.courtesy.contains(t.word)
            || lexicon.known.titles.contains(t.word)
            || t.word == Vocabulary::NAME
            || t.is_smile()
    };
    let mut from = 0;
    loop {
        if word(from, &["good"]) && word(from + 1, &["morning", "afternoon", "evening", "day"]) {
            from += 2;
        } else if tokens.get(from).is_some_and(courtesy)
            || word(from, &["oh", "ah", "um", "er", "erm", "well"])
            || from == 0
                && word(0, &["morning", "afternoon", "evening"])
                && tokens.get(1).is_some_and(|t| courtesy(t) || t.kind == Kind::Number)
        {
            from += 1;
        } else {
            break;
        }
    }
    let mut to = tokens.len();
    while let Some(last) = to.checked_sub(1).filter(|last| *last >= from) {
        // "thank you very much", "thanks for asking"
        let thanks = (last.saturating_sub(4)..last).find(|i| word(*i, &["thanks", "thank", "ta", "cheers"]));
        let tail = word(last, &["you", "much", "very", "so", "kindly", "again", "lot", "asking", "everyone"])
            && thanks.is_some();
        if tail || tokens.get(last).is_some_and(courtesy) {
            to = last;
        } else {
            break;
        }
    }
    if from < to {
        return from..to;
    }
    // Courtesies only: the first that is no greeting, to the last that is no picture.
    let end = tokens.iter().rposition(|t| t.kind != Kind::Emoji).map_or(tokens.len(), |i| i + 1);
    let greetings = words!["hi", "hello", "hiya", "hey", "heya", "dear"];
    let start = tokens.iter().position(|t| !greetings.contains(&t.known)).filter(|s| *s < end).unwrap_or(0);
    start..end
}
