//! Signs in an answer that it may not be what it seems: then a person reads it. Each is about the build of an answer, none about
//! its words: numbers left over, a yes beside a no, two options without an "and", a sentence where topics are listed.

use super::context::{Context, Expects};
use super::danger::{Worry, worry};
use super::dates::{self, Anchor};
use super::draft::{Caution, Draft};
use super::facts::Unit;
use super::label::Label;
use super::numbers::{Amount, Role};
use super::reading_kind::ReadingKind;
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::{Intent, Level, Reading, Route};
use super::vocabulary::words;
use chrono::Timelike;

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
            .or_else(|| in_parts(text, context, amounts, answer)),
        Intent::Reading => another_time(text, amounts, draft)
            .or_else(|| left_over(text, context, amounts, answer))
            .or_else(|| two_readings(text, draft))
            .or_else(|| by_a_machine(text)),
        Intent::Yes | Intent::No => both(text)
            .or_else(|| bounded(text).filter(|_| worry(context) != Worry::NoUrgent))
            .or_else(|| in_part(text, context, answer)),
        Intent::Confirm => {
            both(text).or_else(|| other_hour(text, context)).or_else(|| asks(text)).or_else(|| not_there(text, answer))
        }
        Intent::Thanks => more_than_thanks(text),
        _ => None,
    };
    let of_an_answer = matches!(
        draft.first(),
        Intent::Yes | Intent::No | Intent::Partial | Intent::ProgressNumber | Intent::Reading | Intent::Confirm
    );
    let phone = amounts.iter().any(|a| a.role == Role::Phone).then_some("a phone number beside the answer");
    let doubt = doubt
        .or(phone)
        .or_else(|| if of_an_answer { somebody_else(text, answer).or_else(|| may_end(text)) } else { None });
    if let Some(why) = doubt {
        draft.cautions.push(Caution { why, remark: false, from: text.core.start, to: text.core.end });
    }
}

/// A number that is neither part of the value nor a date, a time or an aside: "71 kgs 400 gms", a third one beside a blood
/// pressure that is not its pulse.
fn left_over(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    answer: Option<(usize, usize)>,
) -> Option<&'static str> {
    let (from, to) = answer?;
    if !matches!(context.asked_reading()?, ReadingKind::Bp | ReadingKind::Weight) {
        return None;
    }
    let corrected = text.core.clone().any(|at| text.is(at, words!["sorry", "no", "mean", "wait"]));
    if corrected {
        return None;
    }
    let outside = |at: usize| at < from || at >= to;
    amounts
        .iter()
        .any(|a| {
            a.role == Role::Plain && !a.past && outside(a.from) && !text.idiom(a.from, a.to) && a.unit == Unit::None
        })
        .then_some("another number beside the value")
}

/// What is left out, and not what was done: "all but two".
fn all_but(text: &Text<'_>) -> Option<&'static str> {
    let but = (0..text.core.end).any(|at| {
        ["all", "every", "everything", "each"].iter().any(|all| text.is_str(at, all))
            && (at + 1..at + 3).any(|i| ["but", "bar", "except", "minus"].iter().any(|but| text.is_str(i, but)))
            && (at + 2..at + 5).any(|i| text.is_number(i))
    });
    but.then_some("all but so many")
}

/// A number that nobody wrote, counted from days named in a longer text; or a part of a whole thing.
fn counted(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let value = draft.fields.value?;
    let written = amounts.iter().any(|a| a.lo == value || a.hi == value);
    let days = text.core.clone().filter(|at| text.fact(*at).weekday > 0).count();
    if days > 1 && !written && text.core_len() > 2 * days + 3 {
        return Some("counted from a longer text");
    }
    // "Mon walked, Tue no, Wed walked": one of the days named is not one of them.
    let not_all = days > 0
        && !written
        && text.core.clone().any(|at| {
            text.is(
                at,
                words!["no", "not", "didnt", "off", "rest", "rested", "none", "nothing", "missed", "skipped", "x", "n"],
            )
        });
    if not_all {
        return Some("days named, and perhaps not all of them count");
    }
    // "3 + 1 swim"
    let added = amounts.iter().any(|a| {
        a.role == Role::Plain
            && !a.past
            && a.of.is_none()
            && !text.is(a.end, words!["of"])
            && a.from.checked_sub(1).is_some_and(|b| text.is(b, words!["and", "plus"]))
            && amounts.iter().any(|b| b.end + 1 == a.from && (b.lo == value || a.lo == value))
    });
    if added && draft.fields.min.is_none() {
        return Some("another number is added");
    }
    let muddled = amounts.iter().any(|a| a.role == Role::Muddled);
    let days = value.fract() != 0.0 && draft.fields.min.is_none() && text.core_len() == 1;
    (muddled || days).then_some("not a whole number")
}

/// "one in the morning and one at night", "7 for me, 3 for the weather": numbers that belong together, or apart.
fn in_parts(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    answer: Option<(usize, usize)>,
) -> Option<&'static str> {
    match context.expects()? {
        Expects::Count { unit, .. } if unit != "days" => {
            let mut parts = text.core.clone().filter_map(|at| text.fact(at).part);
            let first = parts.next()?;
            let numbers = text.core.clone().filter(|at| text.is_number(*at)).count();
            (numbers > 1 && parts.any(|part| part != first)).then_some("counted over the parts of a day")
        }
        Expects::Scale { max, .. } => {
            let (from, to) = answer?;
            let another = amounts.iter().any(|a| {
                a.role == Role::Plain
                    && !a.past
                    && a.unit == Unit::None
                    && (a.to <= from || a.from >= to)
                    && a.hi <= *max
                    && text.is(a.end, words!["for", "with", "in", "on", "if", "when"])
            });
            another.then_some("two marks, and perhaps not for the same")
        }
        _ => None,
    }
}

/// Two readings, one of which is another time's, another person's or their mean.
fn two_readings(text: &Text<'_>, draft: &Draft) -> Option<&'static str> {
    let several = draft.fields.readings.as_ref().is_some_and(|found| found.len() > 1);
    let other = text.core.clone().any(|at| {
        text.is(at, words!["than", "average", "range", "his", "her", "him", "mine", "man", "mans"])
            || text.is(at, words!["was", "target", "goal", "from", "compared", "versus", "against"])
                && (1..=2).any(|next| text.token(at + next).is_some_and(|t| t.kind == Kind::Number))
            || text.within(at, &text.lexicon.known.relation)
    });
    (several && other).then_some("two readings, and perhaps only one counts")
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
    let found = subject(text.core.start) || subject(after) || text.core.clone().any(|at| done_for(at) || theirs(at));
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

/// "under 130/80", "last one was 132/84", "target 130/80 mine 150/92", "8.30 7.2": no reading of now, or not only.
fn another_time(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let values: Vec<&Amount> = amounts.iter().filter(|a| a.role == Role::Plain && !a.words).collect();
    let aims = words![
        "target", "goal", "aim", "aiming", "under", "below", "above", "between", "should", "supposed", "usually",
        "normally", "used", "highest", "lowest"
    ];
    let before = |a: &&Amount| (1..=3).any(|back| a.from.checked_sub(back).is_some_and(|b| text.is(b, aims)));
    // "now 84.2, was 86 last month": the other one is of then.
    let told = values.iter().any(|a| a.past) && values.iter().any(|a| !a.past);
    let last = !told
        && text.core.clone().any(|at| {
            text.is(at, words!["last"])
                && text.is(at + 1, words!["one", "reading", "time", "visit", "month", "year", "check", "test"])
        });
    let found = draft.fields.readings.as_deref().unwrap_or_default();
    let of_kind = match found {
        [Reading::Single { kind: ReadingKind::Glucose, .. }, _, ..] => {
            // "8.30 7.2": a time of day has two figures behind the point, a glucose has one. "6. 8", "6:8": one value or two?
            let hour = values.iter().any(|a| a.decimals == 2) && values.iter().any(|a| a.decimals < 2);
            let parted =
                |a: &&Amount| text.token(a.from).is_some_and(|t| matches!(t.mark, b'.' | b':') && t.marks == 1);
            hour || values.iter().all(|a| a.decimals == 0) && values.iter().skip(1).any(parted)
        }
        [Reading::Single { kind: ReadingKind::PeakFlow, level: Level::Number(n), .. }] => {
            // "410, my best is 500", "410/420/415"
            values.len() > 1
                && (text.core.clone().any(|at| text.is(at, words!["my"]) && text.is(at + 1, words!["best"]))
                    || values.iter().any(|a| a.hi > *n))
        }
        [Reading::Single { kind: ReadingKind::Steps, .. }, ..] => {
            text.core.clone().any(|at| text.fact(at).unit == Unit::Week)
        }
        _ => false,
    };
    (values.iter().any(before) || last || of_kind).then_some("perhaps of another time, or a limit")
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
    });
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

/// "your order 6.4/22918 is ready": numbers of a business or its machine, which speak of no "I".
fn by_a_machine(text: &Text<'_>) -> Option<&'static str> {
    let own = (0..text.tokens.len()).any(|at| text.within(at, &text.lexicon.known.own));
    let business = text.core.clone().any(|at| {
        text.is(
            at,
            words![
                "order",
                "parcel",
                "delivery",
                "voicemail",
                "caller",
                "callers",
                "customer",
                "invoice",
                "account",
                "booking",
                "reference",
                "balance",
                "subscription",
                "collection",
                "saved",
                "expires",
                "payment",
            ],
        )
    });
    (business && !own).then_some("perhaps written by a machine")
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
            || text.is(at, words!["do", "can"]) && text.is(at + 1, words!["i", "you", "we"])
    });
    asked.then_some("an answer, and perhaps a question")
}

/// "no more than", "not less than": neither a no nor the number.
fn bounded(text: &Text<'_>) -> Option<&'static str> {
    let bound = text.core.clone().any(|at| {
        text.is(at, words!["no", "not"])
            && text.is(at + 1, words!["more", "less", "fewer", "different", "better", "worse"])
            && (text.is(at + 2, words!["than", "to", "then"]) || at + 2 >= text.core.end)
    });
    bound.then_some("a bound, or no change")
}

/// The value stands before something else than what was asked for: "6 pints", "2 or so hours".
fn of_what(text: &Text<'_>, context: &Context<'_>, answer: Option<(usize, usize)>) -> Option<&'static str> {
    let (_, to) = answer?;
    let prompt = context.prompt?;
    let word = text.word(to);
    let number = text.token(to.checked_sub(1)?)?.kind == Kind::Number;
    let beside = text.token(to)?.kind == Kind::Word && text.token(to)?.parted <= Break::Space && to < text.core.end;
    let plural = word.len() > 3 && word.ends_with('s');
    let known = text.fact(to).unit != Unit::None || text.fact(to).weekday > 0 || text.fact(to).part.is_some();
    let stem = word.get(..word.len().saturating_sub(2).max(3)).unwrap_or(word);
    let asked = prompt.text.to_lowercase().contains(stem);
    (number && beside && plural && !known && !asked && !text.within(to, &text.lexicon.known.function))
        .then_some("a number of something else")
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
    let joined = text.core.clone().any(|at| {
        text.is(at, words!["and", "both", "all", "any", "plus", "also", "either", "every", "everything", "neither"])
            || text.token(at).is_some_and(|t| t.mark == b'&' || t.mark == b'+' || t.mark == b',')
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
            text.core.clone().any(|at| text.word(at) == word)
        })
    });
    if by_number && names_other {
        return Some("a number, and the words of another option");
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
    if items.iter().any(key) && !items.iter().all(key) {
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
