//! How a person can and wants to be reached, as far as a file says so.

use serde::{Deserialize, Serialize};

use super::Shown;

/// A way of reaching someone, as UK Core and the record systems name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactChannel {
    /// Letter.
    Letter,
    /// A visit.
    Visit,
    /// Telephone call.
    Telephone,
    /// Email.
    Email,
    /// Minicom or textphone.
    Textphone,
    /// Through a helper or representative.
    Other,
    /// Text message.
    Sms,
}

/// A form in which written words have to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactFormat {
    /// Large print.
    LargePrint,
    /// Braille.
    Braille,
    /// Sound recording.
    Audio,
    /// Easy read.
    EasyRead,
}

/// Needs and wishes recorded for reaching a person (the Accessible Information Standard's facts).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactNeeds {
    /// Preferred channel, where one is recorded.
    pub preferred: Option<ContactChannel>,
    /// "Do not telephone" is recorded.
    pub no_telephone: bool,
    /// Written formats asked for.
    pub formats: Vec<ContactFormat>,
    /// Language as the file codes it (BCP 47 where possible); the preferred or first one.
    pub language: Option<String>,
    /// Further languages.
    pub other_languages: Vec<String>,
    /// An interpreter is recorded as needed.
    pub interpreter: bool,
    /// British Sign Language, Makaton and the like, as coded.
    pub signing: Vec<String>,
}

/// A telephone number in the file that cannot be used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedPhone {
    /// The cell as it stood, for the staff report.
    pub given: Shown,
    /// Why, in plain words.
    pub reason: String,
}
