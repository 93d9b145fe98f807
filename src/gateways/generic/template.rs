//! Texts with placeholders, such as `to={to_digits}&text={text}`, filled in with each value encoded for its place.

use std::collections::BTreeMap;

use crate::{
    domain::sms::{Encoding, measure},
    gateways::{OutboundMessage, form_data::encoded},
    secret::Secret,
};

/// How a value must be written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a form body, a query or a path.
    Form,
    /// Inside the quotes of a JSON text.
    Json,
    /// In a header: line ends cannot be written there at all.
    Header,
}

/// A text taken apart once, when the settings are read.
#[derive(Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
    place: Place,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Value(Field),
}

#[derive(Debug)]
enum Field {
    To,
    ToDigits,
    ToNational,
    Text,
    Reference,
    Sender,
    ValidSeconds,
    TextType,
    Callback,
    Secret(Secret),
}

/// What the placeholders stand for at one send.
pub(super) struct Values<'a> {
    pub(super) message: &'a OutboundMessage,
    pub(super) sender: &'a str,
    pub(super) callback: &'a str,
    pub(super) valid_seconds: i64,
}

impl Template {
    /// Takes a text apart. An error names the placeholder that nobody knows.
    pub(super) fn parse(text: &str, place: Place, secrets: &BTreeMap<String, Secret>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            let inner = after.get(1..).unwrap_or_default();
            let name_ends = inner.find(|c: char| !(c.is_ascii_lowercase() || "_.".contains(c))).unwrap_or(0);
            // Braces around anything else are the body's own, as in JSON.
            if name_ends == 0 || !inner.get(name_ends..).is_some_and(|tail| tail.starts_with('}')) {
                parts.push(Part::Literal(format!("{before}{{")));
                rest = inner;
                continue;
            }
            parts.push(Part::Literal(before.to_owned()));
            let name = inner.get(..name_ends).unwrap_or_default();
            parts.push(Part::Value(field(name, secrets).ok_or_else(|| format!("knows no {{{name}}}"))?));
            rest = inner.get(name_ends + 1..).unwrap_or_default();
        }
        parts.push(Part::Literal(rest.to_owned()));
        Ok(Self { parts, place })
    }

    /// The text with its placeholders as they were written and without its query, for logs.
    pub(super) fn shown(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Literal(text) => text.as_str(),
            Part::Value(_) => "{…}",
        });
        let whole: String = parts.collect();
        let plain = whole.split('?').next().unwrap_or_default();
        plain.split_once("://").map_or(plain, |(_, rest)| rest).to_owned()
    }

    /// The text filled in; `None` when a value cannot be written in its place.
    pub(super) fn fill(&self, values: &Values<'_>) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Value(field) => out.push_str(&write(&field.value(values), self.place)?),
            }
        }
        Some(out)
    }
}

fn field(name: &str, secrets: &BTreeMap<String, Secret>) -> Option<Field> {
    Some(match name {
        "to" => Field::To,
        "to_digits" => Field::ToDigits,
        "to_national" => Field::ToNational,
        "text" => Field::Text,
        "reference" => Field::Reference,
        "sender" => Field::Sender,
        "valid_seconds" => Field::ValidSeconds,
        "text_type" => Field::TextType,
        "callback" => Field::Callback,
        _ => Field::Secret(secrets.get(name.strip_prefix("secret.")?)?.clone()),
    })
}

impl Field {
    fn value(&self, values: &Values<'_>) -> String {
        let to = values.message.to.as_str();
        let digits = to.strip_prefix('+').unwrap_or(to);
        match self {
            Self::To => to.to_owned(),
            Self::ToDigits => digits.to_owned(),
            Self::ToNational => digits.strip_prefix("44").map_or_else(|| digits.to_owned(), |n| format!("0{n}")),
            Self::Text => values.message.text.clone(),
            Self::Reference => values.message.reference.clone(),
            Self::Sender => values.sender.to_owned(),
            Self::ValidSeconds => values.valid_seconds.to_string(),
            Self::TextType => match measure(&values.message.text).encoding {
                Encoding::Gsm7 => "text".to_owned(),
                Encoding::Ucs2 => "unicode".to_owned(),
            },
            Self::Callback => values.callback.to_owned(),
            Self::Secret(secret) => secret.expose().to_owned(),
        }
    }
}

fn write(value: &str, place: Place) -> Option<String> {
    match place {
        Place::Form => Some(encoded(value)),
        Place::Json => {
            let quoted = serde_json::to_string(value).ok()?;
            quoted.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
        }
        Place::Header => (!value.contains(char::is_control)).then(|| value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::Channel;

    fn filled(text: &str, place: Place) -> Result<Option<String>, String> {
        let secrets = BTreeMap::from([("key".to_owned(), Secret::new("k&1"))]);
        let message = OutboundMessage {
            reference: "m-1".into(),
            channel: Channel::Sms,
            to: "+447700900001".into(),
            subject: None,
            text: "a \"b\"\n& {to} é".into(),
            html: None,
            reply_to: None,
            sender: None,
            unsubscribe_url: None,
            follows: Vec::new(),
            nhs_number: None,
            valid_until_ms: None,
        };
        let values = Values { message: &message, sender: "Oak", callback: "https://x/y", valid_seconds: 60 };
        Template::parse(text, place, &secrets).map(|template| template.fill(&values))
    }

    #[test]
    fn each_value_is_written_for_its_place() {
        let full = |text, place| filled(text, place).unwrap();
        assert_eq!(
            full("k={secret.key}&to={to_digits}&n={to_national}&t={text}", Place::Form).unwrap(),
            "k=k%261&to=447700900001&n=07700900001&t=a%20%22b%22%0A%26%20%7Bto%7D%20%C3%A9"
        );
        let json = full(r#"{"to": "{to}", "t": {"text": "{text}"}, "ttl": {valid_seconds}}"#, Place::Json).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["t"]["text"], "a \"b\"\n& {to} é");
        assert_eq!(read["ttl"], 60);
        assert_eq!(full("{text_type}", Place::Form).unwrap(), "text", "é is of the GSM alphabet");
        assert_eq!(full("Bearer {secret.key}", Place::Header).unwrap(), "Bearer k&1");
        assert_eq!(full("{text}", Place::Header), None);
    }

    #[test]
    fn a_placeholder_nobody_knows_is_a_fault_and_other_braces_are_text() {
        assert_eq!(filled("x={colour}", Place::Form).unwrap_err(), "knows no {colour}");
        assert_eq!(filled("x={secret.other}", Place::Form).unwrap_err(), "knows no {secret.other}");
        for text in ["{", "}", "{}", "{{", "{ to }", "{\"a\":1}"] {
            assert_eq!(filled(text, Place::Json).unwrap().unwrap(), text);
        }
    }
}
