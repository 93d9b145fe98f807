//! From wording and facts to a message that may go out.

use thiserror::Error;

use super::file::{MessageTemplate, Wording};
use crate::domain::delivery::Channel;
use crate::domain::markdown::{self, Shell};
use crate::domain::sms::{self, Change, Measure, SmsPolicy, SmsRefusal};
use crate::domain::template::{Facts, Missing, PlaceholderType, Style, TypeProblem};

/// What may go out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RenderPolicy {
    /// What the SMS gateway takes.
    pub sms: SmsPolicy,
    /// Result values may stand in this message: the practice switched it on by name, and this person permitted it on
    /// this channel. Off unless both are so.
    pub allow_values: bool,
}

/// A finished message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The kind of message.
    pub kind: String,
    /// Language of its text.
    pub language: String,
    /// Version of its wording.
    pub version: u32,
    /// Subject of an email.
    pub subject: Option<String>,
    /// The text message, or the plain part of the email.
    pub text: String,
    /// The HTML part of an email.
    pub html: Option<String>,
    /// Size of a text message.
    pub measure: Option<Measure>,
    /// Typographic characters put into plain form in a text message.
    pub changes: Vec<Change>,
}

/// Why nothing goes out. Carries placeholder names and characters' places, never a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// This kind has no wording for the channel.
    #[error("there is no wording for {}", .0.as_str())]
    NoWording(Channel),
    /// Gaps without a value.
    #[error("no value for {}", names(.0.iter().map(|m| m.name.as_str())))]
    Missing(Vec<Missing>),
    /// Values that are not what their placeholders take.
    #[error("wrong kind of value for {}", names(.0.iter().map(|p| p.name.as_str())))]
    WrongType(Vec<TypeProblem>),
    /// A result value would go where none is allowed.
    #[error("(({0})) is a result value, which may not stand in this message")]
    ResultValue(String),
    /// The text does not fit, or holds what the gateway would spoil. It is never cut or altered to fit.
    #[error(transparent)]
    Sms(#[from] SmsRefusal),
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("(({name}))")).collect::<Vec<_>>().join(", ")
}

impl MessageTemplate {
    /// Fills in the wording for one channel.
    pub fn render(&self, channel: Channel, facts: &Facts, policy: RenderPolicy) -> Result<Rendered, RenderError> {
        match channel {
            Channel::Sms => self.render_sms(facts, policy),
            Channel::Email => self.render_email(facts, policy),
        }
    }

    fn render_sms(&self, facts: &Facts, policy: RenderPolicy) -> Result<Rendered, RenderError> {
        let body = self.sms.as_ref().ok_or(RenderError::NoWording(Channel::Sms))?;
        self.allow(&[body], facts, policy)?;
        let text = body.template.render(facts).map_err(RenderError::Missing)?;
        let fitted = sms::fit(&text, policy.sms)?;
        Ok(Rendered { measure: Some(fitted.measure), changes: fitted.changes, ..self.rendered(fitted.text) })
    }

    fn render_email(&self, facts: &Facts, policy: RenderPolicy) -> Result<Rendered, RenderError> {
        let (Some(subject), Some(body)) = (&self.email_subject, &self.email_body) else {
            return Err(RenderError::NoWording(Channel::Email));
        };
        self.allow(&[subject, body], facts, policy)?;
        let mut facts = facts.clone();
        for placeholder in self.placeholders.iter().filter(|p| p.kind == PlaceholderType::Link) {
            facts.mark_link(&placeholder.name);
        }
        let subject = subject.template.render(&facts);
        let body = body.template.render_as(&facts, Style::Markdown);
        let (subject, body) = match (subject, body) {
            (Ok(subject), Ok(body)) => (subject, body),
            (subject, body) => {
                return Err(RenderError::Missing(
                    [subject.err(), body.err()].into_iter().flatten().flatten().collect(),
                ));
            }
        };
        // One line, whatever stood in a value: a line break would end the header.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let sender = facts.words("practice").unwrap_or_default();
        let shell = Shell { language: &self.language, title: &subject, sender: &sender };
        let html = markdown::to_html(&body, &shell);
        Ok(Rendered { html: Some(html), subject: Some(subject), ..self.rendered(markdown::to_text(&body)) })
    }

    /// Refuses result values where they are not allowed, and values of the wrong type, for what these texts use.
    fn allow(&self, texts: &[&Wording], facts: &Facts, policy: RenderPolicy) -> Result<(), RenderError> {
        let mut wrong = Vec::new();
        for placeholder in &self.placeholders {
            let refused = placeholder.kind == PlaceholderType::Result && !policy.allow_values;
            let problem = placeholder.check_value(facts).err();
            if !refused && problem.is_none() || !texts.iter().any(|text| text.template.uses(&placeholder.name)) {
                continue;
            }
            if refused {
                return Err(RenderError::ResultValue(placeholder.name.clone()));
            }
            wrong.extend(problem);
        }
        // A missing value is the more useful thing to say, and rendering says it.
        let missing = |problem: &TypeProblem| facts.is_blank(&problem.name);
        wrong.retain(|problem| !missing(problem));
        if wrong.is_empty() { Ok(()) } else { Err(RenderError::WrongType(wrong)) }
    }

    fn rendered(&self, text: String) -> Rendered {
        Rendered {
            kind: self.kind.clone(),
            language: self.language.clone(),
            version: self.version,
            subject: None,
            text,
            html: None,
            measure: None,
            changes: Vec::new(),
        }
    }
}
