//! Shared helpers, and one file of tests per subject.

mod checking;
mod folders;
mod rendering;
mod shipped_wording;

use super::*;
use crate::domain::template::{Facts, PlaceholderType};

/// A wording file with the given texts and placeholders (name and type), for a practice's own kind.
fn file(sms: &str, subject: &str, body: &str, placeholders: &[(&str, &str)]) -> String {
    use std::fmt::Write;
    let mut text = format!(
        "kind = \"own\"\nabout = \"A test.\"\npurpose = \"results\"\naudience = \"patient\"\nversion = 3\n\
         [sms]\nbody = '''{sms}'''\n[email]\nsubject = '''{subject}'''\nbody = '''{body}'''\n"
    );
    for (name, kind) in placeholders {
        let value = match *kind {
            "number" => "5",
            "date" => "Monday 3 August",
            "time" => "9am",
            "link" => "https://www.nhs.uk/x",
            "phone" => "01632 960000",
            "flag" => "yes",
            _ => "Word",
        };
        write!(text, "[[placeholder]]\nname = '{name}'\ntype = '{kind}'\nexample = '{value}'\nlongest = '{value}'\n")
            .unwrap();
    }
    text
}

fn own(sms: &str, subject: &str, body: &str, placeholders: &[(&str, &str)]) -> MessageTemplate {
    MessageTemplate::from_toml("messages/en/own.toml", &file(sms, subject, body, placeholders)).unwrap()
}

/// Example values of a template as facts.
fn examples(template: &MessageTemplate) -> Facts {
    let mut facts = Facts::new();
    for placeholder in &template.placeholders {
        facts = if placeholder.kind == PlaceholderType::Flag {
            facts.with_flag(&placeholder.name, true)
        } else {
            facts.with(&placeholder.name, placeholder.example.as_str())
        };
    }
    facts
}
