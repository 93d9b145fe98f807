//! How a reply was read, in words, with the places in it that say why.

use super::words::{Tag, capital};
use maud::{Markup, html};
use serde::Deserialize;

/// The part of a stored understanding that is shown. Every field may be missing: what was received before it was read,
/// or by an older reader, is shown as far as it goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Read {
    intent: Option<String>,
    value: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    option: Option<String>,
    options: Vec<String>,
    readings: Vec<serde_json::Value>,
    items: Vec<String>,
    date: Option<String>,
    time: Option<String>,
    scope: Option<String>,
    flag: Option<String>,
    language: Option<String>,
    also: Vec<String>,
    route: Option<String>,
    confidence: Option<f64>,
    because: Vec<Because>,
}

/// A place in the reply, in characters, and what was seen there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Because {
    what: String,
    from: usize,
    to: usize,
}

/// A stretch of the reply.
#[derive(Debug, PartialEq, Eq)]
struct Stretch {
    text: String,
    marked: bool,
}

/// How a stored understanding (JSON) reads in words, and who has to see the reply.
pub fn in_words(facts: &str) -> Option<(String, &'static str)> {
    Read::parse(facts).map(|read| (read.sentence(), read.route().words))
}

impl Read {
    /// Reads a stored understanding; `None` when there is none.
    pub fn parse(facts: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(facts).ok()?;
        read.intent.is_some().then_some(read)
    }

    /// One sentence: what it was taken for.
    pub fn sentence(&self) -> String {
        let mut parts = vec![intent(self.intent.as_deref().unwrap_or_default())];
        match (self.value, self.min, self.max) {
            (Some(value), ..) => parts.push(format!("{value}")),
            (None, Some(min), Some(max)) => parts.push(format!("{min} to {max}")),
            _ => {}
        }
        if let Some(flag) = &self.flag {
            parts.push(flag.replace('_', " "));
        }
        parts.extend(self.readings.iter().map(reading));
        parts.extend(self.option.iter().chain(&self.options).cloned());
        if !self.items.is_empty() {
            parts.push(
                self.items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| format!("{}. {item}", at + 1))
                    .collect::<Vec<_>>()
                    .join("; "),
            );
        }
        parts.extend(self.date.iter().chain(&self.time).cloned());
        if let Some(scope) = &self.scope {
            parts.push(if scope == "topic" { "this topic" } else { "everything on this channel" }.to_owned());
        }
        parts.extend(self.language.iter().cloned());
        let mut sentence = match parts.as_slice() {
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first}: {}", rest.join(", ")),
            [] => String::new(),
        };
        if !self.also.is_empty() {
            let also: Vec<String> = self.also.iter().map(|word| intent(word).to_lowercase()).collect();
            sentence = format!("{sentence}. Also: {}", also.join(", "));
        }
        sentence
    }

    /// Who has to see it.
    pub fn route(&self) -> Tag {
        match self.route.as_deref() {
            Some("auto") => Tag { words: "Filed by the program", colour: "green" },
            Some("urgent") => Tag { words: "A person, now", colour: "red" },
            _ => Tag { words: "A person reads it", colour: "yellow" },
        }
    }

    /// How sure the reader was, in per cent.
    pub fn confidence(&self) -> Option<i64> {
        self.confidence.map(|sure| (sure * 100.0).round() as i64)
    }

    /// The reply with the places marked that say why.
    pub fn marked(&self, text: &str) -> Markup {
        html! {
            @for stretch in stretches(text, &self.because) {
                @if stretch.marked { mark { (stretch.text) } } @else { (stretch.text) }
            }
        }
    }

    /// What was seen, place by place.
    pub fn reasons(&self, text: &str) -> Markup {
        let letters: Vec<char> = text.chars().collect();
        html! {
            @if !self.because.is_empty() {
                ul.btw-because {
                    @for because in &self.because {
                        li {
                            @let words: String = letters.get(because.from..because.to).unwrap_or_default().iter().collect();
                            @if !words.trim().is_empty() { q { (words) } " " }
                            span { (plain(&because.what)) }
                        }
                    }
                }
            }
        }
    }
}

/// A reader's reason without the pattern behind it, which says nothing to people: "red flag: chest ..3 @pain" is "red flag".
fn plain(what: &str) -> String {
    let words = match what.split_once(": ") {
        Some((words, pattern)) if pattern.contains("..") || pattern.contains(['@', '^', '$', '|']) => words,
        _ => what,
    };
    words.replace('_', " ")
}

/// Cuts a reply where marks begin and end. Marks beyond its end, or turned round, are left out.
fn stretches(text: &str, because: &[Because]) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for (at, letter) in text.chars().enumerate() {
        let marked = because.iter().any(|b| (b.from..b.to).contains(&at));
        match out.last_mut() {
            Some(last) if last.marked == marked => last.text.push(letter),
            _ => out.push(Stretch { text: letter.to_string(), marked }),
        }
    }
    out
}

fn reading(value: &serde_json::Value) -> String {
    let text = |key: &str| value.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    match (text("systolic"), text("diastolic"), text("pulse")) {
        (Some(top), Some(bottom), Some(pulse)) => {
            format!("blood pressure {top}/{bottom}, pulse {pulse}")
        }
        (Some(top), Some(bottom), None) => format!("blood pressure {top}/{bottom}"),
        _ => {
            let name = text("type").unwrap_or_default().replace('_', " ");
            let number = text("value").or_else(|| text("kg").map(|kg| format!("{kg} kg"))).unwrap_or_default();
            format!("{name} {number} {}", text("unit").unwrap_or_default()).trim().to_owned()
        }
    }
}

fn intent(word: &str) -> String {
    match word {
        "auto_reply" => "An automatic answer".to_owned(),
        "red_flag" => "Danger".to_owned(),
        "bereavement" => "A death is reported".to_owned(),
        "wrong_person" => "Not the right person".to_owned(),
        "carer" => "Somebody writes for the person".to_owned(),
        "stop" => "Stop".to_owned(),
        "partial" => "Some".to_owned(),
        "progress_number" => "A number".to_owned(),
        "choice" => "A choice".to_owned(),
        "agenda_items" => "Things to talk about".to_owned(),
        "confirm" => "Is coming".to_owned(),
        "start" => "Start again".to_owned(),
        "cancel" => "Cannot come".to_owned(),
        "reschedule" => "Wants another time".to_owned(),
        "contact_change" => "New contact details".to_owned(),
        "reading" => "A reading".to_owned(),
        "language" => "Another language".to_owned(),
        "other" => "Something else".to_owned(),
        "unclear" => "Not understood".to_owned(),
        known => capital(&known.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn because(from: usize, to: usize) -> Because {
        Because { what: "number".into(), from, to }
    }

    #[test]
    fn marks_count_characters_and_may_overlap() {
        let cut = stretches("né 4 days", &[because(3, 4), because(3, 9), because(90, 99), because(2, 1)]);
        let cut: Vec<_> = cut.iter().map(|s| (s.text.as_str(), s.marked)).collect();
        assert_eq!(cut, [("né ", false), ("4 days", true)]);
    }

    #[test]
    fn what_a_person_wrote_is_escaped_inside_a_mark_and_outside() {
        let read = Read { because: vec![because(0, 8)], ..Read::default() };
        let shown = read.marked("<script>alert(1)</script>").into_string();
        assert_eq!(shown, "<mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;");
    }

    #[test]
    fn a_pattern_is_not_shown_to_people() {
        assert_eq!(plain("red flag: chest ..3 @pain"), "red flag");
        assert_eq!(plain("the number asked for"), "the number asked for");
        assert_eq!(plain("language: pl"), "language: pl");
    }

    #[test]
    fn a_stored_understanding_becomes_a_sentence() {
        let read =
            Read::parse(r#"{"intent":"progress_number","value":4,"also":["thanks"],"route":"auto","because":[]}"#)
                .unwrap();
        assert_eq!(read.sentence(), "A number: 4. Also: thanks");
        assert!(Read::parse("{}").is_none() && Read::parse("not json").is_none());
        let read =
            Read::parse(r#"{"intent":"reading","readings":[{"type":"bp","systolic":138,"diastolic":82}]}"#).unwrap();
        assert_eq!(read.sentence(), "A reading: blood pressure 138/82");
    }
}
