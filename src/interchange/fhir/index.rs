//! Who is meant by a reference: within an entry, a file, or the files read together.

use std::collections::{BTreeMap, HashMap};

use super::split::Entry;
use crate::domain::import::{PatientKey, Place, RefusalReason};

/// A resource's place in the files read together: file, entry.
pub(super) type At = (usize, usize);

/// Where the resources of all files stand, by the ways they can be pointed at.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Within one file.
    in_file: HashMap<(usize, String), At>,
    /// Across files; `None` where two files use one reference for different resources.
    anywhere: HashMap<String, Option<At>>,
    /// People inside another resource, by file, place and the id they have there.
    contained: HashMap<(usize, Place, String), PatientKey>,
    /// What became of each patient.
    patients: BTreeMap<At, Result<PatientKey, RefusalReason>>,
}

impl Index {
    /// Adds an entry under its full URL and `Type/id`.
    pub(super) fn add(&mut self, at: At, entry: &Entry<'_>) {
        if entry.parent.is_some() {
            return;
        }
        for key in entry.full_url.iter().cloned().chain(entry.local_reference()) {
            self.in_file.entry((at.0, key.clone())).or_insert(at);
            self.anywhere.entry(key).and_modify(|before| *before = None).or_insert(Some(at));
        }
    }

    /// Notes what became of a patient.
    pub(super) fn patient(&mut self, at: At, outcome: Result<PatientKey, RefusalReason>) {
        self.patients.insert(at, outcome);
    }

    /// Adds the people that stand inside another resource.
    pub(super) fn add_contained(&mut self, file: usize, place: Place, people: Vec<(String, PatientKey)>) {
        for (id, key) in people {
            self.contained.insert((file, place, id), key);
        }
    }

    /// The person inside the resource at `place` whom it calls `#id`.
    pub(super) fn contained(&self, file: usize, place: Place, id: &str) -> Option<PatientKey> {
        self.contained.get(&(file, place, id.to_owned())).cloned()
    }

    /// The resource a reference points at, from within `file`.
    pub(super) fn find(&self, file: usize, reference: &str) -> Option<At> {
        let reference = without_version(reference);
        let direct = |key: &str| {
            let in_file = self.in_file.get(&(file, key.to_owned())).copied();
            in_file.or_else(|| self.anywhere.get(key).copied().flatten())
        };
        direct(reference).or_else(|| direct(&local_part(reference)?))
    }

    /// The person behind a subject reference.
    pub(super) fn person(&self, file: usize, reference: &str) -> Result<PatientKey, RefusalReason> {
        let found = self.find(file, reference).and_then(|at| self.patients.get(&at));
        match found {
            Some(Ok(key)) => Ok(key.clone()),
            Some(Err(_)) => Err(RefusalReason::PatientRefused),
            None if points_elsewhere(reference) => Err(RefusalReason::NotAboutAPatient),
            None => Err(RefusalReason::PatientNotInFile),
        }
    }
}

/// `Patient/1/_history/2` is `Patient/1`.
fn without_version(reference: &str) -> &str {
    reference.split("/_history/").next().unwrap_or(reference)
}

/// `https://server/fhir/Patient/1` is `Patient/1`.
fn local_part(reference: &str) -> Option<String> {
    let mut parts = reference.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    parts.next()?;
    kind.starts_with(|c: char| c.is_ascii_uppercase()).then(|| format!("{kind}/{id}"))
}

/// The reference names a type, and it is not that of a patient.
fn points_elsewhere(reference: &str) -> bool {
    let mut parts = without_version(reference).rsplit('/');
    let kind = parts.nth(1).unwrap_or_default();
    kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind != "Patient"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(without_version("Patient/1/_history/2"), "Patient/1");
        assert_eq!(local_part("https://server/fhir/Patient/1").as_deref(), Some("Patient/1"));
        assert_eq!(local_part("Patient/1"), None);
        assert!(points_elsewhere("Group/1") && points_elsewhere("https://s/Device/1"));
        assert!(!points_elsewhere("Patient/1") && !points_elsewhere("urn:uuid:1"));
    }
}
