//! Options of a menu: by key, by place, by their words, by the time of day they stand for.

use super::context::MenuOption;
use super::facts::{DayPart, NumberWord};
use super::label::Label;
use super::numbers::{Amount, Role};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::words;

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Keys, in the menu's order; and why a person has to check, if so.
    Keys(Vec<String>, Option<&'static str>),
    /// A number that is no key.
    NotOnMenu,
    /// Nothing.
    Nothing,
}

/// Reads a choice.
pub fn read(text: &Text<'_>, amounts: &[Amount], options: &[MenuOption]) -> Chosen {
    let mut check = None;
    let mut refused = vec![false; options.len()];
    let mut picked = vec![false; options.len()];
    let mut off_menu = false;
    by_key(text, amounts, options, &mut picked, &mut refused, &mut off_menu, &mut check);
    let by_number = picked.iter().any(|p| *p);
    if !by_number {
        by_place(text, options, &mut picked);
    }
    if !picked.iter().any(|p| *p) {
        by_words(text, options, &mut picked, &mut refused, &mut check);
        by_time(text, amounts, options, &mut picked, &mut refused, &mut check);
    }
    let none_option =
        |o: &MenuOption| o.label.to_lowercase().starts_with("none") || o.label.to_lowercase().starts_with("nothing");
    if !picked.iter().any(|p| *p) {
        // "not fussed", "up to you": no choice; "any" and "either" name them all.
        let any = text.first(Label::AnyOption).filter(|h| {
            (h.from as usize..h.to as usize)
                .any(|i| text.is(i, words!["any", "anytime", "either", "whichever", "whenever"]))
        });
        // "not interested in any of them"
        let negated = any.is_some_and(|h| {
            (text.sentence_start(h.from as usize)..h.from as usize)
                .rev()
                .take(4)
                .any(|i| text.is(i, words!["not", "dont", "without", "cant", "never"]))
        });
        let any = any.is_some() && !negated;
        if negated && options.iter().any(none_option) {
            for (slot, option) in picked.iter_mut().zip(options) {
                *slot = none_option(option);
            }
        } else if text.says(Label::AllOptions) || any {
            for (slot, option) in picked.iter_mut().zip(options) {
                *slot = !none_option(option);
            }
        } else if refused.iter().any(|r| *r) {
            for ((slot, no), option) in picked.iter_mut().zip(&refused).zip(options) {
                *slot = !*no && !none_option(option);
            }
            check = Some("said what not");
        }
    } else if refused.iter().any(|r| *r) {
        for (slot, no) in picked.iter_mut().zip(&refused) {
            *slot &= !*no;
        }
    }
    let keys: Vec<String> = options.iter().zip(&picked).filter(|(_, p)| **p).map(|(o, _)| o.key.clone()).collect();
    if !keys.is_empty() {
        let either = text.core.clone().any(|i| text.is(i, words!["either", "or"])) && keys.len() > 1 && by_number;
        if either && check.is_none() {
            check = Some("one or the other");
        }
        return Chosen::Keys(keys, check);
    }
    if off_menu { Chosen::NotOnMenu } else { Chosen::Nothing }
}

fn by_key(
    text: &Text<'_>,
    amounts: &[Amount],
    options: &[MenuOption],
    picked: &mut [bool],
    refused: &mut [bool],
    off_menu: &mut bool,
    check: &mut Option<&'static str>,
) {
    for amount in amounts {
        if amount.role != Role::Plain || amount.lo.fract() != 0.0 || amount.of.is_some() {
            continue;
        }
        if amount.unit != super::facts::Unit::None
            || text.is(amount.end, words!["oclock", "am", "pm", "years", "times"])
        {
            continue;
        }
        if amount.words && !word_is_key(text, amount) {
            continue;
        }
        // "3 The Maltings": the line of an address below the answer.
        let address = amount.from > text.core.start
            && text.token(amount.from).is_some_and(|t| t.parted >= Break::Line)
            && text.token(amount.end).is_some_and(|t| t.kind == Kind::Word && t.parted == Break::Space);
        if address {
            continue;
        }
        // "all three", "the first two": how many, and no key.
        let how_many = amount
            .from
            .checked_sub(1)
            .is_some_and(|b| text.is(b, words!["all", "both", "first", "last", "bottom", "top", "other", "any"]));
        if how_many {
            continue;
        }
        let excepted = amount.from.checked_sub(1).is_some_and(|b| {
            text.is(b, words!["but", "except", "bar", "without"])
                && (text.core.start..b).any(|i| {
                    text.is(i, words!["any", "anything", "all", "everything", "either", "owt", "whichever", "each"])
                })
        });
        // "no 2" alone is number two.
        let numbered = text.core_len() == 2 && text.is(text.core.start, words!["no"]);
        let not = excepted
            || !numbered
                && (1..=3).any(|back| {
                    amount.from.checked_sub(back).is_some_and(|b| {
                        text.is(b, words!["not", "cant", "dont", "never", "no"])
                            && (b + 1..=amount.from).all(|i| text.token(i).is_some_and(|t| t.parted <= Break::Space))
                    })
                });
        let other = (1..=3).any(|back| {
            amount.from.checked_sub(back).is_some_and(|b| {
                text.within(b, &text.lexicon.known.relation)
                    && (b..amount.from).all(|i| text.token(i).is_some_and(|t| t.kind == Kind::Word))
            })
        });
        let ends = [amount.lo, amount.hi];
        for (n, value) in ends.iter().enumerate() {
            if n == 1 && amount.single() {
                continue;
            }
            let key = format!("{value}");
            match options.iter().position(|o| o.key == key) {
                Some(at) => {
                    let slot = if not || other { refused.get_mut(at) } else { picked.get_mut(at) };
                    if let Some(slot) = slot {
                        *slot = true;
                    }
                    if not {
                        check.get_or_insert("one option was refused");
                    }
                    if other {
                        *check = Some("the other choice is somebody else's");
                    }
                }
                None => *off_menu |= amounts.len() == 1,
            }
        }
        if amount.doubtful {
            *check = Some("a word that sounds like a number");
        }
    }
    if text.is(text.core.start, words!["number", "option", "no"])
        && text.is(text.core.start + 1, words!["too", "to", "for", "fore", "won"])
        && !picked.iter().any(|p| *p)
    {
        let at = if text.is(text.core.start + 1, words!["too", "to"]) {
            "2"
        } else if text.is(text.core.start + 1, words!["won"]) {
            "1"
        } else {
            "4"
        };
        if let Some(i) = options.iter().position(|o| o.key == at)
            && let Some(slot) = picked.get_mut(i)
        {
            *slot = true;
            *check = Some("a word that sounds like a number");
        }
    }
    // "can't do 1 cos of my hips so 2": what follows decides, and needs no check.
    if check == &Some("one option was refused") && text.core.clone().any(|i| text.is(i, words!["so", "because"])) {
        *check = None;
    }
}

fn word_is_key(text: &Text<'_>, amount: &Amount) -> bool {
    let alone = amount.from == text.core.start && amount.to >= text.core.end;
    let named = amount.from.checked_sub(1).is_some_and(|b| text.is(b, words!["option", "number", "and", "or"]));
    // "Two please, I only ever learned to do mince"
    let close = amount.to + usize::from(text.is(amount.to, words!["please", "thanks", "for"]));
    alone || named || amount.from == text.core.start && (close >= text.core.end || text.clause_ends(close))
}

fn by_place(text: &Text<'_>, options: &[MenuOption], picked: &mut [bool]) {
    for at in text.core.clone() {
        let written = || {
            let suffix = text.token(at + 1).is_some_and(|t| t.parted == Break::None)
                && text.is(at + 1, words!["st", "nd", "rd", "th"]);
            text.token(at).filter(|t| suffix && t.kind == Kind::Number).and_then(|t| (t.value as usize).checked_sub(1))
        };
        if let Some(place) = written()
            && (at + 2 >= text.core.end || text.is(at + 2, words!["one", "option", "choice"]))
            && let Some(slot) = picked.get_mut(place)
        {
            *slot = true;
        }
        let ordinal = ["first", "second", "third", "fourth", "fifth", "sixth"].iter().position(|w| text.is_str(at, w));
        let place =
            ordinal.or_else(|| text.is(at, words!["last", "bottom", "final"]).then(|| options.len().saturating_sub(1)));
        if let Some(place) = place
            && (text.is(at + 1, words!["one", "option", "choice"]) || at + 1 >= text.core.end)
            && let Some(slot) = picked.get_mut(place)
        {
            *slot = true;
        }
    }
}

/// Words of a label that only one option has.
fn by_words(
    text: &Text<'_>,
    options: &[MenuOption],
    picked: &mut [bool],
    refused: &mut [bool],
    check: &mut Option<&'static str>,
) {
    let mut places = vec![None; options.len()];
    let labels: Vec<Vec<String>> = options
        .iter()
        .map(|o| {
            o.label
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() > 1)
                .map(super::normalise::fold_word)
                .collect()
        })
        .collect();
    for (i, words) in labels.iter().enumerate() {
        let mut hit = None;
        let mut matched = 0;
        for (w, word) in words.iter().enumerate() {
            let unique = labels.iter().enumerate().all(|(j, other)| j == i || !other.contains(word));
            let weak = matches!(
                word.as_str(),
                "of" | "these" | "the" | "group" | "class" | "service" | "and" | "or" | "me" | "a" | "call" | "to"
            );
            let Some(at) = text.core.clone().find(|t| same_word(text, *t, word)) else {
                continue;
            };
            matched += 1;
            if unique && !weak && (w == 0 || words.len() == 1 || word.len() > 4 || matched == words.len())
                || words.len() > 1 && matched == words.len()
            {
                hit.get_or_insert(at);
            }
        }
        let Some(at) = hit.filter(|at| !is_device(text, *at)) else { continue };
        places.get_mut(i).into_iter().for_each(|place| *place = Some(at));
        let not = (1..=3).any(|back| {
            at.checked_sub(back).is_some_and(|b| {
                text.is(b, words!["not", "no", "except", "bar", "but", "dont", "never", "would"])
                    && !text.is(b, words!["would"])
            }) && (at.saturating_sub(back) + 1..=at).all(|x| text.token(x).is_some_and(|t| t.parted <= Break::Space))
        });
        if let Some(slot) = if not { refused.get_mut(i) } else { picked.get_mut(i) } {
            *slot = true;
        }
    }
    // "I don't smoke and I can't walk far so it'll have to be the cooking": what follows decides.
    if let Some(turn) = turn(text)
        && places.iter().zip(picked.iter()).any(|(place, p)| *p && place.is_some_and(|at| at > turn))
        && places.iter().any(|place| place.is_some_and(|at| at < turn))
    {
        for (slot, place) in picked.iter_mut().zip(&places) {
            *slot &= place.is_none_or(|at| at > turn);
        }
        refused.fill(false);
        if !text.is(turn, words!["so"]) {
            *check = Some("one option after another");
        }
    }
    // "Walking group. Cooking would be the death of my family": the first sentence chooses.
    if picked.iter().filter(|p| **p).count() > 1
        && !text.core.clone().any(|i| text.is(i, words!["and", "both", "or", "also"]))
    {
        let end = text.sentence_end(text.core.start);
        let in_first = |words: &Vec<String>| {
            words.iter().any(|w| w.len() > 3 && (text.core.start..end).any(|t| same_word(text, t, w)))
        };
        if end < text.core.end && labels.iter().filter(|w| in_first(w)).count() >= 1 {
            for (slot, words) in picked.iter_mut().zip(&labels) {
                *slot &= in_first(words);
            }
        }
    }
    synonyms(text, options, picked);
}

/// The word behind which the choice stands: "so", "but", "rather".
fn turn(text: &Text<'_>) -> Option<usize> {
    text.core.clone().rev().find(|at| text.is(*at, words!["so", "but", "rather", "lets"]) && *at > text.core.start)
}

/// "my kids use this phone": a thing that is held, and no way to be reached.
fn is_device(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["phone", "phones", "mobile"])
        && !text.is(at + 1, words!["call", "calls", "me"])
        && at
            .checked_sub(1)
            .is_some_and(|b| text.is(b, words!["this", "these", "that", "my", "the", "our", "old", "new"]))
}

fn same_word(text: &Text<'_>, at: usize, word: &str) -> bool {
    let own = text.word(at);
    if own == word || text.is_str(at, word) {
        return true;
    }
    let stem = |w: &str| {
        w.strip_suffix("ing").or_else(|| w.strip_suffix("in")).or_else(|| w.strip_suffix('s')).unwrap_or(w).to_owned()
    };
    own.len() > 3 && stem(own) == stem(word)
}

/// Everyday words for the usual options: ways to be reached.
fn synonyms(text: &Text<'_>, options: &[MenuOption], picked: &mut [bool]) {
    const WORDS: [(&str, &[&str]); 11] = [
        ("smok", &["fag", "fags", "cigs", "ciggies", "smokes", "smoking", "baccy", "vaping", "vape"]),
        ("alcohol", &["booze", "drinking", "drink", "beer", "pints", "wine"]),
        ("drink", &["booze", "drinking", "beer", "pints", "alcohol", "wine"]),
        ("sleep", &["sleeping", "kip", "insomnia"]),
        ("moving", &["gym", "exercise", "exercising", "fitness", "fitter", "walking"]),
        ("eating", &["diet", "food", "grub", "meals"]),
        ("letter", &["post", "posted", "mail", "paper", "letters", "stamp", "envelope", "postman"]),
        ("phone call", &["ring", "phone", "call", "telephone", "phoned", "rung", "speak"]),
        ("text", &["texts", "sms", "txt", "text"]),
        ("email", &["e-mail", "emails", "mail"]),
        ("none", &["none", "neither", "nothing"]),
    ];
    if picked.iter().any(|p| *p) {
        return;
    }
    for (label, words) in WORDS {
        if let Some(i) = options.iter().position(|o| o.label.to_lowercase().contains(label))
            && let Some(at) =
                text.core.clone().find(|t| words.iter().any(|w| text.is_str(*t, w)) && !is_device(text, *t))
        {
            let electronic = label == "letter" && text.is(at, words!["mail"]) && at > 0 && text.word(at - 1) == "e";
            if electronic {
                continue;
            }
            if let Some(slot) = picked.get_mut(i) {
                *slot = true;
                return;
            }
        }
    }
}

/// The part of the day that lies before or after a meal, or that bedtime is.
fn meal(text: &Text<'_>, at: usize) -> Option<DayPart> {
    let side =
        (1..=2).filter_map(|back| at.checked_sub(back)).find(|b| text.is(*b, words!["before", "after", "past"]))?;
    let before = text.is(side, words!["before"]);
    if text.is(at, words!["dinner", "lunch", "noon", "midday", "lunchtime"]) {
        return Some(if before { DayPart::Morning } else { DayPart::Afternoon });
    }
    let evening = text.is(at, words!["tea", "teatime", "supper", "work"]) && !before;
    evening.then_some(DayPart::Evening)
}

fn part_of(label: &str) -> Option<DayPart> {
    let low = label.to_lowercase();
    if low.contains("morning") {
        Some(DayPart::Morning)
    } else if low.contains("afternoon") {
        Some(DayPart::Afternoon)
    } else if low.contains("evening") {
        Some(DayPart::Evening)
    } else {
        None
    }
}

/// Options that are parts of the day take clock times and other words for them.
fn by_time(
    text: &Text<'_>,
    amounts: &[Amount],
    options: &[MenuOption],
    picked: &mut [bool],
    refused: &mut [bool],
    check: &mut Option<&'static str>,
) {
    let parts: Vec<Option<DayPart>> = options.iter().map(|o| part_of(&o.label)).collect();
    if parts.iter().filter(|p| p.is_some()).count() < 2 {
        return;
    }
    let set = |slots: &mut [bool], part: DayPart| {
        if let Some(i) = parts.iter().position(|p| *p == Some(part))
            && let Some(slot) = slots.get_mut(i)
        {
            *slot = true;
        }
    };
    for at in text.core.clone() {
        if let Some(clock) = super::clock::clock(text, at)
            && let Some(time) = clock.time()
        {
            use chrono::Timelike;
            let part = |hour: u32| {
                if hour < 12 {
                    DayPart::Morning
                } else if hour < 17 {
                    DayPart::Afternoon
                } else {
                    DayPart::Evening
                }
            };
            // "mornings after 9.30", "evenings only. I drive till 6": the part of the day is named already.
            if picked.iter().any(|p| *p) {
                if text.sentence_start(at) <= text.core.start {
                    *check = Some("a time of day, no option");
                }
                return;
            }
            let not_before = at >= 1
                && text.is(at - 1, words!["before", "until", "till", "til"])
                && (at.saturating_sub(5)..at).any(|i| text.is(i, words!["dont", "not", "never", "no"]));
            if not_before || at >= 1 && text.is(at - 1, words!["after"]) {
                set(picked, part(time.hour()));
                set(picked, DayPart::Evening);
            } else if !(at >= 1 && text.is(at - 1, words!["before", "until", "by", "than"])) {
                set(picked, part(time.hour()));
            }
            *check = Some("a time of day, no option");
            return;
        }
        if let Some(part) = text.fact(at).part {
            let not = (1..=2).any(|b| {
                at.checked_sub(b).is_some_and(|x| text.is(x, words!["not", "no", "except", "bar", "cant", "dont"]))
            });
            let my_work = text.is(at, words!["nights", "night"])
                && (1..=2).any(|b| at.checked_sub(b).is_some_and(|x| text.is(x, words!["work", "works", "working"])));
            if not {
                set(refused, part);
            } else if (!text.is(at, words!["am"]) || at == text.core.start) && !my_work {
                set(picked, part);
            }
        }
        // "on nights so afternoon"
        if text.is(at, words!["so"]) && (at + 1..text.core.end).any(|i| text.fact(i).part.is_some()) {
            picked.fill(false);
        }
        if let Some(part) = meal(text, at).filter(|_| text.core_len() < 9) {
            if !picked.iter().any(|p| *p) {
                set(picked, part);
                *check = Some("by a meal or bedtime");
            }
        } else if text.is(at, words!["lunch", "lunchtime", "dinnertime"]) && text.core_len() < 6 {
            set(picked, DayPart::Afternoon);
            *check = Some("lunchtime");
        }
    }
    let _ = (amounts, NumberWord::Half);
}
