//! With a hundred thousand rows in every table that grows, nothing that runs often reads a whole table.

use super::plan_text::{full_scans, plans, telling};
use super::{PRACTICE, Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::due::{Deferred, Held};
use between::store::ledger::Waiting;
use between::store::{
    Db, Tx, alerts, appointments, audit, consents, contacts, counters, due, enrolments, goals, inbox, ledger, patients,
    prompts, record, reports, results, views,
};

/// Rows in each table on PostgreSQL, which plans by what it counted. SQLite plans by the statement and the indexes alone,
/// as it does in production (nobody runs ANALYZE there): it needs no more than some.
const N: i64 = 100_000;
const SOME: i64 = 2_000;

/// Fills the tables that grow: two messages, results and so on for each of fifty thousand people.
async fn load(store: &Store) {
    let n = if store.on == On::Sqlite { SOME } else { N };
    let numbers = format!("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {n})");
    let (p, m) = ("'p' || CAST(i % 50000 AS TEXT)", "'m' || CAST(i AS TEXT)");
    let fill = [
        format!("INSERT INTO patient (id, practice_id, family_name, given_name, language, registered, deceased, sensitive, unsafe_contact,
            textable, needs, created_at, updated_at) {numbers} SELECT {p}, '{PRACTICE}', 'F' || CAST(i AS TEXT), 'G', 'en', true, false,
            false, false, true, '{{}}', i, i FROM s WHERE i <= 50000"),
        format!("INSERT INTO contact_point {numbers} SELECT 'c' || CAST(i AS TEXT), '{PRACTICE}', {p}, 'sms', '+44' || CAST(i AS TEXT), 0,
            'active', '[]', i FROM s"),
        format!("INSERT INTO consent {numbers} SELECT 'k' || CAST(i AS TEXT), {p}, 'sms', 'all', 'granted', 's', 'a', NULL, i FROM s"),
        format!("INSERT INTO address_stop {numbers} SELECT 'sms', 'hash' || CAST(i AS TEXT), 'stop', i FROM s"),
        format!("INSERT INTO goal (id, practice_id, patient_id, source_id, words, label, plan, unit, status, created_at, updated_at)
            {numbers} SELECT 'g' || CAST(i AS TEXT), '{PRACTICE}', {p}, CAST(i AS TEXT), '', '', '', '', 'active', i, i FROM s"),
        format!("INSERT INTO appointment (id, practice_id, patient_id, source_id, kind, clinician, starts_at, status, booked_at, updated_at)
            {numbers} SELECT 'a' || CAST(i AS TEXT), '{PRACTICE}', {p}, CAST(i AS TEXT), 'k', 'c', {T0} + i, 'booked', i, i FROM s"),
        format!("INSERT INTO test_result (id, practice_id, patient_id, source_id, test, display, value, unit, original_value, original_unit,
            source_record, flag, report_status, taken_at, state, hold_reasons, hold_owner, hold_due_at, released_at, imported_at, updated_at)
            {numbers} SELECT 'r' || CAST(i AS TEXT), '{PRACTICE}', {p}, CAST(i AS TEXT), 't', '', '', '', '', '', '', '', '', {T0} + i,
            CASE WHEN i % 100 = 0 THEN 'held' ELSE 'released' END, '[]', '', CASE WHEN i % 100 = 0 THEN {T0} + i END, {T0} + i, i, i FROM s"),
        format!("INSERT INTO enrolment {numbers} SELECT 'e' || CAST(i AS TEXT), '{PRACTICE}', {p}, 'g' || CAST(i AS TEXT), '', 'active', '',
            's', i, 0, {T0} + i, i FROM s"),
        format!("INSERT INTO message (id, practice_id, patient_id, direction, kind, template, purpose, anchor, step, status, reason, gateway,
            provider_reference, facts, due_at, priority, past_due, appointment_id, enrolment_id, attempts, created_at, updated_at)
            {numbers} SELECT {m}, '{PRACTICE}', {p}, CASE WHEN i % 10 = 0 THEN 'in' ELSE 'out' END, 'k', 't', 'goals', CAST(i AS TEXT), '1',
            CASE WHEN i % 10 = 0 THEN CASE WHEN i % 1000 = 0 THEN 'for_staff' ELSE 'handled' END WHEN i % 5 = 1 THEN 'planned' ELSE 'delivered' END,
            '', 'sandbox', CAST(i AS TEXT), '{{}}', {T0} + i, 0, 'skip', CASE WHEN i % 3 = 0 THEN 'a' || CAST(i AS TEXT) END,
            'e' || CAST(i AS TEXT), 1, i, i FROM s"),
        format!("INSERT INTO due {numbers} SELECT {m}, 2, {T0} + i, 0, 0, 0 FROM s"),
        format!("INSERT INTO inbox {numbers} SELECT {m}, {T0} + i, 0, 0, 'sms:' || {p}, {T0} + i FROM s"),
        format!("INSERT INTO attempt {numbers} SELECT {m}, 1, 'sandbox', 'sms', 'a', NULL, 'b', 'v', 'en', 1, 1, i, i, 'accepted', NULL,
            'prov' || CAST(i AS TEXT) FROM s"),
        format!("INSERT INTO delivery_report {numbers} SELECT 'd' || CAST(i AS TEXT), 'sandbox', 'prov' || CAST(i AS TEXT), 's', '', i, i, {m} FROM s"),
        format!("INSERT INTO prompt (id, patient_id, message_id, kind, body, expects, status, asked_again, opened_at, expires_at)
            {numbers} SELECT 'q' || CAST(i AS TEXT), {p}, {m}, 'k', 'b', '{{}}', CASE WHEN i <= 5000 THEN 'open' ELSE 'answered' END, 0, i,
            {T0} + i FROM s"),
        format!("INSERT INTO record_entry (id, practice_id, patient_id, kind, code, value, unit, detail, original_text, filed, message_id,
            effective_at, created_at) {numbers} SELECT 'n' || CAST(i AS TEXT), '{PRACTICE}', {p}, 'k', 'c', '', '', '', '', 'auto', {m}, i, i FROM s"),
        format!("INSERT INTO agenda_item {numbers} SELECT 'w' || CAST(i AS TEXT), {p}, 'a' || CAST(i AS TEXT), 1, '', {m}, i, NULL FROM s"),
        format!("INSERT INTO alert (id, practice_id, patient_id, dedupe_key, kind, priority, reason, status, owner, due_at, escalations, note, created_at)
            {numbers} SELECT 'l' || CAST(i AS TEXT), '{PRACTICE}', {p}, CAST(i AS TEXT), 'k', 'urgent', '',
            CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'closed' END, '', i, 0, '', i FROM s"),
        format!("INSERT INTO counter {numbers} SELECT {p}, 'd:' || CAST(i AS TEXT), 1 FROM s"),
        format!("INSERT INTO audit_event {numbers} SELECT 'v' || CAST(i AS TEXT), i, 'a', 'b', NULL, 's', 'x' || CAST(i AS TEXT), '' FROM s"),
        format!("INSERT INTO plan_queue {numbers} SELECT 'patient', 'x' || CAST(i AS TEXT), i FROM s"),
    ];
    match &store.db {
        Db::Sqlite { write, .. } => {
            let mut tx = write.begin().await.unwrap();
            for statement in fill {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        Db::Postgres { read: pool, .. } => {
            let mut tx = pool.begin().await.unwrap();
            // What refers to what is not looked at: it is right, and looking takes most of the time.
            sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *tx).await.unwrap();
            for statement in fill {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            store.sql("ANALYZE").await.unwrap();
        }
    }
}

/// One call in a transaction that is undone.
macro_rules! look {
    ($looks:expr, $store:expr, $db:expr, $($tx:ident => $module:ident :: $name:ident ($($arg:expr),*);)+) => {$({
        let mut open: Tx = $db.begin().await.unwrap();
        {
            let $tx = &mut open;
            $module::$name($($arg),*).await.unwrap();
        }
        drop(open);
        $looks.push((concat!(stringify!($module), "::", stringify!($name)), plans($store, &$db).await));
    })+};
}

on_both! {
    async fn what_runs_often_uses_an_index(on) {
        let store = Store::start(on).await?;
        load(&store).await;
        let db: Db = telling(&store).await;
        let mut looks: Vec<(&str, Vec<String>)> = Vec::new();
        let some = |prefix: &str| (1..=50).map(|n| format!("{prefix}{}", n * 7)).collect::<Vec<_>>();
        let (people, messages) = (some("p"), some("m"));
        let addresses: Vec<_> = some("+44").into_iter().map(|a| ("sms".to_owned(), a)).collect();
        let references: Vec<_> = some("prov").into_iter().chain(some("m")).map(|r| ("sandbox".to_owned(), r)).collect();
        let held: Vec<_> = messages.iter().map(|m| Held { message_id: m.clone(), lease: 0 }).collect();
        let later: Vec<_> = messages.iter().map(|m| Deferred { message_id: m.clone(), lease: 0, due_at: T0 }).collect();
        let moves: Vec<_> = messages.iter().map(|m| (m.clone(), T0)).collect();
        let named: Vec<_> = people.iter().map(|p| (p.clone(), T0)).collect();
        let changes: Vec<_> = messages.iter().map(|m| rows::change(m, "queued", "", T0)).collect();
        let settled: Vec<_> = messages.iter().map(|m| rows::settled(m, "accepted")).collect();
        let outcomes: Vec<_> = messages.iter().map(|m| rows::outcome(m, 1, "accepted", None)).collect();
        let steps: Vec<_> = messages.iter().map(|m| rows::step(m, "delivered")).collect();
        look!(looks, &store, db,
            tx => due::claim(tx, 2, T0 + N, T0 + N + 9, 100);
            tx => due::finish(tx, &held);
            tx => due::defer(tx, &later);
            tx => due::remove(tx, &messages);
            tx => due::reschedule(tx, &moves);
            tx => due::wake(tx, "p7", "paused", T0);
            tx => due::waiting_of(tx, &people);
            tx => inbox::claim(tx, T0, T0 + 9, 100, T0 + 9);
            tx => inbox::insert(tx, &messages);
            tx => inbox::finish(tx, "m7");
            tx => ledger::by_ids(tx, &messages);
            tx => ledger::for_appointments(tx, &some("a"));
            tx => ledger::set_status(tx, &changes);
            tx => ledger::settle(tx, &settled);
            tx => ledger::finish_attempts(tx, &outcomes);
            tx => ledger::last_attempts(tx, &messages);
            tx => ledger::call_off(tx, Waiting::OfPatient("p7"), "cancelled", "", T0);
            tx => ledger::call_off(tx, Waiting::OfPurpose("p7", "goals"), "cancelled", "", T0);
            tx => ledger::call_off(tx, Waiting::OfEnrolment("e7"), "cancelled", "", T0);
            tx => ledger::call_off(tx, Waiting::OfAppointment("a9"), "cancelled", "", T0);
            tx => ledger::call_off(tx, Waiting::One("m7"), "cancelled", "", T0);
            tx => reports::find_messages(tx, &references);
            tx => reports::advance(tx, &steps);
            tx => contacts::at_addresses(tx, &addresses);
            tx => contacts::of_patients(tx, &people);
            tx => contacts::retire_unnamed(tx, &named);
            tx => contacts::set_status(tx, "sms", "+447", "unreachable", "[]", T0);
            tx => contacts::stopped(tx, &some("hash"));
            tx => consents::of_patients(tx, &people);
            tx => goals::of_patients(tx, &people);
            tx => enrolments::of_patients(tx, &people);
            tx => enrolments::take_due(tx, T0 + 500, 100);
            tx => enrolments::silent(tx, &some("e"));
            tx => enrolments::end(tx, "p7", None, "", T0);
            tx => appointments::upcoming(tx, &people, T0, T0 + N);
            tx => appointments::starting_between(tx, PRACTICE, T0, T0 + 50);
            tx => appointments::by_ids(tx, &some("a"));
            tx => appointments::take_planning(tx, 100);
            tx => patients::by_ids(tx, &people);
            tx => patients::zones(tx, &people);
            tx => patients::by_nhs_numbers(tx, PRACTICE, &people);
            tx => prompts::expire(tx, T0 + 900, 100);
            tx => prompts::open_of(tx, &people);
            tx => prompts::of_messages(tx, &messages);
            tx => prompts::latest_closed(tx, "p7");
            tx => prompts::close_of_messages(tx, &messages);
            tx => prompts::close_of_patient(tx, "p7");
            tx => results::released_counts(tx, &people, T0);
            tx => results::by_sources(tx, PRACTICE, &ids(&["7", "8"]));
            tx => record::agenda(tx, &some("a"));
            tx => counters::forget_before(tx, "d:", "d:100");
            tx => counters::get(tx, &people.iter().map(|p| counters::CounterRow { subject: p.clone(), period: "d:7".to_owned(), used: 0 }).collect::<Vec<_>>());
            tx => alerts::urgent_open(tx);
            tx => alerts::notified(tx, PRACTICE, false, T0);
        );
        // What pages and health checks read.
        macro_rules! read {
            ($($module:ident :: $name:ident ($($arg:expr),*);)+) => {$(
                $module::$name(&db $(, $arg)*).await.unwrap();
                looks.push((concat!(stringify!($module), "::", stringify!($name)), plans(&store, &db).await));
            )+};
        }
        read!(
            due::backlog(T0 + 500);
            views::timeline("p7");
            views::message("m7");
            views::due_between(PRACTICE, T0, T0 + 99, 50);
            views::for_staff(PRACTICE, 50);
            results::list(PRACTICE, "held", 50);
            results::of_patient("p7");
            results::overdue_holds(T0 + 300, 50);
            record::of_patient("p7");
            reports::of_message("m7");
            ledger::attempts_of("m7");
            ledger::get("m7");
            alerts::of_patient("p7");
            alerts::oldest_urgent();
            audit::latest(None, 50);
            audit::latest(Some("x7"), 50);
            patients::page(PRACTICE, "p5", 50);
            patients::get("p7");
        );
        let mut slow = Vec::new();
        for (name, plans) in &looks {
            assert!(!plans.is_empty(), "{name}: no plan was heard");
            for plan in plans {
                if !["Index", "INDEX", "PRIMARY KEY"].iter().any(|word| plan.contains(word)) {
                    slow.push(format!("{name} uses no index\n{plan}"));
                }
                for line in full_scans(on, plan) {
                    slow.push(format!("{name}: {line}\n{plan}"));
                }
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n\n"));
        // The test itself sees a full scan when there is one.
        let counted = within!(db, tx => consents::of_patients(tx, &people));
        assert!(!counted.is_empty());
        plans(&store, &db).await;
        views::sent_count(&db, PRACTICE, 0, i64::MAX).await.unwrap();
        due::next_moment(&db, 0).await.unwrap();
        let seen: Vec<String> = plans(&store, &db).await.iter().flat_map(|p| full_scans(on, p)).collect();
        assert!(!seen.is_empty(), "next_moment reads the whole table, and that was not seen");
        if on == On::Postgres {
            let schema = store.column("SELECT current_schema()").await.remove(0);
            db.close().await;
            store.sql(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
        }
    }
}
