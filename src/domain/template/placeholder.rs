//! What a template declares about its placeholders, and whether uses and values agree with it.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Fact, Facts, Template, key};
use crate::domain::markdown;

/// A declared placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholder {
    /// Its name, as in `((name))`.
    pub name: String,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: PlaceholderType,
    /// An ordinary value, for previews.
    pub example: String,
    /// The longest value to expect, for the worst case of a text's length.
    pub longest: String,
    /// Whether the text must use it (the number to call in a safety text).
    #[serde(default)]
    pub required: bool,
}

/// Kinds of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceholderType {
    /// Words.
    Text,
    /// A number.
    Number,
    /// A date in words, such as "Thursday 6 August".
    Date,
    /// A time of day, such as "5:30pm".
    Time,
    /// A full https address.
    Link,
    /// A telephone number.
    Phone,
    /// Several items.
    List,
    /// Yes or no.
    Flag,
    /// The value of a test result. Goes into a text message only where that was switched on by name.
    Result,
}

/// A disagreement between a template and its declarations.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// Used, not declared.
    #[error("(({name})) is not declared{}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// The name used.
        name: String,
        /// Where.
        at: usize,
        /// A declared name much like it.
        suggestion: Option<String>,
    },
    /// Declared, not used.
    #[error("(({name})) is declared and not used")]
    Unused {
        /// The declared name.
        name: String,
    },
    /// Declared as required, not used.
    #[error("(({name})) must be in this text")]
    Missing {
        /// The declared name.
        name: String,
    },
    /// Declared twice, or under two spellings of one name.
    #[error("(({name})) is declared twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// A flag where words belong, or the other way round.
    #[error("(({name})) is {}", if *.is_flag { "a flag: write ((name??words))" } else { "not a flag: write ((name)) alone" })]
    Form {
        /// The name.
        name: String,
        /// Where.
        at: usize,
        /// Whether it is declared as a flag.
        is_flag: bool,
    },
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!(": did you mean (({name}))?")).unwrap_or_default()
}

/// A value that is not of its placeholder's type. Carries no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the value of (({name})) is not {kind}")]
pub struct TypeProblem {
    /// The placeholder.
    pub name: String,
    /// The declared type.
    pub kind: PlaceholderType,
}

impl fmt::Display for PlaceholderType {
    /// With its article, to stand in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Date => "a date in words",
            Self::Time => "a time such as 5:30pm",
            Self::Link => "a full https link",
            Self::Phone => "a phone number",
            Self::List => "a list",
            Self::Flag => "a flag",
            Self::Result => "a result",
        })
    }
}

pub(super) fn check(template: &Template, declared: &[Placeholder]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for gap in template.placeholders() {
        let used = key(&gap.name);
        match declared.iter().find(|p| key(&p.name) == used) {
            None => problems.push(Problem::Unknown {
                name: gap.name.clone(),
                at: gap.at,
                suggestion: nearest(&used, declared),
            }),
            Some(p) => {
                let is_flag = p.kind == PlaceholderType::Flag;
                if is_flag != gap.is_flag {
                    problems.push(Problem::Form { name: gap.name.clone(), at: gap.at, is_flag });
                }
            }
        }
    }
    for (at, placeholder) in declared.iter().enumerate() {
        let name = placeholder.name.clone();
        if declared.iter().take(at).any(|earlier| key(&earlier.name) == key(&name)) {
            problems.push(Problem::Twice { name });
        } else if !template.uses(&name) {
            problems.push(if placeholder.required { Problem::Missing { name } } else { Problem::Unused { name } });
        }
    }
    problems
}

/// A declared name at most two slips away.
fn nearest(used: &str, declared: &[Placeholder]) -> Option<String> {
    declared
        .iter()
        .map(|p| (strsim::osa_distance(used, &key(&p.name)), p))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, p)| p.name.clone())
}

impl Placeholder {
    /// Whether the value in `facts`, if there is one, is of the declared type. Catches a date or link that reaches
    /// a template unprepared (`2026-08-06T09:00`), before a patient sees it.
    pub fn check_value(&self, facts: &Facts) -> Result<(), TypeProblem> {
        let fits = match (facts.get(&self.name), self.kind) {
            (None, _) | (Some(Fact::Flag(_)), PlaceholderType::Flag) => true,
            (Some(Fact::List(_)), kind) => kind == PlaceholderType::List,
            (Some(Fact::Text(_)), PlaceholderType::Flag) => facts.flag(&self.name).is_some(),
            (Some(Fact::Link(link)), kind) => {
                matches!(kind, PlaceholderType::Link | PlaceholderType::Text) && markdown::is_full_link(link)
            }
            (Some(Fact::Text(text)), kind) => fits(kind, text.trim()),
            (Some(Fact::Flag(_)), _) => false,
        };
        if fits { Ok(()) } else { Err(TypeProblem { name: self.name.clone(), kind: self.kind }) }
    }
}

fn fits(kind: PlaceholderType, text: &str) -> bool {
    match kind {
        // A single item is a list of one.
        PlaceholderType::Text | PlaceholderType::List | PlaceholderType::Result => true,
        PlaceholderType::Flag => false,
        PlaceholderType::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        PlaceholderType::Date => text.chars().any(char::is_alphabetic) && !looks_like_a_timestamp(text),
        PlaceholderType::Time => {
            ["am", "pm"].iter().any(|half| {
                text.strip_suffix(half)
                    .is_some_and(|clock| !clock.is_empty() && clock.chars().all(|c| c.is_ascii_digit() || c == ':'))
            }) || matches!(text, "midday" | "midnight")
        }
        PlaceholderType::Link => markdown::is_full_link(text),
        PlaceholderType::Phone => {
            text.chars().filter(char::is_ascii_digit).count() >= 3
                && text.chars().all(|c| c.is_ascii_digit() || " +()-".contains(c))
        }
    }
}

fn looks_like_a_timestamp(text: &str) -> bool {
    let mut parts = text.split('-');
    matches!((parts.next(), parts.next()), (Some(year), Some(month)) if year.len() == 4 && month.len() == 2
        && year.chars().chain(month.chars()).all(|c| c.is_ascii_digit()))
}
