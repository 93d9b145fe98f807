//! What the product knows when a reply arrives: the open question and where the text came in.

use super::reader::Reader;
use super::reading_kind::ReadingKind;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The way a reply came in. Quotes and signatures are cut from email only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message.
    Sms,
    /// The plain text of an email.
    Email,
}

/// What a question was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    /// How the agreed goal went.
    GoalProgress,
    /// What the person wants to talk about.
    Agenda,
    /// An appointment to confirm.
    Appointment,
    /// Results were sent.
    ResultsSent,
    /// A home reading.
    Reading,
    /// One of several numbered options.
    ChoiceMenu,
    /// Whether the messages should go on.
    OptOut,
    /// How the person feels.
    Wellbeing,
}

/// One line of a numbered menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuOption {
    /// What the person types.
    pub key: String,
    /// What it stands for.
    pub label: String,
}

/// The kind of answer a question asks for, known from the product's own configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Expects {
    /// A number of things in a period.
    Count {
        /// What is counted, in the plural: days, times, portions.
        unit: String,
        /// Day or week.
        #[serde(default)]
        period: Option<String>,
        /// Least believable number.
        #[serde(default)]
        min: Option<f64>,
        /// Most, where there is one.
        #[serde(default)]
        max: Option<f64>,
        /// What the person aims at.
        #[serde(default)]
        target: Option<f64>,
    },
    /// Yes, no or some.
    YesNoSome,
    /// A mark between two ends.
    Scale {
        /// The lower end.
        min: f64,
        /// The upper end.
        max: f64,
    },
    /// Options of a menu.
    Choice {
        /// The options in their order.
        options: Vec<MenuOption>,
    },
    /// A home reading.
    Reading {
        /// Which one.
        reading: ReadingKind,
    },
    /// Things to talk about.
    Agenda {
        /// How many were asked for; more are kept.
        #[serde(default)]
        max_items: Option<u32>,
    },
    /// An appointment to confirm.
    Appointment {
        /// When it starts.
        starts_at: DateTime<FixedOffset>,
        /// With whom.
        #[serde(default)]
        with: Option<String>,
    },
    /// Any sign that it was read.
    Acknowledge,
    /// Whether messages should start or go on.
    OptIn,
    /// Own words.
    Free,
}

impl Expects {
    /// On how many of seven days: the question most goals are followed with.
    pub fn days_of_a_week() -> Self {
        Self::Count {
            unit: "days".to_owned(),
            period: Some("week".to_owned()),
            min: Some(0.0),
            max: Some(7.0),
            target: None,
        }
    }

    /// 0 to 10.
    pub fn nought_to_ten() -> Self {
        Self::Scale { min: 0.0, max: 10.0 }
    }
}

/// The question that was open when the reply came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// What it was about.
    pub kind: PromptKind,
    /// The words that were sent.
    pub text: String,
    /// The answer it asks for.
    pub expects: Expects,
}

/// Everything a reply is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The open question, if there is one.
    pub prompt: Option<&'a Prompt>,
    /// When the reply came in.
    pub received_at: DateTime<Utc>,
    /// The practice's time zone, in which dates are read.
    pub zone: Tz,
    /// How it came in.
    pub channel: Channel,
    /// Lexicon and settings.
    pub reader: &'a Reader,
}

impl Context<'_> {
    /// The answer the open question asks for.
    pub fn expects(&self) -> Option<&Expects> {
        self.prompt.map(|p| &p.expects)
    }

    /// The reading the open question asks for.
    pub fn asked_reading(&self) -> Option<ReadingKind> {
        match self.expects() {
            Some(Expects::Reading { reading }) => Some(*reading),
            _ => None,
        }
    }
}
