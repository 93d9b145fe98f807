//! Identifiers as JSON text: written in their plain form, checked again when read.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::identifiers::{EmailAddress, NhsNumber, PhoneNumber};

/// A checked value with one plain written form.
pub trait AsText: Sized {
    /// The form that is stored.
    fn to_text(&self) -> String;
    /// Reads it; the error names no part of the value.
    fn from_text(text: &str) -> Result<Self, String>;
}

impl AsText for NhsNumber {
    fn to_text(&self) -> String {
        self.digits()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|e| e.to_string())
    }
}

impl AsText for PhoneNumber {
    fn to_text(&self) -> String {
        self.e164().to_owned()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Self::read(text).map_err(|e| e.to_string())
    }
}

impl AsText for EmailAddress {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|e| e.to_string())
    }
}

/// Writes one value.
pub fn serialize<T: AsText, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_text().serialize(serializer)
}

/// Reads one value.
pub fn deserialize<'de, T: AsText, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::from_text(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// The same for a value that may be absent.
pub mod optional {
    use super::{AsText, Deserialize, Deserializer, Serialize, Serializer, de};

    /// Writes it, or null.
    pub fn serialize<T: AsText, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(T::to_text).serialize(serializer)
    }

    /// Reads it, or null.
    pub fn deserialize<'de, T: AsText, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| T::from_text(&text).map_err(de::Error::custom))
            .transpose()
    }
}

/// The same for a list.
pub mod list {
    use super::{AsText, Deserialize, Deserializer, Serializer, de};

    /// Writes all.
    pub fn serialize<T: AsText, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(T::to_text))
    }

    /// Reads all.
    pub fn deserialize<'de, T: AsText, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| T::from_text(text).map_err(de::Error::custom))
            .collect()
    }
}
