//! Phone numbers and email addresses, and stops that outlive them.

use super::rows::{batch, batch_sql, ids_json, in_order, insert_sql, last_of_each, packed_sql};
use super::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `contact_point`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of contact_point")]
pub struct ContactPointRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub channel: String,
    pub address: String,
    pub rank: i64,
    pub status: String,
    pub failure_days: String,
    pub updated_at: i64,
}

const UPSERT: Sql = insert_sql!(
    "contact_point",
    [
        id text, practice_id text, patient_id text, channel text, address text, rank bigint, status text,
        failure_days text, updated_at bigint
    ],
    "ON CONFLICT (patient_id, channel, address) DO UPDATE SET rank = excluded.rank, updated_at = excluded.updated_at,
     status = CASE WHEN contact_point.status = 'old' THEN 'active' ELSE contact_point.status END"
);

/// Adds contact points. One that is known keeps its state, except that an old one comes back to use.
pub async fn upsert(tx: &mut Tx, rows: &[ContactPointRow]) -> Result<u64, StoreError> {
    let rows = last_of_each(rows, |r| (&r.patient_id, &r.channel, &r.address));
    tx.run_rows(&UPSERT, &rows).await
}

const RETIRE: Sql = batch_sql!(
    "UPDATE contact_point SET status = 'old' FROM ",
    [patient_id text, updated_at bigint],
    " AS r WHERE contact_point.patient_id = r.patient_id AND contact_point.updated_at < r.updated_at
      AND contact_point.status IN ('active', 'unreachable')"
);

/// Retires contact points of a person that the newest import no longer names: (patient, time of that import).
pub async fn retire_unnamed(tx: &mut Tx, rows: &[(String, i64)]) -> Result<u64, StoreError> {
    #[derive(Serialize)]
    struct Named<'a> {
        patient_id: &'a str,
        updated_at: i64,
    }
    let rows: Vec<_> =
        rows.iter().map(|(patient_id, updated_at)| Named { patient_id, updated_at: *updated_at }).collect();
    tx.run_rows(&RETIRE, &in_order(&rows, |r| r.patient_id)).await
}

const OF_PATIENTS: Sql = packed_sql!(
    "c" [id, practice_id, patient_id, channel, address, rank, status, failure_days, updated_at],
    "contact_point c JOIN ", [id text], " AS r ON c.patient_id = r.id WHERE c.status <> 'old'",
    "c.patient_id, c.rank, c.channel, c.id"
);

/// The contact points of these patients, best first, without retired ones.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<ContactPointRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&OF_PATIENTS, &[ids_json(patient_ids)]).await
}

const AT_ADDRESSES: Sql = packed_sql!(
    "c" [id, practice_id, patient_id, channel, address, rank, status, failure_days, updated_at],
    "contact_point c JOIN ", [channel text, address text],
    " AS r ON c.channel = r.channel AND c.address = r.address WHERE c.status <> 'old'", "c.patient_id, c.id"
);

/// Everybody who can be at these (channel, address) pairs.
pub async fn at_addresses(tx: &mut Tx, addresses: &[(String, String)]) -> Result<Vec<ContactPointRow>, StoreError> {
    #[derive(Serialize)]
    struct Address<'a> {
        channel: &'a str,
        address: &'a str,
    }
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = addresses.iter().map(|(channel, address)| Address { channel, address }).collect();
    tx.fetch_packed(&AT_ADDRESSES, &[batch(&rows)?]).await
}

/// Sets the state of every contact point at an address: `active`, `unreachable` or `wrong_person`. A retired one stays
/// retired, and one where somebody else answered stays so, whatever is delivered there: the number may have a new owner.
pub async fn set_status(
    tx: &mut Tx,
    channel: &str,
    address: &str,
    status: &str,
    failure_days: &str,
    now: i64,
) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE contact_point SET status = $3, failure_days = $4, updated_at = $5 WHERE channel = $1 AND address = $2
         AND status NOT IN ('old', 'wrong_person')",
    );
    tx.run(&SQL, &[channel.into(), address.into(), status.into(), failure_days.into(), now.into()]).await
}

/// Stops an address for good, whoever has it; kept as a hash so that it survives the deletion of the person.
pub async fn stop_address(
    tx: &mut Tx,
    channel: &str,
    address_hash: &str,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO address_stop (channel, address_hash, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    );
    tx.run(&SQL, &[channel.into(), address_hash.into(), reason.into(), now.into()]).await?;
    Ok(())
}

/// Lifts the stop of an address.
pub async fn unstop_address(tx: &mut Tx, channel: &str, address_hash: &str) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM address_stop WHERE channel = $1 AND address_hash = $2");
    tx.run(&SQL, &[channel.into(), address_hash.into()]).await
}

const STOPPED: Sql = batch_sql!(
    "SELECT s.address_hash FROM address_stop s JOIN ",
    [id text],
    " AS r ON s.address_hash = r.id"
);

/// Which of these address hashes are stopped.
pub async fn stopped(tx: &mut Tx, hashes: &[String]) -> Result<Vec<String>, StoreError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String,)> = tx.fetch(&STOPPED, &[ids_json(hashes)]).await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
