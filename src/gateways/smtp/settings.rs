//! Settings of the SMTP gateway.

use std::path::PathBuf;

use lettre::transport::smtp::{authentication::Credentials, extension::ClientId};
use serde::Deserialize;

use super::{Smtp, connection::Dialler, mime::mailbox};
use crate::{
    domain::delivery::Channel,
    gateways::{
        Base, Faults, MailIn, Policy, PolicySettings,
        imap::ImapSettings,
        tls::{self, MailTls},
    },
    secret::Secret,
};

/// Settings of a mail server that takes our mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The server's name, which its certificate must carry.
    pub host: String,
    /// 465, 587 or 25 by default, as `tls` says.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: MailTls,
    /// The account, where the server wants one.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// A file that holds it.
    pub password_file: Option<PathBuf>,
    /// Who mail comes from, such as `Oak Surgery <messages@oak.example>`.
    pub sender: String,
    /// Where bounces go; by default the sender's address.
    pub bounces_to: Option<String>,
    /// Whether bounces come to each mail's own reply address instead: then one that returns nothing of the mail is known all
    /// the same. Only where the mail server lets this account send from those addresses.
    #[serde(default)]
    pub bounces_to_reply_address: bool,
    /// The name we greet with; by default this machine's.
    pub hello_name: Option<String>,
    /// The longest each half of a delivery may take, in seconds (1 to 14): reaching the go-ahead, and the mail itself.
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// The mailbox that answers come to.
    pub imap: Option<ImapSettings>,
    /// The key that mails pushed to `/webhooks/NAME/mail` are signed with, where a mail service pushes them.
    pub webhook_key: Option<Secret>,
    /// A file that holds it.
    pub webhook_key_file: Option<PathBuf>,
    /// During a rotation: the key that is going out of use.
    pub webhook_key_old: Option<Secret>,
    /// A file that holds it.
    pub webhook_key_old_file: Option<PathBuf>,
    /// The names under which your own receiving server writes Authentication-Results, usually its host name. No other
    /// server's verdict counts; with a name set, mail without a good verdict goes to people.
    #[serde(default)]
    pub trusted_authserv: Vec<String>,
    /// The largest mail kept whole, in bytes (65536 to 52428800). Of a larger one the beginning is kept, for staff.
    #[serde(default = "ten_mebibytes")]
    pub max_mail_bytes: usize,
    /// Whether answers reach us: a question never goes out where this is false. By default true with `imap` or
    /// `webhook_key`.
    pub two_way: Option<bool>,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

fn ten_mebibytes() -> usize {
    10 << 20
}

impl SmtpSettings {
    pub(super) fn build(&self, base: Base, faults: &mut Faults<'_>) -> Option<Smtp> {
        let provider = Policy {
            channels: vec![Channel::Email],
            two_way: self.two_way.unwrap_or(self.takes_mail_in()),
            sender: Some(self.sender.clone()),
            max_characters: 100_000,
            max_segments: u32::MAX,
            in_flight: 4,
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        if policy.two_way && !self.takes_mail_in() {
            faults.add("two_way", "answers have no way in: set imap or webhook_key, or two_way = false");
        }
        if self.tls == MailTls::None && !tls::on_this_machine(&self.host) {
            faults.add("tls", "none is for a server on this machine only");
        }
        let password = faults.secret("password", self.password.as_ref(), self.password_file.as_ref());
        if self.username.is_some() != password.is_some() {
            faults.add("username", "username and password belong together");
        }
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 14);
        let sender = mailbox(&self.sender).map_err(|_| {
            faults.add("sender", "is not a mailbox such as Oak Surgery <messages@oak.example>");
        });
        let bounces_to = self
            .bounces_to
            .as_ref()
            .map(|text| text.parse::<lettre::Address>().map_err(|_| faults.add("bounces_to", "is not an address")));
        let config = tls::client_config(faults, "", self.ca_file.as_deref(), self.tls != MailTls::None);
        let mail_in = self.mail_in(faults);
        let config = config?;
        let sender = sender.ok()?;
        let mail_in = MailIn { domain: sender.email.domain().to_owned(), ..mail_in? };
        let envelope_from = bounces_to.unwrap_or_else(|| Ok(sender.email.clone())).ok()?;
        let dialler = Dialler {
            host: self.host.clone(),
            port: self.port.unwrap_or(match self.tls {
                MailTls::Implicit => 465,
                MailTls::Starttls => 587,
                MailTls::None => 25,
            }),
            tls: self.tls,
            config,
            credentials: self
                .username
                .clone()
                .zip(password)
                .map(|(user, password)| Credentials::new(user, password.expose().to_owned())),
            hello: self.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
        };
        Some(Smtp::new(
            base.with(policy),
            dialler,
            sender,
            (envelope_from, self.bounces_to_reply_address),
            timeout,
            mail_in,
        ))
    }

    fn takes_mail_in(&self) -> bool {
        self.imap.is_some() || self.webhook_key.is_some() || self.webhook_key_file.is_some()
    }

    fn mail_in(&self, faults: &mut Faults<'_>) -> Option<MailIn> {
        let keys = faults.keys(
            "webhook_key",
            &[
                (self.webhook_key.as_ref(), self.webhook_key_file.as_ref()),
                (self.webhook_key_old.as_ref(), self.webhook_key_old_file.as_ref()),
            ],
        );
        if !(65_536..=50 << 20).contains(&self.max_mail_bytes) {
            faults.add("max_mail_bytes", "must be 65536 to 52428800");
        }
        if self.trusted_authserv.iter().any(|name| name.is_empty() || name.contains(char::is_whitespace)) {
            faults.add("trusted_authserv", "must be names without spaces, as they stand in Authentication-Results");
        }
        let imap = match &self.imap {
            None => None,
            Some(settings) => Some(settings.build(faults)?),
        };
        Some(MailIn {
            imap,
            keys,
            trusted_authserv: self.trusted_authserv.clone(),
            max_bytes: self.max_mail_bytes,
            domain: String::new(),
        })
    }
}
