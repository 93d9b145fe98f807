//! One person's story as it is told in the terminal.

use super::TranscriptError;
use crate::clock::instant;
use crate::demo::{Demo, advance};
use crate::domain::calendar::{day_text, local, resolve, time_text};
use crate::domain::reason::Reason;
use crate::intake::{Inbound, receive};
use crate::store::record::RecordEntryRow;
use crate::store::views::lists::{self, NamedMessage};
use crate::store::views::person as views;
use crate::store::{self, Db};
use crate::web::pages::{entry_in_words, in_words, message_in_words, status_in_words};
use chrono::NaiveDateTime;
use std::collections::BTreeSet;
use std::io::Write;

pub(super) struct Story<'a> {
    demo: &'a Demo,
    out: &'a mut (dyn Write + Send),
    person: String,
    /// Messages and entries that were printed.
    told: BTreeSet<String>,
    day: Option<chrono::NaiveDate>,
    minute: Option<i64>,
}

impl<'a> Story<'a> {
    pub fn new(demo: &'a Demo, out: &'a mut (dyn Write + Send)) -> Self {
        let person = demo.people().first().cloned().unwrap_or_default();
        Self { demo, out, person, told: BTreeSet::new(), day: None, minute: None }
    }

    fn db(&self) -> &Db {
        &self.demo.engine.db
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.demo.engine.config.practice.zone
    }

    fn now(&self) -> String {
        let now = local(instant(self.demo.engine.clock.now_ms()), self.zone());
        format!("{} {}", day_text(now.date()), time_text(now.time()))
    }

    /// Who it is about, and what was agreed with her.
    pub async fn opening(&mut self) -> Result<(), TranscriptError> {
        let Some(person) = store::patients::get(self.db(), &self.person).await? else {
            return Err(self.unexpected("a person", "the practice is empty"));
        };
        writeln!(
            self.out,
            "{} {}, invented, of an invented practice. Nothing leaves this computer.",
            person.given_name, person.family_name
        )?;
        for goal in views::goals(self.db(), &self.person).await? {
            writeln!(self.out, "Her goal: \"{}\". In texts it is called: {}.", goal.words, goal.label)?;
        }
        for row in views::enrolments(self.db(), &self.person).await? {
            writeln!(self.out, "Enrolled in {}: {}.", row.programme, row.source)?;
        }
        for row in store::results::of_patient(self.db(), &self.person).await? {
            let by = row.released_by.as_deref().unwrap_or("nobody yet");
            writeln!(self.out, "Result {}: {} by {by}.", row.display, row.state)?;
        }
        Ok(())
    }

    pub fn heading(&mut self, words: &str) -> Result<(), TranscriptError> {
        writeln!(self.out, "\n== {words} ==")?;
        Ok(())
    }

    fn ms(&self, wall: &str) -> Result<i64, TranscriptError> {
        let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M");
        let wall = wall.map_err(|_| self.unexpected("a time like 2027-01-04T09:05", "it is written in another way"))?;
        Ok(resolve(self.zone(), wall).timestamp_millis())
    }

    /// Moves the clock and prints what happened on the way.
    pub async fn until(&mut self, wall: &str) -> Result<(), TranscriptError> {
        let to = self.ms(wall)?;
        advance(&self.demo.engine, self.demo, to).await?;
        self.tell().await
    }

    /// The person texts: received, committed, read, answered.
    pub async fn reply(&mut self, wall: &str, text: &str) -> Result<(), TranscriptError> {
        self.until(wall).await?;
        let contacts = views::contacts(self.db(), &self.person).await?;
        let Some(point) = contacts.into_iter().find(|c| c.channel == "sms") else {
            return Err(self.unexpected("a mobile number", "there is none on record"));
        };
        let inbound = Inbound {
            gateway: "sandbox".to_owned(),
            provider_reference: format!("transcript-{wall}"),
            channel: "sms".to_owned(),
            from: point.address,
            token: None,
            subject: None,
            text: text.to_owned(),
        };
        let engine = &self.demo.engine;
        receive(engine, std::slice::from_ref(&inbound)).await.map_err(crate::demo::DemoError::from)?;
        let now = engine.clock.now_ms();
        advance(engine, self.demo, now).await?;
        self.tell().await
    }

    async fn messages(&self) -> Result<Vec<NamedMessage>, TranscriptError> {
        Ok(lists::timeline(self.db(), &self.person).await?)
    }

    async fn tell(&mut self) -> Result<(), TranscriptError> {
        let entries = store::record::of_patient(self.db(), &self.person).await?;
        for named in self.messages().await? {
            let message = &named.message;
            let inbound = message.direction == "in";
            if !(inbound || was_sent(&named)) || !self.told.insert(message.id.clone()) {
                continue;
            }
            self.clock_line(if inbound { message.created_at } else { message.sent_at.unwrap_or(message.due_at) })?;
            let body = message.body.as_deref().unwrap_or_default();
            if inbound {
                writeln!(self.out, "  from her      {body}")?;
                self.tell_reading(&named, &entries)?;
            } else {
                writeln!(self.out, "  to her        {body}")?;
            }
        }
        Ok(())
    }

    fn tell_reading(&mut self, named: &NamedMessage, entries: &[RecordEntryRow]) -> Result<(), TranscriptError> {
        if let Some((sentence, route)) = in_words(&named.facts) {
            writeln!(self.out, "    read as     {sentence} [{route}]")?;
        }
        for entry in entries.iter().filter(|e| e.message_id.as_ref() == Some(&named.message.id)) {
            let filed = if entry.filed == "auto" { "filed" } else { "to be confirmed" };
            writeln!(self.out, "    in record   {} [{filed}]", entry_in_words(entry))?;
        }
        Ok(())
    }

    /// "Monday 4 January", once a day, and the time.
    fn clock_line(&mut self, ms: i64) -> Result<(), TranscriptError> {
        let at = local(instant(ms), self.zone());
        if self.day != Some(at.date()) {
            self.day = Some(at.date());
            writeln!(self.out, "\n{}", day_text(at.date()))?;
        }
        if self.minute.replace(ms / 60_000) != Some(ms / 60_000) {
            writeln!(self.out, "  {}", time_text(at.time()))?;
        }
        Ok(())
    }

    fn unexpected(&self, expected: &str, found: &str) -> TranscriptError {
        TranscriptError::Unexpected { at: self.now(), expected: expected.to_owned(), found: found.to_owned() }
    }

    /// The newest message that was sent is of this wording.
    pub async fn expect_sent(&self, template: &str) -> Result<(), TranscriptError> {
        let messages = self.messages().await?;
        let newest = messages.iter().rfind(|m| m.message.direction == "out" && was_sent(m));
        match newest {
            Some(named) if named.message.template == template => Ok(()),
            other => {
                let found = other
                    .map_or("nothing was sent".to_owned(), |m| format!("the newest message is {}", m.message.template));
                let held = messages.iter().filter(|m| m.message.template == template && !was_sent(m));
                let why: Vec<String> = held.map(|m| format!("{} ({})", m.message.status, m.message.reason)).collect();
                let why =
                    if why.is_empty() { String::new() } else { format!("; {template} stands at {}", why.join(", ")) };
                Err(self.unexpected(&format!("the message {template}"), &format!("{found}{why}")))
            }
        }
    }

    /// The newest entry of the record is of this kind and value, filed without a person.
    pub async fn expect_entry(&self, kind: &str, value: &str) -> Result<(), TranscriptError> {
        let entries = store::record::of_patient(self.db(), &self.person).await?;
        match entries.last() {
            Some(entry) if entry.kind == kind && entry.value == value && entry.filed == "auto" => Ok(()),
            Some(entry) => Err(self.unexpected(
                &format!("{kind} {value} in the record"),
                &format!("it has {} {} ({})", entry.kind, entry.value, entry.filed),
            )),
            None => Err(self.unexpected(&format!("{kind} {value} in the record"), "the record is empty")),
        }
    }

    /// The agenda has these words, in this order.
    pub async fn expect_agenda(&mut self, words: &[&str]) -> Result<(), TranscriptError> {
        let items = views::agenda(self.db(), &self.person).await?;
        for item in &items {
            writeln!(self.out, "    agenda      {}. {}", item.position, item.words)?;
        }
        let fits = items.len() == words.len() && items.iter().zip(words).all(|(item, word)| item.words.contains(word));
        if fits {
            Ok(())
        } else {
            Err(self
                .unexpected("her three things on the agenda, in her order", &format!("it has {} items", items.len())))
        }
    }

    /// How many messages were sent to her.
    pub async fn sent_so_far(&self) -> Result<usize, TranscriptError> {
        Ok(self.messages().await?.iter().filter(|m| m.message.direction == "out" && was_sent(m)).count())
    }

    /// Nothing was sent since.
    pub async fn expect_nothing_more(&mut self, before: usize) -> Result<(), TranscriptError> {
        let after = self.sent_so_far().await?;
        if after != before {
            return Err(self.unexpected("nothing after STOP", &format!("{} more were sent", after - before)));
        }
        writeln!(self.out, "\n{}: nothing was sent since STOP was confirmed.", self.now())?;
        Ok(())
    }

    /// Every intended message, where it stands, and why.
    pub async fn ledger(&mut self) -> Result<(), TranscriptError> {
        writeln!(self.out, "\n== Every message that was intended, and what became of it ==\n")?;
        let messages = self.messages().await?;
        let mut outbound: Vec<&NamedMessage> = messages.iter().filter(|m| m.message.direction == "out").collect();
        outbound.sort_by_key(|m| m.message.due_at);
        let mut sent = 0;
        for named in &outbound {
            let message = &named.message;
            let at = local(instant(message.due_at), self.zone());
            let why = message.reason.parse::<Reason>().ok().filter(|r| *r != Reason::None).map_or("", Reason::sentence);
            let (name, status) = (message_in_words(&message.kind, &message.template), status_in_words(&message.status));
            let line =
                format!("{} {:>7}  {name:<27} {status:<12} {why}", at.date().format("%a %e %b"), time_text(at.time()));
            writeln!(self.out, "{}", line.trim_end())?;
            if was_sent(named) {
                sent += 1;
            } else if why.is_empty() {
                return Err(self.unexpected(
                    "a reason for every message that was not sent",
                    &format!("{} has none", message.template),
                ));
            }
        }
        writeln!(
            self.out,
            "\nIntended {}, sent {sent}, not sent {}: each with its reason.",
            outbound.len(),
            outbound.len() - sent
        )?;
        Ok(())
    }
}

fn was_sent(named: &NamedMessage) -> bool {
    matches!(named.message.status.as_str(), "accepted" | "delivered")
}
