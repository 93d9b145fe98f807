//! What the tables themselves refuse, read from the live schema: unknown words, people who are not there, missing values.

use super::schema::{Table, tables};
use super::{PRACTICE, Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::alerts::RouteTestRow;
use between::store::audit::AuditEventRow;
use between::store::counters::CounterRow;
use between::store::exchanges::ExchangeRow;
use between::store::health::MinuteRow;
use between::store::imports::ImportRunRow;
use between::store::ledger::MessageRow;
use between::store::patients::{IdentifierRow, RelatedPersonRow, TagRow};
use between::store::programmes::ProgrammeRow;
use between::store::record::{AgendaItemRow, CorrectionRow};
use between::store::results::StandingRuleRow;
use between::store::{
    alerts, appointments, audit, consents, contacts, counters, due, enrolments, exchanges, goals, health, imports,
    inbox, ledger, patients, practices, programmes, prompts, record, reports, results, schedules,
};
use sqlx::error::ErrorKind;

/// One row in every table.
async fn furnish(store: &Store) {
    let text = || "x".to_owned();
    within!(store.db, tx => practices::feed_refreshed(tx, PRACTICE, "patients", T0));
    within!(store.db, tx => patients::add_identifiers(tx, &[IdentifierRow { practice_id: PRACTICE.to_owned(), system: text(), value: text(), patient_id: "p1".to_owned() }]));
    within!(store.db, tx => patients::add_tags(tx, &[TagRow { patient_id: "p1".to_owned(), tag: text(), source: text(), since: T0 }]));
    within!(store.db, tx => patients::upsert_related(tx, &[RelatedPersonRow { id: text(), patient_id: "p1".to_owned(), source_id: text(), relationship: text(), name: text(), updated_at: T0 }]));
    within!(store.db, tx => contacts::upsert(tx, &[rows::contact("p1", "+447700900001")]));
    within!(store.db, tx => contacts::stop_address(tx, "sms", "hash", "stop", T0));
    within!(store.db, tx => consents::append(tx, &[rows::consent("c1", "p1", "granted", T0)]));
    within!(store.db, tx => goals::upsert(tx, &[rows::goal("g1", "p1")]));
    within!(store.db, tx => appointments::upsert(tx, &[rows::appointment("a1", "p1", T0)]));
    within!(store.db, tx => appointments::queue_planning(tx, "patient", &ids(&["p1"]), T0));
    within!(store.db, tx => results::insert(tx, &[rows::result("r1", "p1", "held")]));
    within!(store.db, tx => results::add_rule(tx, &StandingRuleRow { id: text(), practice_id: PRACTICE.to_owned(), tests: text(), clinician: text(), switched_on_at: T0, switched_off_at: None }));
    within!(store.db, tx => programmes::upsert(tx, &ProgrammeRow { id: text(), practice_id: PRACTICE.to_owned(), name: text(), definition: text(), version: 1, updated_at: T0 }));
    within!(store.db, tx => enrolments::enrol(tx, &[rows::enrolment("e1", "p1", "goal")]));
    within!(store.db, tx => ledger::insert(tx, &[MessageRow { channel: Some("sms".to_owned()), ..rows::planned("m1", "p1") }, rows::received("i1", "sandbox", "1")]));
    within!(store.db, tx => due::insert(tx, &[rows::waits("m1", T0)]));
    within!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("m1", 1)]));
    within!(store.db, tx => exchanges::insert(tx, &[ExchangeRow { message_id: "m1".to_owned(), attempt: 1, ask: "send".to_owned(), status: Some(200), ..ExchangeRow::default() }]));
    within!(store.db, tx => health::lock(tx, &ids(&["sandbox"])));
    within!(store.db, tx => health::add_minutes(tx, &[MinuteRow { gateway: text(), ..MinuteRow::default() }]));
    within!(store.db, tx => inbox::insert(tx, &ids(&["i1"])));
    within!(store.db, tx => between::store::mails::insert(tx, &[super::mail::mail("i1")]));
    within!(store.db, tx => between::store::mails::insert_attachments(tx, &[super::mail::file("i1", 1, "scan.png")]));
    within!(store.db, tx => between::store::mailboxes::ensure(tx, "mail", "INBOX"));
    within!(store.db, tx => between::store::own_keys::keep_first(tx, "links", "key", T0));
    within!(store.db, tx => reports::insert(tx, &[rows::report("d1", "m1", "failed", T0)]));
    within!(store.db, tx => prompts::open(tx, &[rows::prompt("q1", "p1")]));
    within!(store.db, tx => record::file(tx, &[rows::entry("n1", "p1", "i1")]));
    let item = AgendaItemRow {
        id: text(),
        patient_id: "p1".to_owned(),
        appointment_id: "a1".to_owned(),
        position: 1,
        words: text(),
        message_id: text(),
        created_at: T0,
        replaced_at: None,
    };
    within!(store.db, tx => record::set_agenda(tx, "a1", std::slice::from_ref(&item), T0));
    within!(store.db, tx => record::correct(tx, &CorrectionRow { id: text(), message_id: text(), reader: text(), understood: text(), corrected: text(), actor: text(), at: T0 }));
    within!(store.db, tx => alerts::raise(tx, &[rows::alert("l1", "urgent", T0)]));
    within!(store.db, tx => alerts::add_route_test(tx, &RouteTestRow { id: text(), practice_id: PRACTICE.to_owned(), route: text(), code: text(), sent_at: T0, acknowledged_at: None, acknowledged_by: None }));
    within!(store.db, tx => counters::add(tx, &[CounterRow { subject: text(), period: text(), used: 1 }]));
    within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 1, 1, T0));
    within!(store.db, tx => schedules::ensure(tx, "plan", T0));
    within!(store.db, tx => imports::add(tx, &ImportRunRow { id: text(), practice_id: PRACTICE.to_owned(), kind: text(), file_name: text(), sha256: text(), summary: text(), actor: text(), at: T0 }));
    within!(store.db, tx => audit::append(tx, &[AuditEventRow { id: text(), at: T0, actor: text(), action: text(), practice_id: None, subject: text(), subject_id: text(), detail: text() }]));
}

async fn furnished(on: On) -> Option<(Store, Vec<Table>)> {
    let store = Store::with_people(on, &["p1"]).await?;
    furnish(&store).await;
    let tables = tables(&store).await;
    for table in &tables {
        assert!(store.count(&table.name).await > 0, "{} has no row to try this on", table.name);
    }
    Some((store, tables))
}

/// The kind of refusal of setting a column to a value in every row.
async fn set(store: &Store, table: &str, column: &str, value: &str) -> Option<ErrorKind> {
    match store.sql(&format!("UPDATE {table} SET {column} = {value}")).await {
        Ok(_) => None,
        Err(sqlx::Error::Database(e)) => Some(e.kind()),
        Err(other) => panic!("{table}.{column}: {other}"),
    }
}

on_both! {
    async fn unknown_words_are_refused(on) {
        let (store, tables) = furnished(on).await?;
        let mut tried = 0;
        for table in &tables {
            for (column, words) in &table.checks {
                tried += 1;
                let kind = set(&store, &table.name, column, "'nonsense'").await;
                assert!(matches!(kind, Some(ErrorKind::CheckViolation)), "{}.{column}: {kind:?}", table.name);
                assert!(words.len() > 1, "{}.{column}", table.name);
                let known = format!("'{}'", words[0]);
                let narrow = format!("UPDATE {t} SET {column} = {known} WHERE {column} IS NOT NULL", t = table.name);
                assert!(store.sql(&narrow).await.is_ok(), "{}.{column} refuses {known}", table.name);
            }
        }
        assert!(tried >= 17, "only {tried} columns with a list of words");
    }

    async fn nobody_is_referred_to_who_is_not_there(on) {
        let (store, tables) = furnished(on).await?;
        let mut tried = 0;
        for table in &tables {
            for (column, _) in &table.references {
                tried += 1;
                let kind = set(&store, &table.name, column, "'nobody'").await;
                assert!(matches!(kind, Some(ErrorKind::ForeignKeyViolation)), "{}.{column}: {kind:?}", table.name);
            }
        }
        assert!(tried >= 27, "only {tried} references");
        let gone = store.sql("DELETE FROM patient").await;
        let kind = gone.unwrap_err().into_database_error().unwrap().kind();
        assert!(matches!(kind, ErrorKind::ForeignKeyViolation), "{kind:?}");
    }

    async fn what_must_be_there_is_there(on) {
        let (store, tables) = furnished(on).await?;
        let mut tried = 0;
        for table in &tables {
            for column in table.columns.iter().filter(|c| !c.nullable) {
                tried += 1;
                let kind = set(&store, &table.name, &column.name, "NULL").await;
                assert!(matches!(kind, Some(ErrorKind::NotNullViolation)), "{}.{}: {kind:?}", table.name, column.name);
            }
        }
        assert!(tried > 180, "only {tried} columns");
    }
}
