//! Settings of a mailbox that answers come to.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{Account, ImapBox};
use crate::{
    gateways::{
        Faults,
        tls::{self, MailTls},
    },
    secret::Secret,
};

/// The `[gateways.NAME.imap]` table: the mailbox that answers to this gateway's mail come to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    /// The server's name, which its certificate must carry.
    pub host: String,
    /// 993 for implicit TLS, else 143.
    pub port: Option<u16>,
    /// How the connection is protected: `implicit`, `starttls`, or `none` on this machine only.
    #[serde(default)]
    pub tls: MailTls,
    /// The account.
    pub username: String,
    /// Its password.
    pub password: Option<Secret>,
    /// A file that holds it.
    pub password_file: Option<PathBuf>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// The folder that is read.
    #[serde(default = "inbox")]
    pub folder: String,
    /// The folder that mails are moved to once they are stored; it is made where it is missing. Without it they stay and
    /// are marked as seen. Nothing is ever deleted.
    pub handled_folder: Option<String>,
    /// How often the folder is looked at, in seconds (10 to 900). Where the server can (IDLE), new mail is heard of at once,
    /// and this is the look behind it.
    #[serde(default = "a_minute")]
    pub poll_seconds: u64,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn a_minute() -> u64 {
    60
}

impl ImapSettings {
    pub(in crate::gateways) fn build(&self, faults: &mut Faults<'_>) -> Option<ImapBox> {
        if self.tls == MailTls::None && !tls::on_this_machine(&self.host) {
            faults.add("imap.tls", "none is for a server on this machine only");
        }
        if self.username.is_empty() || self.username.contains(char::is_control) {
            faults.add("imap.username", "is not a name");
        }
        let password = faults.needed_secret("imap.password", self.password.as_ref(), self.password_file.as_ref());
        if password.expose().contains(char::is_control) {
            faults.add("imap.password", "holds a control character");
        }
        for (field, name) in
            [("imap.folder", Some(&self.folder)), ("imap.handled_folder", self.handled_folder.as_ref())]
        {
            // Other letters travel in a coding of their own (RFC 3501 section 5.1.3).
            if name.is_some_and(|n| n.is_empty() || !n.bytes().all(|b| b.is_ascii_graphic() || b == b' ')) {
                faults.add(field, "must be a folder's name in plain letters");
            }
        }
        if self.handled_folder.as_ref() == Some(&self.folder) {
            faults.add("imap.handled_folder", "must be another folder than the one that is read");
        }
        if !(10..=900).contains(&self.poll_seconds) {
            faults.add("imap.poll_seconds", "must be 10 to 900");
        }
        let config = tls::client_config(faults, "imap.", self.ca_file.as_deref(), self.tls != MailTls::None)?;
        Some(ImapBox {
            account: Account {
                host: self.host.clone(),
                port: self.port.unwrap_or(if self.tls == MailTls::Implicit { 993 } else { 143 }),
                tls: self.tls,
                config,
                username: self.username.clone(),
                password,
            },
            folder: self.folder.clone(),
            handled_folder: self.handled_folder.clone(),
            poll: Duration::from_secs(self.poll_seconds),
        })
    }
}
