//! The reasons for holding a result back: a closed list.

use serde::{Deserialize, Serialize};

/// One reason for holding a result. Carries no data, so it can be logged and stored as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// Imported: no clinician has released it here, whatever its status says.
    Unfiled,
    /// Neither final nor corrected.
    NotFinal,
    /// The source does not say whether it is final.
    StatusNotStated,
    /// No code or name that the catalogue knows.
    UnknownTest,
    /// Codes of two different tests.
    CodesDisagree,
    /// No value.
    NoValue,
    /// Words where a number belongs.
    NotANumber,
    /// A number that can be read in two ways (`1,2`).
    AmbiguousNumber,
    /// No unit.
    UnitMissing,
    /// A unit the catalogue does not list for this test.
    UnitUnknown,
    /// A unit this test is never in.
    UnitImpossible,
    /// Unit and unit code differ.
    UnitsDisagree,
    /// Outside what can be true.
    Implausible,
    /// One number of a pair without the other, or a pair that cannot be.
    PairIncomplete,
    /// No date.
    NoDate,
    /// No reference range where the test needs one.
    RangeMissing,
    /// Outside the hold limits.
    HoldLimit,
    /// The laboratory's alert flag (LL, HH, AA).
    CriticalFlag,
    /// A flag that is not understood.
    FlagUnreadable,
    /// A test that a clinician always talks about first.
    Sensitive,
}

impl HoldReason {
    /// The reason in plain words for staff.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Unfiled => "not released by a clinician",
            Self::NotFinal => "the laboratory has not finished it",
            Self::StatusNotStated => "nothing says whether it is final",
            Self::UnknownTest => "the test is not in the catalogue",
            Self::CodesDisagree => "its codes mean different tests",
            Self::NoValue => "it has no value",
            Self::NotANumber => "the value is not a number",
            Self::AmbiguousNumber => "the number can be read in two ways",
            Self::UnitMissing => "the unit is missing",
            Self::UnitUnknown => "the unit is not known for this test",
            Self::UnitImpossible => "this test is never measured in that unit",
            Self::UnitsDisagree => "the unit and its code differ",
            Self::Implausible => "the value is outside what can be true",
            Self::PairIncomplete => "one number of the pair is missing or cannot be",
            Self::NoDate => "the date is missing",
            Self::RangeMissing => "the reference range is missing",
            Self::HoldLimit => "outside the hold limits",
            Self::CriticalFlag => "flagged for alert by the laboratory",
            Self::FlagUnreadable => "its flag is not understood",
            Self::Sensitive => "a sensitive test",
        }
    }

    /// Faults of the data: nobody can release the result as it is, because what it says is not certain.
    /// The others a clinician may release knowingly.
    pub fn blocks_release(self) -> bool {
        !matches!(
            self,
            Self::Unfiled
                | Self::StatusNotStated
                | Self::RangeMissing
                | Self::HoldLimit
                | Self::CriticalFlag
                | Self::FlagUnreadable
                | Self::Sensitive
        )
    }

    /// Staff have to look the same day.
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::HoldLimit | Self::CriticalFlag)
    }
}
