//! A practice that sends by a scripted mail server and receives by Dovecot, and mails as people's programs write them.

use crate::app::{On, TestApp};
use crate::fake_gateways::dovecot::{Dovecot, PASSWORD};
use crate::fake_gateways::smtp::ScriptedSmtp;
use between::intake::mail::MailReader;
use between::store::mailboxes::MailboxRow;
use between::store::{self};
use between::worker;

pub const JOAN: &str = "joan@patient.test";

/// A whole practice with its mailbox.
pub struct Office {
    pub app: TestApp,
    pub smtp: ScriptedSmtp,
    pub joan: String,
}

/// The settings of a gateway named `mail` that sends by `smtp` and reads an account at `port`.
pub fn settings(smtp: &ScriptedSmtp, account: &str, host: &str, port: u16, tls: &str, more: &str) -> String {
    // What begins with the gateway's own table belongs there, the rest to the mailbox.
    let (own, more) = more.strip_prefix("[gateways.mail]\n").map_or(("", more), |own| (own, ""));
    format!(
        "[server]\npublic_url = \"https://between.elmbrook.test\"\n[gateways.mail]\n{}[gateways.mail.imap]\n\
         host = \"{host}\"\nport = {port}\ntls = \"{tls}\"\nusername = \"{account}\"\npassword = {PASSWORD:?}\n{more}\n",
        smtp.settings(own)
    )
}

impl Office {
    /// Open on Tuesday 5 January 2027; Joan, whose goal is to walk, prefers email.
    pub async fn open(on: On, account: &str, port: u16, more: &str) -> Option<Self> {
        Self::open_by(on, account, "127.0.0.1", port, "none", more).await
    }

    /// The same by another way of connecting to the mailbox.
    pub async fn open_by(on: On, account: &str, host: &str, port: u16, tls: &str, more: &str) -> Option<Self> {
        let smtp = ScriptedSmtp::start(None, |_, _| None).await;
        let settings = settings(&smtp, account, host, port, tls, more);
        let app = TestApp::start_with(on, "2027-01-05T10:00:00Z", &settings).await?;
        let joan = app.person_with(1, |p| p.preferred_channel = Some("email".to_owned())).await;
        app.contact(&joan, "email", JOAN).await;
        Some(Self { app, smtp, joan })
    }

    /// Asks Joan how her walks went. Returns the message that asked.
    pub async fn ask(&self) -> String {
        let goal = self.app.goal(&self.joan).await;
        self.app.enrol(&self.joan, "goal", &goal).await;
        self.app.advance_to("2027-01-07T12:00:00Z").await;
        let timeline = self.app.timeline(&self.joan).await;
        let asked = timeline.iter().rfind(|m| m.template == "goal_check_in").expect("a check-in went out");
        assert_eq!((asked.status.as_str(), asked.channel.as_deref()), ("accepted", Some("email")));
        asked.id.clone()
    }

    /// One reader of the mailbox.
    pub fn reader(&self) -> MailReader {
        MailReader::of(&self.app.engine).remove(0)
    }

    /// Looks until there is nothing more, moving the clock to where a failure says. Then everything is understood.
    pub async fn fetch(&self) {
        let mut reader = self.reader();
        self.fetch_by(&mut reader).await;
        reader.close(&self.app.engine).await;
    }

    pub async fn fetch_by(&self, reader: &mut MailReader) {
        for _ in 0..1_000 {
            let looked = reader.step(&self.app.engine).await.unwrap();
            let mailbox = self.mailbox().await;
            if mailbox.retry_at > self.app.now() {
                self.app.engine.clock.set_ms(mailbox.retry_at);
            } else if !looked.more {
                worker::settle_now(&self.app.engine).await.unwrap();
                return;
            }
        }
        panic!("the mailbox is never read: {:?}", self.mailbox().await);
    }

    pub async fn mailbox(&self) -> MailboxRow {
        store::mailboxes::all(&self.app.engine.db).await.unwrap().remove(0)
    }

    /// Every received message, as "status reason text".
    pub async fn received(&self) -> Vec<String> {
        let sql = "SELECT status || ' ' || reason || ' ' || COALESCE(body, '') FROM message WHERE direction = 'in' ORDER BY id";
        let sql = sqlx::AssertSqlSafe(sql);
        let rows: Vec<(String,)> = match &self.app.engine.db {
            store::Db::Sqlite { write, .. } => sqlx::query_as(sql).fetch_all(write).await.unwrap(),
            store::Db::Postgres { read: pool, .. } => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// What is on record for Joan, as "kind value".
    pub async fn progress(&self) -> Vec<String> {
        self.app.entries(&self.joan).await
    }
}

/// A reply as a mail program writes it.
pub fn reply(token: &str, id: &str, text: &str) -> Vec<u8> {
    reply_from(JOAN, token, id, text)
}

pub fn reply_from(from: &str, token: &str, id: &str, text: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{from}>\r\nReceived: from mx.patient.test by mx.elmbrook.test; Thu, 7 Jan 2027 13:00:00 +0000\r\n\
         From: Joan Test <{from}>\r\nTo: reply+{token}@reply.example.org\r\nSubject: Re: Your walks\r\n\
         Date: Thu, 7 Jan 2027 13:00:00 +0000\r\nMessage-ID: <{id}@patient.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\r\n\
         On Thu, 7 Jan 2027 at 10:30, Elmbrook Surgery <messages@oak.test> wrote:\r\n> How many days did you walk?\r\n"
    )
    .into_bytes()
}

/// Mail that belongs to nobody.
pub fn stray(number: usize) -> Vec<u8> {
    format!(
        "From: Somebody <somebody{number}@elsewhere.test>\r\nTo: answers@elmbrook.test\r\nSubject: Hello {number}\r\n\
         Date: Thu, 7 Jan 2027 13:00:00 +0000\r\nMessage-ID: <stray-{number}@elsewhere.test>\r\n\r\nstray {number}\r\n"
    )
    .into_bytes()
}

/// Starts Dovecot with an account that the practice reads.
pub fn dovecot() -> Option<Dovecot> {
    Dovecot::start(&["answers"])
}
