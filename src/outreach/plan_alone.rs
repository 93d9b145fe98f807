//! When a page of planning failed: each of its rows alone, so that one bad row is set aside and shown, and stops no other.

use super::alerts::{NewAlert, raise};
use super::planner::{PAGE, Planned};
use super::{Engine, OutreachError, Practices};
use crate::domain::reason::Reason;
use crate::store::enrolments::{EnrolmentRow, Progress};
use crate::store::{appointments, enrolments, patients};

impl Engine {
    /// Plans each waiting change in a transaction of its own. `error` is why the page failed: an outage is given back.
    pub(super) async fn plan_changes_alone(
        &self,
        practices: &Practices,
        error: OutreachError,
    ) -> Result<Planned, OutreachError> {
        only_a_bad_row(error)?;
        let mut total = Planned::default();
        for subject in appointments::waiting_for_planning(&self.db, PAGE).await? {
            let one = std::slice::from_ref(&subject);
            let mut tx = self.db.begin().await?;
            if appointments::take_out(&mut tx, one).await? == 0 {
                continue;
            }
            match self.plan_subjects(&mut tx, practices, one).await {
                Ok(done) => {
                    tx.commit().await?;
                    total.add(done);
                }
                Err(error) => {
                    drop(tx);
                    only_a_bad_row(error)?;
                    let mut tx = self.db.begin().await?;
                    appointments::take_out(&mut tx, one).await?;
                    let person = match subject.0.as_str() {
                        "appointment" => appointments::by_ids(&mut tx, std::slice::from_ref(&subject.1))
                            .await?
                            .first()
                            .map(|a| (a.practice_id.clone(), a.patient_id.clone())),
                        _ => patients::by_ids(&mut tx, std::slice::from_ref(&subject.1))
                            .await?
                            .first()
                            .map(|p| (p.practice_id.clone(), p.id.clone())),
                    };
                    if let Some((practice_id, patient_id)) = person {
                        let key = format!("plan_failed:{}:{}", subject.0, subject.1);
                        self.show_bad_row(&mut tx, practices, &practice_id, &patient_id, key).await?;
                    }
                    tx.commit().await?;
                }
            }
        }
        Ok(total)
    }

    /// Plans each enrolment that is due in a transaction of its own.
    pub(super) async fn plan_recurring_alone(
        &self,
        practices: &Practices,
        error: OutreachError,
    ) -> Result<Planned, OutreachError> {
        only_a_bad_row(error)?;
        let mut total = Planned::default();
        let mut tx = self.db.begin().await?;
        let page = enrolments::take_due(&mut tx, self.planned_until(), PAGE).await?;
        drop(tx);
        for row in &page {
            let mut tx = self.db.begin().await?;
            match self.plan_enrolments(&mut tx, practices, std::slice::from_ref(row)).await {
                Ok(done) => {
                    tx.commit().await?;
                    total.add(done);
                }
                Err(error) => {
                    drop(tx);
                    only_a_bad_row(error)?;
                    let mut tx = self.db.begin().await?;
                    enrolments::set_progress(&mut tx, &[self.not_planned_any_more(row)]).await?;
                    let key = format!("plan_failed:enrolment:{}", row.id);
                    self.show_bad_row(&mut tx, practices, &row.practice_id, &row.patient_id, key).await?;
                    tx.commit().await?;
                }
            }
        }
        Ok(total)
    }

    fn not_planned_any_more(&self, row: &EnrolmentRow) -> Progress {
        Progress {
            id: row.id.clone(),
            status: row.status.clone(),
            reason: Reason::Poison.to_string(),
            silent: row.silent,
            next_at: None,
            updated_at: self.clock.now_ms(),
        }
    }

    async fn show_bad_row(
        &self,
        tx: &mut crate::store::Tx,
        practices: &Practices,
        practice_id: &str,
        patient_id: &str,
        key: String,
    ) -> Result<(), OutreachError> {
        tracing::error!(code = "plan_failed", "a row could not be planned and was set aside");
        let alert = NewAlert {
            practice_id,
            patient_id: Some(patient_id),
            message_id: None,
            dedupe_key: key,
            kind: Reason::Poison.as_str(),
            priority: "asap",
            reason: "The messages of this person could not be planned: tell support.",
        };
        let practice = practices.get(practice_id).map(|s| &s.practice);
        raise(tx, &self.clock, practice, alert).await?;
        Ok(())
    }
}

/// Nothing is set aside because the database was away.
fn only_a_bad_row(error: OutreachError) -> Result<(), OutreachError> {
    match error {
        OutreachError::Store(store) if !store.is_outage() => Ok(()),
        other => Err(other),
    }
}
