//! Bringing a practice's data in: read files become rows, in pages, and everything that is not taken has a reason.

mod care;
mod keys;
mod people;
mod results;

pub use results::state_of;

use crate::domain::import::{ImportFile, Place, Record};
use crate::outreach::{Engine, OutreachError};
use crate::store::audit::{self, AuditEventRow};
use crate::store::imports::{self, ImportRunRow};
use crate::store::{Tx, practices};
use serde::Serialize;
use std::collections::BTreeMap;

/// A record that the file gave whole, and that could not be taken into the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotTaken {
    /// Where it stood.
    pub place: Place,
    /// What kind of record.
    pub what: &'static str,
    /// Why, in a sentence.
    pub reason: &'static str,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// New or changed rows by kind.
    pub stored: BTreeMap<&'static str, u64>,
    /// Rows that said nothing new, or that are read and not kept, by kind.
    pub unchanged: BTreeMap<&'static str, u64>,
    /// What was not taken.
    pub not_taken: Vec<NotTaken>,
    /// Results that a standing rule released.
    pub released_by_rule: u64,
    /// Results that came corrected after their release.
    pub corrected: u64,
}

impl Imported {
    fn stored(&mut self, kind: &'static str, count: u64) {
        if count > 0 {
            *self.stored.entry(kind).or_default() += count;
        }
    }

    fn unchanged(&mut self, kind: &'static str, count: u64) {
        if count > 0 {
            *self.unchanged.entry(kind).or_default() += count;
        }
    }

    fn refuse(&mut self, record: &Record, reason: &'static str) {
        self.not_taken.push(NotTaken { place: record.provenance().place, what: record.kind(), reason });
    }
}

/// Who imports, and how.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Into which practice.
    pub practice_id: &'a str,
    /// Who does it, for the audit trail.
    pub actor: &'a str,
    /// Look only: everything is done and then undone.
    pub dry_run: bool,
    /// The digest of the file's bytes.
    pub sha256: &'a str,
}

/// How many records one transaction takes.
const PAGE: usize = 500;

/// Stores what a file gave. Patients come first, so that one file may hold both. The same file twice has one effect.
/// `progress` is told how many records are done.
pub async fn import(
    engine: &Engine,
    file: &ImportFile,
    request: Request<'_>,
    mut progress: impl FnMut(usize),
) -> Result<Imported, OutreachError> {
    let mut done = Imported::default();
    let (people, care): (Vec<&Record>, Vec<&Record>) =
        file.accepted.iter().partition(|record| matches!(record, Record::Patient(_)));
    let mut count = 0;
    // A dry run is one transaction that is dropped at the end, so that later records see the earlier ones.
    let mut dry = if request.dry_run { Some(engine.db.begin().await?) } else { None };
    for page in people.chunks(PAGE).chain(care.chunks(PAGE)) {
        if let Some(tx) = &mut dry {
            take_page(engine, tx, request, page, &mut done).await?;
        } else {
            let mut tx = engine.db.begin().await?;
            take_page(engine, &mut tx, request, page, &mut done).await?;
            tx.commit().await?;
        }
        count += page.len();
        progress(count);
    }
    if !request.dry_run {
        note(engine, file, request, &done).await?;
    }
    engine.forget_practices();
    Ok(done)
}

async fn take_page(
    engine: &Engine,
    tx: &mut Tx,
    request: Request<'_>,
    page: &[&Record],
    done: &mut Imported,
) -> Result<(), OutreachError> {
    let known = keys::resolve(tx, request.practice_id, page).await?;
    people::take(engine, tx, request, page, &known, done).await?;
    care::take(engine, tx, request, page, &known, done).await?;
    results::take(engine, tx, request, page, &known, done).await
}

async fn note(engine: &Engine, file: &ImportFile, request: Request<'_>, done: &Imported) -> Result<(), OutreachError> {
    let now = engine.clock.now_ms();
    let id = engine.clock.id();
    let summary = serde_json::json!({ "read": file.counts, "refused": file.refused.len(), "done": done });
    let mut tx = engine.db.begin().await?;
    if file.accepted.iter().any(|r| matches!(r, Record::Patient(_))) {
        practices::feed_refreshed(&mut tx, request.practice_id, "patients", now).await?;
    }
    if file.accepted.iter().any(|r| matches!(r, Record::Appointment(_))) {
        practices::feed_refreshed(&mut tx, request.practice_id, "appointments", now).await?;
    }
    let run = ImportRunRow {
        id: id.clone(),
        practice_id: request.practice_id.to_owned(),
        kind: file.format.clone(),
        file_name: file.file.clone(),
        sha256: request.sha256.to_owned(),
        summary: summary.to_string(),
        actor: request.actor.to_owned(),
        at: now,
    };
    imports::add(&mut tx, &run).await?;
    let event = AuditEventRow {
        id: engine.clock.id(),
        at: now,
        actor: request.actor.to_owned(),
        action: "import".to_owned(),
        practice_id: Some(request.practice_id.to_owned()),
        subject: "import_run".to_owned(),
        subject_id: id,
        detail: serde_json::json!({ "accepted": file.accepted.len(), "refused": file.refused.len() }).to_string(),
    };
    audit::append(&mut tx, &[event]).await?;
    tx.commit().await?;
    Ok(())
}
