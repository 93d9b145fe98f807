//! Practices, their programmes, duties, imports and the audit trail.

use super::{MINUTE, PRACTICE, Store, T0, refused, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::audit::AuditEventRow;
use between::store::imports::ImportRunRow;
use between::store::programmes::ProgrammeRow;
use between::store::{StoreError, audit, imports, practices, programmes, schedules};

on_both! {
    async fn a_practice_is_added_once_and_keeps_its_switch(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::set_sending_allowed(tx, PRACTICE, Some(T0 + 5)));
        let mut row = rows::practice(PRACTICE);
        "Elm & Brook".clone_into(&mut row.name);
        row.ods_code = Some("A81001".to_owned());
        "{\"b\": 1,  \"a\":[]}".clone_into(&mut row.settings);
        row.created_at = 1;
        row.updated_at = T0 + 9;
        within!(store.db, tx => practices::upsert(tx, &row));
        let mut older = rows::practice("ashdown");
        older.created_at = T0 - 1;
        within!(store.db, tx => practices::upsert(tx, &older));
        let all = practices::all(&store.db).await.unwrap();
        assert_eq!(all.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["ashdown", PRACTICE], "oldest first");
        let elm = &all[1];
        assert_eq!((elm.name.as_str(), elm.ods_code.as_deref()), ("Elm & Brook", Some("A81001")));
        assert_eq!(elm.settings, "{\"b\": 1,  \"a\":[]}");
        assert_eq!((elm.sending_allowed_at, elm.created_at, elm.updated_at), (Some(T0 + 5), T0, T0 + 9));
        within!(store.db, tx => practices::set_sending_allowed(tx, PRACTICE, None));
        assert_eq!(practices::all(&store.db).await.unwrap()[1].sending_allowed_at, None);
        let error = refused!(store.db, tx => practices::set_sending_allowed(tx, "nowhere", None));
        assert!(matches!(error, StoreError::NotOne { what: "practice", found: 0 }), "{error}");
    }

    async fn the_age_of_data_only_becomes_less(on) {
        let store = Store::start(on).await?;
        for (kind, at) in [("patients", T0), ("patients", T0 - 1), ("results", T0), ("results", T0 + 1)] {
            within!(store.db, tx => practices::feed_refreshed(tx, PRACTICE, kind, at));
        }
        let feeds = practices::feeds(&store.db).await.unwrap();
        let feed = |kind: &str, at| (PRACTICE.to_owned(), kind.to_owned(), at);
        assert_eq!(feeds, [feed("patients", T0), feed("results", T0 + 1)]);
    }

    async fn a_programme_counts_its_versions(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, name: &str, definition: &str| ProgrammeRow {
            id: id.to_owned(),
            practice_id: PRACTICE.to_owned(),
            name: name.to_owned(),
            definition: definition.to_owned(),
            version: 1,
            updated_at: T0,
        };
        for row in [row("2", "walk", "a = 1"), row("1", "asthma", "x = 1"), row("3", "walk", "a = 2\n")] {
            within!(store.db, tx => programmes::upsert(tx, &row));
        }
        let mut second = row("2", "walk", "a = 2\n");
        second.version = 2;
        assert_eq!(programmes::all(&store.db).await.unwrap(), [row("1", "asthma", "x = 1"), second]);
    }

    async fn a_duty_is_done_by_one_worker_at_a_time(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => schedules::ensure(tx, "plan", T0));
        within!(store.db, tx => schedules::ensure(tx, "plan", T0 + 999));
        assert!(!within!(store.db, tx => schedules::claim(tx, "plan", T0 - 1, T0 + MINUTE)), "not yet");
        assert!(!within!(store.db, tx => schedules::claim(tx, "other", T0, T0 + MINUTE)), "nobody knows it");
        assert!(within!(store.db, tx => schedules::claim(tx, "plan", T0, T0 + MINUTE)));
        assert!(!within!(store.db, tx => schedules::claim(tx, "plan", T0 + 1, T0 + MINUTE)), "it is held");
        assert!(within!(store.db, tx => schedules::claim(tx, "plan", T0 + MINUTE, T0 + 2 * MINUTE)), "the lease is over");
        within!(store.db, tx => schedules::finish(tx, "plan", T0 + 5 * MINUTE, "looked at 3", T0 + MINUTE + 7));
        assert!(!within!(store.db, tx => schedules::claim(tx, "plan", T0 + 2 * MINUTE, T0 + 3 * MINUTE)), "done");
        within!(store.db, tx => schedules::ensure(tx, "alerts", T0));
        let all = schedules::all(&store.db).await.unwrap();
        assert_eq!(all.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["alerts", "plan"]);
        assert_eq!((all[0].last_run_at, all[0].last_result.as_str()), (None, ""));
        let plan = &all[1];
        assert_eq!((plan.next_at, plan.lease_until, plan.last_run_at), (T0 + 5 * MINUTE, 0, Some(T0 + MINUTE + 7)));
        assert_eq!(plan.last_result, "looked at 3");
        let error = refused!(store.db, tx => schedules::finish(tx, "other", T0, "", T0));
        assert!(matches!(error, StoreError::NotOne { what: "schedule", found: 0 }), "{error}");
    }

    async fn imports_are_listed_newest_first(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        let row = |id: &str, practice: &str, at| ImportRunRow {
            id: id.to_owned(),
            practice_id: practice.to_owned(),
            kind: "patients".to_owned(),
            file_name: "list \"1\".csv".to_owned(),
            sha256: "ab".repeat(32),
            summary: "{\"read\":  3}".to_owned(),
            actor: "jo".to_owned(),
            at,
        };
        let all = [row("1", PRACTICE, T0), row("2", PRACTICE, T0), row("3", PRACTICE, T0 - 1), row("4", "ashdown", T0 + 1)];
        for row in &all {
            within!(store.db, tx => imports::add(tx, row));
        }
        assert_eq!(imports::latest(&store.db, PRACTICE, 2).await.unwrap(), [all[1].clone(), all[0].clone()]);
        assert_eq!(imports::latest(&store.db, PRACTICE, 10).await.unwrap().len(), 3);
    }

    async fn the_audit_trail_is_read_from_its_end(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, subject_id: &str, at, practice: Option<&str>| AuditEventRow {
            id: id.to_owned(),
            at,
            actor: "jo".to_owned(),
            action: "release".to_owned(),
            practice_id: practice.map(str::to_owned),
            subject: "test_result".to_owned(),
            subject_id: subject_id.to_owned(),
            detail: "{}".to_owned(),
        };
        let all = [row("1", "r1", T0, None), row("2", "r2", T0 + 1, Some(PRACTICE)), row("3", "r1", T0 + 1, None)];
        assert_eq!(within!(store.db, tx => audit::append(tx, &all)), 3);
        assert_eq!(within!(store.db, tx => audit::append(tx, &[])), 0);
        let latest = audit::latest(&store.db, None, 2).await.unwrap();
        assert_eq!(latest, [all[2].clone(), all[1].clone()]);
        let of_one = audit::latest(&store.db, Some("r1"), 9).await.unwrap();
        assert_eq!(of_one, [all[2].clone(), all[0].clone()]);
        assert!(audit::latest(&store.db, Some(""), 9).await.unwrap().is_empty(), "an empty id is an id");
    }
}
