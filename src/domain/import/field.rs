//! The fields of a record, in the words of the staff report.

use serde::{Deserialize, Serialize};

/// The fields of a record that columns and elements are read into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// NHS number.
    NhsNumber,
    /// Date of birth.
    BirthDate,
    /// Identifier in another system.
    Identifier,
    /// A second identifier (the record system's own number).
    LocalNumber,
    /// Family name.
    Family,
    /// Given names.
    Given,
    /// Whole name in one cell.
    FullName,
    /// What the person likes to be called.
    KnownAs,
    /// Died, or date of death.
    Deceased,
    /// Registered with the practice.
    Registered,
    /// Language.
    Language,
    /// Interpreter needed.
    Interpreter,
    /// Communication format.
    Format,
    /// Preferred channel.
    PreferredChannel,
    /// Mobile number.
    Mobile,
    /// Any other telephone number.
    Phone,
    /// Email address.
    Email,
    /// Sensitive mark.
    Sensitive,
    /// Declined messages.
    Declined,
    /// Tags.
    Tags,
    /// The row's own id.
    RowId,
    /// Date.
    Date,
    /// Time of day.
    Time,
    /// End date, or end time.
    End,
    /// Length in minutes.
    Minutes,
    /// Status.
    Status,
    /// Kind of appointment.
    Service,
    /// Place.
    Location,
    /// Clinician.
    Clinician,
    /// In person, telephone, video.
    Mode,
    /// Test code.
    Code,
    /// Test name.
    TestName,
    /// Value.
    Value,
    /// Second value (the lower number of a blood pressure).
    SecondValue,
    /// Unit.
    Unit,
    /// Reference range in one cell.
    Range,
    /// Lower end of the range.
    RangeLow,
    /// Upper end of the range.
    RangeHigh,
    /// Abnormal flag.
    AbnormalFlag,
    /// Category of an observation.
    Category,
    /// Text of a goal or another free text.
    Text,
    /// Plan in words.
    Plan,
    /// Confidence 0 to 10.
    Confidence,
    /// Due or review date.
    Due,
    /// Whose words.
    ExpressedBy,
    /// Reason.
    Reason,
    /// Who the resource is about.
    Subject,
}

impl Field {
    /// The field in the words of the staff report.
    pub fn words(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS number",
            Self::BirthDate => "date of birth",
            Self::Identifier => "identifier",
            Self::LocalNumber => "record number",
            Self::Family => "surname",
            Self::Given => "first name",
            Self::FullName => "name",
            Self::KnownAs => "known as",
            Self::Deceased => "death",
            Self::Registered => "registration",
            Self::Language => "language",
            Self::Interpreter => "interpreter",
            Self::Format => "communication format",
            Self::PreferredChannel => "preferred contact",
            Self::Mobile => "mobile number",
            Self::Phone => "telephone number",
            Self::Email => "email address",
            Self::Sensitive => "sensitive mark",
            Self::Declined => "declined mark",
            Self::Tags => "tags",
            Self::RowId => "row id",
            Self::Date => "date",
            Self::Time => "time",
            Self::End => "end",
            Self::Minutes => "length",
            Self::Status => "status",
            Self::Service => "appointment type",
            Self::Location => "place",
            Self::Clinician => "clinician",
            Self::Mode => "appointment mode",
            Self::Code => "code",
            Self::TestName => "test name",
            Self::Value => "value",
            Self::SecondValue => "second value",
            Self::Unit => "unit",
            Self::Range => "range",
            Self::RangeLow => "lower end of the range",
            Self::RangeHigh => "upper end of the range",
            Self::AbnormalFlag => "abnormal flag",
            Self::Category => "category",
            Self::Text => "text",
            Self::Plan => "plan",
            Self::Confidence => "confidence",
            Self::Due => "due date",
            Self::ExpressedBy => "whose words",
            Self::Reason => "reason",
            Self::Subject => "patient",
        }
    }
}
