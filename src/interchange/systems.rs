//! Names of the code systems that appear in what is written and read.

/// SNOMED CT.
pub(crate) const SNOMED: &str = "http://snomed.info/sct";
/// LOINC.
pub(crate) const LOINC: &str = "http://loinc.org";
/// UCUM.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";
/// NHS numbers.
pub(crate) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// ODS organisation codes.
pub(crate) const ODS_CODE: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// This program's consents.
pub(crate) const CONSENT: &str = "urn:between:consent";
/// Channels of messages.
pub(crate) const CHANNEL: &str = "urn:between:channel";
/// Purposes of messages.
pub(crate) const PURPOSE: &str = "urn:between:purpose";
/// Kinds of entry in the record.
pub(crate) const ENTRY: &str = "urn:between:entry";
/// Kinds of alert.
pub(crate) const ALERT: &str = "urn:between:alert";
