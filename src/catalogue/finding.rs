//! Something to put right in wording, said so that a coordinator can.

use std::fmt;

use serde::Serialize;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Cannot be published or used.
    Error,
    /// Look again.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file.
    pub file: String,
    /// The setting in it, such as `sms.body`; empty for the file as a whole.
    pub field: String,
    /// Where in that setting, counted in characters from 0.
    pub position: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub what_to_do: String,
}

impl Finding {
    pub(super) fn error(file: &str, field: &str, message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            field: field.to_owned(),
            position: None,
            message: message.into(),
            what_to_do: what_to_do.into(),
        }
    }

    pub(super) fn warning(file: &str, field: &str, message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, field, message, what_to_do) }
    }

    pub(super) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        Self::error(file, "", format!("cannot be read: {error}"), "Check that the file is there and may be read.")
    }

    pub(super) fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }
}

impl fmt::Display for Finding {
    /// `error messages/en/help.toml, sms.body, character 12: … → …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.severity {
            Severity::Error => "error ",
            Severity::Warning => "warning ",
        })?;
        f.write_str(&self.file)?;
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        if let Some(position) = self.position {
            write!(f, ", character {}", position + 1)?;
        }
        write!(f, ": {}. {}", self.message, self.what_to_do)
    }
}
