//! A mailbox that cannot be read: patience with the network, a person for what only a person can mend.

use crate::domain::delivery::{BackOff, SendFailure};
use crate::gateways::imap::MailFault;
use crate::outreach::alerts::{NewAlert, raise};
use crate::outreach::{Engine, OutreachError};
use crate::store::mailboxes::{self, MailboxRow};

/// After a refused log-in the next try waits longer: many of them lock accounts.
const AFTER_REFUSAL: BackOff = BackOff { first_ms: 10 * 60_000, longest_ms: 60 * 60_000 };
const AFTER_FAULT: BackOff = BackOff { first_ms: 5_000, longest_ms: 5 * 60_000 };
/// How long a mailbox may be out of reach before staff are told.
const PATIENCE_MS: i64 = 30 * 60_000;

/// Notes a failed look in the mailbox's row, with the time of the next one, and tells staff where that is due.
pub(super) async fn note(engine: &Engine, row: &mut MailboxRow, fault: MailFault) -> Result<(), OutreachError> {
    let now = engine.clock.now_ms();
    row.failures += 1;
    fault.code().clone_into(&mut row.fault);
    let since = *row.failing_since.get_or_insert(now);
    let waits = if fault.needs_a_person() { AFTER_REFUSAL } else { AFTER_FAULT };
    let seed = row.holder.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let failure = SendFailure::Unreachable { detail_code: row.fault.clone() };
    let attempt = u32::try_from(row.failures).unwrap_or(u32::MAX);
    row.retry_at = waits.next_retry(attempt, &failure, now, seed, i64::MAX).unwrap_or(now + waits.longest_ms);
    tracing::warn!(
        gateway = %row.gateway, code = "mail_in_failed", fault = %row.fault, failures = row.failures,
        "the mailbox could not be read"
    );
    let mut tx = engine.db.begin().await?;
    mailboxes::looked(&mut tx, row).await?;
    tx.commit().await?;
    if fault.needs_a_person() || now - since >= PATIENCE_MS {
        let reason = match fault {
            MailFault::LoginRefused => "The mailbox for answers refuses our log-in: its password must be put right.",
            MailFault::NoFolder => "The mailbox for answers has no such folder, or it is not ours to open.",
            MailFault::Tls => "The mail server of the mailbox for answers has no certificate that can be trusted.",
            _ => "The mailbox for answers cannot be read: what people write by email does not come in.",
        };
        tell(engine, "mail_in", &format!("mail_in:{}:{}", row.gateway, row.fault), reason).await?;
    }
    Ok(())
}

/// One mail could not be fetched or kept. It stays in its folder, and people look at it there.
pub(super) async fn left_in_the_box(engine: &Engine, row: &MailboxRow) -> Result<(), OutreachError> {
    tracing::error!(gateway = %row.gateway, code = "mail_left", uid = row.stuck_uid, "a mail could not be taken in");
    let key = format!("mail_left:{}:{}:{}", row.gateway, row.uid_validity, row.stuck_uid);
    tell(engine, "mail_left", &key, "A mail could not be taken in: look at it in the mailbox itself.").await
}

async fn tell(engine: &Engine, kind: &str, key: &str, reason: &str) -> Result<(), OutreachError> {
    let practices = engine.practices().await?;
    let day = engine.clock.now_ms() / 86_400_000;
    let mut tx = engine.db.begin().await?;
    for state in practices.iter() {
        let alert = NewAlert {
            practice_id: &state.practice.id,
            patient_id: None,
            message_id: None,
            dedupe_key: format!("{key}:{day}"),
            kind,
            priority: "asap",
            reason,
        };
        raise(&mut tx, &engine.clock, Some(&state.practice), alert).await?;
    }
    tx.commit().await?;
    Ok(())
}
