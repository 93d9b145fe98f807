//! Into the database: the one place where the demo's data enters.

use super::DemoError;
use super::care::{Finding, Hold, Visit};
use super::invent::Invented;
use super::names::PRACTICE;
use crate::clock::Clock;
use crate::domain::calendar::resolve;
use crate::domain::identifiers::{NhsNumber, PhoneNumber};
use crate::store::appointments::AppointmentRow;
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::goals::GoalRow;
use crate::store::patients::{PatientRow, TagRow};
use crate::store::practices::PracticeRow;
use crate::store::results::TestResultRow;
use crate::store::{Db, Tx, appointments, consents, contacts, goals, patients, practices, results};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// What the demo's practice consists of.
pub(super) struct Everything<'a> {
    pub people: &'a [Invented],
    pub visits: &'a [Visit],
    pub findings: &'a [Finding],
    pub today: NaiveDate,
    pub zone: Tz,
    pub settings: String,
}

/// Writes the practice and all its lists, in one transaction. Returns the practice's id and the people's, in their order.
pub(super) async fn store(db: &Db, clock: &Clock, all: &Everything<'_>) -> Result<(String, Vec<String>), DemoError> {
    let now = clock.now_ms();
    let practice_id = clock.id();
    let mut tx = db.begin().await?;
    let row = PracticeRow {
        id: practice_id.clone(),
        name: PRACTICE.to_owned(),
        ods_code: Some("Y99999".to_owned()),
        settings: all.settings.clone(),
        sending_allowed_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    practices::upsert(&mut tx, &row).await?;
    let ids: Vec<String> = all.people.iter().map(|_| clock.id()).collect();
    let loading = Loading { clock, practice_id: &practice_id, ids: &ids, now, all };
    loading.people(&mut tx).await?;
    loading.visits(&mut tx).await?;
    loading.results(&mut tx).await?;
    loading.goals(&mut tx).await?;
    for feed in ["patients", "appointments"] {
        practices::feed_refreshed(&mut tx, &practice_id, feed, now).await?;
    }
    tx.commit().await?;
    Ok((practice_id, ids))
}

struct Loading<'a> {
    clock: &'a Clock,
    practice_id: &'a str,
    ids: &'a [String],
    now: i64,
    all: &'a Everything<'a>,
}

impl Loading<'_> {
    fn id_of(&self, person: usize) -> String {
        self.ids.get(person).cloned().unwrap_or_default()
    }

    fn practice(&self) -> String {
        self.practice_id.to_owned()
    }

    fn ms(&self, date: NaiveDate, time: NaiveTime) -> i64 {
        resolve(self.all.zone, date.and_time(time)).timestamp_millis()
    }

    async fn people(&self, tx: &mut Tx) -> Result<(), DemoError> {
        let mut rows = Vec::new();
        let mut points = Vec::new();
        let mut tags = Vec::new();
        let mut refused = Vec::new();
        for (person, id) in self.all.people.iter().zip(self.ids) {
            rows.push(PatientRow {
                id: id.clone(),
                practice_id: self.practice(),
                nhs_number: NhsNumber::parse(&person.nhs_number).ok().map(|n| n.digits()),
                family_name: person.family.clone(),
                given_name: person.given.clone(),
                known_as: person.known_as.clone(),
                birth_date: Some(person.born.to_string()),
                language: person.language.unwrap_or("en").to_owned(),
                preferred_channel: Some(if person.prefers_email { "email" } else { "sms" }.to_owned()),
                registered: !person.left,
                deceased: person.died.is_some(),
                sensitive: person.sensitive,
                textable: true,
                needs: "{}".to_owned(),
                created_at: self.now,
                updated_at: self.now,
                ..PatientRow::default()
            });
            let mobile =
                person.mobile.as_deref().and_then(|m| PhoneNumber::parse(m).ok()).map(|m| ("sms", m.e164().to_owned()));
            let email = person.email.clone().map(|e| ("email", e));
            for (channel, address) in mobile.into_iter().chain(email) {
                points.push(ContactPointRow {
                    id: self.clock.id(),
                    practice_id: self.practice(),
                    patient_id: id.clone(),
                    channel: channel.to_owned(),
                    address,
                    rank: 1,
                    status: "active".to_owned(),
                    failure_days: "[]".to_owned(),
                    updated_at: self.now,
                });
            }
            tags.extend(person.tags.iter().map(|tag| TagRow {
                patient_id: id.clone(),
                tag: (*tag).to_owned(),
                source: "import".to_owned(),
                since: self.now,
            }));
            refused.extend(person.declined.then(|| ConsentRow {
                id: self.clock.id(),
                patient_id: id.clone(),
                channel: "any".to_owned(),
                purpose: "all".to_owned(),
                decision: "refused".to_owned(),
                source: "patient list: declined".to_owned(),
                actor: "import".to_owned(),
                message_id: None,
                at: self.now,
            }));
        }
        patients::upsert(tx, &rows).await?;
        contacts::upsert(tx, &points).await?;
        patients::add_tags(tx, &tags).await?;
        consents::append(tx, &refused).await?;
        Ok(())
    }

    async fn visits(&self, tx: &mut Tx) -> Result<(), DemoError> {
        let rows: Vec<AppointmentRow> = self
            .all
            .visits
            .iter()
            .enumerate()
            .map(|(at, visit)| {
                let starts_at = self.ms(visit.starts.date(), visit.starts.time());
                AppointmentRow {
                    id: self.clock.id(),
                    practice_id: self.practice(),
                    patient_id: self.id_of(visit.person),
                    source_id: format!("A{at:04}"),
                    kind: visit.kind.to_owned(),
                    clinician: visit.clinician.to_owned(),
                    starts_at,
                    ends_at: Some(starts_at + visit.minutes * 60_000),
                    status: "booked".to_owned(),
                    booked_at: self.now,
                    updated_at: self.now,
                }
            })
            .collect();
        let changed = appointments::upsert(tx, &rows).await?;
        appointments::queue_planning(tx, "appointment", &changed, self.now).await?;
        Ok(())
    }

    async fn results(&self, tx: &mut Tx) -> Result<(), DemoError> {
        const DAY_MS: i64 = 86_400_000;
        let rows: Vec<TestResultRow> = self
            .all
            .findings
            .iter()
            .enumerate()
            .map(|(at, finding)| {
                let why = match finding.hold {
                    Hold::Because(why) => vec!["unfiled", why],
                    Hold::Released | Hold::Waits => vec!["unfiled"],
                };
                TestResultRow {
                    id: self.clock.id(),
                    practice_id: self.practice(),
                    patient_id: self.id_of(finding.person),
                    source_id: format!("R{at:04}"),
                    test: finding.test.key.to_owned(),
                    display: finding.test.display.to_owned(),
                    value: finding.value.clone(),
                    value_number: finding.value.parse().ok(),
                    unit: finding.test.unit.to_owned(),
                    original_value: finding.value.clone(),
                    original_unit: finding.test.unit.to_owned(),
                    source_record: "{}".to_owned(),
                    reference_low: finding.test.low,
                    reference_high: finding.test.high,
                    flag: finding.flag.to_owned(),
                    report_status: finding.status.to_owned(),
                    taken_at: self.ms(finding.taken, NaiveTime::MIN) + 9 * 3_600_000,
                    state: "held".to_owned(),
                    hold_reasons: serde_json::json!(why).to_string(),
                    hold_owner: "results team".to_owned(),
                    hold_due_at: Some(self.now + 10 * DAY_MS),
                    imported_at: self.now,
                    updated_at: self.now,
                    ..TestResultRow::default()
                }
            })
            .collect();
        results::insert(tx, &rows).await?;
        Ok(())
    }

    async fn goals(&self, tx: &mut Tx) -> Result<(), DemoError> {
        let rows: Vec<GoalRow> = self
            .all
            .people
            .iter()
            .zip(self.ids)
            .enumerate()
            .filter_map(|(at, (person, id))| person.goal.map(|goal| (at, id, goal)))
            .map(|(at, id, goal)| GoalRow {
                id: self.clock.id(),
                practice_id: self.practice(),
                patient_id: id.clone(),
                source_id: format!("G{at:04}"),
                words: goal.words.to_owned(),
                label: goal.label.to_owned(),
                plan: goal.plan.to_owned(),
                unit: "days".to_owned(),
                target: Some(goal.target),
                confidence: Some(goal.confidence),
                status: "active".to_owned(),
                agreed_on: Some(self.all.today.to_string()),
                review_on: self.all.today.checked_add_days(chrono::Days::new(84)).map(|d| d.to_string()),
                created_at: self.now,
                updated_at: self.now,
            })
            .collect();
        goals::upsert(tx, &rows).await?;
        Ok(())
    }
}
