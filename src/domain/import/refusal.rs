//! Why a row, a resource or a whole file was not taken, and what a person can do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, Place};

/// Text out of the file, meant for the staff report only: `{:?}` does not show it, so no log can.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(pub String);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[for the staff report]")
    }
}

/// Why something was refused. A closed list; each has one sentence and one thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    // The whole file.
    /// Nothing in it.
    FileEmpty,
    /// Larger than the limit.
    FileTooLarge,
    /// Neither CSV nor FHIR.
    FormatUnknown,
    /// No line looks like a header of a known kind.
    HeaderNotFound,
    /// A heading that the mapping needs is missing.
    HeadingMissing,
    /// Two columns claim the same field and are not groups.
    HeadingTwice,
    /// The header fits more than one kind.
    HeaderAmbiguous,
    /// Repeated columns without a title that says which test they hold.
    GroupUntitled,
    /// More columns than the limit.
    TooManyColumns,
    /// JSON that cannot be read at all.
    JsonBroken,
    /// FHIR of another version or a bundle of a kind that cannot be imported.
    BundleNotImportable,
    // A row.
    /// More or fewer cells than headings.
    CellCount,
    /// A quotation mark that never closes.
    QuoteUnterminated,
    /// Characters that no text file holds (NUL).
    UnreadableCharacters,
    /// A cell longer than the limit.
    CellTooLong,
    /// The first row is blank where "same as above" has nothing above.
    NothingAbove,
    /// "Same as above" under a row that was refused.
    AboveRefused,
    /// Some of the identity cells are blank and some are not.
    PartlyBlankIdentity,
    // Identity.
    /// Missing.
    Missing,
    /// Check digit or form wrong.
    NhsNumberInvalid,
    /// The same NHS number on several rows that differ.
    NhsNumberTwice,
    /// The same identifier on several people in the file.
    IdentifierTwice,
    /// Nothing by which to match the person.
    NoIdentity,
    /// No name.
    NoName,
    /// The patient is not in the file or files given.
    PatientNotInFile,
    /// The patient was refused.
    PatientRefused,
    /// About something that is not a patient.
    NotAboutAPatient,
    // Cells and elements.
    /// Not a date.
    DateUnreadable,
    /// Day and month could be the other way round.
    DateAmbiguous,
    /// Year of two digits.
    YearTwoDigits,
    /// Only a year, or year and month, where a day is needed.
    DateIncomplete,
    /// In the future where that cannot be.
    DateInFuture,
    /// Before 1900 where that cannot be.
    DateTooOld,
    /// Not a time.
    TimeUnreadable,
    /// A local time that does not exist on the day the clocks go forward.
    TimeDoesNotExist,
    /// A date without a time where a time is needed.
    TimeMissing,
    /// End before the beginning.
    EndBeforeStart,
    /// A word that is not one of those known.
    WordUnknown,
    /// No test named.
    NoTest,
    // Resources.
    /// Does not have the shape FHIR gives it.
    ShapeWrong,
    /// Nested deeper than any real resource.
    TooDeep,
    /// Carries a modifier extension or rules this program does not know: its meaning may be turned round.
    ModifierUnknown,
    /// The source says it was entered in error.
    EnteredInError,
    /// Neither value nor reason for its absence.
    NoValue,
    /// A resource of this id stood earlier in the same file with other content.
    ResourceTwice,
}

impl RefusalReason {
    /// One plain sentence for staff; holds no data from the file.
    pub fn sentence(self) -> &'static str {
        use RefusalReason as R;
        match self {
            R::FileEmpty => "The file is empty.",
            R::FileTooLarge => "The file is larger than an import may be.",
            R::FormatUnknown => "The file is neither a table (CSV) nor FHIR (JSON or NDJSON).",
            R::HeaderNotFound => {
                "No line of the file looks like the headings of a patient, appointment, result or goal list."
            }
            R::HeadingMissing => "A heading that this list must have is missing.",
            R::HeadingTwice => "The same heading stands over two columns.",
            R::HeaderAmbiguous => "The headings fit more than one kind of list.",
            R::GroupUntitled => "Columns are repeated, and nothing above them says which test each group holds.",
            R::TooManyColumns => "The table has more columns than a list from a record system can have.",
            R::JsonBroken => "The file is not readable JSON.",
            R::BundleNotImportable => "A bundle of this type holds no records to import.",
            R::CellCount => "The row has more or fewer cells than there are headings.",
            R::QuoteUnterminated => "A quotation mark in this row is never closed.",
            R::UnreadableCharacters => "The row holds characters that do not belong in a text file.",
            R::CellTooLong => "A cell of this row is longer than a cell may be.",
            R::NothingAbove => "The cells that say whose row this is are blank, and there is no row above.",
            R::AboveRefused => "The row belongs to the person above, whose row was refused.",
            R::PartlyBlankIdentity => "Some cells that say whose row this is are blank and others are not.",
            R::Missing => "It is missing.",
            R::NhsNumberInvalid => "It is not a valid NHS number.",
            R::NhsNumberTwice => "The same NHS number stands on several rows that differ.",
            R::IdentifierTwice => "The same identifier belongs to several people in the file.",
            R::NoIdentity => "There is neither an NHS number nor another identifier.",
            R::NoName => "There is no name.",
            R::PatientNotInFile => "The patient it belongs to is not in the files given.",
            R::PatientRefused => "The patient it belongs to was refused.",
            R::NotAboutAPatient => "It is not about a patient.",
            R::DateUnreadable => "It is not a date this program reads.",
            R::DateAmbiguous => "Day and month could be the other way round.",
            R::YearTwoDigits => "The year has two digits, so the century is not certain.",
            R::DateIncomplete => "The day is missing from the date.",
            R::DateInFuture => "The date lies in the future.",
            R::DateTooOld => "The date lies too far in the past.",
            R::TimeUnreadable => "It is not a time of day this program reads.",
            R::TimeDoesNotExist => "This time does not exist: the clocks go forward over it.",
            R::TimeMissing => "There is a date but no time.",
            R::EndBeforeStart => "The end lies before the beginning.",
            R::WordUnknown => "It is not one of the words this program knows here.",
            R::NoTest => "Nothing says which test it is.",
            R::ShapeWrong => "It does not have the form that FHIR R4 describes.",
            R::TooDeep => "It is nested deeper than any real record.",
            R::ModifierUnknown => "It carries a modifier this program does not know, which could change its meaning.",
            R::EnteredInError => "The source marks it as entered in error.",
            R::NoValue => "It has no value.",
            R::ResourceTwice => "The same id stands twice in the file with different content.",
        }
    }

    /// What the person at the keyboard can do.
    pub fn what_to_do(self) -> &'static str {
        use RefusalReason as R;
        match self {
            R::FileEmpty => "Run the report again and export it once it has finished.",
            R::FileTooLarge => "Split the report by date or by practice list.",
            R::FormatUnknown => "Export as CSV, or ask for FHIR JSON.",
            R::HeaderNotFound | R::HeadingMissing => {
                "Add the columns NHS number and date of birth and those of the list, or name a mapping with --mapping."
            }
            R::HeadingTwice | R::HeaderAmbiguous => "Remove one of the columns, or name a mapping with --mapping.",
            R::GroupUntitled => "Add a code or test name column to each group, or list the tests in a mapping.",
            R::TooManyColumns => "Export only the columns that are needed.",
            R::JsonBroken => "Ask for the file again: it may have been cut short.",
            R::BundleNotImportable => {
                "Export a transaction, batch, collection or searchset bundle with resources in it."
            }
            R::CellCount => "Look for a comma inside a cell; quote the cell or export the report again.",
            R::QuoteUnterminated => "Close or remove the quotation mark in this row and import the file again.",
            R::UnreadableCharacters => "Type the row again in the record system, or export as CSV UTF-8.",
            R::CellTooLong => "Shorten the cell or leave the column out.",
            R::NothingAbove | R::PartlyBlankIdentity => {
                "Fill in NHS number and date of birth on each row; if the report leaves repeated cells blank on purpose, use an aggregate mapping."
            }
            R::AboveRefused => "Correct the row above and import the file again.",
            R::Missing => "Fill it in and import the file again.",
            R::NhsNumberInvalid => "Compare it with the record: a digit may be wrong or missing.",
            R::NhsNumberTwice | R::IdentifierTwice => "Find out whose it is; neither row was taken.",
            R::NoIdentity => "Add the NHS number.",
            R::NoName => "Add the name.",
            R::PatientNotInFile => "Import the patients' file together with this one.",
            R::PatientRefused => "Correct the patient's entry first.",
            R::NotAboutAPatient | R::EnteredInError => "Nothing: it is left out.",
            R::DateUnreadable | R::DateIncomplete => "Write it as 5-Mar-2026, 05/03/2026 or 2026-03-05.",
            R::DateAmbiguous => "Write the month in letters or the year first, or say date_order in the mapping.",
            R::YearTwoDigits => "Export with a year of four digits.",
            R::DateInFuture | R::DateTooOld | R::EndBeforeStart => "Correct the date in the record system.",
            R::TimeUnreadable | R::TimeMissing => "Write it as 14:30.",
            R::TimeDoesNotExist => "Correct the time in the record system.",
            R::WordUnknown => {
                "Compare it with the words in the import documentation, or map it in the mapping's words."
            }
            R::NoTest => "Add the code or the name of the test.",
            R::ShapeWrong | R::TooDeep => "Ask the sender to check the resource with a FHIR validator.",
            R::ModifierUnknown => "Enter it by hand after looking at the source.",
            R::NoValue => "Nothing, unless a value was expected.",
            R::ResourceTwice => "Ask the sender which one holds.",
        }
    }

    /// Whether it refuses the whole file.
    pub fn stops_the_file(self) -> bool {
        use RefusalReason as R;
        matches!(
            self,
            R::FileEmpty
                | R::FileTooLarge
                | R::FormatUnknown
                | R::HeaderNotFound
                | R::HeadingMissing
                | R::HeadingTwice
                | R::HeaderAmbiguous
                | R::GroupUntitled
                | R::TooManyColumns
                | R::JsonBroken
                | R::BundleNotImportable
        )
    }
}

/// One refused row, resource or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Where it stood.
    pub place: Place,
    /// Kind of row or FHIR resource type.
    pub what: String,
    /// The field at fault, where there is one.
    pub field: Option<Field>,
    /// Why.
    pub reason: RefusalReason,
    /// What stood there, for the staff report; never logged.
    pub shown: Option<Shown>,
    /// Technical detail without data (a heading, a position in the JSON, an element's name).
    pub detail: Option<String>,
}

impl Refusal {
    /// A refusal without field, value or detail.
    pub fn new(place: Place, what: impl Into<String>, reason: RefusalReason) -> Self {
        Self { place, what: what.into(), field: None, reason, shown: None, detail: None }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    /// Keeps what stood there for the staff report, at most 80 characters of it.
    #[must_use]
    pub fn shown(mut self, text: &str) -> Self {
        self.shown = Some(Shown(text.chars().take(80).collect()));
        self
    }

    /// Adds a detail that holds no data of a person.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// One line without any data from the file: safe for a log.
    pub fn sentence(&self) -> String {
        let field = self.field.map(|f| format!(" {}:", f.words())).unwrap_or_default();
        let detail = self.detail.as_ref().map(|d| format!(" ({d})")).unwrap_or_default();
        format!("{}:{field} {}{detail}", self.place, self.reason.sentence())
    }

    /// What to do about it.
    pub fn what_to_do(&self) -> &'static str {
        self.reason.what_to_do()
    }
}

/// Why a whole kind of content was left aside without being wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReason {
    /// A resource type or table that between has no use for.
    NotUsed,
    /// Survey answers, social history and the like are not test results.
    NotATestResult,
    /// A panel that only groups other observations.
    OnlyGroups,
    /// A report none of whose results is in the file.
    ReportWithoutResults,
    /// A request inside a batch, without a resource.
    RequestOnly,
    /// The same row or resource again, word for word.
    Repeated,
    /// A deletion in a delta, which a person has to carry out.
    Removal,
}

impl IgnoredReason {
    /// One plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotUsed => "not used by between",
            Self::NotATestResult => "an answer or history, not a test result",
            Self::OnlyGroups => "only groups other observations",
            Self::ReportWithoutResults => "a report without a result in this file",
            Self::RequestOnly => "a request without a resource",
            Self::Repeated => "the same again, word for word",
            Self::Removal => "marked as removed: a person has to look",
        }
    }
}

impl fmt::Display for IgnoredReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}
