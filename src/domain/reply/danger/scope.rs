//! Whether danger words are meant: denied, asked about, long past, somebody else's, a way of speaking.

use super::super::pattern::Hit;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;

/// An idiom takes away the danger words it covers, unless the phrase reaches beyond it on a word of its own.
pub(super) fn is_idiom(text: &Text<'_>, hit: &Hit) -> bool {
    // The idiom has to hold the phrase's first or last word.
    let (from, to) = (hit.from as usize, hit.to as usize);
    text.idiom(from, from + 1) || text.idiom(to - 1, to)
}

/// A denial right before, reaching over light words and over a list of signs.
pub fn is_denied(text: &Text<'_>, from: usize, to: usize) -> bool {
    let known = &text.lexicon.known;
    // "chest pain: none", "any chest pain? no"
    if text.is(to, words!["no", "none", "nil", "nope", "negative"])
        && text.token(to).is_some_and(|t| t.parted <= Break::Clause || text.token(to - 1).is_some_and(|b| b.asked))
        && text.clause_ends(to + 1)
    {
        return true;
    }
    // "stopped shivering days ago"
    let stopped = from.checked_sub(1).is_some_and(|b| text.is(b, words!["stopped"]))
        && text.is(
            from,
            words![
                "shivering",
                "bleeding",
                "vomiting",
                "wheezing",
                "shaking",
                "coughing",
                "itching",
                "swelling",
                "hurting",
                "throbbing",
                "aching"
            ],
        );
    if stopped || text.is(to, words!["free"]) || last_denied(text, from, to) {
        return true;
    }
    let mut at = from;
    let mut steps = 0;
    while let Some(before) = at.checked_sub(1) {
        let parted = text.token(at).map_or(Break::None, |t| t.parted);
        if parted >= Break::Sentence || steps > 14 {
            return false;
        }
        if known.negators.contains(text.token(before).map_or(0, |t| t.word)) {
            // "No, chest pain": an answer, then the danger. "no I had a fit", "no the doctor": the answer again.
            let answer_word = text.is(before, words!["no", "none", "nil", "zero", "nothing", "never"]);
            let subject = text.within(before + 1, &known.own)
                || text.within(before + 1, &known.third)
                || text.is(before + 1, words!["the", "a", "an", "it", "its", "there", "this", "that", "but"]);
            // "didnt, chest pain since lunch", "not really, a sharp pain": the same with more words.
            let breaks = (before + 1..=from).find(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Comma));
            let own_part = breaks.is_some_and(|at| {
                (before + 1..at).all(|i| !text.sign(i) && !known.concern.contains(text.token(i).map_or(0, |t| t.word)))
            });
            // "no leg was throbbing", "no got up and fainted": an answer and a sentence.
            let sentence = before == text.core.start
                && (is_past_verb(text, before + 1)
                    || (before + 1..to).any(|i| {
                        text.is(
                            i,
                            words![
                                "was", "is", "were", "has", "been", "keeps", "kept", "went", "came", "started", "hurts"
                            ],
                        )
                    }));
            let answers = own_part && before <= text.core.start + 2
                || answer_word && sentence
                || answer_word
                    && (parted >= Break::Comma
                        || before == text.core.start && text.is(before, words!["no"]) && subject);
            let only = text.is(before + 1, words!["just", "only", "sure", "know"]);
            let more_than = text.is(before, words!["no"])
                && text.is(before + 1, words!["more", "worse"])
                && (to..to + 4).any(|i| text.is(i, words!["than"]));
            // "cant stop shaking", "hasnt stopped bleeding": it goes on.
            let goes_on = text.is(before + 1, words!["stop", "stopped", "stops", "stopping"]);
            let done = text.is(before, words!["no"]) && (from == before + 1) && is_past_verb(text, from);
            return !(answers || only || more_than || goes_on || done);
        }
        let listed = text.is(before, words!["or", "and", "nor"])
            || known.light.contains(text.token(before).map_or(0, |t| t.word))
            || known.concern.contains(text.token(before).map_or(0, |t| t.word))
            || text.sign(before);
        if !listed {
            return false;
        }
        at = before;
        steps += 1;
    }
    false
}

/// "my calf is not swollen", "face not drooping": the sign a phrase ends on, denied inside the phrase.
fn last_denied(text: &Text<'_>, from: usize, to: usize) -> bool {
    let sign = text.token(to - 1).is_some_and(|t| text.lexicon.known.concern.contains(t.word));
    let before = |steps: usize| (to - 1).checked_sub(steps).filter(|at| *at > from);
    let negator = |at: usize| text.is(at, words!["no", "not", "isnt", "arent", "wasnt", "without"]);
    sign && (before(1).is_some_and(negator)
        || before(2).is_some_and(negator) && before(1).is_some_and(|at| text.is(at, words!["any"])))
        // "every hill, not one angina twinge"
        || before(2).is_some_and(negator) && before(1).is_some_and(|at| text.is(at, words!["one", "single"]))
}

pub(super) fn is_past_verb(text: &Text<'_>, at: usize) -> bool {
    let word = text.word(at);
    word.ends_with("ed") && word.len() > 4
        || text.is(
            at,
            words![
                "hit", "fell", "cut", "had", "took", "went", "came", "got", "sick", "sicked", "felt", "bit", "woke",
                "been", "run", "ran"
            ],
        )
}

/// "no chest pain today but had some Sunday": the danger comes back after the denial.
pub(super) fn comes_back(text: &Text<'_>, to: usize) -> bool {
    let end = (to + 12).min(text.tokens.len());
    let Some(but) = (to..end).find(|i| text.is(*i, words!["but", "though", "however", "except", "only"])) else {
        return false;
    };
    (but + 1..(but + 5).min(text.tokens.len()))
        .any(|i| text.is(i, words!["had", "got", "felt", "did", "was", "have", "some", "yesterday", "earlier"]))
        && (but + 1..(but + 7).min(text.tokens.len())).any(|i| {
            text.is(i, words!["some", "it", "one", "bit", "yesterday", "earlier", "little", "them", "few", "twinge"])
                || text.fact(i).weekday > 0
        })
        && !(but + 1..(but + 5).min(text.tokens.len())).any(|i| text.is(i, words!["fun", "good", "lovely"]))
}

/// "what do I do if I get chest pain": asked about, not felt.
pub(super) fn is_asked_about(text: &Text<'_>, from: usize) -> bool {
    // "will I have a stroke", "could it give me a heart attack": feared of the future.
    let given = (1..=3).filter_map(|back| from.checked_sub(back)).find(|at| {
        text.is(*at, words!["have", "get", "cause", "give", "bring", "getting"])
            && (at + 1..from).all(|i| text.is(i, words!["a", "an", "me", "you", "another", "on", "my"]))
    });
    if let Some(at) = given.filter(|at| *at >= 2)
        && text.is(at - 1, words!["i", "it", "this", "that", "they", "these", "he", "she", "you"])
        && text.is(at - 2, words!["will", "would", "could", "can", "might", "may"])
    {
        return true;
    }
    (1..=4).any(|b| {
        from.checked_sub(b).is_some_and(|x| {
            text.is(x, words!["if", "incase", "case", "unless"])
                && (x + 1..from).all(|i| {
                    text.is(
                        i,
                        words![
                            "i", "you", "we", "get", "gets", "have", "feel", "had", "a", "any", "the", "of", "ever",
                            "should", "develop", "my", "it", "im", "there"
                        ],
                    )
                })
                && !x
                    .checked_sub(1)
                    .is_some_and(|p| text.is(p, words!["know", "sure", "wondering", "wonder", "as", "like", "feels"]))
        })
    })
}

/// The sentence around a phrase, or so much of it as is near.
pub(super) fn around(text: &Text<'_>, from: usize, to: usize) -> (usize, usize) {
    const NEAR: usize = 40;
    (text.sentence_start(from).max(from.saturating_sub(NEAR)), text.sentence_end(from).max(to).min(to + NEAR))
}

/// Long ago: a year, "years ago", "as a child".
pub(super) fn is_past(text: &Text<'_>, from: usize, to: usize) -> bool {
    let (start, end) = around(text, from, to);
    let year = |i: usize| {
        text.token(i).is_some_and(|t| {
            t.kind == Kind::Number
                && (t.digits == 4 && (1920..=2100).contains(&t.value) || t.digits == 2 && (50..=99).contains(&t.value))
                && i.checked_sub(1).is_some_and(|b| {
                    text.is(b, words!["in", "since", "from", "back", "around", "during", "year"])
                        || t.digits == 4 && text.is(b, words!["of", "was"])
                })
        })
    };
    let ago = |i: usize| {
        text.is(i, words!["ago"])
            && i.checked_sub(1).is_some_and(|b| {
                matches!(text.fact(b).unit, super::super::facts::Unit::Year)
                    || text.is(b, words!["long", "ages", "time"])
            })
    };
    let young = |i: usize| {
        text.is(i, words!["childhood"])
            || text.is(i, words!["child", "kid", "boy", "girl", "little", "younger", "baby"])
                && (i.saturating_sub(3)..i).any(|b| text.is(b, words!["as", "when", "was"]))
    };
    // "four years clear", "a good ten years back", "last year"
    let year_word = |i: usize| matches!(text.fact(i).unit, super::super::facts::Unit::Year);
    let ago = |i: usize| {
        ago(i)
            || text.is(i, words!["back", "clear", "on", "free"]) && i.checked_sub(1).is_some_and(year_word)
            || year_word(i) && i.checked_sub(1).is_some_and(|b| text.is(b, words!["last"]))
    };
    let now = (to..end).any(|i| {
        text.is(i, words!["again", "now", "today", "still", "since"])
            || text.is(i, words!["back"])
                && !text.is(i - 1, words!["looked", "look", "looking", "way"])
                && !i.checked_sub(1).is_some_and(year_word)
    });
    // "blood down below, I had the menopause years ago": another part of the sentence dates itself.
    let parted = |i: usize| {
        let between = if i < from { i + 1..from + 1 } else { to..i + 1 };
        // "my stroke, a good ten years back": the comma right behind the phrase parts no clause of its own.
        let own = |b: usize| b == to && i > to && !text.within(b, &text.lexicon.known.own);
        between.into_iter().any(|b| text.token(b).is_some_and(|t| t.parted >= Break::Comma) && !own(b))
    };
    (start..end).any(|i| !now && (year(i) || ago(i) && !parted(i)) || young(i))
}

/// Said of somebody else, and not of the writer.
pub(super) fn anothers(text: &Text<'_>, from: usize) -> bool {
    let known = &text.lexicon.known;
    let (start, _) = around(text, from, from);
    let mut other = false;
    for at in start..from {
        if text.within(at, &known.relation) {
            // "the wife says", "my daughter caught me": she only speaks, or stands by.
            other = !text.is(
                at + 1,
                words!["says", "said", "thinks", "reckons", "thought", "noticed", "told", "here", "typing"],
            );
        } else if other && text.is(at, words!["i", "ive", "im", "me"]) {
            other = false;
        }
    }
    other || text.is(from, words!["his", "her"]) && text.within(from + 1, &known.relation)
}

/// A past event of another person: had, died, has had.
pub(super) fn is_over(text: &Text<'_>, from: usize, to: usize) -> bool {
    let (start, end) = around(text, from, to);
    let going_on = (start..end).any(|i| {
        text.is(
            i,
            words![
                "now",
                "having",
                "today",
                "tonight",
                "just",
                "currently",
                "ambulance",
                "999",
                "keeps",
                "again",
                "this",
                "cant",
                "wont",
                "since"
            ],
        ) || text.is(i, words!["is", "hes", "shes", "has"])
            && i < from
            && from - i <= 3
            && !text.is(i + 1, words!["had", "died"])
    });
    let over = (start..end).any(|i| {
        text.is(
            i,
            words![
                "died",
                "had",
                "used",
                "after",
                "home",
                "better",
                "fine",
                "recovering",
                "when",
                "rushed",
                "bless",
                "lost",
                "survived",
                "hospital",
                "history",
                "family",
                "since",
                "was",
                "chemo",
                "ages",
                "dies"
            ],
        )
    });
    // "next doors lad had an asthma attack, hes fine now": nobody whom these messages are for.
    let stranger = (start..from).any(|i| {
        text.is(
            i,
            words![
                "next",
                "neighbour",
                "neighbours",
                "friend",
                "friends",
                "mate",
                "mates",
                "pal",
                "pals",
                "colleague",
                "boss",
                "bloke",
                "someone",
                "somebody"
            ],
        )
    });
    let well_now = stranger
        && (start..text.tokens.len().min(end + 12)).any(|i| {
            text.is(i, words!["fine", "ok", "okay", "alright", "better", "home", "well", "good", "grand"])
                && text.is(i + 1, words!["now"])
                && !text.within(i - i.min(1), &text.lexicon.known.negators)
        });
    over && (!going_on || well_now)
}

/// "before the heart attack", "since my stroke": an event that is known, to which something else is dated.
pub(super) fn is_landmark(text: &Text<'_>, from: usize, to: usize) -> bool {
    let event = text.is(to - 1, words!["stroke", "attack", "tia", "clot", "embolism", "sepsis", "bypass"]);
    let whose = from.checked_sub(1).filter(|at| text.is(*at, words!["the", "my", "his", "her", "our"]));
    let (start, end) = around(text, from, to);
    let fresh = (start..end).any(|i| {
        // "four years clear now"
        let clear = text.is(i, words!["now"])
            && i.checked_sub(1).is_some_and(|b| text.is(b, words!["clear", "free", "fine", "ok", "better", "well"]));
        !clear
            && text.is(
                i,
                words![
                    "now",
                    "today",
                    "tonight",
                    "yesterday",
                    "morning",
                    "night",
                    "again",
                    "just",
                    "still",
                    "another",
                    "hours",
                    "worse"
                ],
            )
    });
    let dated = |at: usize| {
        at.checked_sub(1).is_some_and(|b| text.is(b, words!["before", "since", "after", "until", "following"]))
    };
    event && !fresh && whose.is_some_and(dated)
}

/// Long-standing and no worse.
pub(super) fn as_ever(text: &Text<'_>, from: usize, to: usize) -> bool {
    let (start, end) = around(text, from, to);
    (start..end).any(|i| {
        text.is(i, words!["same"])
            && text.is(i + 1, words!["as"])
            && text.is(i + 2, words!["always", "ever", "usual", "before", "normal", "last"])
            || text.is(i, words!["as"]) && text.is(i + 1, words!["usual", "always", "ever", "normal"])
            || text.is(i, words!["no", "not", "isnt", "never"])
                && text.is(i + 1, words!["worse", "more", "any"])
                && !text.is(i + 2, words!["or"])
    })
}
