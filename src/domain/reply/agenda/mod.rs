//! Things to talk about, in the person's own words and order.

mod cut;
mod nothing;

use super::context::Prompt;
use super::facts::Unit;
use super::label::Label;
use super::numbers::{Amount, Role};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::{Vocabulary, Word, words};
use cut::split_line;
use nothing::is_nothing;

/// What was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agenda {
    /// Items, none of them if there is nothing to raise.
    Items(Vec<String>),
    /// A number that is not on the menu.
    NotOnMenu,
    /// Nothing that can be kept as an item.
    Nothing,
}

/// Reads an agenda.
pub fn read(text: &Text<'_>, amounts: &[Amount], prompt: &Prompt) -> Agenda {
    let menu = menu_size(&prompt.text);
    if text.says(Label::NothingToRaise)
        && (text.core_len() <= 3
            || text.first(Label::NothingToRaise).is_some_and(|h| h.from as usize <= text.core.start + 1))
    {
        return Agenda::Items(Vec::new());
    }
    if is_nothing(text) {
        return Agenda::Items(Vec::new());
    }
    // "four days": a number and its unit are an answer to another question.
    let counts = |at: usize| text.is_number(at) || text.fact(at).unit != Unit::None;
    if menu == 0 && text.core.clone().all(counts) && text.core.clone().any(|at| text.is_number(at)) {
        return Agenda::NotOnMenu;
    }
    let parts = parts(text, menu > 0, amounts);
    let mut items: Vec<String> = Vec::new();
    for (from, to) in parts {
        // "7, will tell the nurse when I see her": no topic beside the number.
        let told = items.iter().any(|item| item.parse::<u64>().is_ok())
            && !amounts.iter().any(|a| a.from >= from && a.to <= to);
        if menu > 0 && to - from == 1 && text.is(from, words!["no", "number"]) {
            continue;
        }
        if menu > 0 && told && text.is(from, words!["will", "ill", "because", "thats", "its", "as", "if", "when"]) {
            continue;
        }
        menu_keys(text, from, to, amounts, menu, &mut items);
    }
    // "1 2 3" where no menu was sent says nothing.
    let bare = |item: &String| item.split_whitespace().all(|word| word.parse::<u64>().is_ok());
    if menu == 0 && !items.is_empty() && items.iter().all(bare) {
        return Agenda::NotOnMenu;
    }
    if menu > 0
        && let [only] = items.as_slice()
        && let Ok(key) = only.parse::<u64>()
    {
        if key == 0 || key > menu {
            return Agenda::NotOnMenu;
        }
        if prompt.text.contains(&format!("{key} nothing")) {
            return Agenda::Items(Vec::new());
        }
    }
    if menu > 0 && items.iter().any(|i| i.parse::<u64>().is_ok_and(|k| k == 0 || k > menu)) {
        return Agenda::NotOnMenu;
    }
    if items.is_empty() { Agenda::Nothing } else { Agenda::Items(items) }
}

/// How many numbered options a question holds.
fn menu_size(prompt: &str) -> u64 {
    let mut n = 0;
    for word in prompt.split_whitespace() {
        if word.trim_end_matches(['.', ')', ':']).parse() == Ok(n + 1) {
            n += 1;
        }
    }
    if n > 1 { n } else { 0 }
}

/// Numbers of the menu stand for themselves; other words are kept as written.
fn menu_keys(text: &Text<'_>, from: usize, to: usize, amounts: &[Amount], menu: u64, items: &mut Vec<String>) {
    let mut start = from;
    if menu > 0 {
        let mut at = from;
        // "none of them just my eczema"
        if text.is(at, words!["none", "neither"]) && text.is(at + 1, words!["of"]) && at + 3 < to {
            at += 3;
            start = at;
        }
        while at < to {
            if text.is(
                at,
                words![
                    "number", "and", "an", "no", "option", "also", "plus", "please", "just", "only", "maybe",
                    "probably", "mainly", "mostly", "could", "can", "we", "do", "then", "possibly", "would", "like"
                ],
            ) {
                at += 1;
                continue;
            }
            let Some(amount) = amounts.iter().find(|a| {
                a.from == at && a.role == Role::Plain && a.unit == super::facts::Unit::None && a.lo.fract() == 0.0
            }) else {
                break;
            };
            for key in [Some(amount.lo), (!amount.single()).then_some(amount.hi)].into_iter().flatten() {
                let key = format!("{key}");
                // "2 and 6, 6 being the main one"
                if !items.contains(&key) {
                    items.push(key);
                }
            }
            at = amount.end;
            start = at;
        }
        while start < to && text.is(start, words!["and", "also", "plus", "please", "so"]) {
            start += 1;
        }
    }
    let (start, end) = trim(text, start, to);
    let around_a_key = menu > 0
        && items.last().is_some_and(|item| item.parse::<u64>().is_ok())
        && (start..end).all(|at| text.is(at, AROUND_A_KEY) || text.within(at, &text.lexicon.known.function));
    if start < end && !around_a_key {
        let item =
            text.written(start, end).trim_matches(['.', ',', ';', ':', '!', '?', '-', ' ', '\u{2022}']).to_owned();
        let mut item = item.split_whitespace().collect::<Vec<_>>().join(" ");
        // "knees (left)": the bracket closes behind the last word.
        if item.contains('(') && !item.contains(')') {
            item.push(')');
        }
        if item.chars().any(char::is_alphanumeric) && !ends_the_list(text, start, end) {
            items.push(item);
        }
    }
}

/// "nowt else", "done", "thats all": no matter, but the end of them.
fn ends_the_list(text: &Text<'_>, from: usize, to: usize) -> bool {
    let whole = |words: &[&[Word]]| {
        to - from == words.len() && words.iter().zip(from..to).all(|(words, at)| text.is(at, words))
    };
    // The writer's name below it.
    to - from == 1 && text.token(from).is_some_and(|t| t.word == Vocabulary::NAME)
        || whole(&[words!["done", "finished", "end", "fin"]])
        || whole(&[words!["nothing", "nowt", "nought", "none"], words!["else", "more"]])
        || whole(&[words!["thats", "that"], words!["all", "it", "everything"]])
        || whole(&[words!["that"], words!["is"], words!["all", "it", "everything"]])
        || whole(&[words!["no"], words!["more"]])
}

/// Words that lead up to an item and are no part of it.
const LEADS: [&[&str]; 56] = [
    &["um"],
    &["er"],
    &["erm"],
    &["uh"],
    &["i", "would", "like", "to"],
    &["id", "like", "to"],
    &["i", "want", "to"],
    &["want", "to"],
    &["i", "wanted", "to"],
    &["would", "like", "to"],
    &["can", "we"],
    &["could", "we"],
    &["talk", "about"],
    &["discuss"],
    &["speak", "about"],
    &["speak", "of"],
    &["chat", "about"],
    &["cover"],
    &["ask", "about"],
    &["i", "should", "like", "to"],
    &["please"],
    &["also"],
    &["firstly"],
    &["secondly"],
    &["thirdly"],
    &["and"],
    &["to"],
    &["dying", "to", "know"],
    &["interested", "in"],
    &["i", "need", "to"],
    &["id", "like", "a", "word", "about"],
    &["a", "word", "about"],
    &["a", "chat", "about"],
    &["i", "want", "talk", "about"],
    &["want", "talk", "about"],
    &["i", "want", "ask", "for"],
    &["know"],
    &["go", "over"],
    &["kindly"],
    &["respectfully"],
    &["just"],
    &["well"],
    &["can", "i", "ask", "about"],
    &["could", "i", "ask", "about"],
    &["can", "i", "talk", "about"],
    &["can", "i", "discuss"],
    &["speak", "on"],
    &["discuss", "on"],
    &["third", "thing", "is"],
    &["the", "third", "is"],
    &["the", "main", "thing", "is"],
    &["first", "thing", "is"],
    &["second", "thing", "is"],
    &["first", "thing"],
    &["second", "thing"],
    &["then", "if", "theres", "time"],
];

/// Words that stand around a number of the menu and raise nothing of their own.
const AROUND_A_KEY: &[Word] = words![
    "for", "me", "us", "the", "main", "one", "being", "on", "your", "list", "if", "you", "as", "well", "too", "mostly",
    "mainly", "really", "in", "that", "order", "thats", "all", "it", "an", "no", "mate"
];

fn trim(text: &Text<'_>, mut from: usize, mut to: usize) -> (usize, usize) {
    loop {
        let stands = |lead: &&&[&str]| lead.iter().enumerate().all(|(i, w)| from + i < to && text.is_str(from + i, w));
        let lead = LEADS.iter().filter(stands).max_by_key(|lead| lead.len());
        match lead {
            Some(lead) => from += lead.len(),
            None => break,
        }
    }
    while to > from
        && (text.is(
            to - 1,
            words![
                "please", "thanks", "and", "also", "ta", "x", "comma", "lol", "ha", "haha", "innit", "really", "tbh"
            ],
        ) || text.token(to - 1).is_some_and(|t| t.kind == Kind::Emoji))
    {
        to -= 1;
    }
    // "me nerves so I am", "my knees, so they are"
    if to >= from + 4
        && text.is(to - 3, words!["so"])
        && text.is(to - 2, words!["i", "it", "they", "he", "she", "we", "you"])
        && text.is(to - 1, words!["am", "is", "are", "do", "does", "did", "was", "were"])
    {
        to -= 3;
    }
    if to >= from + 2 && text.is(to - 2, words!["question", "full"]) && text.is(to - 1, words!["mark", "stop"]) {
        to -= 2;
    }
    (from, to)
}

/// Cuts the reply into items: by its own numbering, its lines, its commas, its sentences.
fn parts(text: &Text<'_>, menu: bool, amounts: &[Amount]) -> Vec<(usize, usize)> {
    let body = body(text);
    let numbered = numbering(text, body.clone(), menu, amounts);
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    if numbered.len() >= 2 {
        for (n, (mark, start)) in numbered.iter().enumerate() {
            let end = numbered.get(n + 1).map_or_else(|| paragraph_end(text, *start, body.end), |(next, _)| *next);
            let _ = mark;
            cuts.push((*start, end));
        }
    } else {
        let lines: Vec<usize> =
            (body.start + 1..body.end).filter(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Line)).collect();
        let mut start = body.start;
        for end in lines.iter().copied().chain(std::iter::once(body.end)) {
            if end > start {
                split_line(text, start, end, &mut cuts);
            }
            start = end;
        }
    }
    cuts.retain(|(from, to)| !is_courtesy(text, *from, *to));
    cuts
}

/// Without the salutation.
fn body(text: &Text<'_>) -> std::ops::Range<usize> {
    let mut from = text.core.start;
    // "Hi, see my list:", "I'd like to cover:" on a line of its own.
    loop {
        let end = (from + 1..text.core.end).find(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Line));
        match end {
            Some(end) if is_opening(text, from, end) => from = end,
            _ => break,
        }
    }
    // "to kneel in church again": what closes a courtesy belongs to the matter where there is none.
    let more = text.core.end < text.tokens.len() && text.is(text.core.end, words!["again", "all"]);
    from..text.core.end + usize::from(more)
}

fn is_opening(text: &Text<'_>, from: usize, to: usize) -> bool {
    let colon = text.token(to).is_some_and(|t| t.mark == b':');
    // "Dear Nurse Cole,": the name is left when the courtesy is taken off.
    let name = from == text.core.start
        && from > 0
        && to - from <= 2
        && text.token(to).is_some_and(|t| t.parted >= Break::Paragraph);
    colon || name || text.is(from, words!["dear", "hello", "hi"]) && to - from <= 5
}

/// Where "1", "2)", "(a)", "3." start an item each.
fn numbering(text: &Text<'_>, body: std::ops::Range<usize>, menu: bool, amounts: &[Amount]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut want = 1u64;
    for at in body.clone() {
        let Some(token) = text.token(at) else { break };
        let marked = text.token(at + 1).is_some_and(|t| matches!(t.mark, b'.' | b')' | b':' | b'-') && t.marks > 0);
        let plain = token.kind == Kind::Number
            && token.digits == 1
            && token.value == want
            && text.token(at + 1).is_some_and(|t| t.kind == Kind::Word);
        let value = amounts.iter().any(|a| {
            a.from <= at
                && at < a.to
                && (a.unit != super::facts::Unit::None || a.of.is_some() || a.decimals > 0)
                && !marked
        });
        if plain
            && !value
            && (!menu || marked)
            && (at == body.start || want > 1 || token.parted >= Break::Line || marked)
        {
            found.push((at, at + 1));
            want += 1;
        }
    }
    if found.len() >= 2 {
        return found;
    }
    found.clear();
    let mut letter = b'a';
    for at in body {
        let Some(token) = text.token(at) else { break };
        if token.kind == Kind::Word
            && token.to - token.from == 1
            && text.word(at).as_bytes() == [letter]
            && (token.bracket || text.token(at + 1).is_some_and(|t| t.mark == b')'))
        {
            found.push((at, at + 1));
            letter += 1;
        }
    }
    if found.len() < 2 {
        found.clear();
    }
    found
}

fn paragraph_end(text: &Text<'_>, from: usize, to: usize) -> usize {
    (from + 1..to).find(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Paragraph)).unwrap_or(to)
}

fn is_courtesy(text: &Text<'_>, from: usize, to: usize) -> bool {
    let known = &text.lexicon.known;
    let words = (from..to).filter(|i| !text.within(*i, &known.courtesy) && !text.within(*i, &known.titles)).count();
    let opening = words!["trust", "grateful", "enclose", "hope", "thank", "thanks", "remain"];
    words == 0
        || text.is(from, opening)
        || text.is(from, words!["i"]) && text.is(from + 1, opening)
        || text.is(from, words!["with", "best", "warm", "many", "yours"])
            && text.is(from + 1, words!["thanks", "wishes", "regards", "faithfully", "sincerely", "truly"])
        || text.is(from, words!["yours"]) && to - from <= 2
        || counts_topics(text, from, to)
        || is_signature(text, from, to)
        || to - from <= 3 && (from..to).any(|i| text.is(i, words!["kidding", "joking"]))
        || text.is(from, words!["you"]) && text.is(from + 1, words!["for"])
        || text.is(from, words!["see", "thats"]) && to - from <= 2
        || text.is(from, words!["not"]) && text.is(from + 1, words!["the", "my"]) && to - from <= 4
        || text.is(from, words!["that"]) && to - from <= 3
}

/// "2 things really", "just the one": says how many follow.
fn counts_topics(text: &Text<'_>, from: usize, to: usize) -> bool {
    let names =
        |i: usize| text.is(i, words!["things", "thing", "matters", "bits", "points", "questions", "items", "one"]);
    let many = |i: usize| text.is_number(i) || text.is(i, words!["few", "the"]);
    let light = |i: usize| text.within(i, &text.lexicon.known.function) || many(i) || names(i);
    to - from <= 4 && (from..to).any(names) && (from..to).any(many) && (from..to).all(light)
}

/// A name below a letter: one or two words in a paragraph of their own, at its end.
fn is_signature(text: &Text<'_>, from: usize, to: usize) -> bool {
    let apart = text.token(from).is_some_and(|t| t.parted >= Break::Paragraph);
    let name =
        |i: usize| text.token(i).is_some_and(|t| t.kind == Kind::Word && t.word <= super::vocabulary::Vocabulary::NAME);
    from > text.core.start && apart && to >= text.core.end && to - from <= 3 && (from..to).all(name)
}
