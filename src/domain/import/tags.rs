//! Tags that stop messages, and the words by which conditions and flags carry them.

use serde::{Deserialize, Serialize};

/// Something on the record in whose presence goal, result and reading messages stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopTag {
    /// Pregnancy.
    Pregnancy,
    /// Palliative or end-of-life care.
    PalliativeCare,
    /// Eating disorder.
    EatingDisorder,
    /// In hospital now.
    Admission,
    /// Somebody else may read the phone.
    UnsafeContact,
}

// Whole words or word starts. A false hit only withholds messages until staff clear the tag; a miss is the hazard (H21).
const WORDS: &[(StopTag, &[&str])] = &[
    (StopTag::Pregnancy, &["pregnan", "antenatal"]),
    (StopTag::PalliativeCare, &["palliative", "end of life", "terminal illness", "terminal care", "hospice"]),
    (StopTag::EatingDisorder, &["anorexia nervosa", "bulimia", "eating disorder"]),
    (StopTag::Admission, &["hospital admission", "inpatient", "admitted to hospital"]),
    (
        StopTag::UnsafeContact,
        &["domestic abuse", "domestic violence", "unsafe contact", "intimate partner abuse", "partner violence"],
    ),
];

// Words that turn the meaning round or put it into the past.
const NOT_NOW: &[&str] = &["not pregnant", "no pregnan", "history of", "family history", "h/o", "negative"];

impl StopTag {
    /// The tag a condition's, flag's or tag column's text stands for, if any.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        if NOT_NOW.iter().any(|w| text.contains(w)) {
            return None;
        }
        WORDS.iter().find(|(_, words)| words.iter().any(|w| starts_word(&text, w))).map(|(tag, _)| *tag)
    }

    /// Stable code, for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pregnancy => "pregnancy",
            Self::PalliativeCare => "palliative_care",
            Self::EatingDisorder => "eating_disorder",
            Self::Admission => "admission",
            Self::UnsafeContact => "unsafe_contact",
        }
    }
}

fn starts_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| text.get(..at).and_then(|t| t.chars().next_back()).is_none_or(|c| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_tags() {
        for (text, want) in [
            ("Normal pregnancy", Some(StopTag::Pregnancy)),
            ("Patient currently pregnant (finding)", Some(StopTag::Pregnancy)),
            ("Not pregnant", None),
            ("Family history of bulimia", None),
            ("On gold standards palliative care framework", Some(StopTag::PalliativeCare)),
            ("Anorexia nervosa", Some(StopTag::EatingDisorder)),
            ("Loss of appetite", None),
            ("UNSAFE CONTACT", Some(StopTag::UnsafeContact)),
            ("Diabetes", None),
        ] {
            assert_eq!(StopTag::from_text(text), want, "{text}");
        }
    }
}
