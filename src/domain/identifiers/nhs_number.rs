//! NHS numbers: ten digits, the last one a check digit.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{is_dash, is_invisible};

/// A valid NHS number. Ordered and hashed by its digits; `Debug` shows the last three only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber([u8; 10]);

/// Why something is not an NHS number. Carries no digit of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NhsNumberError {
    /// Nothing there.
    #[error("there is no NHS number")]
    Empty,
    /// Something other than a digit, space or hyphen (a letter O for a 0 is the usual one).
    #[error("an NHS number has digits only: look at character {0}")]
    NotDigit(usize),
    /// Not ten digits.
    #[error("an NHS number has 10 digits, this has {0}")]
    Length(usize),
    /// All ten digits alike: arithmetically sound, never issued, typed as filler.
    #[error("ten equal digits are not an NHS number")]
    Repeated,
    /// The last digit does not follow from the others: at least one digit is wrong.
    #[error("the check digit does not fit: one of the digits is wrong")]
    CheckDigit,
}

impl NhsNumber {
    /// Reads ten digits with any spaces and hyphens between them.
    pub fn parse(text: &str) -> Result<Self, NhsNumberError> {
        let mut digits = [0_u8; 10];
        let mut count = 0;
        for (at, c) in text.chars().enumerate() {
            if c.is_whitespace() || is_dash(c) || is_invisible(c) {
                continue;
            }
            let digit = c.to_digit(10).ok_or(NhsNumberError::NotDigit(at + 1))?;
            if let Some(slot) = digits.get_mut(count) {
                *slot = digit as u8;
            }
            count += 1;
        }
        match count {
            0 => return Err(NhsNumberError::Empty),
            10 => {}
            _ => return Err(NhsNumberError::Length(count)),
        }
        let [first, rest @ ..] = digits;
        if rest.iter().all(|digit| *digit == first) {
            return Err(NhsNumberError::Repeated);
        }
        if check_digit(&digits) != Some(digits[9]) {
            return Err(NhsNumberError::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// The ten digits together, as FHIR and CSV carry them.
    pub fn digits(&self) -> String {
        self.0.iter().map(|digit| char::from(b'0' + digit)).collect()
    }

    /// Whether it lies in 999 000 0000 to 999 999 9999, which is kept for tests and never issued.
    pub fn is_test_range(&self) -> bool {
        self.0.starts_with(&[9, 9, 9])
    }

    /// `*** *** *919`: enough to compare with a list, too little to identify.
    pub fn masked(&self) -> String {
        let digits = self.digits();
        format!("*** *** *{}", digits.get(7..).unwrap_or_default())
    }
}

/// The digit that the first nine call for; `None` where they call for 10, which no number has.
fn check_digit(digits: &[u8; 10]) -> Option<u8> {
    let sum: u32 = digits.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit as u8),
    }
}

impl fmt::Display for NhsNumber {
    /// `943 476 5919`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let part = |range| digits.get(range).unwrap_or_default();
        write!(f, "{} {} {}", part(0..3), part(3..6), part(6..10))
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NhsNumber({})", self.masked())
    }
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    fn from_str(text: &str) -> Result<Self, NhsNumberError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_vectors_are_right() {
        let mut rows =
            csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/nhs_numbers.csv")).unwrap();
        let mut seen = 0;
        for row in rows.records() {
            let row = row.unwrap();
            let (input, valid, normalised) = (&row[0], &row[1] == "true", &row[2]);
            let read = NhsNumber::parse(input);
            assert_eq!(read.is_ok(), valid, "{input}");
            if let Ok(number) = read {
                assert_eq!(number.digits(), normalised);
            }
            seen += 1;
        }
        assert_eq!(seen, 18);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(NhsNumber::parse(" "), Err(NhsNumberError::Empty));
        assert_eq!(NhsNumber::parse("943476591O"), Err(NhsNumberError::NotDigit(10)));
        assert_eq!(NhsNumber::parse("943476591"), Err(NhsNumberError::Length(9)));
        assert_eq!(NhsNumber::parse("94347659190000000000000"), Err(NhsNumberError::Length(23)));
        assert_eq!(NhsNumber::parse("3333333333"), Err(NhsNumberError::Repeated));
        assert_eq!(NhsNumber::parse("4000000080"), Err(NhsNumberError::CheckDigit));
        assert_eq!(NhsNumber::parse("943\u{a0}476\u{2011}5919\u{200b}").unwrap().digits(), "9434765919");
    }

    #[test]
    fn shows_three_three_four_and_hides_in_debug() {
        let number = NhsNumber::parse("9990079196").unwrap();
        assert_eq!(number.to_string(), "999 007 9196");
        assert_eq!(format!("{number:?}"), "NhsNumber(*** *** *196)");
        assert!(number.is_test_range());
        assert!(!NhsNumber::parse("9434765919").unwrap().is_test_range());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn one_wrong_digit_or_two_swapped_never_pass(stem in 0..1_000_000_000_u64, at in 0..10_usize, by in 1..10_u8) {
            let number = (0..10).find_map(|check| NhsNumber::parse(&format!("{stem:09}{check}")).ok());
            prop_assume!(number.is_some());
            let digits = number.unwrap().digits().into_bytes();
            let mut wrong = digits.clone();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(NhsNumber::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
            if at < 9 && digits[at] != digits[at + 1] {
                let mut swapped = digits.clone();
                swapped.swap(at, at + 1);
                prop_assert!(NhsNumber::parse(std::str::from_utf8(&swapped).unwrap()).is_err());
            }
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = NhsNumber::parse(&text);
        }
    }
}
