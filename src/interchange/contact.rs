//! Telephone numbers and email addresses out of cells and elements.

use crate::domain::identifiers::{EmailAddress, PhoneCell, PhoneError, PhoneNumber, PhonePolicy};
use crate::domain::import::{RefusedPhone, Shown};

/// What came of the numbers of one person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phones {
    /// Usable, without repeats.
    pub(crate) usable: Vec<PhoneNumber>,
    /// Not usable.
    pub(crate) refused: Vec<RefusedPhone>,
}

impl Phones {
    /// Reads a cell, which may hold several numbers. Returns why it was refused, where it was.
    pub(crate) fn add(&mut self, cell: &str, policy: PhonePolicy) -> Option<String> {
        match PhoneCell::parse(cell, policy) {
            Ok(read) => {
                if !self.usable.contains(&read.number) {
                    self.usable.push(read.number);
                }
                None
            }
            Err(PhoneError::Empty) => None,
            Err(why) => {
                let reason = why.to_string();
                let given = Shown(cell.chars().take(80).collect());
                self.refused.push(RefusedPhone { given, reason: reason.clone() });
                Some(reason)
            }
        }
    }
}

/// Adds an address if it is one and not there yet. Returns whether it was refused.
pub(crate) fn add_email(emails: &mut Vec<EmailAddress>, text: &str) -> bool {
    match EmailAddress::parse(text) {
        Ok(address) if emails.iter().any(|e| e.match_key() == address.match_key()) => false,
        Ok(address) => {
            emails.push(address);
            false
        }
        Err(_) => true,
    }
}
