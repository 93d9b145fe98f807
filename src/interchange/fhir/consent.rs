//! Communication, Consent, Flag: what was said, what is allowed, what to mind.

use super::model::{self, Concept};
use super::reading::{Outcome, Reading, refusal, shape, stop_tag};
use super::source_id;
use super::split::Entry;
use crate::domain::import::{
    CommunicationRecord, ConsentDecision, ConsentRecord, ConsentTopic, Field, FlagRecord, Record, Refusal,
    RefusalReason,
};
use crate::interchange::systems;

/// Reads a message.
pub(super) fn communication(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let message: model::Communication = shape(entry)?;
    let patient = reading.subject(entry, message.subject.as_ref())?;
    let texts: Vec<String> = message.payload.into_iter().filter_map(|p| p.content_string).collect();
    if texts.is_empty() {
        return Err(refusal(entry, RefusalReason::NoValue).field(Field::Text));
    }
    let sender = message.sender.as_ref().filter(|s| s.reference.is_some());
    let from_patient =
        sender.is_some_and(|s| reading.subject(entry, Some(s)).is_ok_and(|who| who.same_person(&patient)));
    let record = CommunicationRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        status: message.status.unwrap_or_else(|| "unknown".to_owned()),
        from_patient,
        text: texts.join("\n"),
        sent: reading.when(message.sent.as_deref()),
        received: reading.when(message.received.as_deref()),
        medium: message.medium.iter().find_map(Concept::words),
    };
    Ok(Outcome::record(Record::Communication(Box::new(record))))
}

/// Reads a consent. Only what this program exported itself counts for messages; others are kept for staff.
pub(super) fn consent(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let consent: model::Consent = shape(entry)?;
    let patient = reading.subject(entry, consent.patient.as_ref())?;
    let provision = consent.provision.as_ref();
    let decision = match provision.and_then(|p| p.kind.as_deref()) {
        Some("permit") => ConsentDecision::Permit,
        Some("deny") => ConsentDecision::Deny,
        _ => ConsentDecision::Unstated,
    };
    let own = |c: &&model::Coding| c.system.as_deref() == Some(systems::CONSENT);
    let is_own = consent.category.iter().flat_map(|c| &c.coding).any(|c| own(&c));
    let in_system = |codings: Vec<&model::Coding>, system: &str| {
        codings.into_iter().find(|c| c.system.as_deref() == Some(system)).and_then(|c| c.code.clone())
    };
    let channels = provision.iter().flat_map(|p| &p.code).flat_map(|c| &c.coding).collect();
    let purposes = provision.iter().flat_map(|p| &p.purpose).collect();
    let scope = [consent.scope.as_ref(), consent.category.first()];
    let scope: Vec<String> = scope.into_iter().flatten().filter_map(Concept::words).collect();
    let record = ConsentRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        active: consent.status.as_deref() == Some("active"),
        decision,
        topic: if is_own { ConsentTopic::Messages } else { ConsentTopic::Other },
        channel: in_system(channels, systems::CHANNEL),
        purpose: in_system(purposes, systems::PURPOSE),
        scope: (!scope.is_empty()).then(|| scope.join(", ")),
        given_at: reading.when(consent.date_time.as_deref()),
    };
    Ok(Outcome::record(Record::Consent(Box::new(record))))
}

/// Reads a flag.
pub(super) fn flag(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let flag: model::Flag = shape(entry)?;
    let patient = reading.subject(entry, flag.subject.as_ref())?;
    let code = flag.code.as_ref();
    let Some(text) = code.and_then(Concept::words) else {
        return Err(refusal(entry, RefusalReason::Missing).field(Field::Code));
    };
    let active = flag.status.as_deref() == Some("active") && !reading.is_over(flag.period.as_ref());
    let stop_tag = code.and_then(stop_tag).filter(|_| active);
    let period = flag.period.as_ref();
    let record = FlagRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        active,
        codes: code.map(Concept::codes).unwrap_or_default(),
        text,
        stop_tag,
        start: period.and_then(|p| reading.day(p.start.as_deref())),
        end: period.and_then(|p| reading.day(p.end.as_deref())),
    };
    Ok(Outcome::record(Record::Flag(Box::new(record))))
}
