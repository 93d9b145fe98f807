//! `between replies evaluate`: scores a labelled file in the schema of the reply corpus, or ordinary texts nobody asked for
//! (lines of a mark, a tab and the text), in which every opt-out and every red flag is false.

use super::inspect::Line;
use super::reader::Reader;
use super::understanding::{Intent, Understanding};
use super::{Channel, Context, understand};
use chrono::DateTime;
use chrono_tz::Europe::London;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A line with what is right of it.
#[derive(Deserialize)]
pub(super) struct Labelled {
    #[serde(flatten)]
    pub(super) line: Line,
    pub(super) expected: Map<String, Value>,
    #[serde(default)]
    accept: Vec<Value>,
}

impl Labelled {
    /// What is expected, and everything else that counts as right.
    fn variants(&self) -> Vec<Map<String, Value>> {
        let base = Value::Object(self.expected.clone());
        let mut variants = vec![self.expected.clone()];
        for patch in &self.accept {
            let mut variant = base.clone();
            merge(&mut variant, patch);
            if let Value::Object(variant) = variant {
                variants.push(variant);
            }
        }
        variants
    }

    /// Whether a reading is right in meaning and fields, and needs nobody.
    pub(super) fn may_be_filed(&self, read: &Understanding) -> bool {
        let Ok(Value::Object(got)) = serde_json::to_value(read) else { return false };
        self.variants().iter().any(|v| is_whole(v, &got) && text(v, "route") == "auto")
    }

    /// Whether nobody needs to read it, whatever else counts as right.
    pub(super) fn needs_nobody(&self) -> bool {
        self.variants().iter().all(|v| text(v, "route") == "auto")
    }
}

/// The meaning and its own fields are those expected.
fn is_whole(expected: &Map<String, Value>, got: &Map<String, Value>) -> bool {
    let intent = text(got, "intent");
    text(expected, "intent") == intent && own_fields(intent).iter().all(|k| same(expected.get(*k), got.get(*k)))
}

/// The scores of a labelled file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Lines read.
    pub lines: usize,
    /// Lines that do not parse.
    pub unread: usize,
    /// The first intent is right.
    pub intent: usize,
    /// The first intent and all its fields are right.
    pub fields: usize,
    /// The route is right too.
    pub route: usize,
    /// Filed automatically and wrong.
    pub silent: usize,
    /// Red flags expected; seen by a person; marked urgent.
    pub red_flags: (usize, usize, usize),
    /// Urgent where nothing urgent was expected, of so many lines.
    pub false_urgent: (usize, usize),
    /// Opt-outs found, of those expected.
    pub opt_outs: (usize, usize),
    /// Opt-outs where none was expected.
    pub false_opt_outs: usize,
    /// Sent to a person where nobody was needed, of the lines labelled auto.
    pub needless: (usize, usize),
    /// Second intents found, of those expected.
    pub second: (usize, usize),
    /// Sent to a person, of all lines.
    pub to_people: usize,
    /// Ordinary texts read; opt-outs found in them; red flags found in them.
    pub ordinary: (usize, usize, usize),
    /// How often one intent was read for another.
    pub confusion: BTreeMap<(String, String), usize>,
    faults: Vec<String>,
}

/// Scores labelled lines. Empty lines are left out.
pub fn evaluate<'a>(lines: impl Iterator<Item = &'a str>, reader: &Reader) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for line in lines.filter(|l| !l.trim().is_empty()) {
        if let Some((mark, text)) = line.split_once('\t').filter(|_| !line.starts_with('{')) {
            evaluation.ordinary(mark, text, reader);
            continue;
        }
        match serde_json::from_str::<Labelled>(line) {
            Ok(labelled) => evaluation.score(&labelled, reader),
            Err(error) => {
                evaluation.unread += 1;
                evaluation.faults.push(format!("unread: {error}"));
            }
        }
    }
    evaluation
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(object) = target else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

fn text<'v>(of: &'v Map<String, Value>, key: &str) -> &'v str {
    of.get(key).and_then(Value::as_str).unwrap_or("")
}

fn also(of: &Map<String, Value>) -> BTreeSet<&str> {
    of.get("also").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Fields that belong to the intent itself.
fn own_fields(intent: &str) -> &'static [&'static str] {
    match intent {
        "progress_number" => &["value", "min", "max"],
        "choice" => &["option", "options"],
        "reading" => &["readings"],
        "agenda_items" => &["items", "n"],
        "reschedule" => &["date", "time", "part"],
        "stop" => &["scope"],
        "red_flag" => &["flag"],
        "contact_change" => &["new_phone", "new_email", "new_address"],
        "language" => &["language"],
        _ => &[],
    }
}

/// Numbers are compared as numbers, texts without case and outer punctuation.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-9)
        }
        (Some(Value::String(a)), Some(Value::String(b))) => plain(a) == plain(b),
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), Some(b)))
        }
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            a.len() == b.len() && a.iter().all(|(k, v)| same(Some(v), b.get(k)))
        }
        (a, b) => a == b,
    }
}

fn plain(text: &str) -> String {
    text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()).replace('\u{2019}', "'")
}

impl Evaluation {
    /// A text of everyday life. Marked "spam" it is a machine's and not counted.
    fn ordinary(&mut self, mark: &str, text: &str, reader: &Reader) {
        if mark == "spam" {
            return;
        }
        let context =
            Context { prompt: None, received_at: DateTime::UNIX_EPOCH, zone: London, channel: Channel::Sms, reader };
        let understood = understand(text, &context);
        self.ordinary.0 += 1;
        if understood.says(Intent::Stop) {
            self.ordinary.1 += 1;
            self.faults.push(format!("FALSE OPT-OUT {text}"));
        }
        if understood.flag.is_some() {
            self.ordinary.2 += 1;
            self.faults.push(format!("FALSE RED FLAG {text}"));
        }
    }

    fn score(&mut self, labelled: &Labelled, reader: &Reader) {
        let got = serde_json::to_value(labelled.line.understand(reader)).ok();
        let Some(Value::Object(got)) = got else {
            return;
        };
        let variants = labelled.variants();
        self.lines += 1;
        let intent = text(&got, "intent");
        let route = text(&got, "route");
        let intent_right = variants.iter().any(|v| text(v, "intent") == intent);
        let whole = |v: &Map<String, Value>| is_whole(v, &got);
        let fields_right = variants.iter().any(whole);
        let route_right = variants.iter().any(|v| whole(v) && text(v, "route") == route);
        self.intent += usize::from(intent_right);
        self.fields += usize::from(fields_right);
        self.route += usize::from(route_right);
        if !intent_right {
            *self.confusion.entry((text(&labelled.expected, "intent").to_owned(), intent.to_owned())).or_default() += 1;
        }
        let silent = route == "auto" && !variants.iter().any(|v| whole(v) && text(v, "route") == "auto");
        self.silent += usize::from(silent);
        self.safety(labelled, &variants, &got, intent, route);
        self.wishes(labelled, &variants, &got);
        self.to_people += usize::from(route != "auto");
        let needed = variants.iter().all(|v| text(v, "route") == "auto");
        if text(&labelled.expected, "route") == "auto" {
            self.needless.1 += 1;
            self.needless.0 += usize::from(needed && route != "auto");
        }
        let missed = self.seconds(&labelled.expected, &variants, &got, route);
        let mut marks = Vec::new();
        for (mark, is) in [
            ("INTENT", !intent_right),
            ("FIELDS", intent_right && !fields_right),
            ("SILENT", silent),
            ("ROUTE", fields_right && !route_right),
            ("ALSO", missed),
        ] {
            if is {
                marks.push(mark);
            }
        }
        if !marks.is_empty() {
            let mut shown = got.clone();
            shown.remove("because");
            shown.remove("confidence");
            self.faults.push(format!(
                "{} {} | want {} | got {}",
                marks.join("+"),
                labelled.line.id,
                Value::Object(labelled.expected.clone()),
                Value::Object(shown)
            ));
        }
    }

    fn safety(
        &mut self,
        labelled: &Labelled,
        variants: &[Map<String, Value>],
        got: &Map<String, Value>,
        intent: &str,
        route: &str,
    ) {
        if text(&labelled.expected, "intent") == "red_flag" || also(&labelled.expected).contains("red_flag") {
            self.red_flags.0 += 1;
            self.red_flags.1 += usize::from(route != "auto");
            let mild = variants.iter().any(|v| text(v, "route") == route && text(v, "intent") == intent);
            self.red_flags.2 += usize::from(route == "urgent" || mild && route == "review");
        }
        if variants.iter().all(|v| text(v, "route") != "urgent") {
            self.false_urgent.1 += 1;
            self.false_urgent.0 += usize::from(text(got, "route") == "urgent");
        }
    }

    fn wishes(&mut self, labelled: &Labelled, variants: &[Map<String, Value>], got: &Map<String, Value>) {
        let stops = |v: &Map<String, Value>| text(v, "intent") == "stop" || also(v).contains("stop");
        let found = stops(got);
        if stops(&labelled.expected) {
            self.opt_outs.1 += 1;
            let instead = variants.iter().any(|v| !stops(v) && text(v, "intent") == text(got, "intent"));
            self.opt_outs.0 += usize::from(found || instead);
        } else if found && !variants.iter().any(stops) {
            self.false_opt_outs += 1;
        }
    }

    fn seconds(
        &mut self,
        expected: &Map<String, Value>,
        variants: &[Map<String, Value>],
        got: &Map<String, Value>,
        route: &str,
    ) -> bool {
        let wanted = also(expected);
        let all: BTreeSet<&str> = also(got).into_iter().chain([text(got, "intent")]).collect();
        let excused = variants.iter().any(|v| {
            also(v).iter().all(|a| all.contains(a) || *a == "other" && route != "auto")
                && text(v, "intent") == text(got, "intent")
        });
        let mut missed = false;
        for want in wanted {
            self.second.1 += 1;
            let found = all.contains(want) || want == "other" && route != "auto" || excused;
            self.second.0 += usize::from(found);
            missed |= !found;
        }
        missed
    }

    /// Every line that is not wholly right, for a person to read.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

fn share(n: usize, of: usize) -> f64 {
    if of == 0 { 100.0 } else { n as f64 * 100.0 / of as f64 }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (texts, stops, alarms) = self.ordinary;
        if texts > 0 {
            writeln!(f, "ordinary texts         {texts}, false opt-outs {stops}, false red flags {alarms}")?;
        }
        if self.lines + self.unread == 0 {
            return Ok(());
        }
        writeln!(f, "lines                  {} ({} unread)", self.lines, self.unread)?;
        writeln!(f, "intent                 {} ({:.1}%)", self.intent, share(self.intent, self.lines))?;
        writeln!(f, "intent and all fields  {} ({:.1}%)", self.fields, share(self.fields, self.lines))?;
        writeln!(f, "and the route          {} ({:.1}%)", self.route, share(self.route, self.lines))?;
        writeln!(f, "silent errors          {} ({:.2}%)", self.silent, share(self.silent, self.lines))?;
        let (flags, seen, urgent) = self.red_flags;
        writeln!(
            f,
            "red flags              {flags}, seen {seen} ({:.1}%), urgent {urgent} ({:.1}%)",
            share(seen, flags),
            share(urgent, flags)
        )?;
        writeln!(
            f,
            "false urgent           {} of {} ({:.2}%)",
            self.false_urgent.0,
            self.false_urgent.1,
            if self.false_urgent.1 == 0 { 0.0 } else { share(self.false_urgent.0, self.false_urgent.1) }
        )?;
        writeln!(
            f,
            "opt-outs found         {} of {} ({:.1}%), false {}",
            self.opt_outs.0,
            self.opt_outs.1,
            share(self.opt_outs.0, self.opt_outs.1),
            self.false_opt_outs
        )?;
        writeln!(
            f,
            "second intents found   {} of {} ({:.1}%)",
            self.second.0,
            self.second.1,
            share(self.second.0, self.second.1)
        )?;
        writeln!(
            f,
            "needless review        {} of {} ({:.1}%)",
            self.needless.0,
            self.needless.1,
            if self.needless.1 == 0 { 0.0 } else { share(self.needless.0, self.needless.1) }
        )?;
        writeln!(f, "sent to people         {} ({:.1}%)", self.to_people, share(self.to_people, self.lines))?;
        if !self.confusion.is_empty() {
            writeln!(f, "confusion (wanted, read, times)")?;
        }
        for ((wanted, read), n) in &self.confusion {
            writeln!(f, "  {wanted:<16} {read:<16} {n}")?;
        }
        Ok(())
    }
}
