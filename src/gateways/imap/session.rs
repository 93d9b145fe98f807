//! The commands we use, each read to its tagged answer: a connection that ends in the middle is never taken for an end.

use std::{collections::BTreeMap, time::Duration};

use async_imap::{
    extensions::idle::IdleResponse,
    imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status},
};
use tokio::time::timeout;

use super::{
    ImapBox, MailFault,
    connection::{LoggedIn, log_in},
    words::{quoted, set},
};

/// The longest that connecting and logging in may take, and the longest wait for one response. Large mails come as one.
const LOG_IN_TIME: Duration = Duration::from_secs(30);
const RESPONSE_TIME: Duration = Duration::from_mins(2);

/// A folder that is open for reading and marking.
pub struct OpenFolder {
    session: LoggedIn,
    folder: String,
    handled_folder: Option<String>,
    can_move: bool,
    can_idle: bool,
}

/// How a folder stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FolderState {
    /// While this number is the same, UIDs keep their meaning (RFC 3501 section 2.3.1.1).
    pub uid_validity: u32,
    /// The UID the next mail will get, where the server says so.
    pub uid_next: Option<u32>,
}

impl ImapBox {
    /// Connects, logs in and finds out what the server can do.
    pub async fn open(&self) -> Result<OpenFolder, MailFault> {
        let session = timeout(LOG_IN_TIME, log_in(&self.account)).await.map_err(|_| MailFault::TooSlow)??;
        let mut open = OpenFolder {
            session,
            folder: quoted(&self.folder),
            handled_folder: self.handled_folder.as_deref().map(quoted),
            can_move: false,
            can_idle: false,
        };
        let (mut can_move, mut can_idle) = (false, false);
        open.command("CAPABILITY", |response| {
            if let Response::Capabilities(all) = response {
                let has = |word: &str| {
                    all.iter().any(|c| matches!(c, Capability::Atom(name) if name.eq_ignore_ascii_case(word)))
                };
                (can_move, can_idle) = (can_move || has("MOVE"), can_idle || has("IDLE"));
            }
        })
        .await?;
        (open.can_move, open.can_idle) = (can_move, can_idle);
        if let Some(folder) = open.handled_folder.clone().filter(|_| can_move) {
            // Refused where it is there already.
            match open.command(&format!("CREATE {folder}"), |_| {}).await {
                Ok(()) | Err(MailFault::Refused) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(open)
    }
}

impl OpenFolder {
    /// Opens the folder afresh.
    pub async fn select(&mut self) -> Result<FolderState, MailFault> {
        let mut state = FolderState::default();
        let command = ["SELECT", self.folder.as_str()].join(" ");
        let selected = self.command(&command, |response| {
            if let Response::Data { outcome, .. } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(n)) => state.uid_validity = n,
                    Some(ResponseCode::UidNext(n)) => state.uid_next = Some(n),
                    _ => {}
                }
            }
        });
        selected.await.map_err(|fault| if fault == MailFault::Refused { MailFault::NoFolder } else { fault })?;
        // A server without UIDs cannot be read so that nothing is lost or doubled.
        if state.uid_validity == 0 { Err(MailFault::Unreadable) } else { Ok(state) }
    }

    /// The UIDs above `after`, in order.
    pub async fn above(&mut self, after: u32) -> Result<Vec<u32>, MailFault> {
        let mut found = Vec::new();
        self.command(&format!("UID SEARCH UID {}:*", after.saturating_add(1)), |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                // `*` is the last mail, however low its UID is.
                found.extend(uids.iter().filter(|uid| **uid > after));
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The sizes of mails in bytes. One that is no longer there is left out.
    pub async fn sizes(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, u32>, MailFault> {
        let mut sizes = BTreeMap::new();
        self.fetch(uids, "RFC822.SIZE", |uid, attribute| {
            if let AttributeValue::Rfc822Size(size) = attribute {
                sizes.insert(uid, *size);
            }
        })
        .await?;
        Ok(sizes)
    }

    /// The mails themselves, at most `most` bytes of each, without marking them as seen. One that is no longer there is
    /// left out.
    pub async fn mails(&mut self, uids: &[u32], most: usize) -> Result<BTreeMap<u32, Vec<u8>>, MailFault> {
        let mut mails = BTreeMap::new();
        self.fetch(uids, &format!("BODY.PEEK[]<0.{most}>"), |uid, attribute| {
            if let AttributeValue::BodySection { section: None, data: Some(data), .. } = attribute {
                mails.insert(uid, data.to_vec());
            }
        })
        .await?;
        Ok(mails)
    }

    async fn fetch(
        &mut self,
        uids: &[u32],
        what: &str,
        mut each: impl FnMut(u32, &AttributeValue<'_>),
    ) -> Result<(), MailFault> {
        if uids.is_empty() {
            return Ok(());
        }
        self.command(&format!("UID FETCH {} (UID {what})", set(uids)), |response| {
            if let Response::Fetch(_, attributes) = response {
                let uid =
                    attributes.iter().find_map(|a| if let AttributeValue::Uid(uid) = a { Some(*uid) } else { None });
                if let Some(uid) = uid.filter(|uid| uids.contains(uid)) {
                    for attribute in attributes {
                        each(uid, attribute);
                    }
                }
            }
        })
        .await
    }

    /// Moves mails to the folder for handled ones, or marks them as seen where there is no such folder or the server cannot
    /// move. A copy with a mark would stand there twice when the connection is cut between the two.
    pub async fn put_aside(&mut self, uids: &[u32]) -> Result<(), MailFault> {
        if uids.is_empty() {
            return Ok(());
        }
        let command = match self.handled_folder.as_ref().filter(|_| self.can_move) {
            Some(folder) => format!("UID MOVE {} {folder}", set(uids)),
            None => format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(uids)),
        };
        self.command(&command, |_| {}).await
    }

    /// Whether the server tells of new mail by itself.
    pub const fn can_idle(&self) -> bool {
        self.can_idle
    }

    /// Waits until the server tells of a change, or until `most` has passed. `None` when the connection did not survive it.
    pub async fn idle(self, most: Duration) -> Option<Self> {
        let Self { session, folder, handled_folder, can_move, can_idle } = self;
        let mut idle = session.idle();
        timeout(RESPONSE_TIME, idle.init()).await.ok()?.ok()?;
        let (heard, stop) = idle.wait_with_timeout(most);
        let heard = timeout(most, heard).await;
        drop(stop);
        // The end of the connection is reported as an interruption, which nobody here asks for.
        if matches!(heard, Ok(Ok(IdleResponse::ManualInterrupt) | Err(_))) {
            return None;
        }
        let session = timeout(RESPONSE_TIME, idle.done()).await.ok()?.ok()?;
        Some(Self { session, folder, handled_folder, can_move, can_idle })
    }

    /// Says goodbye; what the server answers changes nothing.
    pub async fn log_out(mut self) {
        let _ = timeout(Duration::from_secs(2), self.session.logout()).await;
    }

    /// Sends one command and reads to its own answer, handing on everything before it.
    async fn command(&mut self, text: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), MailFault> {
        let sent = timeout(RESPONSE_TIME, self.session.run_command(text)).await.map_err(|_| MailFault::TooSlow)?;
        let id = sent.map_err(|error| MailFault::from(&error))?;
        loop {
            let read = timeout(RESPONSE_TIME, self.session.read_response()).await.map_err(|_| MailFault::TooSlow)?;
            let data = read.map_err(|error| MailFault::from(&error))?.ok_or(MailFault::Lost)?;
            match data.parsed() {
                Response::Done { tag, status, .. } if *tag == id => {
                    return match status {
                        Status::Ok => Ok(()),
                        Status::No => Err(MailFault::Refused),
                        _ => Err(MailFault::Unreadable),
                    };
                }
                other => each(other),
            }
        }
    }
}
