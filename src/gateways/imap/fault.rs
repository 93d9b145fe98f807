//! What can go wrong between us and a mailbox, by what it asks for: patience, a person, or another look at one mail.

use async_imap::error::Error;
use std::io;

/// Why the mailbox could not be read. Carries codes only: what a server says may quote a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// No connection: refused, no route, no name.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// No TLS, or a certificate that does not hold.
    #[error("no protected connection to the mail server")]
    Tls,
    /// Wrong name or password. Trying again soon would only lock the account.
    #[error("the mail server refuses the log-in")]
    LoginRefused,
    /// The folder is not there, or not ours to open.
    #[error("the folder cannot be opened")]
    NoFolder,
    /// The connection ended in the middle.
    #[error("the connection to the mail server was lost")]
    Lost,
    /// No answer within the time of a command.
    #[error("the mail server did not answer in time")]
    TooSlow,
    /// The server said no to a command.
    #[error("the mail server refused a command")]
    Refused,
    /// The server said something that is not IMAP.
    #[error("the mail server's answer could not be understood")]
    Unreadable,
}

impl MailFault {
    /// The code for logs, health and the state kept in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::LoginRefused => "login_refused",
            Self::NoFolder => "no_folder",
            Self::Lost => "connection_lost",
            Self::TooSlow => "too_slow",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether only a person can mend it: settings, a password, a certificate.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::LoginRefused | Self::NoFolder | Self::Tls)
    }
}

/// Of a failed read: async-imap reports what it cannot parse as an error of kind `Other`.
impl From<&io::Error> for MailFault {
    fn from(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::Other { Self::Unreadable } else { Self::Lost }
    }
}

impl From<&Error> for MailFault {
    fn from(error: &Error) -> Self {
        match error {
            Error::Io(error) => error.into(),
            Error::No(_) => Self::Refused,
            Error::ConnectionLost => Self::Lost,
            _ => Self::Unreadable,
        }
    }
}
