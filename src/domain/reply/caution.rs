//! Signs in an answer that it may not be what it seems: then a person reads it. Each is about the build of an answer, none about
//! its words: numbers left over, a yes beside a no, two options without an "and", a sentence where topics are listed.

mod number;
mod reading;

use super::context::{Context, Expects};
use super::danger::{Worry, worry};
use super::dates::{self, Anchor};
use super::draft::{Caution, Draft};
use super::facts::Unit;
use super::label::Label;
use super::numbers::{Amount, Role};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::{Intent, Route};
use super::vocabulary::{Vocabulary, words};
use chrono::Timelike;
use number::{all_but, another_number, bounded, counted, in_parts, not_one, not_yet, of_a_day, of_what, shared};
use reading::{another_time, by_a_machine, left_over, not_of_today, parted_number, two_readings};

/// Sends an answer that would be filed by itself to a person where its build is doubtful.
pub fn read(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    answer: Option<(usize, usize)>,
    draft: &mut Draft,
) {
    if draft.route != Route::Auto {
        return;
    }
    let doubt = match draft.first() {
        Intent::AgendaItems => agenda(text, draft),
        Intent::Choice => choice(text, context, amounts, draft).or_else(|| asks(text)),
        Intent::ProgressNumber => all_but(text)
            .or_else(|| bounded(text))
            .or_else(|| of_what(text, context, answer))
            .or_else(|| counted(text, amounts, draft))
            .or_else(|| in_parts(text, context, amounts, answer))
            .or_else(|| another_number(text, amounts, draft))
            .or_else(|| not_yet(text, amounts, draft))
            .or_else(|| shared(text))
            .or_else(|| of_a_day(text, context))
            .or_else(|| not_one(text, draft))
            .or_else(|| by_a_machine(text)),
        Intent::Reading => another_time(text, amounts, draft)
            .or_else(|| left_over(text, context, amounts, answer))
            .or_else(|| two_readings(text, draft))
            .or_else(|| parted_number(draft))
            .or_else(|| not_of_today(text))
            .or_else(|| by_a_machine(text)),
        Intent::Yes | Intent::No => both(text)
            .or_else(|| bounded(text).filter(|_| worry(context) != Worry::NoUrgent))
            .or_else(|| in_part(text, context, answer)),
        Intent::Confirm => both(text)
            .or_else(|| other_hour(text, context))
            .or_else(|| asks(text))
            .or_else(|| not_there(text, answer))
            .or_else(|| who_comes(text)),
        Intent::Thanks => more_than_thanks(text),
        _ => None,
    };
    let of_an_answer = matches!(
        draft.first(),
        Intent::Yes | Intent::No | Intent::Partial | Intent::ProgressNumber | Intent::Reading | Intent::Confirm
    );
    let phone = || amounts.iter().any(|a| a.role == Role::Phone).then_some("a phone number beside the answer");
    let doubt =
        doubt.or_else(phone).or_else(|| if of_an_answer { marked_as_a_question(text) } else { None }).or_else(|| {
            if of_an_answer || draft.first() == Intent::Choice {
                somebody_else(text, answer).or_else(|| may_end(text))
            } else {
                None
            }
        });
    if let Some(why) = doubt {
        draft.cautions.push(Caution { why, remark: false, from: text.core.start, to: text.core.end });
    }
}

/// "yes she did", "4 for mum", "checked dads feet": an answer that may be another's.
fn somebody_else(text: &Text<'_>, answer: Option<(usize, usize)>) -> Option<&'static str> {
    let known = &text.lexicon.known;
    let after = answer.map_or(text.core.start, |(_, to)| to);
    let does = words![
        "did", "does", "has", "hasnt", "didnt", "had", "was", "is", "took", "takes", "managed", "walked", "says",
        "said", "cant", "got", "ate", "smoked", "slept", "looks", "wont"
    ];
    let subject =
        |at: usize| text.is(at, words!["hes", "shes"]) || text.is(at, words!["he", "she"]) && text.is(at + 1, does);
    let person = |at: usize| {
        text.within(at, &known.relation)
            && !text.is(at, words!["dog", "dogs", "cat", "cats", "kids", "children", "people", "next", "mate", "pal"])
            || text.is(at, words!["him", "her", "them"])
    };
    let done_for = |at: usize| {
        let who = at + 1 + usize::from(text.is(at + 1, words!["my", "our", "the"]));
        text.is(at, words!["for"]) && person(who) && ends(text, who + 1)
    };
    let whose = words![
        "dads",
        "mums",
        "mams",
        "nans",
        "grans",
        "grandads",
        "husbands",
        "wifes",
        "hubbys",
        "mothers",
        "fathers",
        "his",
        "her",
        "sons",
        "daughters"
    ];
    let matter = words![
        "feet",
        "foot",
        "bp",
        "blood",
        "sugar",
        "sugars",
        "weight",
        "pressure",
        "tablets",
        "meds",
        "inhaler",
        "reading",
        "readings",
        "temp",
        "temperature",
        "oxygen",
        "sats",
        "skin",
        "toes",
        "steps"
    ];
    let theirs = |at: usize| text.is(at, whose) && (text.is(at + 1, matter) || text.is(at + 2, matter));
    // "my neighbour did 6"
    let did_so_many = |at: usize| person(at) && text.is(at + 1, does) && text.is_number(at + 2);
    let found = subject(text.core.start)
        || subject(after)
        || text.core.clone().any(|at| done_for(at) || theirs(at) || did_so_many(at));
    found.then_some("perhaps somebody else's answer")
}

/// A word for an end beside one for the messages, which no wish was read from.
fn may_end(text: &Text<'_>) -> Option<&'static str> {
    let ends = |at: usize| text.is(at, words!["stop", "quit", "cease", "unsubscribe", "desist"]);
    let messages = |at: usize| {
        text.is(
            at,
            words!["text", "texts", "texting", "message", "messages", "messaging", "sms", "emails", "reminders"],
        )
    };
    let found = text.core.clone().find(|at| ends(*at) && !text.idiom(*at, at + 1))?;
    text.core.clone().any(messages).then_some(found).map(|_| "perhaps an end to the messages is wanted")
}

/// "yes mostly", "yes since Tuesday", "no only 3 days": begun as a yes or a no, and meant in part.
fn in_part(text: &Text<'_>, context: &Context<'_>, answer: Option<(usize, usize)>) -> Option<&'static str> {
    const NEAR: usize = 3;
    let (from, to) = answer?;
    let opens = from == text.core.start;
    let mostly = (to..to + NEAR).any(|at| {
        text.is(at, words!["mostly", "most", "sort", "kinda"])
            || text.is(at, words!["nearly", "almost"])
                && (ends(text, at + 1) || text.is(at + 1, words!["all", "every", "always"]))
    });
    let part = mostly || text.all(Label::Partial).any(|h| h.from as usize >= to && h.from as usize <= to + NEAR);
    let since = (to..to + NEAR).any(|at| {
        text.is(at, words!["since", "until", "till", "from", "starting", "started"])
            && (text.fact(at + 1).weekday > 0
                || text.is(at + 1, words!["today", "yesterday", "tomorrow", "last", "now"]))
    }) || text.is(to, words!["if"]);
    let every = context.prompt.is_some_and(|p| p.text.contains("every "));
    let days = (to..to + NEAR).any(|at| text.is_number(at) && text.fact(at + 1).unit == Unit::Day);
    (opens && (part || since || every && days)).then_some("begun with a yes or a no, and perhaps in part")
}

/// "yes at 10", to an appointment at twenty past nine.
fn other_hour(text: &Text<'_>, context: &Context<'_>) -> Option<&'static str> {
    let anchor = Anchor::of(context);
    let own = anchor.appointment?;
    let said = dates::read(text, anchor);
    let hour = said.time.is_some_and(|t| t.hour() % 12 != own.hour() % 12 || t.minute() != own.minute());
    let day = said.date.is_some_and(|d| d != own.date());
    (hour || day).then_some("names another time than that of the appointment")
}

/// "wunt be there": a word nobody knows before what would confirm may turn it round.
fn not_there(text: &Text<'_>, answer: Option<(usize, usize)>) -> Option<&'static str> {
    let be = text.core.clone().find(|at| text.is(*at, words!["be", "make", "come", "attend"]))?;
    let before = text.token(be.checked_sub(1)?)?;
    let unknown = before.word == 0 && before.kind == Kind::Word && text.token(be)?.parted <= Break::Space;
    (answer.is_some() && unknown).then_some("will come, after a word that is not known")
}

/// A question in the answer.
fn asks(text: &Text<'_>) -> Option<&'static str> {
    let asked = text.core.clone().any(|at| {
        text.is(at, words!["why", "whys", "what", "whats", "how", "wondering"])
            || text.is(at, words!["is", "are"]) && text.is(at + 1, words!["there", "it", "that", "they"])
            || text.is(at, words!["dont"]) && text.is(at + 1, words!["know"])
            || text.is(at, words!["do", "can", "am"]) && text.is(at + 1, words!["i", "you", "we"])
    });
    asked.then_some("an answer, and perhaps a question")
}

/// "149/94, too high?": a question mark.
fn marked_as_a_question(text: &Text<'_>) -> Option<&'static str> {
    let marked = |at: usize| text.token(at).is_some_and(|t| t.asked) && !text.small_talk(at, at + 1);
    (text.core_len() > 2 && text.core.clone().any(marked)).then_some("an answer, and perhaps a question")
}

/// A yes and a no in one answer.
fn both(text: &Text<'_>) -> Option<&'static str> {
    let yes = |at: usize| text.is(at, words!["yes", "yep", "yeah", "yup", "ye", "ys", "aye"]);
    let no = |at: usize| {
        text.is(at, words!["no", "nope", "nah", "naw", "na"])
            && !text.is(at + 1, words!["problem", "problems", "bother", "worries"])
    };
    let pair = text.core.clone().any(yes) && text.core.clone().any(|at| no(at) && plain_no(text, at));
    pair.then_some("a yes and a no")
}

/// "Reg will be there": somebody who is named, and no "I".
fn who_comes(text: &Text<'_>) -> Option<&'static str> {
    let hit = text.first(Label::Confirm)?;
    let who = (hit.from as usize).checked_sub(1).filter(|at| *at == text.core.start)?;
    let named =
        text.token(who)?.word == Vocabulary::NAME || text.token(who)?.word == 0 && text.token(who)?.kind == Kind::Word;
    let joined = text.token(who + 1)?.parted <= Break::Space;
    (named && joined).then_some("perhaps somebody else comes")
}

/// Whether nothing stands at a token, or another clause begins.
fn ends(text: &Text<'_>, at: usize) -> bool {
    at >= text.core.end || text.clause_ends(at)
}

/// A "no" by itself, not before what there is none of: "yes no problems".
fn plain_no(text: &Text<'_>, at: usize) -> bool {
    let next = at + 1;
    ends(text, next) || text.is(next, words!["or", "some", "wait", "sorry", "i", "but", "like", "yes"])
}

/// Several options without an "and", or a key beside the words of another option.
fn choice(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    const SHORT: usize = 6;
    let joined = text.core.clone().any(|at| {
        text.is(at, words!["and", "both", "all", "any", "plus", "also", "either", "every", "everything", "neither"])
            || text
                .token(at)
                .is_some_and(|t| t.mark == b'&' || t.mark == b'+' || t.mark == b',' && text.core_len() < SHORT)
    });
    let several = draft.fields.options.as_ref().is_some_and(|keys| keys.len() > 1);
    if several && (!joined || text.core_len() > 8) {
        return Some("several options, and perhaps only one is meant");
    }
    if text.core.clone().any(|at| text.is(at, words!["if", "unless"])) && text.core_len() > 4 {
        return Some("an option on a condition");
    }
    let Some(Expects::Choice { options }) = context.expects() else { return None };
    let key = draft.fields.option.as_deref()?;
    let by_number = amounts.iter().any(|a| a.role == Role::Plain && format!("{}", a.lo) == key);
    let names_other = options.iter().filter(|o| o.key != key).any(|o| {
        o.label.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 4).any(|word| {
            let word = super::normalise::fold_word(word);
            (0..text.tokens.len()).any(|at| text.word(at) == word)
        })
    });
    if names_other {
        return Some("the words of another option beside the one read");
    }
    // "I hate walking", "been to cooking already", "my wife wants cooking": named, and perhaps not chosen.
    let against = text.core.clone().any(|at| {
        text.is(
            at,
            words![
                "hate", "hates", "already", "cant", "cannot", "been", "tried", "used", "stopped", "quit", "dont",
                "never", "except", "unless", "instead", "loathe", "too", "out"
            ],
        ) || text.within(at, &text.lexicon.known.relation)
            && text.is(at + 1, words!["wants", "would", "prefers", "likes", "fancies", "does", "needs"])
    });
    (!by_number && against).then_some("an option is named, and perhaps not chosen")
}

/// A sentence where topics are listed: about the visit, about the question, or a remark that is no topic.
fn agenda(text: &Text<'_>, draft: &Draft) -> Option<&'static str> {
    let items = draft.fields.items.as_deref().unwrap_or_default();
    if items.is_empty() {
        return None;
    }
    let key = |item: &String| item.chars().all(|c| c.is_ascii_digit());
    if items.first().is_some_and(|item| item.starts_with("0 ")) || items.iter().any(key) && !items.iter().all(key) {
        return Some("a number of the menu, and more");
    }
    let nothing = words!["nothing", "nowt", "nothin", "nuthin", "naethin", "nothink", "none", "no", "first", "second"];
    let begins = |at: usize| at == text.core.start || text.token(at).is_some_and(|t| t.parted >= Break::Comma);
    let speaks = words!["you", "we", "they", "this", "there", "im", "ill", "ive", "it"];
    let about = words![
        "what", "when", "who", "same", "just", "one", "two", "failing", "now", "dont", "cant", "will", "is", "do",
        "ask"
    ];
    let sentence = text.core.clone().filter(|at| begins(*at)).any(|at| {
        text.is(at, speaks)
            || text.is(at, about) && !text.is_number(at + 1)
            || text.is(at, nothing)
            || text.is(at, words!["how"]) && text.is(at + 1, words!["long", "do"])
            || text.is(at, words!["can"]) && text.is(at + 1, words!["i"]) && text.is(at + 2, words!["get"])
            || text.is(at, words!["i"]) && at > text.core.start
    });
    sentence.then_some("a sentence where topics were asked for")
}

/// Thanks, and words that may be what it is about.
fn more_than_thanks(text: &Text<'_>) -> Option<&'static str> {
    let refuses = text.core.clone().any(|at| text.is(at, words!["no", "off", "wont"]) || text.is_str(at, "shant"));
    refuses.then_some("thanks, and no to something")
}
