//! One wording file.

use serde::Deserialize;

use super::finding::Finding;
use crate::domain::message::Purpose;
use crate::domain::template::{Placeholder, Template};

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Patients: every rule of wording holds.
    Patient,
    /// Staff.
    Staff,
}

/// The answer a message asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replies {
    /// Its kind: `count`, `yes_no_some`, `scale`, `choice`, `reading`, `agenda`, `appointment`, `acknowledge`, `opt_in`, `free`.
    pub expects: String,
    /// The same in words, for "Please text only …".
    pub in_words: String,
    /// Smallest number taken.
    pub min: Option<i64>,
    /// Largest number taken.
    pub max: Option<i64>,
    /// Most items taken.
    pub max_items: Option<u32>,
    /// What 1, 2, … stand for.
    #[serde(default)]
    pub options: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: String,
    about: String,
    purpose: Purpose,
    audience: Audience,
    #[serde(default)]
    locked: bool,
    version: u32,
    sms: Option<SmsFile>,
    email: Option<EmailFile>,
    #[serde(default, rename = "placeholder")]
    placeholders: Vec<Placeholder>,
    replies: Option<Replies>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsFile {
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailFile {
    subject: String,
    body: String,
}

/// A parsed text and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// As written.
    pub source: String,
    /// As parsed.
    pub template: Template,
}

/// The wording of one kind of message in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// Language of the text: `en`, `cy`.
    pub language: String,
    /// Its name, as programmes and rules call it.
    pub kind: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// The topic whose permission it needs.
    pub purpose: Purpose,
    /// Whom it is for.
    pub audience: Audience,
    /// A clinician owns the words.
    pub locked: bool,
    /// Goes up with every change.
    pub version: u32,
    /// The text message.
    pub sms: Option<Wording>,
    /// Subject of the email.
    pub email_subject: Option<Wording>,
    /// Body of the email, in Markdown.
    pub email_body: Option<Wording>,
    /// Declared placeholders.
    pub placeholders: Vec<Placeholder>,
    /// The answer it asks for.
    pub replies: Option<Replies>,
    /// Where it was read from.
    pub file: String,
}

impl MessageTemplate {
    /// Reads a file. The last two parts of `path` are language and kind: `…/en/welcome.toml`.
    pub fn from_toml(path: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let (language, stem) = language_and_kind(path).ok_or_else(|| {
            vec![Finding::error(
                path,
                "",
                "language and kind are not in its path",
                "Name it LANGUAGE/KIND.toml, such as cy/help.toml.",
            )]
        })?;
        let file: File = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            vec![Finding::error(
                path,
                &format!("line {line}"),
                error.message().trim().replace('\n', " "),
                "Compare the file with a shipped one of the same kind.",
            )]
        })?;
        let mut findings = Vec::new();
        if file.kind != stem {
            findings.push(Finding::error(
                path,
                "kind",
                format!("the file is named {stem} and says it is {}", file.kind),
                "Give file and kind the same name.",
            ));
        }
        if file.sms.is_none() && file.email.is_none() {
            findings.push(Finding::error(path, "", "there is no [sms] and no [email]", "Write at least one of them."));
        }
        let mut wording = |field: &str, source: String| parse(path, field, source, &mut findings);
        let sms = file.sms.and_then(|sms| wording("sms.body", sms.body.trim().to_owned()));
        let (email_subject, email_body) = match file.email {
            Some(email) => (
                wording("email.subject", email.subject.trim().to_owned()),
                wording("email.body", email.body.trim().to_owned()),
            ),
            None => (None, None),
        };
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            language,
            kind: file.kind,
            about: file.about,
            purpose: file.purpose,
            audience: file.audience,
            locked: file.locked,
            version: file.version,
            sms,
            email_subject,
            email_body,
            placeholders: file.placeholders,
            replies: file.replies,
            file: path.to_owned(),
        })
    }

    pub(super) fn key(&self) -> (String, String) {
        (self.language.clone(), self.kind.clone())
    }

    /// Each text with the name of its setting.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Wording)> {
        [("sms.body", &self.sms), ("email.subject", &self.email_subject), ("email.body", &self.email_body)]
            .into_iter()
            .filter_map(|(name, wording)| Some((name, wording.as_ref()?)))
    }
}

fn parse(path: &str, field: &str, source: String, findings: &mut Vec<Finding>) -> Option<Wording> {
    if source.is_empty() {
        findings.push(Finding::error(path, field, "it is empty", "Write it, or leave the whole section out."));
        return None;
    }
    match Template::parse(&source) {
        Ok(template) => Some(Wording { source, template }),
        Err(errors) => {
            findings.extend(errors.into_iter().map(|error| {
                Finding::error(path, field, error.to_string(), "Placeholders are written ((name)) or ((flag??words)).")
                    .at(error.at())
            }));
            None
        }
    }
}

fn language_and_kind(path: &str) -> Option<(String, String)> {
    let mut parts = path.rsplit(['/', '\\']);
    let kind = parts.next()?.strip_suffix(".toml")?;
    let language = parts.next()?;
    let is_word = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    (is_word(&language.to_lowercase(), "-") && is_word(kind, "_")).then(|| (language.to_lowercase(), kind.to_owned()))
}
