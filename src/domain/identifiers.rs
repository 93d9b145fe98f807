//! How a person is identified and reached: NHS number, telephone, email address.
//!
//! Each type holds only what has been checked, and prints in masked form under `{:?}`, so that a value that
//! strays into a log or an error shows nobody's number.

mod email;
mod nhs_number;
mod phone;

pub use email::{EmailAddress, EmailError};
pub use nhs_number::{NhsNumber, NhsNumberError};
pub use phone::{CrownDependency, PhoneCell, PhoneError, PhoneKind, PhoneNote, PhoneNumber, PhonePolicy, Region};

/// Characters that print nothing and arrive with pasted text: zero-width and direction marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}')
}

/// Hyphens and dashes of all widths, and the minus sign.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}
