//! The record as one table: RFC 4180, a line for everything that happened.

use chrono::{DateTime, Utc};

use super::formula::neutralise;
use crate::domain::calendar::local;
use crate::domain::import::Deceased;
use crate::domain::record::{
    AlertView, AppointmentView, ConsentView, Direction, EntryKind, EntryStatus, GoalView, MessageView,
    PatientRecordView, ReadingValue, RecordEntry, ResultView, count_words, one_line,
};
use crate::domain::result::{ResultValue, TakenAt};

/// Headings, in their order.
const HEADINGS: [&str; 15] = [
    "kind",
    "id",
    "at",
    "channel",
    "direction",
    "purpose",
    "status",
    "reason",
    "title",
    "value",
    "unit",
    "text",
    "message_id",
    "in_response_to",
    "template_version",
];

/// One line, by heading.
#[derive(Default)]
struct Line {
    kind: &'static str,
    id: String,
    at: String,
    channel: String,
    direction: &'static str,
    purpose: String,
    status: String,
    reason: String,
    title: String,
    value: String,
    unit: String,
    text: String,
    message_id: String,
    in_response_to: String,
    template_version: String,
}

impl Line {
    fn cells(self) -> [String; 15] {
        [
            self.kind.to_owned(),
            self.id,
            self.at,
            self.channel,
            self.direction.to_owned(),
            self.purpose,
            self.status,
            self.reason,
            self.title,
            self.value,
            self.unit,
            self.text,
            self.message_id,
            self.in_response_to,
            self.template_version,
        ]
    }
}

/// The record as CSV: UTF-8 with a byte-order mark (spreadsheets need it for accents), CRLF, every cell quoted and safe
/// from being run as a formula ([`super::neutralise`]). Times are local to the practice.
pub fn to_csv(view: &PatientRecordView) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(HEADINGS)?;
    let time = |at: DateTime<Utc>| local(at, view.practice.zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let mut lines = person(view, &time(view.exported_at));
    lines.extend(view.messages.iter().map(|m| message(m, m.at().map(time).unwrap_or_default())));
    for m in &view.messages {
        let at = m.at().map(time).unwrap_or_default();
        lines.extend((1..).zip(&m.attachments).map(|(number, name)| attachment(m, number, name, at.clone())));
    }
    lines.extend(view.entries.iter().map(|e| entry(e, time(e.at), view)));
    lines.extend(view.goals.iter().map(goal));
    lines.extend(view.consents.iter().map(|c| consent(c, time(c.at))));
    lines.extend(view.appointments.iter().map(|a| appointment(a, time(a.start), a.end.map(time))));
    lines.extend(view.results.iter().map(|r| {
        let taken = match r.taken_at {
            Some(TakenAt::Day(day)) => day.to_string(),
            Some(TakenAt::Instant(at)) => time(at),
            None => String::new(),
        };
        result(r, taken)
    }));
    lines.extend(view.alerts.iter().map(|a| alert(a, time(a.raised_at))));
    for line in lines {
        writer.write_record(line.cells().iter().map(|cell| neutralise(cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

fn person(view: &PatientRecordView, exported: &str) -> Vec<Line> {
    let patient = &view.patient;
    let fact = |title: &str, value: String| Line {
        kind: "patient",
        id: patient.id.clone(),
        at: exported.to_owned(),
        title: title.to_owned(),
        value,
        ..Line::default()
    };
    let mut lines = vec![
        fact("family name", patient.family.clone()),
        fact("given name", patient.given.clone()),
        fact("date of birth", patient.birth_date.to_string()),
        fact("practice", view.practice.name.clone()),
    ];
    lines.extend(patient.known_as.clone().map(|name| fact("known as", name)));
    lines.extend(patient.nhs_number.clone().map(|number| fact("NHS number", number)));
    lines.extend(
        patient
            .identifiers
            .iter()
            .map(|(system, value)| Line { reason: system.clone(), ..fact("identifier", value.clone()) }),
    );
    lines.extend(patient.phones.iter().map(|phone| fact("phone", phone.clone())));
    lines.extend(patient.emails.iter().map(|email| fact("email", email.clone())));
    lines.extend(patient.language.clone().map(|language| fact("language", language)));
    match patient.deceased {
        Deceased::No => {}
        Deceased::Yes => lines.push(fact("died", "yes".to_owned())),
        Deceased::On(day) => lines.push(fact("died", day.to_string())),
    }
    lines
}

fn message(m: &MessageView, at: String) -> Line {
    Line {
        kind: "message",
        id: m.id.clone(),
        at,
        channel: m.channel.code().to_owned(),
        direction: if m.direction == Direction::Out { "out" } else { "in" },
        purpose: m.purpose.clone().unwrap_or_default(),
        status: m.status.clone(),
        reason: m.status_reason.clone().unwrap_or_default(),
        title: m.subject.clone().unwrap_or_default(),
        text: m.text.clone().unwrap_or_default(),
        in_response_to: m.in_response_to.clone().unwrap_or_default(),
        template_version: m.template_version.clone().unwrap_or_default(),
        ..Line::default()
    }
}

/// A file that came with a message: its name, nothing else of it.
fn attachment(m: &MessageView, number: usize, name: &str, at: String) -> Line {
    Line {
        kind: "attachment",
        id: format!("{}/{number}", m.id),
        at,
        channel: m.channel.code().to_owned(),
        direction: "in",
        title: name.to_owned(),
        in_response_to: m.id.clone(),
        ..Line::default()
    }
}

fn entry(e: &RecordEntry, at: String, view: &PatientRecordView) -> Line {
    let (value, unit) = match &e.what {
        EntryKind::CheckIn { answer, .. } => (answer.words().to_owned(), String::new()),
        EntryKind::GoalCount { low, high, unit, .. } => (count_words(*low, *high, ""), unit.clone()),
        EntryKind::Reading { value, .. } => reading(value),
        EntryKind::AgendaItem { position, .. } => (position.to_string(), String::new()),
        EntryKind::Confidence { score, .. } => (score.to_string(), "of 10".to_owned()),
        EntryKind::Confirmation { answer, .. } => (answer.words().to_owned(), String::new()),
        EntryKind::Note { .. } => (String::new(), String::new()),
    };
    Line {
        kind: e.what.code(),
        id: e.id.clone(),
        at,
        channel: e.channel.code().to_owned(),
        status: match e.status {
            EntryStatus::Recorded => "recorded",
            EntryStatus::Corrected => "corrected",
            EntryStatus::EnteredInError => "entered_in_error",
        }
        .to_owned(),
        title: one_line(e, view.practice.zone),
        value,
        unit,
        text: e.original_text.clone(),
        message_id: e.message_id.clone().unwrap_or_default(),
        in_response_to: e.question_id.clone().unwrap_or_default(),
        ..Line::default()
    }
}

fn reading(value: &ReadingValue) -> (String, String) {
    match value {
        ReadingValue::Number { value, unit, decimals, .. } => {
            (format!("{value:.*}", usize::from(*decimals)), unit.clone())
        }
        ReadingValue::BloodPressure { systolic, diastolic } => (format!("{systolic}/{diastolic}"), "mm[Hg]".to_owned()),
    }
}

fn goal(g: &GoalView) -> Line {
    Line {
        kind: "goal",
        id: g.id.clone(),
        at: g.start.map(|d| d.to_string()).unwrap_or_default(),
        status: g.lifecycle.clone(),
        reason: g.achievement.clone().unwrap_or_default(),
        title: g.plan.clone().unwrap_or_default(),
        value: g.confidence.map(|c| c.to_string()).unwrap_or_default(),
        unit: if g.confidence.is_some() { "of 10".to_owned() } else { String::new() },
        text: g.text.clone(),
        ..Line::default()
    }
}

fn consent(c: &ConsentView, at: String) -> Line {
    Line {
        kind: "consent",
        id: c.id.clone(),
        at,
        channel: c.channel.clone(),
        purpose: c.purpose.clone(),
        status: if c.current { "current" } else { "superseded" }.to_owned(),
        reason: c.source.clone(),
        value: if c.permitted { "permitted" } else { "refused" }.to_owned(),
        message_id: c.message_id.clone().unwrap_or_default(),
        ..Line::default()
    }
}

fn appointment(a: &AppointmentView, at: String, end: Option<String>) -> Line {
    let title = [&a.service, &a.clinician, &a.location].into_iter().flatten().cloned().collect::<Vec<_>>();
    Line {
        kind: "appointment",
        id: a.id.clone(),
        at,
        status: serde_word(&a.status),
        title: title.join(", "),
        value: end.unwrap_or_default(),
        ..Line::default()
    }
}

fn result(r: &ResultView, at: String) -> Line {
    let value = match &r.value {
        ResultValue::Number { value, comparator } => {
            format!("{}{value}", comparator.map(|c| c.to_string()).unwrap_or_default())
        }
        ResultValue::BloodPressure { systolic, diastolic } => format!("{systolic}/{diastolic}"),
        ResultValue::Text { text } => text.clone(),
        ResultValue::Absent { .. } => String::new(),
    };
    Line {
        kind: "result",
        id: r.id.clone(),
        at,
        status: if r.withdrawn_at.is_some() { "withdrawn".to_owned() } else { serde_word(&r.status) },
        title: r.name.clone(),
        value,
        unit: r.unit.clone().unwrap_or_default(),
        text: r.original.clone(),
        ..Line::default()
    }
}

fn alert(a: &AlertView, at: String) -> Line {
    Line {
        kind: "alert",
        id: a.id.clone(),
        at,
        status: if a.acknowledged_at.is_some() { "acknowledged" } else { "open" }.to_owned(),
        reason: a.acknowledged_by.clone().unwrap_or_default(),
        title: a.kind.clone(),
        value: if a.urgent { "urgent" } else { "routine" }.to_owned(),
        message_id: a.message_id.clone().unwrap_or_default(),
        ..Line::default()
    }
}

/// The word a value is stored as.
fn serde_word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
