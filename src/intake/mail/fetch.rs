//! One group of mails out of a folder, and aside once they are kept.

use crate::gateways::MailIn;
use crate::gateways::imap::{MailFault, OpenFolder};

/// Most bytes of one group. A mail above the gateway's limit is read up to `PART` only.
const MOST_BYTES: usize = 16 << 20;
const PART: usize = 256 << 10;

/// Puts mails aside together, or each on its own where the server refuses: one that others removed in the meantime holds back
/// no other. Returns how many were refused.
pub(super) async fn put_aside(open: &mut OpenFolder, uids: &[u32]) -> Result<usize, MailFault> {
    match open.put_aside(uids).await {
        Ok(()) => return Ok(0),
        Err(MailFault::Refused) => {}
        Err(fault) => return Err(fault),
    }
    let mut refused = 0;
    for uid in uids {
        match open.put_aside(std::slice::from_ref(uid)).await {
            Ok(()) => {}
            Err(MailFault::Refused) => refused += 1,
            Err(fault) => return Err(fault),
        }
    }
    Ok(refused)
}

/// What was fetched of a group.
pub(super) struct Fetched {
    /// (UID, the mail or its beginning, its full size).
    pub(super) mails: Vec<(u32, Vec<u8>, usize)>,
    /// The UIDs of those.
    pub(super) there: Vec<u32>,
    /// Everything up to here is done with: kept, or gone.
    pub(super) last: u32,
}

/// Fetches as many mails of a group as fit.
pub(super) async fn fetch(open: &mut OpenFolder, group: &[u32], way: &MailIn) -> Result<Fetched, MailFault> {
    let sizes = open.sizes(group).await?;
    let size = |uid: &u32| sizes.get(uid).copied().unwrap_or(0) as usize;
    let mut bytes = 0;
    let fits = group.iter().take_while(|uid| {
        bytes += size(uid).min(way.max_bytes);
        bytes <= MOST_BYTES
    });
    let group = group.get(..fits.count().max(1).min(group.len())).unwrap_or_default();
    let there: Vec<u32> = group.iter().copied().filter(|uid| sizes.contains_key(uid)).collect();
    let (large, small): (Vec<u32>, Vec<u32>) = there.iter().partition(|uid| size(uid) > way.max_bytes);
    let mut found = open.mails(&small, way.max_bytes).await?;
    found.extend(open.mails(&large, PART).await?);
    let missing: Vec<u32> = there.iter().copied().filter(|uid| !found.contains_key(uid)).collect();
    // Gone since its size was asked for, or there and not given out?
    if !open.sizes(&missing).await?.is_empty() {
        return Err(MailFault::Unreadable);
    }
    Ok(Fetched {
        last: group.last().copied().unwrap_or_default(),
        there: there.into_iter().filter(|uid| found.contains_key(uid)).collect(),
        mails: found
            .into_iter()
            .map(|(uid, raw)| {
                // Servers count sizes in their own ways: only of a large mail is a part all that there is.
                let full = if large.contains(&uid) { size(&uid).max(raw.len()) } else { raw.len() };
                (uid, raw, full)
            })
            .collect(),
    })
}
