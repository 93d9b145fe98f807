//! Carrying out what follows from a reply, inside the transaction that marks it handled.

use super::chase::{self, Ended};
use super::who::{Sender, auto_subject};
use crate::clock::instant;
use crate::domain::calendar::{local_date, resolve};
use crate::domain::conversation::{Answer, Consequences, Effect, Entry};
use crate::domain::message::{Lane, MessageStatus, Purpose};
use crate::domain::reason::Reason;
use crate::outreach::alerts::{NewAlert, raise};
use crate::outreach::{Engine, NewSend, OutreachError, PracticeState, Practices, StoredFacts, enqueue};
use crate::store::consents::ConsentRow;
use crate::store::counters::CounterRow;
use crate::store::ledger::{MessageRow, Waiting};
use crate::store::record::{AgendaItemRow, RecordEntryRow};
use crate::store::{Tx, appointments, consents, contacts, counters, enrolments, ledger, patients, prompts, record};

pub(super) struct Applying<'a> {
    pub engine: &'a Engine,
    pub practice: &'a PracticeState,
    pub practices: &'a Practices,
    pub message: &'a MessageRow,
    pub who: &'a Sender,
    pub day: &'a str,
}

/// Far enough that only a person ends it.
const UNTIL_CLEARED_MS: i64 = 10 * 366 * 86_400_000;
const DAY_MS: i64 = 86_400_000;

/// Is it 6am or later, local time, on the day of an appointment?
fn frozen(starts_at: i64, zone: chrono_tz::Tz, now: i64) -> bool {
    let freeze =
        local_date(instant(starts_at), zone).and_time(chrono::NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default());
    now >= resolve(zone, freeze).timestamp_millis()
}

impl Applying<'_> {
    pub async fn apply(&self, tx: &mut Tx, what: &Consequences, flooded: bool) -> Result<(), OutreachError> {
        for effect in &what.effects {
            match effect {
                Effect::File(entry) => self.file(tx, entry).await?,
                Effect::SetAgenda(items) => self.set_agenda(tx, items).await?,
                Effect::Consent { purpose, granted } => {
                    self.consent(tx, *purpose, *granted).await?;
                }
                Effect::Answer(answer) if flooded || self.repeats_itself(answer) => {
                    tracing::info!(message_id = %self.message.id, code = "machine_answer", "not answered: a flood, or the same text again");
                }
                Effect::Answer(answer) => self.answer(tx, answer).await?,
                Effect::Alert { kind, priority, reason } => {
                    // In a flood only danger still makes alerts of its own.
                    if flooded && !matches!(*priority, "urgent" | "stat") {
                        self.flood_alert(tx).await?;
                    } else {
                        self.alert_all(tx, kind, priority, reason).await?;
                    }
                }
                Effect::CloseQuestion => self.close_question(tx).await?,
                Effect::AskedAgain => {
                    if let Some(prompt) = &self.who.prompt {
                        prompts::asked_again(tx, &prompt.id).await?;
                    }
                }
                Effect::Pause { days, reason } => self.pause(tx, *days, reason).await?,
                Effect::UnsafeContact => self.unsafe_contact(tx).await?,
                Effect::WrongPerson => self.wrong_person(tx).await?,
                Effect::Heard => self.heard(tx).await?,
            }
        }
        Ok(())
    }

    /// The same text again and again is a machine: two of them end within three texts, whatever they say (F29, T3). Staff
    /// are told of words of danger all the same.
    fn repeats_itself(&self, answer: &Answer) -> bool {
        let danger = matches!(answer.template, "danger" | "crisis");
        self.who.same_text_today > if danger { 3 } else { 2 }
    }

    fn now(&self) -> i64 {
        self.engine.clock.now_ms()
    }

    fn channel(&self) -> &str {
        self.message.channel.as_deref().unwrap_or("sms")
    }

    fn address(&self) -> &str {
        self.message.address.as_deref().unwrap_or_default()
    }

    async fn file(&self, tx: &mut Tx, entry: &Entry) -> Result<(), OutreachError> {
        let Some(person) = self.who.one() else {
            return Ok(());
        };
        let prompt = self.who.prompt.as_ref();
        let row = RecordEntryRow {
            id: self.engine.clock.id(),
            practice_id: self.who.practice_id.clone(),
            patient_id: person.id.clone(),
            kind: entry.kind.to_owned(),
            code: entry.code.clone(),
            value: entry.value.clone(),
            value_number: entry.value_number,
            unit: entry.unit.clone(),
            detail: entry.detail.to_string(),
            original_text: self.message.body.clone().unwrap_or_default(),
            filed: if entry.sure { "auto" } else { "to_confirm" }.to_owned(),
            message_id: Some(self.message.id.clone()),
            prompt_id: prompt.map(|p| p.id.clone()),
            goal_id: prompt.and_then(|p| p.goal_id.clone()),
            appointment_id: prompt.and_then(|p| p.appointment_id.clone()),
            effective_at: self.message.created_at,
            created_at: self.now(),
        };
        record::file(tx, &[row]).await?;
        Ok(())
    }

    /// The agenda is frozen at 6am on the day of the appointment; what comes later is read by a person.
    async fn set_agenda(&self, tx: &mut Tx, items: &[String]) -> Result<(), OutreachError> {
        let (Some(person), Some(appointment_id)) =
            (self.who.one(), self.who.prompt.as_ref().and_then(|p| p.appointment_id.as_deref()))
        else {
            return Ok(());
        };
        let zone = self.practice.practice.zone_of(person.zone.as_deref());
        let appointment = appointments::by_ids(tx, &[appointment_id.to_owned()]).await?.into_iter().next();
        if appointment.is_none_or(|a| frozen(a.starts_at, zone, self.now())) {
            let late = "Things to talk about came after the list was frozen for the appointment: tell the clinician.";
            return self.alert(tx, Some(&person.id), "agenda_late", "asap", late).await;
        }
        let rows: Vec<AgendaItemRow> = items
            .iter()
            .enumerate()
            .map(|(index, words)| AgendaItemRow {
                id: self.engine.clock.id(),
                patient_id: person.id.clone(),
                appointment_id: appointment_id.to_owned(),
                position: index as i64 + 1,
                words: words.clone(),
                message_id: self.message.id.clone(),
                created_at: self.now(),
                replaced_at: None,
            })
            .collect();
        record::set_agenda(tx, appointment_id, &rows, self.now()).await?;
        Ok(())
    }

    async fn consent(&self, tx: &mut Tx, purpose: Purpose, granted: bool) -> Result<(), OutreachError> {
        let rows: Vec<ConsentRow> = self
            .who
            .people
            .iter()
            .map(|person| ConsentRow {
                id: self.engine.clock.id(),
                patient_id: person.id.clone(),
                channel: self.channel().to_owned(),
                purpose: purpose.to_string(),
                decision: if granted { "granted" } else { "refused" }.to_owned(),
                source: format!("{} from the person", self.channel()),
                actor: "patient".to_owned(),
                message_id: Some(self.message.id.clone()),
                at: self.now(),
            })
            .collect();
        consents::append(tx, &rows).await?;
        if purpose == Purpose::All {
            if granted {
                contacts::unstop_address(tx, self.channel(), &self.who.hash).await?;
            } else if self.who.people.is_empty() {
                contacts::stop_address(tx, self.channel(), &self.who.hash, "opted_out", self.now()).await?;
            }
        }
        Ok(())
    }

    async fn answer(&self, tx: &mut Tx, answer: &Answer) -> Result<(), OutreachError> {
        let lane = if answer.safety { Lane::Safety } else { Lane::Conversation };
        let patient = self.who.one().map(|p| p.id.as_str());
        let mut send =
            NewSend::answer(&self.who.practice_id, patient, &self.message.id, answer.template, lane, self.now());
        send.facts = StoredFacts {
            values: answer.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            ..StoredFacts::default()
        };
        let came_in_by = self.message.gateway.as_deref().unwrap_or_default();
        let gateway = self.engine.gateways.way_out(came_in_by).map(|g| g.name().to_owned());
        send.to = Some((self.channel().to_owned(), self.address().to_owned(), gateway));
        send.appointment_id = None;
        enqueue(tx, &self.engine.clock, vec![send]).await?;
        if answer.counted {
            let row = CounterRow { subject: auto_subject(&self.who.hash), period: self.day.to_owned(), used: 1 };
            counters::add(tx, &[row]).await?;
        }
        Ok(())
    }

    async fn alert_all(&self, tx: &mut Tx, kind: &str, priority: &str, reason: &str) -> Result<(), OutreachError> {
        if self.who.people.is_empty() {
            return self.alert(tx, None, kind, priority, reason).await;
        }
        for person in &self.who.people {
            self.alert(tx, Some(&person.id), kind, priority, reason).await?;
        }
        Ok(())
    }

    pub async fn alert(
        &self,
        tx: &mut Tx,
        patient_id: Option<&str>,
        kind: &str,
        priority: &str,
        reason: &str,
    ) -> Result<(), OutreachError> {
        let alert = NewAlert {
            practice_id: &self.who.practice_id,
            patient_id,
            message_id: Some(&self.message.id),
            dedupe_key: format!("{kind}:{}:{}", self.message.id, patient_id.unwrap_or_default()),
            kind,
            priority,
            reason,
        };
        raise(tx, &self.engine.clock, Some(&self.practice.practice), alert).await?;
        Ok(())
    }

    async fn flood_alert(&self, tx: &mut Tx) -> Result<(), OutreachError> {
        let alert = NewAlert {
            practice_id: &self.who.practice_id,
            patient_id: self.who.one().map(|p| p.id.as_str()),
            message_id: Some(&self.message.id),
            dedupe_key: format!("flood:{}:{}", self.who.hash, self.day),
            kind: "flood",
            priority: "asap",
            reason: "Very many messages from one number today: all are recorded, none is answered any more.",
        };
        raise(tx, &self.engine.clock, Some(&self.practice.practice), alert).await?;
        Ok(())
    }

    async fn close_question(&self, tx: &mut Tx) -> Result<(), OutreachError> {
        match &self.who.prompt {
            Some(prompt) => chase::end(tx, prompt, Ended::AnsweredBy(&self.message.id), self.now()).await,
            None => Ok(()),
        }
    }

    async fn pause(&self, tx: &mut Tx, days: Option<i64>, reason: &str) -> Result<(), OutreachError> {
        let now = self.now();
        let until = now + days.map_or(UNTIL_CLEARED_MS, |days| days * DAY_MS);
        for person in &self.who.people {
            // A longer pause that is already there stays.
            if person.paused_until.is_none_or(|at| at < until) {
                patients::set_pause(tx, &person.id, Some(until), Some(reason), now).await?;
            }
        }
        Ok(())
    }

    async fn unsafe_contact(&self, tx: &mut Tx) -> Result<(), OutreachError> {
        let now = self.now();
        for person in &self.who.people {
            patients::set_unsafe_contact(tx, &person.id, true, now).await?;
            prompts::close_of_patient(tx, &person.id).await?;
            let (status, reason) = (MessageStatus::Cancelled.as_str(), Reason::UnsafeContact.as_str());
            ledger::call_off(tx, Waiting::OfPatient(&person.id), status, reason, now).await?;
        }
        Ok(())
    }

    async fn wrong_person(&self, tx: &mut Tx) -> Result<(), OutreachError> {
        contacts::set_status(tx, self.channel(), self.address(), "wrong_person", "[]", self.now()).await?;
        Ok(())
    }

    async fn heard(&self, tx: &mut Tx) -> Result<(), OutreachError> {
        let Some(id) = self.who.prompt.as_ref().and_then(|p| p.enrolment_id.as_ref()) else {
            return Ok(());
        };
        let Some(row) = enrolments::by_ids(tx, std::slice::from_ref(id)).await?.into_iter().next() else {
            return Ok(());
        };
        if row.silent == 0 || row.status != "active" {
            return Ok(());
        }
        let Some(person) = self.who.one() else {
            return Ok(());
        };
        self.engine.set_rhythm_after_answer(tx, self.practices, &row, person.zone.as_deref(), instant(self.now())).await
    }
}
