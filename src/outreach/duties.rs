//! Periodic duties: questions that ended, alerts to pass on, held results that are overdue, and the daily count.

use super::alerts::{NewAlert, raise, told_again_at};
use super::{Engine, OutreachError, planner};
use crate::domain::decision::is_stale;
use crate::domain::reason::Reason;
use crate::store::enrolments::Progress;
use crate::store::prompts::PromptRow;
use crate::store::{Tx, alerts, counters, due, enrolments, exchanges, patients, prompts, results, schedules, views};
use std::collections::BTreeSet;

/// The duties: name and how often, in seconds.
const DUTIES: [(&str, i64); 6] =
    [("plan", 5), ("prompts", 5), ("alerts", 5), ("gateways", 60), ("results", 900), ("daily", 3_600)];

impl Engine {
    /// Does every duty whose time has come. Shared by all workers: each is claimed first. One that fails keeps no other from
    /// being done; its error is given back at the end. Returns what was done.
    pub async fn do_duties(&self) -> Result<Vec<(String, String)>, OutreachError> {
        let mut done = Vec::new();
        let mut failed = None;
        let known = schedules::all(&self.db).await?;
        for (name, every_seconds) in DUTIES {
            let now = self.clock.now_ms();
            // Most looks find nothing to do: they cost one reading query for all duties together.
            let waits = known.iter().any(|s| s.name == name && (s.next_at > now || s.lease_until > now));
            if waits {
                continue;
            }
            let mut tx = self.db.begin().await?;
            schedules::ensure(&mut tx, name, now).await?;
            let ours = schedules::claim(&mut tx, name, now, now + DUTY_LEASE_MS).await?;
            tx.commit().await?;
            if !ours {
                continue;
            }
            let result = self.do_duty(name).await;
            let words = match &result {
                Ok(words) => words.clone(),
                Err(_) => "failed".to_owned(),
            };
            let mut tx = self.db.begin().await?;
            schedules::finish(&mut tx, name, now + every_seconds * 1000, &words, self.clock.now_ms()).await?;
            tx.commit().await?;
            match result {
                Ok(words) => done.push((name.to_owned(), words)),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(done),
        }
    }

    async fn do_duty(&self, name: &str) -> Result<String, OutreachError> {
        Ok(match name {
            "plan" => {
                let planned = self.plan().await?;
                format!("looked at {}, new {}, called off {}", planned.looked_at, planned.new, planned.voided)
            }
            "prompts" => format!("{} ended", self.end_prompts().await?),
            "alerts" => {
                let unread = self.raise_unread().await?;
                format!("{unread} unread in time, {} notices", self.notify_staff().await?)
            }
            "gateways" => format!("{} shares moved", self.judge_gateways().await?),
            "results" => format!("{} overdue", self.remind_of_holds().await?),
            _ => format!("{} findings", self.daily_check().await?),
        })
    }

    /// The next moment at which something will happen, as far as it is known: for clocks that are moved by hand.
    pub async fn next_moment(&self) -> Result<Option<i64>, OutreachError> {
        let ahead = self.config.sending.plan_ahead_hours * 3_600_000;
        let mut next = due::next_moment(&self.db, ahead).await?;
        let practices = self.practices().await?;
        for (practice_id, since, oldest, told) in alerts::urgent_since(&self.db).await? {
            let Some(settings) = practices.get(&practice_id).map(|s| &s.practice.settings.alerts) else {
                continue;
            };
            if settings.route.is_empty() {
                continue;
            }
            let patience = settings.escalate_after_minutes * 60_000;
            let at = if told { told_again_at(oldest, since, patience) } else { since };
            next = Some(next.map_or(at, |known| known.min(at)));
        }
        Ok(next)
    }

    /// Ends questions whose time has passed. An unanswered check-in counts as a silence: rarer after some, ended after more.
    pub async fn end_prompts(&self) -> Result<usize, OutreachError> {
        let practices = self.practices().await?;
        let mut ended = 0;
        loop {
            let now = self.clock.now_ms();
            let mut tx = self.db.begin().await?;
            let page = prompts::expire(&mut tx, now, 200).await?;
            for prompt in &page {
                due::wake(&mut tx, &prompt.patient_id, Reason::QuestionOpen.as_str(), now).await?;
                self.count_silence(&mut tx, &practices, prompt, now).await?;
            }
            tx.commit().await?;
            ended += page.len();
            if page.is_empty() {
                return Ok(ended);
            }
        }
    }

    async fn count_silence(
        &self,
        tx: &mut Tx,
        practices: &super::Practices,
        prompt: &PromptRow,
        now: i64,
    ) -> Result<(), OutreachError> {
        let Some(id) = &prompt.enrolment_id else {
            return Ok(());
        };
        let Some(row) = enrolments::by_ids(tx, std::slice::from_ref(id)).await?.into_iter().next() else {
            return Ok(());
        };
        let zone = patients::zones(tx, std::slice::from_ref(&row.patient_id)).await?.into_iter().next();
        let (Some(state), Some((_, zone)), "active") = (practices.get(&row.practice_id), zone, row.status.as_str())
        else {
            return Ok(());
        };
        if row.goal_id.is_empty() {
            return Ok(());
        }
        let silent = row.silent + 1;
        let next = planner::next_after(&row, state, zone.as_deref(), silent, prompt.opened_at);
        let (status, reason, next_at) = match next {
            Ok(next_at) => ("active".to_owned(), row.reason.clone(), next_at),
            Err(reason) => ("stopped".to_owned(), reason.to_string(), None),
        };
        if status == "stopped" {
            super::alerts::raise_for_patient(
                tx,
                &self.clock,
                practices,
                &row.practice_id,
                &row.patient_id,
                "silent",
                &format!("silent:{}:{}", row.id, prompt.id),
            )
            .await?;
        }
        enrolments::set_progress(tx, &[Progress { id: row.id, status, reason, silent, next_at, updated_at: now }])
            .await?;
        Ok(())
    }

    /// Raises an alert for every held result whose due date has passed (H28).
    pub async fn remind_of_holds(&self) -> Result<usize, OutreachError> {
        let practices = self.practices().await?;
        let overdue = results::overdue_holds(&self.db, self.clock.now_ms(), 1000).await?;
        let mut tx = self.db.begin().await?;
        for row in &overdue {
            let alert = NewAlert {
                practice_id: &row.practice_id,
                patient_id: Some(&row.patient_id),
                message_id: None,
                dedupe_key: format!("hold_overdue:{}:{}", row.id, row.hold_due_at.unwrap_or(0)),
                kind: "hold_overdue",
                priority: "asap",
                reason: "A held result is overdue: release it, or tell the person.",
            };
            raise(&mut tx, &self.clock, practices.get(&row.practice_id).map(|s| &s.practice), alert).await?;
        }
        tx.commit().await?;
        Ok(overdue.len())
    }

    /// The daily look (H17): what should have gone and did not, data that is too old, and old counters forgotten.
    pub async fn daily_check(&self) -> Result<usize, OutreachError> {
        let practices = self.practices().await?;
        let now = self.clock.now_ms();
        let backlog = due::backlog(&self.db, now - 3_600_000).await?;
        let mut findings: Vec<(String, &str, String)> = Vec::new();
        let mut known = BTreeSet::new();
        let day = now / 86_400_000;
        for state in practices.iter() {
            let practice = &state.practice;
            let fresh = &practice.settings.freshness;
            for (feed, hours) in [("patients", fresh.patients_hours), ("appointments", fresh.appointments_hours)] {
                if is_stale(practice, feed, hours, now) {
                    findings.push((
                        practice.id.clone(),
                        "feed_stale",
                        format!("feed_stale:{}:{feed}:{day}", practice.id),
                    ));
                }
            }
            let unsent = views::overdue(&self.db, &practice.id, now - 3_600_000).await?;
            if unsent > 0 && backlog.due > 0 && known.insert(practice.id.clone()) {
                findings.push((practice.id.clone(), "not_sent", format!("not_sent:{}:{day}", practice.id)));
            }
        }
        let mut tx = self.db.begin().await?;
        for (practice_id, kind, key) in &findings {
            let reason = if *kind == "feed_stale" {
                Reason::FeedStale.sentence()
            } else {
                "Messages that were due more than an hour ago have not gone: look at the list of what waits."
            };
            let alert = NewAlert {
                practice_id,
                patient_id: None,
                message_id: None,
                dedupe_key: key.clone(),
                kind,
                priority: "asap",
                reason,
            };
            raise(&mut tx, &self.clock, practices.get(practice_id).map(|s| &s.practice), alert).await?;
        }
        let oldest = crate::clock::instant(now - 60 * 86_400_000).format("d:%Y-%m-%d").to_string();
        counters::forget_before(&mut tx, "d:", &oldest).await?;
        const MOST_FORGOTTEN: i64 = 50_000;
        let kept_ms = self.config.sending.exchange_log_days.max(0) * 86_400_000;
        exchanges::forget_before(&mut tx, now - kept_ms, MOST_FORGOTTEN).await?;
        tx.commit().await?;
        Ok(findings.len())
    }
}

const DUTY_LEASE_MS: i64 = 300_000;
