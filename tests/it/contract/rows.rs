//! Rows with every field that must be filled, filled.

use super::{MINUTE, PRACTICE, T0};
use between::store::alerts::AlertRow;
use between::store::appointments::AppointmentRow;
use between::store::consents::ConsentRow;
use between::store::contacts::ContactPointRow;
use between::store::due::NewDue;
use between::store::enrolments::EnrolmentRow;
use between::store::goals::GoalRow;
use between::store::ledger::{AttemptOutcome, AttemptRow, MessageRow, SettledMessage, StatusChange};
use between::store::patients::PatientRow;
use between::store::practices::PracticeRow;
use between::store::prompts::PromptRow;
use between::store::record::RecordEntryRow;
use between::store::reports::{Advance, DeliveryReportRow};
use between::store::results::TestResultRow;

pub fn practice(id: &str) -> PracticeRow {
    PracticeRow {
        id: id.to_owned(),
        name: format!("{id} Surgery"),
        ods_code: None,
        settings: "{}".to_owned(),
        sending_allowed_at: None,
        created_at: T0,
        updated_at: T0,
    }
}

pub fn patient(id: &str) -> PatientRow {
    PatientRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        family_name: "Test".to_owned(),
        given_name: "Joan".to_owned(),
        language: "en".to_owned(),
        registered: true,
        textable: true,
        needs: "{}".to_owned(),
        created_at: T0,
        updated_at: T0,
        ..PatientRow::default()
    }
}

pub fn contact(patient_id: &str, address: &str) -> ContactPointRow {
    ContactPointRow {
        id: format!("{patient_id}/{address}"),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        channel: if address.contains('@') { "email" } else { "sms" }.to_owned(),
        address: address.to_owned(),
        rank: 0,
        status: "active".to_owned(),
        failure_days: "[]".to_owned(),
        updated_at: T0,
    }
}

pub fn consent(id: &str, patient_id: &str, decision: &str, at: i64) -> ConsentRow {
    ConsentRow {
        id: id.to_owned(),
        patient_id: patient_id.to_owned(),
        channel: "sms".to_owned(),
        purpose: "all".to_owned(),
        decision: decision.to_owned(),
        source: "asked".to_owned(),
        actor: "nurse".to_owned(),
        message_id: None,
        at,
    }
}

pub fn goal(id: &str, patient_id: &str) -> GoalRow {
    GoalRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: format!("source-{id}"),
        words: "to the allotment without stopping".to_owned(),
        label: "walk for 20 minutes".to_owned(),
        plan: "after lunch".to_owned(),
        unit: "days".to_owned(),
        target: Some(5),
        confidence: Some(8),
        status: "active".to_owned(),
        created_at: T0,
        updated_at: T0,
        ..GoalRow::default()
    }
}

pub fn enrolment(id: &str, patient_id: &str, programme: &str) -> EnrolmentRow {
    EnrolmentRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        programme: programme.to_owned(),
        status: "active".to_owned(),
        source: "agreed".to_owned(),
        started_at: T0,
        next_at: Some(T0),
        updated_at: T0,
        ..EnrolmentRow::default()
    }
}

pub fn appointment(id: &str, patient_id: &str, starts_at: i64) -> AppointmentRow {
    AppointmentRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: format!("source-{id}"),
        kind: "annual_review".to_owned(),
        clinician: "Nurse Cole".to_owned(),
        starts_at,
        ends_at: None,
        status: "booked".to_owned(),
        booked_at: T0,
        updated_at: T0,
    }
}

pub fn result(id: &str, patient_id: &str, state: &str) -> TestResultRow {
    TestResultRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: format!("source-{id}"),
        test: "hba1c".to_owned(),
        display: "HbA1c".to_owned(),
        value: "52".to_owned(),
        value_number: Some(52.0),
        unit: "mmol/mol".to_owned(),
        report_status: "Final".to_owned(),
        taken_at: T0,
        state: state.to_owned(),
        hold_reasons: "[]".to_owned(),
        released_at: (state == "released").then_some(T0),
        imported_at: T0,
        updated_at: T0,
        ..TestResultRow::default()
    }
}

/// A planned send: its id is its place (anchor) too, so that different ids are different sends.
pub fn planned(id: &str, patient_id: &str) -> MessageRow {
    MessageRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: Some(patient_id.to_owned()),
        direction: "out".to_owned(),
        kind: "goal_reminder".to_owned(),
        template: "goal_check_in".to_owned(),
        purpose: "goals".to_owned(),
        anchor: id.to_owned(),
        step: "1".to_owned(),
        status: "planned".to_owned(),
        facts: "{}".to_owned(),
        due_at: T0,
        past_due: "skip".to_owned(),
        created_at: T0,
        updated_at: T0,
        ..MessageRow::default()
    }
}

pub fn received(id: &str, gateway: &str, reference: &str) -> MessageRow {
    MessageRow {
        id: id.to_owned(),
        direction: "in".to_owned(),
        status: "received".to_owned(),
        channel: Some("sms".to_owned()),
        address: Some("+447700900001".to_owned()),
        gateway: Some(gateway.to_owned()),
        provider_reference: Some(reference.to_owned()),
        body: Some("Yes".to_owned()),
        facts: "{}".to_owned(),
        due_at: T0,
        created_at: T0,
        updated_at: T0,
        ..MessageRow::default()
    }
}

pub fn waits(message_id: &str, due_at: i64) -> NewDue {
    NewDue { message_id: message_id.to_owned(), lane: 2, due_at }
}

pub fn change(id: &str, status: &str, reason: &str, at: i64) -> StatusChange {
    StatusChange { id: id.to_owned(), status: status.to_owned(), reason: reason.to_owned(), at }
}

pub fn attempt(message_id: &str, number: i64) -> AttemptRow {
    AttemptRow {
        message_id: message_id.to_owned(),
        number,
        gateway: "sandbox".to_owned(),
        channel: "sms".to_owned(),
        address: "+447700900001".to_owned(),
        body: format!("text {number}"),
        template_version: "goal_check_in@1".to_owned(),
        language: "en".to_owned(),
        segments: 1,
        lease: number,
        started_at: T0 + number,
        ..AttemptRow::default()
    }
}

pub fn outcome(message_id: &str, number: i64, word: &str, provider_id: Option<&str>) -> AttemptOutcome {
    AttemptOutcome {
        message_id: message_id.to_owned(),
        number,
        finished_at: T0 + 100 + number,
        outcome: word.to_owned(),
        code: None,
        provider_id: provider_id.map(str::to_owned),
    }
}

pub fn settled(id: &str, status: &str) -> SettledMessage {
    SettledMessage {
        id: id.to_owned(),
        status: status.to_owned(),
        reason: format!("because_{status}"),
        channel: Some("sms".to_owned()),
        address: Some("+447700900001".to_owned()),
        gateway: Some("sandbox".to_owned()),
        attempts: 1,
        segments: 2,
        at: T0 + MINUTE,
    }
}

pub fn report(id: &str, reference: &str, status: &str, occurred_at: i64) -> DeliveryReportRow {
    DeliveryReportRow {
        id: id.to_owned(),
        gateway: "sandbox".to_owned(),
        reference: reference.to_owned(),
        status: status.to_owned(),
        code: String::new(),
        occurred_at,
        received_at: T0,
        message_id: None,
    }
}

/// The step forward that a report of this status asks for.
pub fn step(id: &str, status: &str) -> Advance {
    let rank = ["accepted", "undelivered", "failed", "delivered"].iter().position(|s| *s == status).unwrap();
    Advance {
        id: id.to_owned(),
        status: status.to_owned(),
        reason: String::new(),
        rank: rank as i64 + 1,
        at: T0 + MINUTE,
    }
}

pub fn prompt(id: &str, patient_id: &str) -> PromptRow {
    PromptRow {
        id: id.to_owned(),
        patient_id: patient_id.to_owned(),
        message_id: format!("message-of-{id}"),
        kind: "check_in".to_owned(),
        body: "How many days?".to_owned(),
        expects: "{\"count\":{}}".to_owned(),
        status: "open".to_owned(),
        opened_at: T0,
        expires_at: T0 + 48 * 60 * MINUTE,
        ..PromptRow::default()
    }
}

pub fn entry(id: &str, patient_id: &str, message_id: &str) -> RecordEntryRow {
    RecordEntryRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        kind: "check_in".to_owned(),
        code: "count".to_owned(),
        value: "4".to_owned(),
        value_number: Some(4.0),
        unit: "days".to_owned(),
        detail: "{}".to_owned(),
        original_text: "4 days".to_owned(),
        filed: "auto".to_owned(),
        message_id: Some(message_id.to_owned()),
        effective_at: T0,
        created_at: T0,
        ..RecordEntryRow::default()
    }
}

pub fn alert(id: &str, priority: &str, created_at: i64) -> AlertRow {
    AlertRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        dedupe_key: format!("key-{id}"),
        kind: "red_flag".to_owned(),
        priority: priority.to_owned(),
        reason: "read it".to_owned(),
        status: "open".to_owned(),
        owner: "duty".to_owned(),
        due_at: created_at + MINUTE,
        created_at,
        ..AlertRow::default()
    }
}
