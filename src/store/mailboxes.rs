//! The mailboxes that are read: how far, by whom, and what is wrong with them.

use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One row of `mailbox`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of mailbox")]
pub struct MailboxRow {
    pub gateway: String,
    pub folder: String,
    pub uid_validity: i64,
    pub last_uid: i64,
    pub holder: String,
    pub lease_until: i64,
    pub read_at: Option<i64>,
    pub fault: String,
    pub failures: i64,
    pub failing_since: Option<i64>,
    pub retry_at: i64,
    pub stuck_uid: i64,
    pub stuck_tries: i64,
}

/// Makes sure a folder is known; one that is keeps its state.
pub async fn ensure(tx: &mut Tx, gateway: &str, folder: &str) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO mailbox (gateway, folder, uid_validity, last_uid, holder, lease_until, read_at, fault, failures,
           failing_since, retry_at, stuck_uid, stuck_tries)
         VALUES ($1, $2, 0, 0, '', 0, NULL, '', 0, NULL, 0, 0, 0) ON CONFLICT DO NOTHING",
    );
    tx.run(&SQL, &[gateway.into(), folder.into()]).await?;
    Ok(())
}

/// Claims a folder for one reader until `lease_until`, or renews the claim. `None` while somebody else has it.
pub async fn claim(
    tx: &mut Tx,
    gateway: &str,
    folder: &str,
    holder: &str,
    now: i64,
    lease_until: i64,
) -> Result<Option<MailboxRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE mailbox SET holder = $3, lease_until = $5 WHERE gateway = $1 AND folder = $2
         AND (holder = $3 OR lease_until <= $4) RETURNING *",
    );
    let args = [gateway.into(), folder.into(), holder.into(), now.into(), lease_until.into()];
    Ok(tx.fetch(&SQL, &args).await?.into_iter().next())
}

/// Notes how far a folder was read. Returns whether the claim was still ours.
pub async fn advance(tx: &mut Tx, row: &MailboxRow) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE mailbox SET uid_validity = $4, last_uid = $5, stuck_uid = $6, stuck_tries = $7
         WHERE gateway = $1 AND folder = $2 AND holder = $3",
    );
    let args = [
        (&row.gateway).into(),
        (&row.folder).into(),
        (&row.holder).into(),
        row.uid_validity.into(),
        row.last_uid.into(),
        row.stuck_uid.into(),
        row.stuck_tries.into(),
    ];
    Ok(tx.run(&SQL, &args).await? == 1)
}

/// Notes how a look ended: read at `read_at`, or failed with what is in `fault`, to be tried again at `retry_at`.
pub async fn looked(tx: &mut Tx, row: &MailboxRow) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE mailbox SET read_at = $4, fault = $5, failures = $6, failing_since = $7, retry_at = $8
         WHERE gateway = $1 AND folder = $2 AND holder = $3",
    );
    let args = [
        (&row.gateway).into(),
        (&row.folder).into(),
        (&row.holder).into(),
        row.read_at.into(),
        (&row.fault).into(),
        row.failures.into(),
        row.failing_since.into(),
        row.retry_at.into(),
    ];
    Ok(tx.run(&SQL, &args).await? == 1)
}

/// Gives a folder back, so that another reader need not wait for the claim to end.
pub async fn release(tx: &mut Tx, gateway: &str, folder: &str, holder: &str) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("UPDATE mailbox SET lease_until = 0 WHERE gateway = $1 AND folder = $2 AND holder = $3");
    Ok(tx.run(&SQL, &[gateway.into(), folder.into(), holder.into()]).await? == 1)
}

/// All folders, for health checks and operators.
pub async fn all(db: &Db) -> Result<Vec<MailboxRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM mailbox ORDER BY gateway, folder");
    db.fetch(&SQL, &[]).await
}
