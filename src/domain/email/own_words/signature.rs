//! Signatures, sign-offs and the advertisements of mail programs.

use std::ops::Range;

use super::lines::{Line, fold};
use super::names::{holds_ordinary, is_initials, is_known_name, is_loose_name, is_title_case};
use super::phrases::{CLOSINGS_EMPTY, CLOSINGS_THANKS, DANGER, DEVICES, MOBILE, MOBILE_NEEDS_DEVICE, OFFICE};
use super::{CutWhy, Region};

/// Labels what belongs to signatures in one region.
pub(super) fn label(lines: &mut [Line<'_>], region: &Region, names: &[String]) {
    let range = region.lines.clone();
    for line in lines.iter_mut().take(range.end).skip(range.start) {
        if line.is_own() && is_mobile(line.folded) {
            line.label = Some(CutWhy::MobileSignature);
        }
    }
    if let Some(at) = delimiter(lines, range.clone()) {
        cut_below_delimiter(lines, at..range.end);
    }
    if region.between_quotes {
        return;
    }
    let mut own_before = region.after_own;
    let mut at = range.start;
    while at < range.end {
        let Some(line) = lines.get(at).filter(|line| line.is_own()) else {
            at += 1;
            continue;
        };
        match closing(line.folded) {
            Some(Closing::Alone { empty }) => {
                let below = next_own(lines, at + 1, range.end);
                let signed = below
                    .is_none_or(|next| lines.get(next).is_some_and(|l| is_loose_name(l.text) || is_contact(l.folded)));
                if empty && signed {
                    set(lines, at, CutWhy::SignOff);
                }
                if let Some(next) = below.filter(|_| signed) {
                    at = cut_tail(lines, next, range.end);
                    continue;
                }
            }
            Some(Closing::WithName) => {
                at = cut_tail(lines, at, range.end);
                continue;
            }
            None if own_before && signs(lines, at, range.end, names) => {
                at = cut_tail(lines, at, range.end);
                continue;
            }
            None => {}
        }
        own_before = true;
        at += 1;
    }
}

fn set(lines: &mut [Line<'_>], at: usize, why: CutWhy) {
    if let Some(line) = lines.get_mut(at).filter(|line| line.label.is_none()) {
        line.label = Some(why);
    }
}

fn next_own(lines: &[Line<'_>], from: usize, end: usize) -> Option<usize> {
    (from..end).find(|&at| lines.get(at).is_some_and(Line::is_own))
}

pub(super) fn is_mobile(folded: &str) -> bool {
    let text = folded.trim_start_matches(['-', '*', '_', '(', '[', ' ', '"']);
    // "Sent from Mail<https://…> for Windows"
    let text = match text.split_once('<') {
        Some((head, rest)) => {
            let tail = rest.split_once('>').map_or("", |(_, tail)| tail);
            format!("{}{tail}", head.trim_end())
        }
        None => text.to_owned(),
    };
    if text.len() > 120 {
        return false;
    }
    let Some(phrase) = MOBILE.start_of(&text) else {
        return false;
    };
    let rest = text.get(phrase.len()..).unwrap_or_default();
    !MOBILE_NEEDS_DEVICE.contains(phrase)
        || DEVICES.iter().any(|device| rest.split_whitespace().take(8).any(|word| word.contains(device)))
}

/// The line of two dashes, the last if there are several, which RFC 3676 section 4.3 makes the signature's beginning.
fn delimiter(lines: &[Line<'_>], range: Range<usize>) -> Option<usize> {
    let mut found = None;
    for at in range.clone() {
        let Some(line) = lines.get(at) else { break };
        // Other dashes are also drawn between paragraphs: they count only above a card.
        let card = || next_own(lines, at + 1, range.end).and_then(|next| lines.get(next)).is_some_and(is_card);
        let marks = match line.folded {
            "--" => true,
            "-" | "---" | "__" | "___" | "____" => found.is_none() && range.end - at <= 16 && card(),
            _ => false,
        };
        if marks && line.is_own() {
            found = Some(at);
        }
    }
    found
}

fn cut_below_delimiter(lines: &mut [Line<'_>], range: Range<usize>) {
    let mut confides = false;
    let mut at_start = false;
    for line in lines.iter_mut().take(range.end).skip(range.start) {
        if line.is_blank() {
            at_start = true;
            confides = false;
            continue;
        }
        confides = confides || is_postscript(line.folded) || (at_start && begins_with_self(line.folded));
        at_start = false;
        if line.label.is_none() && !confides {
            line.label = Some(CutWhy::Signature);
        }
    }
}

enum Closing {
    Alone { empty: bool },
    WithName,
}

fn closing(folded: &str) -> Option<Closing> {
    if !(2..=60).contains(&folded.len()) {
        return None;
    }
    let bare = folded.trim_matches([',', '.', '!', '-', ' ', ';', ':']);
    // "Regards" goes with the name; "thanks" is something said, and only the name below it goes.
    let find =
        |text: &str| CLOSINGS_EMPTY.contains(text).then_some(true).or(CLOSINGS_THANKS.contains(text).then_some(false));
    if let Some(empty) = find(bare) {
        return Some(Closing::Alone { empty });
    }
    // "Kind regards, Joan", and the same without the comma.
    let ends = |(at, c): (usize, char)| matches!(c, ',' | '.' | '-' | ' ').then_some(at);
    let (at, empty) = bare.char_indices().filter_map(ends).find_map(|at| Some((at, find(bare.get(..at)?)?)))?;
    let name = bare.get(at..)?.trim_matches([',', '.', '-', ' ']);
    if let Some(empty_too) = find(name) {
        return Some(Closing::Alone { empty: empty && empty_too });
    }
    (empty && !name.is_empty() && name.split(' ').count() <= 4 && is_known_name(&capitalised(name)))
        .then_some(Closing::WithName)
}

fn capitalised(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut at_start = true;
    for c in name.chars() {
        text.extend(if at_start { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] });
        at_start = !c.is_alphanumeric();
    }
    text
}

/// A name on a line of its own, below something said.
fn signs(lines: &[Line<'_>], at: usize, end: usize, names: &[String]) -> bool {
    let Some(line) = lines.get(at) else {
        return false;
    };
    if !(2..=48).contains(&line.text.len()) || !line.text.starts_with(|c: char| c.is_alphabetic() || c == '(') {
        return false;
    }
    let below = next_own(lines, at + 1, end).and_then(|next| lines.get(next));
    // People are called Grace and Will, but a mail account may also be called Stop.
    let hinted = names.iter().any(|name| is_one_of(line.text, name)) && !holds_ordinary(line.text);
    let before_bar = line.text.split('|').next().unwrap_or_default().trim_end();
    if hinted || is_known_name(before_bar) {
        return true;
    }
    let blank_above = at.checked_sub(1).and_then(|above| lines.get(above)).is_some_and(Line::is_blank);
    if is_initials(line.text) {
        return blank_above;
    }
    // An unknown name needs an office, a number or an address right below it.
    blank_above
        && is_loose_name(line.text)
        && line.text.contains(' ')
        && below.is_some_and(|next| is_contact(next.folded))
}

/// The line holds only words of the name, at least one of them whole.
fn is_one_of(line: &str, name: &str) -> bool {
    if line.len() > name.len() + 8 {
        return false;
    }
    let line = fold(line);
    let name = fold(name);
    let split = |c: char| !c.is_alphanumeric();
    let parts: Vec<&str> = name.split(split).filter(|part| !part.is_empty()).collect();
    let mut whole = 0;
    let mut words = 0;
    for word in line.split(split).filter(|word| !word.is_empty()) {
        words += 1;
        if parts.contains(&word) {
            whole += usize::from(word.chars().count() > 1);
        } else if !matches!(word, "mr" | "mrs" | "ms" | "miss" | "dr")
            && !parts.iter().any(|part| word.chars().count() == 1 && part.starts_with(word))
        {
            return false;
        }
    }
    whole >= 1 && words <= 4
}

/// Cuts from a name on: the rest of its paragraph, and later paragraphs that look like an office.
/// A line that speaks is kept. Returns where reading goes on.
fn cut_tail(lines: &mut [Line<'_>], from: usize, end: usize) -> usize {
    let mut at = from;
    let mut in_first = true;
    while at < end {
        let length = lines.iter().take(end).skip(at).take_while(|line| !line.is_blank()).count();
        let paragraph = at..at + length;
        at = paragraph.end + 1;
        if paragraph.is_empty() {
            continue;
        }
        let is_card = |n: usize, lines: &[Line<'_>]| lines.get(n).is_none_or(|line| !line.is_own() || is_card(line));
        let first_other = paragraph.clone().skip(usize::from(in_first)).find(|&n| !is_card(n, lines));
        let office = paragraph
            .clone()
            .any(|n| lines.get(n).is_some_and(|line| is_contact(line.folded) || is_known_name(line.text)));
        let cut_to = if in_first || office { first_other.unwrap_or(paragraph.end) } else { paragraph.start };
        for n in paragraph.start..cut_to {
            set(lines, n, CutWhy::SignOff);
        }
        in_first = false;
    }
    end
}

/// What a visiting card may hold, as against something said.
fn is_card(line: &Line<'_>) -> bool {
    let name_like = is_known_name(line.text) || is_title_case(line.text) || is_initials(line.text);
    !speaks(line.folded) && (is_contact(line.folded) || is_helpline(line.folded) || name_like || is_mobile(line.folded))
}

/// A postscript is the person's own, wherever it stands.
pub(super) fn is_postscript(folded: &str) -> bool {
    let word = folded.split([' ', ':', '-', ',']).next().unwrap_or_default();
    matches!(word, "ps" | "p.s" | "p.s." | "pps" | "p.p.s." | "p.p.s" | "n.b." | "nb" | "on.")
}

fn begins_with_self(folded: &str) -> bool {
    let word = folded.split(' ').next().unwrap_or_default();
    matches!(word, "i" | "i'm" | "im" | "i've" | "ive" | "i'll" | "i'd" | "my" | "also" | "sorry" | "forgot")
}

/// Somebody says something here, as against presenting a card.
pub(super) fn speaks(folded: &str) -> bool {
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let first = folded.split(' ').next().unwrap_or_default();
    let of_self = words
        .clone()
        .any(|word| matches!(word, "i" | "i'm" | "im" | "i've" | "ive" | "i'll" | "i'd" | "me" | "mine" | "myself"))
        || words.clone().any(|word| word == "my") && !folded.contains("my own");
    if is_postscript(folded)
        || of_self
        || matches!(first, "also" | "and" | "but" | "btw" | "oh" | "sorry" | "forgot" | "plus")
    {
        return true;
    }
    DANGER.is_in(folded) && !is_helpline(folded) && !folded.contains("print") && !folded.starts_with('"')
}

fn is_helpline(folded: &str) -> bool {
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    folded.contains("www.")
        || folded.contains("http")
        || folded.contains("our ")
        || folded.contains("call ")
        || digits >= 9
}

/// "ZZ2 8QQ": one or two letters and the district, then a digit and two letters.
fn is_postcode(folded: &str) -> bool {
    let Some((outward, inward)) = folded.split_once(' ') else {
        return false;
    };
    let outward_ok = (2..=4).contains(&outward.len())
        && outward.starts_with(|c: char| c.is_ascii_lowercase())
        && outward.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && outward.bytes().any(|byte| byte.is_ascii_digit());
    let inward_ok = matches!(inward.as_bytes(), [digit, first, second]
        if digit.is_ascii_digit() && first.is_ascii_lowercase() && second.is_ascii_lowercase());
    outward_ok && inward_ok
}

/// Telephone numbers, addresses, offices, mottos, footers.
pub(super) fn is_contact(folded: &str) -> bool {
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    let other = folded.bytes().filter(|byte| !byte.is_ascii_digit() && !b" +()-./".contains(byte)).count();
    (digits >= 9 && other <= 24)
        || is_postcode(folded)
        || folded.contains('@')
        || folded.contains("www.")
        || folded.contains("://")
        || folded.contains(" | ")
        || (folded.starts_with('"') && folded.ends_with('"'))
        || folded.split(|c: char| !c.is_alphanumeric() && c != '/').any(|word| OFFICE.contains(&word))
}
