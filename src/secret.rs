//! Values that must never be printed.

use std::{fmt, path::Path};

use serde::{Deserialize, Deserializer};

/// A key, token or password. `Debug` and `Display` print `[secret]`; it is never serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that must use it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The stock error would print a number or a flag given by mistake.
        String::deserialize(deserializer)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("a secret must be a text in quotes"))
    }
}

/// Why a secret could not be had. Names the setting, never the value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Both the value and the file are set.
    #[error("set either the value or the file, not both")]
    Both,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The value is empty.
    #[error("it is empty")]
    Empty,
}

/// The secret from its value or else from its file (`token` and `token_file`), without surrounding white space;
/// `None` when neither is set.
pub fn from_value_or_file(value: Option<&Secret>, file: Option<&Path>) -> Result<Option<Secret>, SecretError> {
    let text = match (value, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(SecretError::Both),
        (Some(secret), None) => secret.0.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)?,
    };
    match text.trim() {
        "" => Err(SecretError::Empty),
        // A private key in PEM keeps its line ends inside.
        trimmed => Ok(Some(Secret::new(trimmed))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_nothing_of_itself() {
        #[derive(Debug, Deserialize)]
        struct Holder {
            token: Secret,
        }
        let holder: Holder = serde_json::from_str(r#"{"token":"canary-value"}"#).unwrap();
        assert_eq!(holder.token.expose(), "canary-value");
        for text in [format!("{holder:?}"), format!("{holder:#?}"), holder.token.to_string()] {
            assert!(!text.contains("canary"), "{text}");
            assert!(text.contains("[secret]"));
        }
    }

    #[test]
    fn a_secret_of_the_wrong_type_is_not_printed_either() {
        let error = serde_json::from_str::<Secret>("421337").unwrap_err().to_string();
        assert!(!error.contains("421337"), "{error}");
    }

    #[test]
    fn it_comes_from_a_value_or_a_file_but_not_from_both() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("token");
        std::fs::write(&file, "from-file\n").unwrap();
        let value = Secret::new("from-value");
        let got = from_value_or_file(None, Some(&file)).unwrap();
        assert_eq!(got, Some(Secret::new("from-file")));
        assert_eq!(from_value_or_file(Some(&value), None).unwrap(), Some(value.clone()));
        assert!(from_value_or_file(None, None).unwrap().is_none());
        assert!(matches!(from_value_or_file(Some(&value), Some(&file)), Err(SecretError::Both)));
        assert!(matches!(from_value_or_file(Some(&Secret::new(" ")), None), Err(SecretError::Empty)));
        let missing = dir.path().join("none");
        assert!(matches!(from_value_or_file(None, Some(&missing)), Err(SecretError::Unreadable(_))));
    }
}
