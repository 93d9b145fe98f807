//! Email addresses, checked for form only: whether one works is learnt by sending to it.

use std::fmt;

use thiserror::Error;

use super::is_invisible;

/// An address of the plain kind that people have: no quotes, comments or address literals.
/// The domain is lower case; the part before it is kept as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why something is not an email address we send to. Carries none of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Nothing there.
    #[error("there is no email address")]
    Empty,
    /// No `@`, or more than one.
    #[error("an email address has one @")]
    At,
    /// A line break, space or other control character: the sign of header injection, or of two addresses in one cell.
    #[error("an email address has no spaces or line breaks")]
    Space,
    /// A character that this part of an address does not have.
    #[error("there is a character that email addresses do not have, at {0}")]
    Character(usize),
    /// A dot at an edge, two dots together, or a name without a dot after the `@`.
    #[error("the dots are in the wrong place")]
    Dots,
    /// Over 254 characters in all, 64 before the `@`, or 63 between two dots of the domain.
    #[error("the address is too long")]
    Long,
    /// Letters beyond a to z after the `@`.
    #[error("the part after the @ must be in plain letters")]
    NotAscii,
}

impl EmailAddress {
    /// Checks the form. White space around the address and invisible characters are dropped.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        // A line break inside is refused, and only blanks around it are forgiven.
        let text: String = text.trim_matches([' ', '\t', '\u{a0}']).chars().filter(|c| !is_invisible(*c)).collect();
        if text.trim().is_empty() {
            return Err(EmailError::Empty);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EmailError::Space);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if text.len() > 254 || local.len() > 64 {
            return Err(EmailError::Long);
        }
        check_local(local)?;
        check_domain(domain, local.chars().count() + 1)?;
        Ok(Self { at: local.len(), text: format!("{local}@{}", domain.to_ascii_lowercase()) })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// For comparing addresses: hardly any mail system tells `Sam@` from `sam@`.
    pub fn match_key(&self) -> String {
        self.text.to_lowercase()
    }

    /// `s***@example.org`.
    pub fn masked(&self) -> String {
        let first: String = self.text.chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(EmailError::Dots);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    match local.chars().position(|c| !allowed(c)) {
        Some(at) => Err(EmailError::Character(at + 1)),
        None => Ok(()),
    }
}

fn check_domain(domain: &str, offset: usize) -> Result<(), EmailError> {
    if !domain.is_ascii() {
        return Err(EmailError::NotAscii);
    }
    if let Some(at) = domain.chars().position(|c| !(c.is_ascii_alphanumeric() || c == '-' || c == '.')) {
        return Err(EmailError::Character(offset + at + 1));
    }
    let labels: Vec<&str> = domain.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) {
        return Err(EmailError::Dots);
    }
    if labels.iter().any(|label| label.len() > 63) {
        return Err(EmailError::Long);
    }
    if let Some(label) = labels.iter().find(|label| label.starts_with('-') || label.ends_with('-')) {
        let at = domain.find(label).unwrap_or_default();
        return Err(EmailError::Character(offset + at + 1));
    }
    // `sam@10.0.0.1` and `sam@example.c` are typing errors.
    let top = labels.last().copied().unwrap_or_default();
    if top.len() < 2 || top.chars().all(|c| c.is_ascii_digit()) {
        return Err(EmailError::Dots);
    }
    Ok(())
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_addresses_are_read() {
        for (input, address) in [
            ("sam@example.org", "sam@example.org"),
            ("  Sam.O'Neil+gp@Example.ORG ", "Sam.O'Neil+gp@example.org"),
            ("sam\u{200b}@example.co.uk", "sam@example.co.uk"),
            ("s_1-2@xn--e1afmkfd.example", "s_1-2@xn--e1afmkfd.example"),
        ] {
            assert_eq!(EmailAddress::parse(input).unwrap().as_str(), address);
        }
        let address = EmailAddress::parse("Sam@Example.org").unwrap();
        assert_eq!(address.domain(), "example.org");
        assert_eq!(address.match_key(), "sam@example.org");
        assert_eq!(format!("{address:?}"), "EmailAddress(S***@example.org)");
    }

    #[test]
    fn others_are_refused_with_the_reason() {
        let long = format!("{}@example.org", "a".repeat(65));
        for (input, error) in [
            ("", EmailError::Empty),
            ("sam", EmailError::At),
            ("sam@a@example.org", EmailError::At),
            ("sam@example.org\r\nBcc: all@example.org", EmailError::Space),
            ("sam@example.org\n", EmailError::Space),
            ("sam@example.org jo@example.org", EmailError::Space),
            ("Sam <sam@example.org>", EmailError::Space),
            ("<sam@example.org>", EmailError::Character(1)),
            ("sam@example.org;jo", EmailError::Character(16)),
            ("\"sam\"@example.org", EmailError::Character(1)),
            ("sam.@example.org", EmailError::Dots),
            ("s..m@example.org", EmailError::Dots),
            ("@example.org", EmailError::Dots),
            ("sam@example", EmailError::Dots),
            ("sam@example..org", EmailError::Dots),
            ("sam@10.0.0.1", EmailError::Dots),
            ("sam@-example.org", EmailError::Character(5)),
            ("sam@ex\u{e4}mple.org", EmailError::NotAscii),
            ("s\u{e4}m@example.org", EmailError::Character(2)),
            (long.as_str(), EmailError::Long),
        ] {
            assert_eq!(EmailAddress::parse(input), Err(error), "{input}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_accepted_is_one_clean_line(text in "[a-c@. \\r\\n\\t,;<>\"\u{e9}\u{2028}-]{0,20}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(address.as_str().bytes().all(|b| b.is_ascii_graphic() && !b",;<>\"".contains(&b)));
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
