//! Phone numbers and email addresses, and stops that outlive them.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql, packed_sql};
use super::rows::{self, in_order, last_of_each};
use super::{Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `contact_point`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
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

const UPSERT: Batch<ContactPointRow> = insert_sql!(
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
    tx.run_batch(&UPSERT, &rows).await
}

/// Who was named by an import, and when that was.
struct Named {
    patient_id: String,
    updated_at: i64,
}

const RETIRE: Batch<Named> = batch_sql!(
    "UPDATE contact_point SET status = 'old' FROM ",
    [patient_id text, updated_at bigint],
    " AS r WHERE contact_point.patient_id = r.patient_id AND contact_point.updated_at < r.updated_at
      AND contact_point.status IN ('active', 'unreachable')"
);

/// Retires contact points of a person that the newest import no longer names: (patient, time of that import).
pub async fn retire_unnamed(tx: &mut Tx, rows: &[(String, i64)]) -> Result<u64, StoreError> {
    let named =
        |(patient_id, updated_at): &(String, i64)| Named { patient_id: patient_id.clone(), updated_at: *updated_at };
    let rows: Vec<_> = rows.iter().map(named).collect();
    tx.run_batch(&RETIRE, &in_order(&rows, |r| &r.patient_id)).await
}

const OF_PATIENTS: Sql = packed_sql!(
    "c" [id, practice_id, patient_id, channel, address, rank, status, failure_days, updated_at],
    "contact_point c JOIN ", ids, " AS r ON c.patient_id = r.id WHERE c.status <> 'old'",
    "c.patient_id, c.rank, c.channel, c.id"
);

/// The contact points of these patients, best first, without retired ones.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<ContactPointRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&OF_PATIENTS, &[rows::ids(patient_ids)]).await
}

struct Address {
    channel: String,
    address: String,
}

const AT_ADDRESSES: Batch<Address> = packed_sql!(
    "c" [id, practice_id, patient_id, channel, address, rank, status, failure_days, updated_at],
    "contact_point c JOIN ", [channel text, address text],
    " AS r ON c.channel = r.channel AND c.address = r.address WHERE c.status <> 'old'", "c.patient_id, c.id"
);

/// Everybody who can be at these (channel, address) pairs.
pub async fn at_addresses(tx: &mut Tx, addresses: &[(String, String)]) -> Result<Vec<ContactPointRow>, StoreError> {
    let address =
        |(channel, address): &(String, String)| Address { channel: channel.clone(), address: address.clone() };
    let rows: Vec<_> = addresses.iter().map(address).collect();
    tx.fetch_packed_batch(&AT_ADDRESSES, &rows).await
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

const STOPPED: Sql = ids_sql!("SELECT s.address_hash FROM address_stop s JOIN ", " AS r ON s.address_hash = r.id");

/// Which of these address hashes are stopped.
pub async fn stopped(tx: &mut Tx, hashes: &[String]) -> Result<Vec<String>, StoreError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String,)> = tx.fetch(&STOPPED, &[rows::ids(hashes)]).await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
