//! The text, made at the moment it goes, from the facts of that moment.

use super::facts::Batch;
use super::{Engine, Practices, StoredFacts};
use crate::catalogue::{RenderError, RenderPolicy};
use crate::clock::instant;
use crate::domain::calendar::{day_text, local, time_text};
use crate::domain::decision::Route;
use crate::domain::delivery::Channel;
use crate::domain::message::MessageKind;
use crate::domain::practice::Practice;
use crate::domain::programme::Asks;
use crate::domain::reason::Reason;
use crate::domain::reply::{Expects, PromptKind, ReadingKind};
use crate::domain::sms::{SmsPolicy, SmsRefusal};
use crate::domain::template::Facts;
use crate::store::ledger::MessageRow;
use chrono::TimeZone;
use chrono_tz::Tz;

/// A finished text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Email only.
    pub subject: Option<String>,
    /// The text; for email the plain part.
    pub text: String,
    /// Email only.
    pub html: Option<String>,
    /// Email only: the address that leads back to this conversation.
    pub reply_to: Option<String>,
    /// Email of a programme only: the address at which one click stops it.
    pub unsubscribe_url: Option<String>,
    /// Which wording it was made from: language, kind and version.
    pub version: String,
    /// The language of the wording.
    pub language: String,
    /// SMS segments; 0 for email.
    pub segments: i64,
}

/// Renders a message for its route, or says why it cannot be. Nothing is cut, no gap is left, no character replaced.
pub(super) fn compose(
    engine: &Engine,
    practices: &Practices,
    batch: &Batch,
    message: &MessageRow,
    stored: &StoredFacts,
    route: &Route,
) -> Result<Composed, Reason> {
    let practice = &practices.get(&message.practice_id).ok_or(Reason::TemplateMissing)?.practice;
    let language = message
        .patient_id
        .as_ref()
        .and_then(|id| batch.people.get(id))
        .map_or(practice.settings.language.as_str(), |p| p.row.language.as_str());
    let template = engine
        .catalogue
        .get(language, &message.template)
        .or_else(|| engine.catalogue.best(&practice.settings.language, &message.template))
        .ok_or(Reason::TemplateMissing)?;
    let mut facts = facts_of(practice, batch, message, stored);
    if let Some(body) = &message.body {
        facts.set("message", body.clone());
    }
    let policy = engine.gateways.get(&route.gateway).map(|g| g.policy().clone()).unwrap_or_default();
    let limits = RenderPolicy {
        sms: SmsPolicy { unicode: policy.ucs2_allowed, max_segments: policy.max_segments as usize },
        allow_values: false,
    };
    let rendered = template.render(route.channel, &facts, limits).map_err(|error| match error {
        RenderError::NoWording(_) => Reason::TemplateMissing,
        RenderError::Missing(_) | RenderError::WrongType(_) => Reason::MissingFact,
        RenderError::ResultValue(_) => Reason::NoPermission,
        RenderError::Sms(SmsRefusal::TooLong { .. }) => Reason::TooLong,
        RenderError::Sms(_) => Reason::Unsendable,
    })?;
    if route.channel == Channel::Sms && rendered.text.chars().count() > policy.max_characters as usize {
        return Err(Reason::TooLong);
    }
    let segments = rendered.measure.as_ref().map_or(0, |measure| measure.segments as i64);
    Ok(Composed {
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        reply_to: (route.channel == Channel::Email && message.patient_id.is_some())
            .then(|| format!("reply+{}@{}", message.id, practice.settings.reply_domain)),
        unsubscribe_url: (route.channel == Channel::Email && of_a_programme(message))
            .then(|| engine.unsubscribe_url(&message.id))
            .flatten(),
        version: format!("{}/{}/{}", template.language, message.template, template.version),
        language: template.language.clone(),
        segments,
    })
}

/// Whether a message is one that people can have enough of: planned for them, not an answer and not a colleague's.
fn of_a_programme(message: &MessageRow) -> bool {
    let answer = [MessageKind::AutoReply.as_str(), MessageKind::StaffMessage.as_str()].contains(&message.kind.as_str());
    message.patient_id.is_some() && !answer
}

/// The facts every wording may use, and those fixed when the message was planned, which win.
fn facts_of(practice: &Practice, batch: &Batch, message: &MessageRow, stored: &StoredFacts) -> Facts {
    let settings = &practice.settings;
    let mut facts = Facts::new()
        .with("practice", practice.name.clone())
        .with("phone", settings.phone.clone())
        .with("urgent_number", settings.safety.urgent_number.clone())
        .with("crisis_line", settings.safety.crisis_line.clone())
        .with("hours", practice.hours.text())
        .with("link", settings.results_link.clone());
    let person = message.patient_id.as_ref().and_then(|id| batch.people.get(id));
    let zone = practice.zone_of(person.and_then(|p| p.row.zone.as_deref()));
    if let Some(person) = person {
        let name = person.row.known_as.as_ref().filter(|n| !n.trim().is_empty()).unwrap_or(&person.row.given_name);
        facts.set("name", name.clone());
        if let Some(goal) = message.goal_id.as_ref().and_then(|id| person.goals.iter().find(|g| g.id == *id)) {
            facts.set("goal_label", goal.label.clone());
        }
    }
    if let Some(appointment) = message.appointment_id.as_ref().and_then(|id| batch.appointments.get(id)) {
        let starts = local(instant(appointment.starts_at), zone);
        facts.set("date", day_text(starts.date()));
        facts.set("day", day_text(starts.date()));
        facts.set("time", time_text(starts.time()));
        facts.set("clinician", appointment.clinician.clone());
        if let Some(items) = batch.agenda.get(&appointment.id) {
            facts.set("count", if *items == 1 { "1 thing".to_owned() } else { format!("{items} things") });
        }
    }
    if let Some(Asks::Reading { format, called, .. }) = &stored.asks {
        facts.set("reading", called.clone());
        facts.set("format", format.clone());
    }
    for (name, value) in &stored.values {
        facts.set(name, value.clone());
    }
    facts
}

/// The kind of question, in the reader's words.
pub(super) const fn prompt_kind(asks: &Asks) -> PromptKind {
    match asks {
        Asks::GoalCount | Asks::YesNoSome => PromptKind::GoalProgress,
        Asks::Scale => PromptKind::Wellbeing,
        Asks::Agenda { .. } => PromptKind::Agenda,
        Asks::Appointment => PromptKind::Appointment,
        Asks::Reading { .. } => PromptKind::Reading,
    }
}

/// The answer a question expects.
pub(super) fn expects(asks: &Asks, batch: &Batch, message: &MessageRow, zone: Tz) -> Expects {
    match asks {
        Asks::GoalCount => {
            let goal = message
                .patient_id
                .as_ref()
                .and_then(|id| batch.people.get(id))
                .and_then(|p| p.goals.iter().find(|g| Some(&g.id) == message.goal_id.as_ref()));
            Expects::Count {
                unit: goal.map_or("days", |g| g.unit.as_str()).to_owned(),
                period: Some("week".to_owned()),
                min: Some(0.0),
                // A week has seven days; other units have no largest number.
                max: goal.is_none_or(|g| g.unit == "days").then_some(7.0),
                target: goal.and_then(|g| g.target).map(|t| t as f64),
            }
        }
        Asks::YesNoSome => Expects::YesNoSome,
        Asks::Scale => Expects::Scale { min: 0.0, max: 10.0 },
        Asks::Agenda { max_items } => Expects::Agenda { max_items: Some(*max_items) },
        Asks::Appointment => match message.appointment_id.as_ref().and_then(|id| batch.appointments.get(id)) {
            Some(appointment) => Expects::Appointment {
                starts_at: zone.from_utc_datetime(&instant(appointment.starts_at).naive_utc()).fixed_offset(),
                with: Some(appointment.clinician.clone()),
            },
            None => Expects::YesNoSome,
        },
        Asks::Reading { reading, .. } => {
            serde_json::from_value::<ReadingKind>(serde_json::Value::String(reading.clone()))
                .map_or(Expects::Free, |reading| Expects::Reading { reading })
        }
    }
}
