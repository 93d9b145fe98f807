//! Numbers as exports write them. What can be read in two ways is not read.

use super::Comparator;

/// A number with what stands before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadNumber {
    /// Value.
    pub value: f64,
    /// `<` and the like.
    pub comparator: Option<Comparator>,
}

/// Reads `48`, `7.2`, `<3`, `>= 90`, `1.2e3`. Returns `None` for anything else, above all for decimal
/// commas and thousands separators (`1,2` and `1,200`: hazard H04), two numbers, and words.
pub fn read(text: &str) -> Option<ReadNumber> {
    let text = text.trim();
    let (comparator, rest) = split_comparator(text);
    let rest = rest.trim_start();
    let plain = rest.strip_prefix('-').unwrap_or(rest);
    let shaped = plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if !shaped {
        return None;
    }
    let value: f64 = rest.parse().ok()?;
    value.is_finite().then_some(ReadNumber { value, comparator })
}

fn split_comparator(text: &str) -> (Option<Comparator>, &str) {
    const SIGNS: &[(&str, Comparator)] = &[
        ("<=", Comparator::AtMost),
        (">=", Comparator::AtLeast),
        ("\u{2264}", Comparator::AtMost),
        ("\u{2265}", Comparator::AtLeast),
        ("<", Comparator::Below),
        (">", Comparator::Above),
    ];
    SIGNS
        .iter()
        .find_map(|(sign, comparator)| text.strip_prefix(sign).map(|rest| (Some(*comparator), rest)))
        .unwrap_or((None, text))
}

/// True for a number with a comma in it: nobody can tell a decimal comma from a thousands separator.
pub fn is_ambiguous(text: &str) -> bool {
    let (_, rest) = split_comparator(text.trim());
    text.contains(',') && read(&rest.replace(',', "")).is_some()
}

/// Reads `138/82`, `138 / 82`, `138/82 mmHg`: a blood pressure in one cell.
pub fn read_pair(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let text = text.strip_suffix("mmHg").or_else(|| text.strip_suffix("mm[Hg]")).unwrap_or(text);
    let (top, bottom) = text.split_once('/')?;
    let plain = |part: &str| read(part).filter(|n| n.comparator.is_none()).map(|n| n.value);
    Some((plain(top)?, plain(bottom)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h04_only_numbers_with_one_reading_are_numbers() {
        for (text, want) in [
            ("48", Some(48.0)),
            (" 7.2 ", Some(7.2)),
            ("42.00", Some(42.0)),
            ("<3", Some(3.0)),
            (">= 90", Some(90.0)),
            ("-1.5", Some(-1.5)),
            ("7,2", None),
            ("1,200", None),
            ("138/82", None),
            ("4.1 4.3", None),
            ("HI", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("", None),
            ("0x10", None),
        ] {
            assert_eq!(read(text).map(|n| n.value), want, "{text}");
        }
        assert!(is_ambiguous("7,2") && is_ambiguous("<1,200") && !is_ambiguous("none, yet"));
    }

    #[test]
    fn pairs() {
        assert_eq!(read_pair("138/82"), Some((138.0, 82.0)));
        assert_eq!(read_pair("138 / 82 mmHg"), Some((138.0, 82.0)));
        for text in ["138", "138/", "/82", "138/82/70", "<138/82", "5/3/2026"] {
            assert_eq!(read_pair(text), None, "{text}");
        }
    }
}
