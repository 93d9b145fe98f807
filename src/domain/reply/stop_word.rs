//! The word to stop by itself: as a sentence of its own, beside a name, at the end of a few words, letter by letter, in look-alikes.

use super::context::{Context, Expects};
use super::lexicon::tag;
use super::pattern::Hit;
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::words;

/// What no phrase of the lexicon found.
fn hit(from: usize, to: usize) -> Hit {
    Hit { entry: u16::MAX, tag: tag::NONE, from: from as u32, to: to as u32 }
}

/// "Stop now please", "kindly stop it": the word and its courtesies as a sentence of their own.
pub(super) fn stop_sentence(text: &Text<'_>, context: &Context<'_>) -> Option<Hit> {
    if matches!(context.expects(), Some(Expects::Choice { .. } | Expects::Agenda { .. })) {
        return None;
    }
    const MOST: usize = 6;
    let light = |at: usize| {
        text.within(at, &text.lexicon.known.courtesy)
            || text.is(
                at,
                words![
                    "stop",
                    "please",
                    "kindly",
                    "now",
                    "just",
                    "these",
                    "them",
                    "it",
                    "this",
                    "that",
                    "all",
                    "at",
                    "once",
                    "ok",
                    "can",
                    "could",
                    "would",
                    "will",
                    "you",
                    "ye",
                    "so",
                    "and",
                    "omg",
                    "immediately",
                    "forthwith",
                    "today",
                    "messaging",
                    "texting",
                    "for",
                    "good"
                ],
            )
    };
    text.core.clone().find_map(|at| {
        let (from, to) = (text.sentence_start(at).max(text.core.start), text.sentence_end(at).min(text.core.end));
        let own = text.is(at, words!["stop", "unsubscribe"]) && !text.idiom(at, at + 1);
        // "ok you stop", "and stop it": told of something else as likely as not.
        let begins = text.is(from, words!["please", "kindly", "just", "can", "stop", "omg"]);
        let ends = !text.is(to.saturating_sub(1), words!["and", "you", "it"]);
        let alone = to > from && to - from <= MOST && (from..to).all(light);
        (own && alone && (begins || ends)).then(|| hit(from, to))
    })
}

/// "stop Bernadette", "stop plx": the word, and one that nobody knows.
pub(super) fn stop_and_a_name(text: &Text<'_>) -> Option<Hit> {
    let (from, to) = (text.core.start, text.core.end);
    let other = if text.is(from, words!["stop"]) { from + 1 } else { from };
    let alone = to - from == 2 && (other > from || text.is(from + 1, words!["stop"]));
    let unknown = text.token(other).is_some_and(|t| t.word == 0 && t.kind == Kind::Word);
    (alone && unknown).then(|| hit(from, to))
}

/// "not interested, stop", "that will do stop": the word at the end of a few.
pub(super) fn trailing_stop(text: &Text<'_>) -> Option<Hit> {
    const FEW: usize = 6;
    let at = text.core.end.checked_sub(1).filter(|at| *at > text.core.start && text.core_len() <= FEW)?;
    let own = text.is(at, words!["stop", "unsubscribe"])
        && !text.idiom(at, at + 1)
        && (text.token(at)?.parted >= Break::Comma
            || !text.is(
                at - 1,
                words![
                    "bus", "pit", "non", "full", "tram", "tube", "the", "a", "my", "one", "last", "next", "that", "to",
                    "i", "me", "us", "him", "you", "we", "he", "she", "it", "they", "cant", "cannot", "couldnt",
                    "dont", "didnt", "wont", "wouldnt", "doesnt", "not", "never", "did", "no", "will", "would", "and",
                    "pain", "first", "second", "dare"
                ],
            ));
    // "no stop", "not me stop": the answer, and the word.
    let answered = text.is(at, words!["stop"])
        && (text.core_len() == 2 && text.is(at - 1, words!["no", "yes"])
            || text.core_len() == 3 && text.is(at - 1, words!["me"]) && text.is(at - 2, words!["not"]));
    (own || answered).then(|| hit(at, at + 1))
}

/// "STOP. I have had enough": the word as a sentence of its own.
pub(super) fn leading_stop(text: &Text<'_>, context: &Context<'_>) -> Option<Hit> {
    if matches!(context.expects(), Some(Expects::Choice { .. } | Expects::Agenda { .. })) && text.core_len() < 4 {
        return None;
    }
    text.core.clone().find_map(|at| {
        let own = text.is(at, words!["stop", "unsubscribe"])
            && (at == text.core.start
                || text.token(at).is_some_and(|t| t.parted >= Break::Sentence)
                || text.is(at - 1, words!["please", "times"]) && at + 1 == text.core.end
                || at >= 2
                    && text.is(at - 1, words!["to"])
                    && text.is(
                        at - 2,
                        words!["like", "want", "wish", "them", "these", "texts", "messages", "you", "all"],
                    )
                    && at + 1 == text.core.end)
            && text.token(at + 1).is_none_or(|t| {
                // "stop, I told you last month": a comma will do at the very beginning.
                let apart = if at == text.core.start { Break::Comma } else { Break::Sentence };
                at + 1 >= text.core.end || t.parted >= apart || text.is(at + 1, words!["please", "stop"])
            });
        own.then(|| hit(at, at + 1))
    })
}

/// "S T O P", "s.t.o.p": single letters that spell the word.
pub(super) fn spelled_out(text: &Text<'_>) -> Option<Hit> {
    if text.core_len() != 4 {
        return None;
    }
    let letters = text
        .core
        .clone()
        .zip(["s", "t", "o", "p"])
        .all(|(at, letter)| text.word(at) == letter || letter == "o" && text.word(at) == "0");
    letters.then(|| hit(text.core.start, text.core.end))
}

/// "stip", "dtop": one letter beside the right one, and no other word.
fn mistyped(text: &Text<'_>) -> bool {
    let at = text.core.start;
    let unknown = text.core_len() == 1 && text.token(at).is_some_and(|t| t.word == 0 && t.kind == Kind::Word);
    let word = text.word(at).as_bytes();
    unknown && word.len() == 4 && word.iter().zip(b"stop").filter(|(a, b)| a != b).count() == 1
}

/// Letters of other alphabets, digits and signs that look like the word (test T7), or the word with one letter wrong.
pub(super) fn looks_alike(text: &Text<'_>) -> bool {
    if mistyped(text) {
        return true;
    }
    let body = text.folded.text.trim();
    if body.len() > 24 || body.is_empty() {
        return false;
    }
    let mut seen = 0;
    for c in body.chars() {
        let plain = match c {
            '\u{455}' | '$' | '5' | '\u{10F1}' | '\u{405}' => 's',
            '\u{442}' | '\u{3C4}' | '\u{422}' | '7' | '+' | '\u{2020}' => 't',
            '\u{43E}' | '\u{3BF}' | '\u{3C3}' | '0' | '\u{585}' => 'o',
            '\u{440}' | '\u{3C1}' | '\u{420}' | '\u{FE}' => 'p',
            c if c.is_alphanumeric() => c,
            _ => continue,
        };
        if "stopall".chars().nth(seen) != Some(plain) {
            return false;
        }
        seen += 1;
    }
    matches!(seen, 4 | 7)
}
