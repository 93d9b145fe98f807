//! Reading a mailbox: one `step` is one look into the folder. What is found is durable before it is marked, and the place is
//! noted after that: a cut at any moment leads to the same mail again, which is then known.

use super::fetch::{fetch, put_aside};
use super::holder;
use super::keep::keep;
use super::reading::{Taken, take};
use super::trouble;
use crate::gateways::imap::{ImapBox, MailFault, OpenFolder};
use crate::gateways::{Gateway, MailIn};
use crate::outreach::{Engine, OutreachError};
use crate::store::mailboxes::{self, MailboxRow};
use std::sync::Arc;
use std::time::Duration;

/// Most mails of one look.
const MOST_MAILS: usize = 50;
/// How long a claim on a folder lasts; every look renews it.
const LEASE_MS: i64 = 300_000;
/// A mail that cannot be fetched so often is left in the folder for people.
const STUCK_AFTER: i64 = 5;

/// What one look gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// New mails kept.
    pub kept: usize,
    /// There is more to read at once.
    pub more: bool,
    /// How long to rest before the next look otherwise.
    pub rest: Duration,
}

/// The reader of one mailbox. Of several on one database one at a time reads.
pub struct MailReader {
    pub(super) gateway: Arc<Gateway>,
    pub(super) holder: String,
    pub(super) open: Option<OpenFolder>,
    /// A reader that just started tries once whatever was to be waited for: the settings may have been mended.
    fresh: bool,
    pub(super) broken_idles: u32,
}

/// A holder that was killed on this machine keeps nobody waiting. Returns whether the folder became free.
async fn release_of_the_dead(engine: &Engine, gateway: &str, folder: &str) -> Result<bool, OutreachError> {
    let all = mailboxes::all(&engine.db).await?;
    let Some(row) = all.into_iter().find(|row| row.gateway == gateway && row.folder == folder) else {
        return Ok(false);
    };
    if !holder::is_dead(&row.holder) {
        return Ok(false);
    }
    tracing::info!(gateway, code = "mailbox_freed", "the program that read this mailbox has died; another one goes on");
    let mut tx = engine.db.begin().await?;
    let freed = mailboxes::release(&mut tx, gateway, folder, &row.holder).await?;
    tx.commit().await?;
    Ok(freed)
}

/// Why a look ended early.
enum Ended {
    Mail(MailFault),
    Work(OutreachError),
}

impl From<MailFault> for Ended {
    fn from(fault: MailFault) -> Self {
        Self::Mail(fault)
    }
}
impl<E: Into<OutreachError>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Work(error.into())
    }
}

impl MailReader {
    /// The readers of every mailbox that is set up.
    pub fn of(engine: &Engine) -> Vec<Self> {
        let with_box = engine.gateways.iter().filter(|g| g.mail_in().is_some_and(|way| way.imap.is_some()));
        with_box
            .map(|gateway| Self {
                gateway: Arc::clone(gateway),
                holder: holder::name(&engine.clock.id()),
                open: None,
                fresh: true,
                broken_idles: 0,
            })
            .collect()
    }

    /// One look. Waits for the network only; failures of the mailbox are noted and told, not returned.
    pub async fn step(&mut self, engine: &Engine) -> Result<Looked, OutreachError> {
        let gateway = Arc::clone(&self.gateway);
        let Some((way, imap)) = gateway.mail_in().and_then(|way| Some((way, way.imap.as_ref()?))) else {
            return Ok(Looked { kept: 0, more: false, rest: Duration::MAX });
        };
        let now = engine.clock.now_ms();
        let (name, folder) = (gateway.name(), imap.folder.as_str());
        let mut tx = engine.db.begin().await?;
        mailboxes::ensure(&mut tx, name, folder).await?;
        let claimed = mailboxes::claim(&mut tx, name, folder, &self.holder, now, now + LEASE_MS).await?;
        tx.commit().await?;
        let Some(mut row) = claimed else {
            self.open = None;
            let more = release_of_the_dead(engine, name, folder).await?;
            return Ok(Looked { kept: 0, more, rest: imap.poll });
        };
        if row.retry_at > now && !self.fresh {
            let rest = Duration::from_millis((row.retry_at - now).unsigned_abs());
            return Ok(Looked { kept: 0, more: false, rest });
        }
        self.fresh = false;
        match self.look(engine, way, imap, &mut row).await {
            Ok((kept, more)) => {
                let known = MailboxRow { read_at: Some(engine.clock.now_ms()), ..row };
                let well = MailboxRow { fault: String::new(), failures: 0, failing_since: None, retry_at: 0, ..known };
                let mut tx = engine.db.begin().await?;
                mailboxes::looked(&mut tx, &well).await?;
                tx.commit().await?;
                Ok(Looked { kept, more, rest: imap.poll })
            }
            Err(Ended::Work(error)) => {
                self.open = None;
                Err(error)
            }
            Err(Ended::Mail(fault)) => {
                self.open = None;
                trouble::note(engine, &mut row, fault).await?;
                let rest = Duration::from_millis((row.retry_at - engine.clock.now_ms()).max(0).unsigned_abs());
                Ok(Looked { kept: 0, more: false, rest })
            }
        }
    }

    async fn look(
        &mut self,
        engine: &Engine,
        way: &MailIn,
        imap: &ImapBox,
        row: &mut MailboxRow,
    ) -> Result<(usize, bool), Ended> {
        if self.open.is_none() {
            self.open = Some(imap.open().await?);
        }
        let Some(open) = &mut self.open else { return Err(MailFault::Lost.into()) };
        let state = open.select().await?;
        if row.uid_validity != i64::from(state.uid_validity) {
            // The UIDs mean other mails now: everything is looked at again, and what is known stays single.
            (row.uid_validity, row.last_uid, row.stuck_uid, row.stuck_tries) = (state.uid_validity.into(), 0, 0, 0);
        }
        let after = u32::try_from(row.last_uid).unwrap_or(u32::MAX);
        if state.uid_next.is_some_and(|next| next <= after.saturating_add(1)) {
            return Ok((0, false));
        }
        let uids = open.above(after).await?;
        let Some(first) = uids.first().copied() else { return Ok((0, false)) };
        // After a fetch that failed, its first mail is tried alone.
        let stuck = row.stuck_uid == i64::from(first) && row.stuck_tries > 0;
        if stuck && row.stuck_tries >= STUCK_AFTER {
            trouble::left_in_the_box(engine, row).await?;
            self.passed(engine, row, first).await?;
            return Ok((0, uids.len() > 1));
        }
        let most = if stuck { 1 } else { MOST_MAILS };
        let group = uids.get(..most.min(uids.len())).unwrap_or_default();
        let fetched = match fetch(open, group, way).await {
            Ok(fetched) => fetched,
            Err(fault) => {
                row.stuck_tries = if stuck { row.stuck_tries + 1 } else { 1 };
                row.stuck_uid = first.into();
                let mut tx = engine.db.begin().await?;
                mailboxes::advance(&mut tx, row).await?;
                tx.commit().await?;
                // Mails that others removed in the meantime are refused once: a fresh look no longer sees them.
                return if fault == MailFault::Refused && !stuck { Ok((0, true)) } else { Err(fault.into()) };
            }
        };
        let practices = engine.practices().await?;
        let taken: Vec<Taken> =
            fetched.mails.into_iter().map(|(_, raw, size)| take(raw, size, way, &practices)).collect();
        let kept = self.keep_all(engine, row, &taken).await?;
        if let Some(open) = &mut self.open {
            let refused = put_aside(open, &fetched.there).await?;
            if refused > 0 {
                // They are kept: a mark that may not be set keeps nobody waiting.
                tracing::warn!(gateway = %row.gateway, refused, code = "mail_not_marked", "kept mails could not be moved or marked");
            }
        }
        self.passed(engine, row, fetched.last).await?;
        Ok((kept, uids.last() != Some(&fetched.last)))
    }

    /// Keeps all together, or each on its own where one of them is refused, so that it holds up no other.
    async fn keep_all(&self, engine: &Engine, row: &MailboxRow, taken: &[Taken]) -> Result<usize, Ended> {
        match keep(engine, self.gateway.name(), taken).await {
            Ok(kept) => return Ok(kept),
            Err(OutreachError::Store(error)) if !error.is_outage() => {}
            Err(error) => return Err(error.into()),
        }
        let mut kept = 0;
        for mail in taken {
            match keep(engine, self.gateway.name(), std::slice::from_ref(mail)).await {
                Ok(new) => kept += new,
                Err(OutreachError::Store(error)) if !error.is_outage() => {
                    trouble::left_in_the_box(engine, row).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(kept)
    }

    /// Notes the place. Whoever lost the claim meanwhile stops here; the other reader looks at the same mails again.
    async fn passed(&self, engine: &Engine, row: &mut MailboxRow, last: u32) -> Result<(), Ended> {
        (row.last_uid, row.stuck_uid, row.stuck_tries) = (last.into(), 0, 0);
        let mut tx = engine.db.begin().await?;
        let ours = mailboxes::advance(&mut tx, row).await?;
        tx.commit().await?;
        if ours { Ok(()) } else { Err(MailFault::Lost.into()) }
    }
}
