//! Patients, their identifiers and tags.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql, packed_sql, postgres_ids, sqlite_ids};
use super::rows::{self, begins, in_order, last_of_each, truth};
use super::{Db, Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `patient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of patient")]
pub struct PatientRow {
    pub id: String,
    pub practice_id: String,
    pub nhs_number: Option<String>,
    pub family_name: String,
    pub given_name: String,
    pub known_as: Option<String>,
    pub birth_date: Option<String>,
    pub language: String,
    pub zone: Option<String>,
    pub preferred_channel: Option<String>,
    pub window_json: Option<String>,
    #[serde(deserialize_with = "truth")]
    pub registered: bool,
    #[serde(deserialize_with = "truth")]
    pub deceased: bool,
    #[serde(deserialize_with = "truth")]
    pub sensitive: bool,
    #[serde(deserialize_with = "truth")]
    pub unsafe_contact: bool,
    #[serde(deserialize_with = "truth")]
    pub textable: bool,
    pub needs: String,
    pub paused_until: Option<i64>,
    pub pause_reason: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

const UPSERT: Batch<PatientRow> = insert_sql!(
    "patient",
    [
        id text, practice_id text, nhs_number text, family_name text, given_name text, known_as text, birth_date text,
        language text, zone text, preferred_channel text, window_json text, registered boolean, deceased boolean, sensitive boolean,
        unsafe_contact boolean, textable boolean, needs text, paused_until bigint, pause_reason text, created_at bigint,
        updated_at bigint
    ],
    "ON CONFLICT (id) DO UPDATE SET nhs_number = excluded.nhs_number, family_name = excluded.family_name,
     given_name = excluded.given_name, known_as = excluded.known_as, birth_date = excluded.birth_date,
     language = excluded.language, preferred_channel = excluded.preferred_channel, registered = excluded.registered,
     deceased = excluded.deceased, sensitive = excluded.sensitive, textable = excluded.textable, needs = excluded.needs,
     updated_at = excluded.updated_at"
);

/// Adds patients, or brings what the practice's data says of them up to date. What people or staff told us (pause, own
/// window, unsafe contact) is left as it is.
pub async fn upsert(tx: &mut Tx, rows: &[PatientRow]) -> Result<u64, StoreError> {
    tx.run_batch(&UPSERT, &last_of_each(rows, |r| &r.id)).await
}

const BY_IDS: Sql = packed_sql!(
    "p" [
        id, practice_id, nhs_number, family_name, given_name, known_as, birth_date, language, zone, preferred_channel,
        window_json, registered, deceased, sensitive, unsafe_contact, textable, needs, paused_until, pause_reason,
        created_at, updated_at
    ],
    "patient p JOIN ", ids, " AS r ON p.id = r.id", "p.id"
);

/// The patients with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<PatientRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&BY_IDS, &[rows::ids(ids)]).await
}

/// The zones of these patients who have one of their own, and `None` for those who have not: (patient, zone).
pub async fn zones(tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, Option<String>)>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: concat!(
            "SELECT json_group_array(json_array(p.id, p.zone)) FROM patient p JOIN ",
            sqlite_ids!(),
            " AS r ON p.id = r.id"
        ),
        postgres: concat!("SELECT p.id, p.zone FROM patient p JOIN ", postgres_ids!(), " AS r ON p.id = r.id"),
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&SQL, &[rows::ids(ids)]).await
}

/// One patient, read outside a transaction.
pub async fn get(db: &Db, id: &str) -> Result<Option<PatientRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM patient WHERE id = $1");
    db.fetch_optional(&SQL, &[id.into()]).await
}

const BY_NHS: Sql = Sql {
    sqlite: "SELECT * FROM patient WHERE practice_id = $2 AND nhs_number IN (SELECT value FROM jsonb_each($1))",
    postgres: "SELECT * FROM patient WHERE practice_id = $2 AND nhs_number IN
        (SELECT r.id FROM unnest(CAST($1 AS text[])) AS r(id))",
};

/// The patients of a practice who have one of these NHS numbers (ten digits, no spaces).
pub async fn by_nhs_numbers(tx: &mut Tx, practice_id: &str, numbers: &[String]) -> Result<Vec<PatientRow>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&BY_NHS, &[rows::ids(numbers), practice_id.into()]).await
}

/// Finds patients for staff: by our id, NHS number, identifier or the beginning of the family name.
pub async fn search(db: &Db, practice_id: &str, text: &str, limit: i64) -> Result<Vec<PatientRow>, StoreError> {
    macro_rules! named {
        ($like:literal) => {
            concat!(
                "SELECT * FROM patient WHERE practice_id = $1 AND (id = $2 OR nhs_number = $3 OR LOWER(family_name) ",
                $like,
                " $4 OR LOWER(given_name) ",
                $like,
                " $4 OR id IN (SELECT patient_id FROM patient_identifier WHERE practice_id = $1 AND value = $2))
                 ORDER BY family_name, given_name, id LIMIT $5"
            )
        };
    }
    const SQL: Sql = Sql { sqlite: named!("GLOB"), postgres: named!("LIKE") };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    db.fetch(&SQL, &[practice_id.into(), text.into(), digits.into(), begins(db, text), limit.into()]).await
}

/// A page of a practice's patients in order of id, after `after`.
pub async fn page(db: &Db, practice_id: &str, after: &str, limit: i64) -> Result<Vec<PatientRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM patient WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3");
    db.fetch(&SQL, &[practice_id.into(), after.into(), limit.into()]).await
}

/// One identifier of a patient in some system.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of patient_identifier")]
pub struct IdentifierRow {
    pub practice_id: String,
    pub system: String,
    pub value: String,
    pub patient_id: String,
}

const INSERT_IDENTIFIERS: Batch<IdentifierRow> = insert_sql!(
    "patient_identifier",
    [practice_id text, system text, value text, patient_id text],
    "ON CONFLICT DO NOTHING"
);

/// Notes identifiers; one that is already known keeps its patient.
pub async fn add_identifiers(tx: &mut Tx, rows: &[IdentifierRow]) -> Result<u64, StoreError> {
    let rows = in_order(rows, |r| (&r.practice_id, &r.system, &r.value));
    tx.run_batch(&INSERT_IDENTIFIERS, &rows).await
}

const FIND_IDENTIFIERS: Batch<IdentifierRow> = batch_sql!(
    "SELECT i.* FROM patient_identifier i JOIN ",
    [practice_id text, system text, value text],
    " AS r ON i.practice_id = r.practice_id AND i.system = r.system AND i.value = r.value"
);

/// Whose identifiers these are. `patient_id` of the argument rows is not looked at.
pub async fn find_identifiers(tx: &mut Tx, rows: &[IdentifierRow]) -> Result<Vec<IdentifierRow>, StoreError> {
    tx.fetch_batch(&FIND_IDENTIFIERS, rows).await
}

const IDENTIFIERS_OF: Sql =
    ids_sql!("SELECT i.* FROM patient_identifier i JOIN ", " AS r ON i.patient_id = r.id ORDER BY i.system, i.value");

/// The identifiers of these patients.
pub async fn identifiers_of(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<IdentifierRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&IDENTIFIERS_OF, &[rows::ids(patient_ids)]).await
}

/// A tag on a patient's record.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of patient_tag")]
pub struct TagRow {
    pub patient_id: String,
    pub tag: String,
    pub source: String,
    pub since: i64,
}

const ADD_TAGS: Batch<TagRow> = insert_sql!(
    "patient_tag",
    [patient_id text, tag text, source text, since bigint],
    "ON CONFLICT DO NOTHING"
);

/// Adds tags; one already there keeps its date.
pub async fn add_tags(tx: &mut Tx, rows: &[TagRow]) -> Result<u64, StoreError> {
    let rows = in_order(rows, |r| (&r.patient_id, &r.tag));
    tx.run_batch(&ADD_TAGS, &rows).await
}

/// Takes a tag off.
pub async fn remove_tag(tx: &mut Tx, patient_id: &str, tag: &str) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM patient_tag WHERE patient_id = $1 AND tag = $2");
    tx.run(&SQL, &[patient_id.into(), tag.into()]).await
}

const TAGS: Sql = ids_sql!("SELECT t.* FROM patient_tag t JOIN ", " AS r ON t.patient_id = r.id");

/// The tags of these patients.
pub async fn tags(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<TagRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&TAGS, &[rows::ids(patient_ids)]).await
}

/// Holds a person's row until the transaction ends: what two requests would do to it at once, they do one after the other.
pub async fn lock(tx: &mut Tx, patient_id: &str) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE patient SET updated_at = updated_at WHERE id = $1");
    tx.ensure_one("patient", &SQL, &[patient_id.into()]).await
}

/// Pauses a person until a moment, with the reason; `None` resumes.
pub async fn set_pause(
    tx: &mut Tx,
    patient_id: &str,
    until: Option<i64>,
    reason: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    const SQL: Sql =
        Sql::same("UPDATE patient SET paused_until = $2, pause_reason = $3, updated_at = $4 WHERE id = $1");
    tx.ensure_one("patient", &SQL, &[patient_id.into(), until.into(), reason.into(), now.into()]).await
}

/// Marks contact by message as unsafe for a person, or clears the mark.
pub async fn set_unsafe_contact(tx: &mut Tx, patient_id: &str, on: bool, now: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE patient SET unsafe_contact = $2, updated_at = $3 WHERE id = $1");
    tx.ensure_one("patient", &SQL, &[patient_id.into(), on.into(), now.into()]).await
}

/// Sets a person's own sending window (JSON), or clears it.
pub async fn set_window(tx: &mut Tx, patient_id: &str, window_json: Option<&str>, now: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE patient SET window_json = $2, updated_at = $3 WHERE id = $1");
    tx.ensure_one("patient", &SQL, &[patient_id.into(), window_json.into(), now.into()]).await
}

/// A related person (carer, parent, proxy) as the record names them.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs, reason = "columns of related_person")]
pub struct RelatedPersonRow {
    pub id: String,
    pub patient_id: String,
    pub source_id: String,
    pub relationship: String,
    pub name: String,
    pub updated_at: i64,
}

const UPSERT_RELATED: Batch<RelatedPersonRow> = insert_sql!(
    "related_person",
    [id text, patient_id text, source_id text, relationship text, name text, updated_at bigint],
    "ON CONFLICT (patient_id, source_id) DO UPDATE SET relationship = excluded.relationship, name = excluded.name,
     updated_at = excluded.updated_at"
);

/// Adds or updates related people.
pub async fn upsert_related(tx: &mut Tx, rows: &[RelatedPersonRow]) -> Result<u64, StoreError> {
    let rows = last_of_each(rows, |r| (&r.patient_id, &r.source_id));
    tx.run_batch(&UPSERT_RELATED, &rows).await
}
