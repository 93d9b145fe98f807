//! The values that fill a template.

use std::collections::BTreeMap;
use std::fmt;

use super::{Style, key};
use crate::domain::calendar::join_words;
use crate::domain::markdown;

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub enum Fact {
    /// Words, a number, a date already in words, a link.
    Text(String),
    /// A full https address: a link that can be clicked in an email.
    Link(String),
    /// Several texts: "a, b and c" in a text, bullets in an email.
    List(Vec<String>),
    /// Whether the words behind `((flag??…))` appear.
    Flag(bool),
}

/// Values by placeholder name. `Debug` shows the names only: values are about patients.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    values: BTreeMap<String, Fact>,
}

impl Facts {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a text value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a flag.
    #[must_use]
    pub fn with_flag(mut self, name: &str, on: bool) -> Self {
        self.values.insert(key(name).into_owned(), Fact::Flag(on));
        self
    }

    /// Sets a list.
    #[must_use]
    pub fn with_list<S: Into<String>>(mut self, name: &str, items: impl IntoIterator<Item = S>) -> Self {
        self.values.insert(key(name).into_owned(), Fact::List(items.into_iter().map(Into::into).collect()));
        self
    }

    /// Sets a text value in place.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(key(name).into_owned(), Fact::Text(value.into()));
    }

    /// Adds the values of `other`, which win.
    pub fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
    }

    /// The value of a placeholder.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.values.get(key(name).as_ref())
    }

    /// The value in words, as a text message would show it; `None` when it is absent, blank or a flag.
    pub fn words(&self, name: &str) -> Option<String> {
        self.text(name, Style::Plain)
    }

    /// Whether there is a value of that name and it is blank.
    pub fn is_blank(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Fact::Flag(_)) | None => false,
            Some(_) => self.words(name).is_none(),
        }
    }

    /// The flag of that name. `yes` and `no`, as they arrive from tables, count as flags.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Fact::Flag(on) => Some(*on),
            Fact::Text(text) => match text.trim().to_lowercase().as_str() {
                "yes" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            },
            Fact::List(_) | Fact::Link(_) => None,
        }
    }

    /// Lets a text value that is declared to be a link be clicked in an email.
    pub fn mark_link(&mut self, name: &str) {
        if let Some(fact) = self.values.get_mut(key(name).as_ref())
            && let Fact::Text(text) = fact
        {
            *fact = Fact::Link(std::mem::take(text));
        }
    }

    /// The value as text, or `None` when it is absent, blank or a flag.
    pub(super) fn text(&self, name: &str, style: Style) -> Option<String> {
        match self.get(name)? {
            Fact::Flag(_) => None,
            Fact::Text(text) | Fact::Link(text) if text.trim().is_empty() => None,
            Fact::Link(link) => Some(match style {
                Style::Plain => link.trim().to_owned(),
                Style::Markdown => markdown::link(link.trim()),
            }),
            Fact::Text(text) => Some(match style {
                Style::Plain => text.clone(),
                Style::Markdown => markdown::escape(text),
            }),
            Fact::List(items) if items.is_empty() || items.iter().any(|item| item.trim().is_empty()) => None,
            Fact::List(items) => Some(match style {
                Style::Plain => join_words(items),
                Style::Markdown => {
                    let bullets: Vec<String> =
                        items.iter().map(|item| format!("- {}", markdown::escape(item))).collect();
                    format!("\n\n{}\n\n", bullets.join("\n"))
                }
            }),
        }
    }
}

impl<N: AsRef<str>, V: Into<String>> FromIterator<(N, V)> for Facts {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut facts = Self::new();
        for (name, value) in pairs {
            facts.set(name.as_ref(), value);
        }
        facts
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Facts")?;
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Link(_) => "Link(..)",
            Self::List(_) => "List(..)",
            Self::Flag(_) => "Flag(..)",
        })
    }
}
