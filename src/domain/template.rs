//! Message wording with gaps: `((name))` is filled in, `((flag??words))` appears when the flag is set.
//!
//! The grammar is the one NHS coordinators know from GOV.UK Notify, and no more than that. A template is
//! evaluated once: what a value contains is never read as a template. A gap without a value is an error, before
//! publishing and at sending; nothing is ever sent with an empty place in it.

mod facts;
mod parse;
mod placeholder;

use std::borrow::Cow;
use thiserror::Error;

pub use facts::{Fact, Facts};
pub use placeholder::{Placeholder, PlaceholderType, Problem, TypeProblem};

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Gap(Gap),
    When { flag: Gap, text: String },
}

/// One place where a template uses a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The name as written.
    pub name: String,
    /// Where `((` stands, counted in characters from 0.
    pub at: usize,
    /// Characters up to and including `))`.
    pub len: usize,
    /// Whether it is `((name??…))`.
    pub is_flag: bool,
}

/// A place where a template does not parse. `at` counts characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// `((` without `))`.
    #[error("(( at character {} is not closed with ))", at + 1)]
    NotClosed {
        /// Place of the `((`.
        at: usize,
    },
    /// `))` without `((`.
    #[error(")) at character {} has no (( before it", at + 1)]
    NotOpened {
        /// Place of the `))`.
        at: usize,
    },
    /// `(())`, or nothing on one side of `??`.
    #[error("there is nothing between the brackets at character {}", at + 1)]
    Empty {
        /// Place of the `((`.
        at: usize,
    },
    /// A placeholder among the words behind a flag.
    #[error("(( at character {} stands among the words behind a flag", at + 1)]
    Nested {
        /// Place of the inner `((`.
        at: usize,
    },
    /// A name with something other than letters, digits, spaces, hyphens, underscores and apostrophes.
    #[error("a placeholder's name cannot hold {ch:?} (character {})", at + 1)]
    Name {
        /// Place of the character.
        at: usize,
        /// The character.
        ch: char,
    },
}

impl TemplateError {
    /// The place, counted in characters from 0.
    pub fn at(&self) -> usize {
        match self {
            Self::NotClosed { at }
            | Self::NotOpened { at }
            | Self::Empty { at }
            | Self::Nested { at }
            | Self::Name { at, .. } => *at,
        }
    }
}

/// A gap for which there is no value. Empty and blank values count as none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no value for (({name}))")]
pub struct Missing {
    /// The placeholder's name.
    pub name: String,
    /// Where the template uses it.
    pub at: usize,
}

/// How values are put into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As they are; a list becomes "a, b and c".
    Plain,
    /// For a Markdown body: signs in a value lose their meaning; a list becomes bullets.
    Markdown,
}

/// Names are compared without case, spaces, hyphens and underscores: `First Name` is `first_name`.
pub fn key(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return name.into();
    }
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

impl Template {
    /// Parses a template; all faults are reported together, in order.
    pub fn parse(source: &str) -> Result<Self, Vec<TemplateError>> {
        parse::parse(source).map(|parts| Self { parts })
    }

    /// Every use of a placeholder, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &Gap> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Gap(gap) | Part::When { flag: gap, .. } => Some(gap),
        })
    }

    /// Whether it uses a placeholder of this name.
    pub fn uses(&self, name: &str) -> bool {
        let wanted = key(name);
        self.placeholders().any(|gap| key(&gap.name) == wanted)
    }

    /// The words of the template without its gaps, each part with its place. Texts behind flags are included.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) | Part::When { text, .. } => Some(text.as_str()),
            Part::Gap(_) => None,
        })
    }

    /// Compares what is used with what is declared.
    pub fn check(&self, declared: &[Placeholder]) -> Vec<Problem> {
        placeholder::check(self, declared)
    }

    /// Fills every gap, or names every one that has no value.
    pub fn render(&self, facts: &Facts) -> Result<String, Vec<Missing>> {
        self.render_as(facts, Style::Plain)
    }

    /// [`Template::render`] for a given kind of text.
    pub fn render_as(&self, facts: &Facts, style: Style) -> Result<String, Vec<Missing>> {
        let mut text = String::new();
        let mut missing = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Gap(gap) => match facts.text(&gap.name, style) {
                    Some(value) => text.push_str(&value),
                    None => missing.push(gap.missing()),
                },
                Part::When { flag, text: words } => match facts.flag(&flag.name) {
                    Some(true) => text.push_str(words),
                    Some(false) => {}
                    None => missing.push(flag.missing()),
                },
            }
        }
        if missing.is_empty() { Ok(text) } else { Err(missing) }
    }
}

impl Gap {
    fn missing(&self) -> Missing {
        Missing { name: self.name.clone(), at: self.at }
    }
}

#[cfg(test)]
mod tests;
