//! Cells that a spreadsheet would run (assurance S10).
//!
//! A text may begin with `=`, and a spreadsheet that opens the file would take it for a formula. Such a cell gets an
//! apostrophe in front, which spreadsheets read as "this is text". So that the original can be had back for certain, a
//! cell that begins with an apostrophe gets one too: [`restore`] takes exactly one away.

use std::borrow::Cow;

/// First characters that make a formula, or hide one; the fullwidth forms are read like the plain ones by some programs.
const RISKY: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\''];

/// The cell in a form that no spreadsheet runs.
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(RISKY) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// What [`neutralise`] was given.
pub fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s10_no_cell_begins_with_a_formula_sign() {
        for risky in [
            "=1+1",
            "+44 7700 900101",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\u{ff1d}1",
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}x",
            "'=1",
        ] {
            let safe = neutralise(risky);
            assert!(safe.starts_with('\''), "{risky:?}");
            assert_eq!(restore(&safe), risky);
        }
        assert_eq!(neutralise("5 = five"), "5 = five");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn s10_every_text_comes_back(text in "['=+@\\t\\r\u{ff1d}a-c -]{0,6}") {
            let safe = neutralise(&text);
            let runs = safe.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}']);
            prop_assert!(!runs);
            prop_assert_eq!(restore(&safe), text.as_str());
        }
    }
}
