//! Telephone numbers: read as people and spreadsheets write them, kept as E.164.
//!
//! Ranges and line types come from the `phonenumber` crate's data. It does not know the numbers that Ofcom keeps
//! for drama (07700 900000 to 900999, 01632 960000 to 960999), which demos and tests use: they are named here.

mod cell;
mod normalise;

use std::fmt;

use phonenumber::Type;
use thiserror::Error;

pub use cell::PhoneCell;
use normalise::normalise;

/// A number that exists in a numbering plan, and what kind of line it is. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    e164: String,
    kind: PhoneKind,
    region: Region,
}

/// What kind of line a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneKind {
    /// Can receive texts.
    Mobile,
    /// A landline.
    Landline,
    /// Mobile or landline: some countries' numbers do not tell.
    MobileOrLandline,
    /// Free to the caller (0800).
    Freephone,
    /// Charged above the usual rate (09, 087).
    Premium,
    /// A company-wide or shared-cost number (03, 084).
    Company,
    /// A personal number that diverts (070), a common trick to charge callers.
    Personal,
    /// Internet telephony (056).
    Internet,
    /// A pager (076).
    Pager,
    /// Another kind.
    Other,
}

/// Where a number belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// The United Kingdom.
    Uk,
    /// +44 but not the UK: other networks, other prices.
    CrownDependency(CrownDependency),
    /// Elsewhere: the ISO 3166 code of the country, or `001` for a plan shared by several.
    Foreign(String),
}

/// The islands that share +44.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrownDependency {
    /// Guernsey.
    Guernsey,
    /// Isle of Man.
    IsleOfMan,
    /// Jersey.
    Jersey,
}

/// Which numbers a practice texts. The default is UK mobiles only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhonePolicy {
    /// Also mobiles of Guernsey, the Isle of Man and Jersey.
    pub crown_dependencies: bool,
    /// Also mobiles of other countries.
    pub foreign: bool,
    /// Also UK landlines, for gateways that read texts aloud.
    pub landlines: bool,
}

/// Something done to a number so that it could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneNote {
    /// The leading zero was missing, as after a spreadsheet.
    LeadingZeroRestored,
    /// The cell held this many numbers; the first usable one was taken.
    Several(usize),
}

/// Why a number is not used. Carries none of its digits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing there.
    #[error("there is no phone number")]
    Empty,
    /// Letters or signs beside the digits: perhaps whose number it is.
    #[error("there are words beside the number: check whose it is")]
    Words,
    /// A spreadsheet turned it into something like 7.7009E+09: digits are lost.
    #[error("a spreadsheet has rounded this number: digits are lost, export the column as text")]
    Rounded,
    /// Too few digits.
    #[error("the number is too short: {0} digits")]
    TooShort(usize),
    /// Too many digits: a typing error, or two numbers run together.
    #[error("the number is too long: {0} digits")]
    TooLong(usize),
    /// No such range is in use.
    #[error("no such number is in use")]
    NotInUse,
    /// Not a mobile number.
    #[error("texts cannot go to {0}")]
    NotMobile(PhoneKind),
    /// An island's number.
    #[error("the number is from {0}, not from the UK")]
    CrownDependency(CrownDependency),
    /// Another country's number.
    #[error("the number is from outside the UK ({0})")]
    Foreign(String),
}

impl PhoneNumber {
    /// Reads one number, as written in the UK, and accepts UK mobiles only.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        Self::parse_with(text, PhonePolicy::default())
    }

    /// Reads one number and accepts what `policy` does.
    pub fn parse_with(text: &str, policy: PhonePolicy) -> Result<Self, PhoneError> {
        let number = Self::read(text)?;
        match policy.refusal(&number) {
            Some(refusal) => Err(refusal),
            None => Ok(number),
        }
    }

    /// Reads one number of any kind and country; without a country code it is taken as a UK number.
    pub fn read(text: &str) -> Result<Self, PhoneError> {
        Self::classify(&normalise(text)?.digits)
    }

    /// `digits` is the number in international form without the `+`.
    fn classify(digits: &str) -> Result<Self, PhoneError> {
        check_length(digits)?;
        let e164 = format!("+{digits}");
        if let Some(kind) = fiction(digits) {
            return Ok(Self { e164, kind, region: Region::Uk });
        }
        let parsed = phonenumber::parse(None, &e164).map_err(|_| PhoneError::NotInUse)?;
        let kind = match parsed.number_type(&phonenumber::metadata::DATABASE) {
            Type::Mobile => PhoneKind::Mobile,
            Type::FixedLine => PhoneKind::Landline,
            Type::FixedLineOrMobile => PhoneKind::MobileOrLandline,
            Type::TollFree => PhoneKind::Freephone,
            Type::PremiumRate => PhoneKind::Premium,
            Type::SharedCost | Type::Uan => PhoneKind::Company,
            Type::PersonalNumber => PhoneKind::Personal,
            Type::Voip => PhoneKind::Internet,
            Type::Pager => PhoneKind::Pager,
            Type::Unknown => return Err(PhoneError::NotInUse),
            _ => PhoneKind::Other,
        };
        let region = match parsed.country().id() {
            Some(phonenumber::country::GB) => Region::Uk,
            Some(phonenumber::country::GG) => Region::CrownDependency(CrownDependency::Guernsey),
            Some(phonenumber::country::IM) => Region::CrownDependency(CrownDependency::IsleOfMan),
            Some(phonenumber::country::JE) => Region::CrownDependency(CrownDependency::Jersey),
            Some(id) => Region::Foreign(id.as_ref().to_owned()),
            None => Region::Foreign("001".to_owned()),
        };
        // From the parsed form, so that one number has one spelling whatever a trunk prefix did.
        let e164 = format!("+{}{}", parsed.code().value(), parsed.national());
        Ok(Self { e164, kind, region })
    }

    /// E.164: `+447700900123`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// What kind of line it is.
    pub fn kind(&self) -> PhoneKind {
        self.kind
    }

    /// Where it belongs.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Whether it is one of the numbers kept for drama, which reach nobody.
    pub fn is_fiction(&self) -> bool {
        self.e164.strip_prefix('+').is_some_and(|digits| fiction(digits).is_some())
    }

    /// For staff to read: `07700 900123` for a UK or island number, E.164 for another.
    pub fn display(&self) -> String {
        self.split().map_or_else(|| self.e164.clone(), |(start, end)| format!("{start} {end}"))
    }

    /// `07700 ***123`: enough for staff to recognise a number they know.
    pub fn masked(&self) -> String {
        let last = self.e164.get(self.e164.len().saturating_sub(3)..).unwrap_or_default();
        match self.split() {
            Some((start, _)) => format!("{start} ***{last}"),
            None => format!("{} ***{last}", self.e164.get(..3).unwrap_or_default()),
        }
    }

    fn split(&self) -> Option<(String, &str)> {
        let national = self.e164.strip_prefix("+44")?;
        Some((format!("0{}", national.get(..4)?), national.get(4..)?))
    }
}

impl PhonePolicy {
    /// Why this policy refuses `number`, or `None` if texts may go to it.
    pub fn refusal(self, number: &PhoneNumber) -> Option<PhoneError> {
        match &number.region {
            Region::Foreign(country) if !self.foreign => {
                return Some(PhoneError::Foreign(country.clone()));
            }
            Region::CrownDependency(island) if !self.crown_dependencies => {
                return Some(PhoneError::CrownDependency(*island));
            }
            _ => {}
        }
        let usable = match number.kind {
            PhoneKind::Mobile | PhoneKind::MobileOrLandline => true,
            PhoneKind::Landline => self.landlines,
            _ => false,
        };
        (!usable).then_some(PhoneError::NotMobile(number.kind))
    }
}

/// E.164 allows 15 digits; a UK number has 10 after the 44 (a few old landlines 9). The count in the error is
/// that of the number as people write it, with its 0 for a UK one.
fn check_length(digits: &str) -> Result<(), PhoneError> {
    let (shortest, longest, written) = match digits.strip_prefix("44") {
        Some(national) if national.starts_with('7') => (12, 12, national.len() + 1),
        Some(national) => (11, 12, national.len() + 1),
        None => (8, 15, digits.len()),
    };
    if digits.len() < shortest {
        Err(PhoneError::TooShort(written))
    } else if digits.len() > longest {
        Err(PhoneError::TooLong(written))
    } else {
        Ok(())
    }
}

fn fiction(digits: &str) -> Option<PhoneKind> {
    if digits.len() != 12 {
        None
    } else if digits.starts_with("447700900") {
        Some(PhoneKind::Mobile)
    } else if digits.starts_with("441632960") {
        Some(PhoneKind::Landline)
    } else {
        None
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({}, {:?})", self.masked(), self.kind)
    }
}

impl fmt::Display for PhoneKind {
    /// With its article, to stand in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mobile => "a mobile",
            Self::Landline => "a landline",
            Self::MobileOrLandline => "a mobile or landline",
            Self::Freephone => "a freephone number",
            Self::Premium => "a premium-rate number",
            Self::Company => "a company or shared-cost number",
            Self::Personal => "a personal (070) number",
            Self::Internet => "an internet phone",
            Self::Pager => "a pager",
            Self::Other => "this kind of number",
        })
    }
}

impl fmt::Display for CrownDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guernsey => "Guernsey",
            Self::IsleOfMan => "the Isle of Man",
            Self::Jersey => "Jersey",
        })
    }
}

impl fmt::Display for PhoneNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeadingZeroRestored => f.write_str("the leading zero was missing and was put back"),
            Self::Several(count) => write!(f, "{count} numbers in one cell: the first usable one was taken"),
        }
    }
}

#[cfg(test)]
mod tests;
