//! Email by SMTP: pooled connections, implicit TLS or STARTTLS, and each stage of the dialogue told apart, because
//! what a broken connection means depends on whether the message was already on its way.

mod connection;
mod mime;
mod reply;
mod settings;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{sync::Semaphore, time::timeout};

use connection::{Connection, Dialler};
use reply::Stage;
pub use settings::SmtpSettings;

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, MailIn, OutboundMessage, ParseError, Received,
    WebhookRequest, exchange,
};
use crate::domain::delivery::{DeliveryStatus, SendFailure};

/// Mail servers close idle connections after a while; one this old is not worth a try.
const OLDEST_IDLE_MS: i64 = 30_000;

/// A mail server that takes our mail.
pub struct Smtp {
    base: Base,
    dialler: Dialler,
    sender: Mailbox,
    envelope_from: Address,
    bounces_to_reply_address: bool,
    timeout: Duration,
    idle: Mutex<Vec<Idle>>,
    open: Semaphore,
    mail_in: MailIn,
}

struct Idle {
    connection: Connection,
    since_ms: i64,
}

impl Smtp {
    pub(super) fn build(base: Base, settings: &SmtpSettings, faults: &mut Faults<'_>) -> Option<Self> {
        settings.build(base, faults)
    }

    fn new(
        base: Base,
        dialler: Dialler,
        sender: Mailbox,
        (envelope_from, bounces_to_reply_address): (Address, bool),
        timeout: Duration,
        mail_in: MailIn,
    ) -> Self {
        let open = Semaphore::new(base.policy.in_flight);
        Self {
            base,
            dialler,
            sender,
            envelope_from,
            bounces_to_reply_address,
            timeout,
            idle: Mutex::default(),
            open,
            mail_in,
        }
    }

    /// The way in for answers.
    pub fn mail_in(&self) -> &MailIn {
        &self.mail_in
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.base.now();
        idle.retain(|one| (0..OLDEST_IDLE_MS).contains(&(now - one.since_ms)));
        idle.pop().map(|one| one.connection)
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle { connection, since_ms: self.base.now() });
    }

    /// Everything up to the server's "go ahead". Nothing of the message has left when this fails.
    async fn prepare(&self, letter: &mime::Letter) -> Result<Connection, SendFailure> {
        if let Some(mut connection) = self.take_idle() {
            match self.announce(&mut connection, letter).await {
                Ok(()) => return Ok(connection),
                // The server may have hung up while the connection lay idle: that says nothing about the mail.
                Err(error) if error.status().is_none() => {}
                Err(error) => return Err(self.refused(connection, &error).await),
            }
        }
        let mut connection = self.dialler.dial().await?;
        match self.announce(&mut connection, letter).await {
            Ok(()) => Ok(connection),
            Err(error) => Err(self.refused(connection, &error).await),
        }
    }

    async fn announce(&self, connection: &mut Connection, letter: &mime::Letter) -> Result<(), reply::StageError> {
        let smtp = &mut connection.smtp;
        let mut parameters = Vec::new();
        if smtp.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let own = letter.reply_to.as_ref().filter(|_| self.bounces_to_reply_address);
        let mail = Mail::new(Some(own.unwrap_or(&self.envelope_from).clone()), parameters);
        smtp.command(mail).await.map_err(|error| Stage::Sender.failed(&error))?;
        let recipient = Rcpt::new(letter.to.clone(), Vec::new());
        smtp.command(recipient).await.map_err(|error| Stage::Recipient.failed(&error))?;
        smtp.command(Data).await.map_err(|error| Stage::Data.failed(&error))?;
        Ok(())
    }

    /// The meaning of a refusal. The connection is kept when the server goes on talking.
    async fn refused(&self, mut connection: Connection, error: &reply::StageError) -> SendFailure {
        if let Some(status) = error.status() {
            exchange::mail_replied(status, error.said());
        }
        let goes_on = error.status().is_some_and(|code| code != 421);
        if goes_on && connection.smtp.command(Rset).await.is_ok() {
            self.keep(connection);
        }
        error.meaning()
    }
}

impl Adapter for Smtp {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let letter = mime::Letter::write(message, &self.sender, self.mail_in.is_open(), self.base.now())?;
        let server = format!("{}:{}", self.dialler.host, self.dialler.port);
        let asked = exchange::begin_mail(&server, letter.bytes.len());
        let sent = self.hand_over(letter).await;
        if let Some(asked) = asked {
            asked.mail_ended(sent.as_ref().err().map_or("no words", SendFailure::code));
        }
        sent
    }

    /// SMTP has no question for this. The Message-ID stays the same, so that a repeat can be recognised at the far end.
    async fn look_up(&self, _: &Ask<'_>) -> Result<LookUp, SendFailure> {
        Ok(LookUp::CannotTell)
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        self.mail_in.verify(request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        self.mail_in.parse(request)
    }
}

impl Smtp {
    async fn hand_over(&self, letter: mime::Letter) -> Result<Accepted, SendFailure> {
        let ready = async {
            let place = self.open.acquire().await.map_err(|_| SendFailure::NotConfigured)?;
            Ok((place, self.prepare(&letter).await?))
        };
        let (_place, mut connection) = timeout(self.timeout, ready)
            .await
            .map_err(|_| SendFailure::Unreachable { detail_code: "smtp_timeout".to_owned() })??;
        // From here on the server may have the whole message even if its answer never comes.
        match timeout(self.timeout, connection.smtp.message(&letter.bytes)).await {
            Err(_) => Err(SendFailure::TimedOut),
            Ok(Err(error)) => {
                let error = Stage::Message.failed(&error);
                Err(match error.status() {
                    Some(_) => self.refused(connection, &error).await,
                    None => SendFailure::TimedOut,
                })
            }
            Ok(Ok(reply)) => {
                let said = reply.message().collect::<Vec<_>>().join(" ");
                exchange::mail_replied(u16::from(reply.code()), &said);
                self.keep(connection);
                Ok(Accepted { provider_id: Some(letter.message_id), status: DeliveryStatus::Accepted })
            }
        }
    }
}
