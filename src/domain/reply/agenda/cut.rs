//! Where one matter ends and the next begins within a line.

use super::super::facts::Unit;
use super::super::text::Text;
use super::super::tokens::{Break, Token};
use super::super::vocabulary::words;

/// Cuts a line into its matters: at its commas, its sentences, its "and", its questions.
pub(super) fn split_line(text: &Text<'_>, from: usize, to: usize, cuts: &mut Vec<(usize, usize)>) {
    let mut from = from;
    // A colon after a lead: "two matters: first, ...".
    if let Some(colon) =
        (from + 1..to).find(|i| text.token(*i).is_some_and(|t| t.mark == b':' && t.parted == Break::Clause))
        && (from..colon).any(|i| {
            text.is(
                i,
                words![
                    "discuss",
                    "talk",
                    "list",
                    "matters",
                    "topics",
                    "topic",
                    "agenda",
                    "concerns",
                    "things",
                    "following",
                    "cover",
                    "raise",
                    "questions",
                    "points",
                    "bits",
                    "three",
                    "two",
                    "items",
                    "issues"
                ],
            )
        })
    {
        from = colon;
    }
    let is_comma = |i: usize| {
        text.token(i).is_some_and(|t| {
            matches!(t.parted, Break::Comma) && t.mark != 0
                || closes(t) && t.marks > 1 && t.parted == Break::Clause
                || matches!(t.mark, b';' | b'/') && t.parted < Break::Sentence
        }) || text.is(i, words!["comma"])
    };
    let sentence = |i: usize| text.token(i).is_some_and(|t| t.parted >= Break::Sentence && t.mark != 0);
    let mut start = from;
    let mut at = from + 1;
    let mut bracket = text.token(from).is_some_and(|t| t.bracket);
    while at <= to {
        let end = at == to;
        if let Some(token) = text.token(at).filter(|_| !end) {
            // "vitamin D (I cover, and work indoors)" is one thing.
            bracket = token.bracket || bracket && !closes(token);
            if bracket && token.parted < Break::Line {
                at += 1;
                continue;
            }
        }
        let semicolon = text.token(at).is_some_and(|t| t.mark == b';');
        let cut = end
            || sentence(at)
            || semicolon
            || is_comma(at) && {
                let next = at + usize::from(text.is(at, words!["comma"]));
                !continues(text, next) || asks(text, next)
            }
            || is_and(text, at, start, to)
            || is_next_thing(text, at);
        if cut {
            let piece = (start, at);
            cuts.push(piece);
            start = at;
            if text.is(at, words!["comma", "and", "an", "also", "plus"]) && !end {
                start = at + 1;
            }
        }
        at += 1;
    }
}

fn closes(token: &Token) -> bool {
    token.mark == b')'
}

/// "is it safe to fly", "can I have fewer": a question of its own.
fn asks(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["is", "are", "can", "could", "do", "does", "should", "will", "why", "how", "what", "whether"])
        && text.is(at + 1, words!["i", "it", "my", "the", "this", "that", "there", "we", "they", "these", "about"])
}

/// "second thing the tablets", "third is the form".
fn is_next_thing(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["second", "third", "secondly", "thirdly"])
        && text.is(at + 1, words!["thing", "is", "thats", "the", "my", "one", "would"])
}

/// What follows a comma but goes on with the same matter: "my chest, goes tight when I hoover".
fn continues(text: &Text<'_>, at: usize) -> bool {
    // "a lump in my breast, 2 wks": how long, and no matter of its own.
    let how_long =
        matches!(text.fact(at + 1).unit, Unit::Day | Unit::Week | Unit::Month | Unit::Year) && text.is_number(at);
    how_long
        || text.is(
            at,
            words![
                "size",
                "all",
                "every",
                "been",
                "only",
                "noticed",
                "same",
                "from",
                "came",
                "comes",
                "started",
                "starts",
                "until",
                "while",
                "after",
                "usually",
                "still",
                "hurts",
                "goes",
                "going",
                "gets",
                "getting",
                "when",
                "which",
                "especially",
                "mainly",
                "mostly",
                "because",
                "but",
                "so",
                "as",
                "since",
                "at",
                "in",
                "on",
                "if",
                "not",
                "just",
                "like",
                "really",
                "very",
                "always",
                "sometimes",
                "want",
                "is",
                "are",
                "who",
                "that",
                "it",
                "its",
                "worse",
                "wondering",
                "should",
                "what",
                "then",
                "keeps",
                "keep",
                "both",
                "even",
                "also",
                "though",
                "yes",
                "no",
                "activity",
                "caring",
                "he",
                "she",
                "they",
                "i",
                "im",
                "ive",
                "need"
            ],
        )
}

/// "X and Y" are two things when both are named shortly and the second is no clause about the first.
fn is_and(text: &Text<'_>, at: usize, start: usize, to: usize) -> bool {
    // "me sugars an me eyes"
    let and = text.is(at, words!["and", "plus", "also"])
        || text.is(at, words!["an"]) && text.is(at + 1, words!["me", "my", "the"]);
    if !and || at == start || at + 1 >= to {
        return false;
    }
    let clause = text.is(
        at + 1,
        words![
            "i", "im", "ive", "it", "its", "he", "she", "they", "we", "then", "wasnt", "was", "is", "are", "cant",
            "have", "had", "has", "get", "off", "on", "down", "around", "night", "evening", "half", "needles", "out",
            "lift", "dizzy", "sick", "tired", "not", "nobody", "bled", "bleeds", "bleeding", "been", "gone", "goes",
            "went", "came", "comes", "keeps", "makes", "hurts", "gets", "got", "still", "wont", "dont"
        ],
    );
    let skip = text.is(at + 1, words!["i"]) && text.is(at + 2, words!["skip"]);
    // "my knees also sleep"
    if text.is(at, words!["also"]) {
        return !clause;
    }
    // "all day and also my sleep", "and is it normal"
    if text.is(at + 1, words!["also"]) || asks(text, at + 1) || is_next_thing(text, at + 2) {
        return true;
    }
    let pair = at >= 1
        && text.is(
            at - 1,
            words![
                "pins", "high", "up", "on", "day", "morning", "salt", "fish", "ins", "ups", "bits", "aches", "odds",
                "wear", "bread", "trial", "nuts", "safe", "tried", "cup", "nose", "stop"
            ],
        );
    // "down on the floor and back up again"
    let returns =
        text.is(at + 1, words!["back"]) && text.is(at + 2, words!["up", "again", "home", "to", "down", "out", "in"]);
    (!clause || skip) && !pair && !returns
}
