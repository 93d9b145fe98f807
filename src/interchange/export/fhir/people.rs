//! Patient and the practice.

use serde_json::{Value, json};

use super::{Bundle, object, text};
use crate::domain::import::Deceased;
use crate::interchange::systems;

impl Bundle<'_> {
    pub(super) fn organization(&mut self) {
        let practice = &self.view.practice;
        let ods = practice.ods_code.as_deref().and_then(text);
        let identifier = ods.map(|code| json!([{ "system": systems::ODS_CODE, "value": code }]));
        let fields = object(json!({
            "identifier": identifier,
            // An organisation without an identifier must have a name (FHIR org-1).
            "name": text(&practice.name).unwrap_or_else(|| "General practice".to_owned()),
        }));
        let id = practice.id.clone();
        self.add("Organization", &id, fields);
    }

    pub(super) fn patient(&mut self) {
        let patient = &self.view.patient;
        let mut identifiers = vec![json!({ "system": super::OWN_ID, "value": patient.id })];
        if let Some(number) = &patient.nhs_number {
            identifiers.insert(0, json!({ "system": systems::NHS_NUMBER, "value": number }));
        }
        identifiers.extend(
            patient
                .identifiers
                .iter()
                .filter_map(|(system, value)| Some(json!({ "system": text(system)?, "value": text(value)? }))),
        );
        let mut official = object(json!({ "use": "official", "family": text(&patient.family) }));
        if let Some(given) = text(&patient.given) {
            official.insert("given".to_owned(), json!([given]));
        }
        let mut names = vec![Value::Object(official)];
        names.extend(patient.known_as.as_deref().and_then(text).map(|name| json!({ "use": "nickname", "text": name })));
        let phones = patient.phones.iter().map(|phone| json!({ "system": "phone", "use": "mobile", "value": phone }));
        let emails = patient.emails.iter().map(|email| json!({ "system": "email", "value": email }));
        let language = patient.language.as_deref().and_then(text);
        let language =
            language.map(|code| json!([{ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": code }] } }]));
        let mut fields = object(json!({
            "identifier": identifiers,
            "active": patient.registered,
            "name": names,
            "telecom": phones.chain(emails).collect::<Vec<_>>(),
            "birthDate": patient.birth_date.to_string(),
            "communication": language,
            "managingOrganization": self.practice(),
        }));
        match patient.deceased {
            Deceased::No => {}
            Deceased::Yes => {
                fields.insert("deceasedBoolean".to_owned(), json!(true));
            }
            Deceased::On(day) => {
                fields.insert("deceasedDateTime".to_owned(), json!(day.to_string()));
            }
        }
        let id = patient.id.clone();
        self.add("Patient", &id, fields);
    }
}
