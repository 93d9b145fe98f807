//! New phone numbers, email addresses and homes.

use super::draft::Draft;
use super::label::Label;
use super::numbers::{Amount, Role, is_road};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::{Intent, Route};
use super::vocabulary::words;

/// Reads a change of contact details.
pub fn read(text: &Text<'_>, amounts: &[Amount], draft: &mut Draft) -> bool {
    if text.says(Label::ContactSame) && phones(text, amounts).is_empty() {
        return false;
    }
    let phones = phones(text, amounts);
    // "not to my work email" names an address that is not wanted.
    let refused = |from: usize| {
        (from.saturating_sub(4).max(text.sentence_start(from))..from)
            .any(|i| text.is(i, words!["not", "dont", "never", "except"]))
    };
    let announced = text.all(Label::ContactNew).find(|h| !refused(h.from as usize));
    let alone = phones.len() == 1 && amounts.len() == 1 && text.core_len() <= 5;
    let mut found = None;
    if !phones.is_empty() && (announced.is_some() || alone) {
        let (from, to, number) = chosen(text, &phones);
        draft.fields.new_phone.clone_from(&number);
        found = Some((from, to));
    }
    if let Some((from, to, address)) = email(text) {
        draft.fields.new_email = Some(address);
        found.get_or_insert((from, to));
    }
    if found.is_none()
        && let Some((from, to, address)) = home(text)
    {
        draft.fields.new_address = Some(address);
        found = Some((from, to));
    }
    if found.is_none()
        && let Some(hit) = announced
    {
        let digits =
            amounts.iter().any(|a| !a.words && a.role == Role::Plain && a.to - a.from >= 1 && a.lo > 100_000.0);
        let bare_new = digits
            || text.core.clone().any(|i| {
                text.is(i, words!["new", "number", "phone", "mobile", "email", "moved", "address", "landline", "sim"])
            });
        if bare_new && !text.is(hit.from as usize, words!["moved"]) && !text.says(Label::Question) {
            found = Some((hit.from as usize, hit.to as usize));
        }
    }
    let Some((from, to)) = found else {
        return false;
    };
    draft.say(Intent::ContactChange, Route::Review, text, "new contact details", from, to);
    true
}

/// The number, the mail address or the home a reply holds that is taken for a change of details, whatever announces it.
pub fn likeliest(text: &Text<'_>, amounts: &[Amount], draft: &mut Draft) {
    let fields = &mut draft.fields;
    if fields.new_phone.is_some() || fields.new_email.is_some() || fields.new_address.is_some() {
        return;
    }
    let phones = phones(text, amounts);
    if !phones.is_empty() {
        fields.new_phone = chosen(text, &phones).2;
    } else if let Some((_, _, address)) = email(text) {
        fields.new_email = Some(address);
    } else if let Some((from, to)) = house(text) {
        fields.new_address = Some(text.written(from, to).trim_end_matches(['.', ',', ' ']).to_owned());
    }
}

/// "Flat 9, 112 Harbourne Court, Penmawr ZZ3 5TR": from the flat or the number to the postcode, or else to the sentence's end.
fn house(text: &Text<'_>) -> Option<(usize, usize)> {
    let starts =
        |i: usize| text.is(i, words!["flat"]) || text.token(i).is_some_and(|t| t.kind == Kind::Number && t.digits <= 4);
    let from = (0..text.tokens.len())
        .find(|i| starts(*i) && (i + 1..i + 9).any(|r| is_road(text, r) || is_postcode(text, r)))?;
    let postcode = (from + 1..(from + 16).min(text.tokens.len())).find(|i| is_postcode(text, *i));
    let ends = |i: usize| text.token(i).is_none_or(|t| t.parted >= Break::Sentence);
    let to = postcode.map(|at| at + 4).or_else(|| (from + 1..=text.tokens.len()).find(|i| ends(*i)))?;
    Some((from, to))
}

/// Phone numbers: first token, one past the last, and the number in E.164 if it is complete.
fn phones(text: &Text<'_>, amounts: &[Amount]) -> Vec<(usize, usize, Option<String>)> {
    amounts.iter().filter(|a| a.role == Role::Phone).map(|a| (a.from, a.to, e164(text, a.from, a.to))).collect()
}

/// British numbers only; a practice's own country is the default of its zone.
fn e164(text: &Text<'_>, from: usize, to: usize) -> Option<String> {
    let digits: String = (from..to).map(|i| text.word(i)).collect();
    let national = if let Some(rest) =
        digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44").filter(|_| digits.len() > 10))
    {
        rest.strip_prefix('0').unwrap_or(rest)
    } else {
        digits.strip_prefix('0')?
    };
    let first = national.bytes().next()?;
    let right =
        national.len() == 10 && matches!(first, b'1' | b'2' | b'3' | b'7') || national.len() == 9 && first == b'1';
    right.then(|| format!("+44{national}"))
}

/// Of several numbers the one called new.
fn chosen(text: &Text<'_>, phones: &[(usize, usize, Option<String>)]) -> (usize, usize, Option<String>) {
    let new = phones.iter().find(|(from, _, _)| {
        (from.saturating_sub(4)..*from).any(|i| text.is(i, words!["new", "now"]))
            && !(from.saturating_sub(4)..*from).any(|i| text.is(i, words!["old", "was"]))
    });
    new.or(phones.last()).cloned().unwrap_or((0, 0, None))
}

fn email(text: &Text<'_>) -> Option<(usize, usize, String)> {
    let emails: Vec<usize> =
        (0..text.tokens.len()).filter(|i| text.token(*i).is_some_and(|t| t.kind == Kind::Email)).collect();
    if let Some(last) = emails.last() {
        return Some((*last, last + 1, text.word(*last).to_owned()));
    }
    dictated(text)
}

/// "joan dot smith at example dot com"
fn dictated(text: &Text<'_>) -> Option<(usize, usize, String)> {
    let at = (1..text.tokens.len()).find(|i| {
        text.is(*i, words!["at"]) && (i + 1..(i + 6).min(text.tokens.len())).any(|d| text.is(d, words!["dot"]))
    })?;
    let mut from = at - 1;
    while from >= 2 && text.is(from - 1, words!["dot", "underscore", "dash"]) {
        from -= 2;
    }
    let mut to = at + 2;
    while text.is(to, words!["dot"]) && to + 1 < text.tokens.len() {
        to += 2;
    }
    let part = |range: std::ops::Range<usize>| -> String {
        range
            .map(|i| match text.word(i) {
                "dot" => ".",
                "underscore" => "_",
                "dash" => "-",
                word => word,
            })
            .collect()
    };
    Some((from, to, format!("{}@{}", part(from..at), part(at + 1..to))))
}

/// "we moved, 27 Cobnut Rise", "moved to 3 Larkspur Mews, ZZ1 4AB".
fn home(text: &Text<'_>) -> Option<(usize, usize, String)> {
    let moved = (0..text.tokens.len()).find(|i| text.is(*i, words!["moved", "moving", "address", "live", "living"]))?;
    let road = |i: usize| is_road(text, i);
    let postcode = |i: usize| is_postcode(text, i);
    let road_at = (moved + 1..text.tokens.len()).find(|i| road(*i) || postcode(*i))?;
    let number = (moved + 1..=road_at).find(|i| {
        text.token(*i)
            .is_some_and(|t| t.kind == Kind::Number || t.kind == Kind::Word && t.word == 0 && t.parted >= Break::Line)
    });
    let after = (moved + 1..=road_at)
        .rev()
        .find(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Line))
        .or_else(|| (moved + 1..road_at).find(|i| text.is(*i, words!["to", "at", "is"])).map(|i| i + 1));
    let line = (moved + 1..=road_at).rev().find(|i| text.token(*i).is_some_and(|t| t.parted >= Break::Line));
    let from = line.or(number).or(after)?;
    let mut to = road_at + 1;
    while to < text.tokens.len() && text.token(to).is_some_and(|t| t.parted < Break::Sentence) {
        to += 1;
    }
    while to > from && text.token(to - 1).is_some_and(|t| t.kind == Kind::Emoji) {
        to -= 1;
    }
    Some((from, to, text.written(from, to).trim_end_matches(['.', ',', ' ']).to_owned()))
}

/// "zz1 4ab": two pieces of letters and digits.
fn is_postcode(text: &Text<'_>, at: usize) -> bool {
    let letters = |i: usize, n: std::ops::RangeInclusive<usize>| {
        text.token(i).is_some_and(|t| t.kind == Kind::Word) && n.contains(&text.word(i).len())
    };
    let digit =
        |i: usize, most: u8| text.token(i).is_some_and(|t| t.kind == Kind::Number && t.digits <= most && t.digits > 0);
    letters(at, 1..=2)
        && digit(at + 1, 2)
        && digit(at + 2, 1)
        && letters(at + 3, 2..=2)
        && text.token(at + 3).is_some_and(|t| t.parted == Break::None)
}
