//! Units by table: nothing is converted that the catalogue does not list for that very test.

use serde::Deserialize;

/// A unit the catalogue accepts for a test: canonical = (value - subtract) x multiply / divide.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedUnit {
    /// Ways in which it is written; compared by [`fold_unit`].
    pub names: Vec<String>,
    /// Taken away first.
    #[serde(default)]
    pub subtract: f64,
    /// Then multiplied by.
    #[serde(default = "one")]
    pub multiply: f64,
    /// Then divided by.
    #[serde(default = "one")]
    pub divide: f64,
}

fn one() -> f64 {
    1.0
}

impl AcceptedUnit {
    /// The value in the test's canonical unit.
    pub fn to_canonical(&self, value: f64) -> f64 {
        (value - self.subtract) * self.multiply / self.divide
    }
}

/// Why a unit cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitProblem {
    /// None given.
    Missing,
    /// Not in the test's table.
    Unknown,
    /// The test is never measured in it (HbA1c in mmol/L): value or test is wrong.
    Impossible,
    /// Shown unit and unit code are two different units.
    Disagree,
}

/// A value in the canonical unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Converted {
    /// Not rounded.
    pub value: f64,
}

/// The form in which units are compared: case, spaces, brackets and typographic variants do not count, so that
/// `mm[Hg]` is `mmHg` and `mL/min/{1.73_m2}` is `ml/min/1.73 m²`. Safe only because the table is per test.
pub fn fold_unit(unit: &str) -> String {
    let mut out = String::with_capacity(unit.len());
    for c in unit.trim().chars() {
        match c {
            '\u{b5}' | '\u{3bc}' => out.push('u'),
            '\u{b2}' => out.push('2'),
            '\u{b3}' => out.push('3'),
            '\u{2070}' => out.push('0'),
            '\u{b9}' => out.push('1'),
            '\u{2074}'..='\u{2079}' => {
                out.push(char::from_digit(c as u32 - 0x2070, 10).unwrap_or('?'));
            }
            '[' | ']' | '{' | '}' | '(' | ')' | '_' | '^' | '*' => {}
            c if c.is_whitespace() || is_invisible(c) => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    match out.strip_prefix('x') {
        Some(rest) if rest.starts_with("10") => rest.to_owned(),
        _ => out,
    }
}

/// Zero-width characters and soft hyphens, which occur in laboratory names.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_one_unit() {
        for (a, b) in [
            ("mm[Hg]", "mmHg"),
            ("mL/min/{1.73_m2}", "ml/min/1.73 m\u{b2}"),
            ("\u{b5}mol/L", "umol/l"),
            ("\u{3bc}mol/L", "umol/L"),
            ("10*9/L", "x10\u{2079}/L"),
            ("10^9/L", "10*9/L"),
            ("m[IU]/L", "mIU/L"),
            ("mmol/\u{200b}L", "mmol/L"),
        ] {
            assert_eq!(fold_unit(a), fold_unit(b), "{a} {b}");
        }
    }

    #[test]
    fn h04_different_units_stay_different() {
        for (a, b) in [
            ("mmol/L", "mmol/mol"),
            ("mg/dL", "mg/L"),
            ("g/dL", "g/L"),
            ("%", "mmol/mol"),
            ("kg", "g"),
            ("kg/m2", "kg/m3"),
        ] {
            assert_ne!(fold_unit(a), fold_unit(b), "{a} {b}");
        }
    }
}
