//! What looks like somebody's name on a line of its own.
//!
//! "Metformin" and "Chest Pain" stand on lines of their own too, so capital letters prove nothing:
//! a name is known by a title, by initials, or by a first name common in the United Kingdom. First
//! names that are also ordinary words (Will, May, Dawn) are left out on purpose.

use super::phrases::{FIRST_NAMES, FIRST_NAMES_WITH_SURNAME, ORDINARY};

const TITLES: &[&str] =
    &["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "revd", "sir", "lady", "lord", "mr.", "mrs.", "ms.", "dr."];

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split([' ', ','])
        .map(|word| word.trim_matches(['(', ')', ',', '-', '*', '~']))
        .filter(|word| !word.is_empty() && !is_kisses(word))
}

/// "Joan xx"
fn is_kisses(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| matches!(byte, b'x' | b'X'))
}

/// Some word of it is an answer or a complaint rather than a name.
pub(super) fn holds_ordinary(line: &str) -> bool {
    words(line).any(is_ordinary)
}

fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(word.trim_end_matches(['.', '!', ':']).to_lowercase().as_str())
}

fn is_capitalised(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase)
        && chars.all(|c| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-' | '.'))
}

/// One to five capitalised words, none of them ordinary: good enough below "Kind regards".
pub(super) fn is_loose_name(line: &str) -> bool {
    let mut count = 0;
    for word in words(line) {
        count += 1;
        let title = TITLES.contains(&word.to_lowercase().as_str());
        if count > 5 || is_ordinary(word) || !(title || is_capitalised(word) || (count == 1 && is_first_name(word))) {
            return false;
        }
    }
    count > 0
}

/// Nothing but initials: "S.", "JB", "P. M."
pub(super) fn is_initials(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let only = line.chars().all(|c| c.is_uppercase() || matches!(c, '.' | ' '));
    only && ((letters == 1 && line.contains('.')) || ((2..=3).contains(&letters) && line.contains('.')))
}

fn is_first_name(word: &str) -> bool {
    FIRST_NAMES.contains(word.to_lowercase().trim_end_matches(['.', '!']))
}

/// A name by its title, its initials or a common first name, up to four words.
pub(super) fn is_known_name(line: &str) -> bool {
    // "Ann Abbott (daughter)"
    let line = line.split(" (").next().unwrap_or_default();
    if line.len() > 48 || line.ends_with(['?', ':', ';']) {
        return false;
    }
    let mut count = 0;
    let mut only_titles = true;
    let mut known = false;
    let mut needs_second = false;
    for word in words(line) {
        count += 1;
        let lower = word.to_lowercase();
        let title = TITLES.contains(&lower.as_str());
        let first_name = count == 1 && is_first_name(word);
        let shaped = title || is_capitalised(word) || first_name;
        if !shaped || (!title && is_ordinary(word)) {
            return false;
        }
        only_titles = only_titles && title;
        known = known || title || first_name;
        needs_second = needs_second
            || (count == 1
                && (word.trim_end_matches('.').chars().count() == 1
                    || FIRST_NAMES_WITH_SURNAME.contains(lower.as_str())));
    }
    count <= 4 && !only_titles && (known || (needs_second && count >= 2))
}

/// Every longer word starts with a capital, as in a rank or the name of a firm.
pub(super) fn is_title_case(line: &str) -> bool {
    let mut count = 0;
    words(line).all(|word| {
        count += 1;
        word.chars().count() <= 3 || word.starts_with(char::is_uppercase)
    }) && (1..=9).contains(&count)
        && words(line).any(|word| word.chars().count() > 3)
        && !words(line).any(is_ordinary)
}
