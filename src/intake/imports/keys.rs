//! Whose record is this? An NHS number counts only together with the date of birth (H02).

use crate::domain::import::{PatientKey, Record};
use crate::outreach::OutreachError;
use crate::store::Tx;
use crate::store::patients::{self, IdentifierRow, PatientRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The people a page of records speaks of, by the identity of their key.
#[derive(Debug, Default)]
pub(super) struct Known {
    by_identity: HashMap<String, PatientRow>,
    /// NHS numbers that are known with another date of birth.
    conflicts: BTreeSet<String>,
}

impl Known {
    /// The stored person of a key.
    pub fn get(&self, key: &PatientKey) -> Option<&PatientRow> {
        self.by_identity.get(&key.identity())
    }

    /// Is the NHS number known, with another date of birth?
    pub fn conflicts(&self, key: &PatientKey) -> bool {
        matches!(key, PatientKey::NhsAndBirthDate { nhs_number, .. } if self.conflicts.contains(&nhs_number.digits()))
    }
}

/// Looks up everybody a page speaks of, in two statements.
pub(super) async fn resolve(tx: &mut Tx, practice_id: &str, page: &[&Record]) -> Result<Known, OutreachError> {
    let mut numbers: BTreeMap<String, Vec<&PatientKey>> = BTreeMap::new();
    let mut identifiers: Vec<IdentifierRow> = Vec::new();
    let mut seen = BTreeSet::new();
    for key in page.iter().map(|record| record.patient()) {
        if !seen.insert(key.identity()) {
            continue;
        }
        match key {
            PatientKey::NhsAndBirthDate { nhs_number, .. } => {
                numbers.entry(nhs_number.digits()).or_default().push(key);
            }
            PatientKey::Identifier { system, value } => identifiers.push(IdentifierRow {
                practice_id: practice_id.to_owned(),
                system: system.clone(),
                value: value.clone(),
                patient_id: String::new(),
            }),
        }
    }
    let mut known = Known::default();
    let digits: Vec<String> = numbers.keys().cloned().collect();
    for row in patients::by_nhs_numbers(tx, practice_id, &digits).await? {
        for key in row.nhs_number.as_ref().and_then(|n| numbers.get(n)).into_iter().flatten() {
            let PatientKey::NhsAndBirthDate { nhs_number, birth_date, .. } = key else {
                continue;
            };
            if row.birth_date.as_deref() == Some(birth_date.to_string().as_str()) {
                known.by_identity.insert(key.identity(), row.clone());
            } else {
                known.conflicts.insert(nhs_number.digits());
            }
        }
    }
    let found = patients::find_identifiers(tx, &identifiers).await?;
    let ids: Vec<String> = found.iter().map(|i| i.patient_id.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let rows: HashMap<String, PatientRow> =
        patients::by_ids(tx, &ids).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    for identifier in found {
        if let Some(row) = rows.get(&identifier.patient_id) {
            let key = PatientKey::Identifier { system: identifier.system, value: identifier.value };
            known.by_identity.insert(key.identity(), row.clone());
        }
    }
    Ok(known)
}
