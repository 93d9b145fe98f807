//! Tests of the reply reader. Whole replies are tested here; each reader's own file tests its parts.

mod corpus;
mod doubts;
mod fuzz;
mod invariance;
mod lexicon;
mod people;
mod second;
mod sentences;
mod values;
mod wishes;

use super::{
    Channel, Context, Expects, MenuOption, Prompt, PromptKind, Reader, ReadingKind, Understanding, understand,
};
use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use std::path::PathBuf;
use std::sync::LazyLock;

static READER: LazyLock<Reader> = LazyLock::new(Reader::shipped);

/// A Thursday morning in June.
pub(super) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 6, 3, 11, 15, 0).single().expect("a moment")
}

fn prompt(kind: PromptKind, text: &str, expects: Expects) -> Prompt {
    Prompt { kind, text: format!("Fernhill Practice: Hello Joan, {text}"), expects }
}

pub(super) fn days() -> Prompt {
    let expects = Expects::Count {
        unit: "days".into(),
        period: Some("week".into()),
        min: Some(0.0),
        max: Some(7.0),
        target: Some(4.0),
    };
    prompt(
        PromptKind::GoalProgress,
        "on how many days did you walk this week? Reply with a number from 0 to 7.",
        expects,
    )
}

pub(super) fn tablets() -> Prompt {
    prompt(
        PromptKind::GoalProgress,
        "did you take your tablets every day this week? Reply YES, NO or SOME.",
        Expects::YesNoSome,
    )
}

fn reading(reading: ReadingKind) -> Prompt {
    prompt(PromptKind::Reading, "please send today's reading.", Expects::Reading { reading })
}

fn feeling() -> Prompt {
    prompt(PromptKind::Wellbeing, "how are you feeling this week?", Expects::Free)
}

fn menu(labels: &[&str]) -> Prompt {
    let options =
        labels.iter().enumerate().map(|(i, l)| MenuOption { key: (i + 1).to_string(), label: (*l).into() }).collect();
    prompt(PromptKind::ChoiceMenu, "which would you like?", Expects::Choice { options })
}

pub(super) fn read(reply: &str, prompt: Option<&Prompt>) -> Understanding {
    understand(reply, &Context { prompt, received_at: now(), zone: London, channel: Channel::Sms, reader: &READER })
}

/// Replies of our own, labelled: everyday ones, danger and its look-alikes, other voices, every intent.
const OWN_SETS: [&str; 8] = [
    "replies-own",
    "replies-danger",
    "replies-voices",
    "replies-mixed",
    "replies-plain",
    "replies-second",
    "replies-idiom",
    "replies-last",
];

/// An own set, one JSON object a line.
fn own(set: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(set).with_extension("jsonl");
    std::fs::read_to_string(path).expect("an own test set")
}

/// A file of the shared data. Where it is not there the test passes, except under continuous integration.
fn shared(path: &str) -> Option<String> {
    let base = std::env::var_os("BETWEEN_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let bytes = std::fs::read(base.join(path)).ok();
    if bytes.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "shared data is missing: {path}");
        println!("shared data is not here, left out: {path}");
    }
    bytes.map(|b| String::from_utf8_lossy(&b).into_owned())
}
