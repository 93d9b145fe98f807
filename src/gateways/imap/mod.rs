//! Mail in by IMAP (RFC 3501, IDLE RFC 2177, MOVE RFC 6851): looking into a folder, fetching, putting aside. Nothing is
//! deleted. What is kept and what it means is decided above.

mod connection;
mod fault;
mod session;
mod settings;
mod words;

use std::{sync::Arc, time::Duration};

pub use fault::MailFault;
pub use session::{FolderState, OpenFolder};
pub use settings::ImapSettings;

use super::tls::MailTls;
use crate::secret::Secret;

/// How the mail server is reached.
struct Account {
    host: String,
    port: u16,
    tls: MailTls,
    config: Arc<rustls::ClientConfig>,
    username: String,
    password: Secret,
}

/// A mailbox that answers come to.
pub struct ImapBox {
    account: Account,
    /// The folder that is read.
    pub folder: String,
    handled_folder: Option<String>,
    /// How often it is looked at.
    pub poll: Duration,
}
