//! The parts of FHIR R4 that are read, as tolerant shapes: anything may be missing or null, and what is not named here
//! is passed over. Decimals stay raw text, so that `42.00` is `42.00` (no number type of JSON libraries keeps it).

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A list that may be null.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(d)?.unwrap_or_default())
}

/// A list whose members may be null, as arrays of primitives with extensions have them.
pub(super) fn sparse<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    let list = Option::<Vec<Option<String>>>::deserialize(d)?.unwrap_or_default();
    Ok(list.into_iter().flatten().collect())
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub(super) struct $name { $($(#[$field_meta])* pub(super) $field: $ty),* }
    )*};
}

shapes! {
    /// A code in a system.
    Coding { system: Option<String>, code: Option<String>, display: Option<String> }
    /// Codes for one thing, and words.
    Concept { #[serde(deserialize_with = "list")] coding: Vec<Coding>, text: Option<String> }
    /// A pointer to another resource.
    Reference { reference: Option<String>, display: Option<String> }
    /// An identifier.
    Identifier {
        #[serde(rename = "use")] usage: Option<String>,
        #[serde(rename = "type")] kind: Option<Concept>,
        system: Option<String>,
        value: Option<String>,
        #[serde(deserialize_with = "list")] extension: Vec<Extension>,
    }
    /// A name.
    HumanName {
        #[serde(rename = "use")] usage: Option<String>,
        text: Option<String>,
        family: Option<String>,
        #[serde(deserialize_with = "sparse")] given: Vec<String>,
    }
    /// A telephone number or address.
    ContactPoint {
        #[serde(rename = "use")] usage: Option<String>,
        system: Option<String>,
        value: Option<String>,
        period: Option<Period>,
    }
    /// From, to.
    Period { start: Option<String>, end: Option<String> }
    /// A measured amount.
    Quantity {
        value: Option<Box<RawValue>>,
        comparator: Option<String>,
        unit: Option<String>,
        system: Option<String>,
        code: Option<String>,
    }
    /// An extension; of its values only those that are used.
    Extension {
        url: Option<String>,
        #[serde(rename = "extension", deserialize_with = "list")] parts: Vec<Extension>,
        value_boolean: Option<bool>,
        value_codeable_concept: Option<Concept>,
    }
    /// Security labels.
    Meta { #[serde(deserialize_with = "list")] security: Vec<Coding> }
    /// A language someone speaks.
    SpokenLanguage { language: Option<Concept>, preferred: Option<bool> }
    /// A person.
    Patient {
        meta: Option<Meta>,
        #[serde(deserialize_with = "list")] extension: Vec<Extension>,
        #[serde(deserialize_with = "list")] identifier: Vec<Identifier>,
        active: Option<bool>,
        #[serde(deserialize_with = "list")] name: Vec<HumanName>,
        #[serde(deserialize_with = "list")] telecom: Vec<ContactPoint>,
        birth_date: Option<String>,
        deceased_boolean: Option<bool>,
        deceased_date_time: Option<String>,
        #[serde(deserialize_with = "list")] communication: Vec<SpokenLanguage>,
    }
    /// A carer or relative.
    RelatedPerson {
        #[serde(deserialize_with = "list")] extension: Vec<Extension>,
        patient: Option<Reference>,
        active: Option<bool>,
        #[serde(deserialize_with = "list")] relationship: Vec<Concept>,
        #[serde(deserialize_with = "list")] name: Vec<HumanName>,
        #[serde(deserialize_with = "list")] telecom: Vec<ContactPoint>,
        period: Option<Period>,
    }
    /// Lower and upper end.
    ReferenceRange {
        low: Option<Quantity>,
        high: Option<Quantity>,
        #[serde(rename = "type")] kind: Option<Concept>,
        text: Option<String>,
    }
    /// A part of an observation.
    Part {
        code: Option<Concept>,
        value_quantity: Option<Quantity>,
        value_string: Option<String>,
        value_codeable_concept: Option<Concept>,
    }
    /// A measurement.
    Observation {
        status: Option<String>,
        #[serde(deserialize_with = "list")] category: Vec<Concept>,
        code: Option<Concept>,
        subject: Option<Reference>,
        effective_date_time: Option<String>,
        effective_instant: Option<String>,
        effective_period: Option<Period>,
        value_quantity: Option<Quantity>,
        value_codeable_concept: Option<Concept>,
        value_string: Option<String>,
        value_integer: Option<Box<RawValue>>,
        value_boolean: Option<bool>,
        value_range: Option<Box<RawValue>>,
        value_ratio: Option<Box<RawValue>>,
        value_sampled_data: Option<Box<RawValue>>,
        value_time: Option<String>,
        value_date_time: Option<String>,
        value_period: Option<Box<RawValue>>,
        data_absent_reason: Option<Concept>,
        #[serde(deserialize_with = "list")] interpretation: Vec<Concept>,
        #[serde(deserialize_with = "list")] reference_range: Vec<ReferenceRange>,
        #[serde(deserialize_with = "list")] has_member: Vec<Reference>,
        #[serde(deserialize_with = "list")] component: Vec<Part>,
    }
    /// A report over observations.
    DiagnosticReport {
        status: Option<String>,
        #[serde(deserialize_with = "list")] result: Vec<Reference>,
    }
    /// Who takes part.
    Participant { actor: Option<Reference> }
    /// An appointment.
    Appointment {
        #[serde(deserialize_with = "list")] extension: Vec<Extension>,
        status: Option<String>,
        #[serde(deserialize_with = "list")] service_type: Vec<Concept>,
        #[serde(rename = "appointmentType")] kind: Option<Concept>,
        description: Option<String>,
        start: Option<String>,
        end: Option<String>,
        #[serde(deserialize_with = "list")] participant: Vec<Participant>,
    }
    /// When a goal should be reached.
    Target { due_date: Option<String> }
    /// Words about something.
    Annotation { text: Option<String> }
    /// A goal.
    Goal {
        lifecycle_status: Option<String>,
        achievement_status: Option<Concept>,
        description: Option<Concept>,
        subject: Option<Reference>,
        start_date: Option<String>,
        #[serde(deserialize_with = "list")] target: Vec<Target>,
        expressed_by: Option<Reference>,
        #[serde(deserialize_with = "list")] note: Vec<Annotation>,
    }
    /// What is done.
    ActivityDetail { code: Option<Concept>, description: Option<String> }
    /// One activity.
    Activity { detail: Option<ActivityDetail>, reference: Option<Reference> }
    /// A plan.
    CarePlan {
        status: Option<String>,
        title: Option<String>,
        description: Option<String>,
        #[serde(deserialize_with = "list")] category: Vec<Concept>,
        subject: Option<Reference>,
        period: Option<Period>,
        #[serde(deserialize_with = "list")] addresses: Vec<Reference>,
        #[serde(deserialize_with = "list")] activity: Vec<Activity>,
    }
    /// A condition.
    Condition {
        clinical_status: Option<Concept>,
        verification_status: Option<Concept>,
        code: Option<Concept>,
        subject: Option<Reference>,
        onset_date_time: Option<String>,
        onset_period: Option<Period>,
        abatement_date_time: Option<String>,
        abatement_period: Option<Period>,
    }
    /// What was said.
    Payload { content_string: Option<String> }
    /// A message.
    Communication {
        status: Option<String>,
        #[serde(deserialize_with = "list")] medium: Vec<Concept>,
        subject: Option<Reference>,
        sender: Option<Reference>,
        sent: Option<String>,
        received: Option<String>,
        #[serde(deserialize_with = "list")] payload: Vec<Payload>,
    }
    /// What is allowed.
    Provision {
        #[serde(rename = "type")] kind: Option<String>,
        #[serde(deserialize_with = "list")] purpose: Vec<Coding>,
        #[serde(deserialize_with = "list")] code: Vec<Concept>,
    }
    /// A consent.
    Consent {
        status: Option<String>,
        scope: Option<Concept>,
        #[serde(deserialize_with = "list")] category: Vec<Concept>,
        patient: Option<Reference>,
        date_time: Option<String>,
        provision: Option<Provision>,
    }
    /// A warning.
    Flag {
        status: Option<String>,
        code: Option<Concept>,
        subject: Option<Reference>,
        period: Option<Period>,
    }
}

impl Concept {
    /// The words: the text, else the first display, else the first code.
    pub(super) fn words(&self) -> Option<String> {
        let text = self.text.clone();
        let display = || self.coding.iter().find_map(|c| c.display.clone());
        let code = || self.coding.iter().find_map(|c| c.code.clone());
        text.or_else(display).or_else(code).filter(|w| !w.trim().is_empty())
    }

    /// The first code.
    pub(super) fn first_code(&self) -> Option<&str> {
        self.coding.iter().find_map(|c| c.code.as_deref())
    }

    /// All codes with their systems.
    pub(super) fn codes(&self) -> Vec<crate::domain::result::Code> {
        use crate::domain::result::{Code, CodeSystem};
        self.coding
            .iter()
            .filter_map(|c| {
                Some(Code {
                    system: c.system.as_deref().map_or(CodeSystem::Unstated, CodeSystem::from_uri),
                    code: c.code.clone()?,
                    display: c.display.clone(),
                })
            })
            .collect()
    }
}
