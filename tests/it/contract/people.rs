//! Patients, their identifiers, tags and wishes.

use super::{PRACTICE, Store, T0, ids, refused, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::patients::{IdentifierRow, PatientRow, RelatedPersonRow, TagRow};
use between::store::{StoreError, patients, practices};

fn full(id: &str) -> PatientRow {
    PatientRow {
        nhs_number: Some("9990000001".to_owned()),
        known_as: Some("Jo".to_owned()),
        birth_date: Some("1960-02-03".to_owned()),
        zone: Some("Europe/London".to_owned()),
        preferred_channel: Some("email".to_owned()),
        window_json: Some("{\"from\": 9}".to_owned()),
        deceased: true,
        sensitive: true,
        unsafe_contact: true,
        textable: false,
        needs: "{\"large_print\":true}".to_owned(),
        paused_until: Some(T0 + 1),
        pause_reason: Some("away".to_owned()),
        ..rows::patient(id)
    }
}

fn names(found: &[PatientRow]) -> Vec<&str> {
    found.iter().map(|p| p.id.as_str()).collect()
}

on_both! {
    async fn a_patient_is_kept_as_given_and_updated_without_losing_what_people_said(on) {
        let store = Store::start(on).await?;
        let (joan, plain) = (full("p1"), rows::patient("p2"));
        assert_eq!(within!(store.db, tx => patients::upsert(tx, &[joan.clone(), plain.clone()])), 2);
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(joan.clone()));
        assert_eq!(patients::get(&store.db, "p2").await.unwrap(), Some(plain));
        assert_eq!(patients::get(&store.db, "p3").await.unwrap(), None);
        let new = PatientRow {
            family_name: "Newname".to_owned(),
            nhs_number: None,
            known_as: None,
            deceased: false,
            sensitive: false,
            textable: true,
            created_at: 1,
            updated_at: T0 + 8,
            ..rows::patient("p1")
        };
        within!(store.db, tx => patients::upsert(tx, std::slice::from_ref(&new)));
        let kept = PatientRow {
            window_json: joan.window_json,
            unsafe_contact: true,
            paused_until: joan.paused_until,
            pause_reason: joan.pause_reason,
            zone: joan.zone,
            created_at: T0,
            ..new
        };
        assert_eq!(within!(store.db, tx => patients::by_ids(tx, &ids(&["p1", "p1", "nobody"]))), [kept]);
    }

    async fn a_person_has_a_zone_of_their_own_or_none(on) {
        let store = Store::start(on).await?;
        let away = PatientRow { zone: Some("Asia/Kolkata".to_owned()), ..rows::patient("p2") };
        within!(store.db, tx => patients::upsert(tx, &[rows::patient("p1"), away]));
        let mut zones = within!(store.db, tx => patients::zones(tx, &ids(&["p1", "p2", "nobody"])));
        zones.sort();
        assert_eq!(zones, [("p1".to_owned(), None), ("p2".to_owned(), Some("Asia/Kolkata".to_owned()))]);
    }

    async fn the_last_row_of_a_person_in_a_batch_counts(on) {
        let store = Store::start(on).await?;
        let twice = [
            PatientRow { given_name: "First".to_owned(), ..rows::patient("p1") },
            PatientRow { given_name: "Last".to_owned(), ..rows::patient("p1") },
        ];
        within!(store.db, tx => patients::upsert(tx, &twice));
        assert_eq!(patients::get(&store.db, "p1").await.unwrap().unwrap().given_name, "Last");
    }

    async fn an_nhs_number_is_one_persons_in_a_practice(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        within!(store.db, tx => patients::upsert(tx, &[full("p1"), rows::patient("p2"), rows::patient("p3")]));
        let error = refused!(store.db, tx => patients::upsert(tx, &[full("p4")]));
        assert!(matches!(&error, StoreError::Database(sqlx::Error::Database(e)) if e.is_unique_violation()), "{error}");
        let elsewhere = PatientRow { practice_id: "ashdown".to_owned(), ..full("q1") };
        within!(store.db, tx => patients::upsert(tx, &[elsewhere]));
        let found = within!(store.db, tx => patients::by_nhs_numbers(tx, PRACTICE, &ids(&["9990000001", "1"])));
        assert_eq!(names(&found), ["p1"], "the other practice's patient is not found");
    }

    async fn staff_find_people_by_any_name_they_have(on) {
        let store = Store::start(on).await?;
        let named = |id: &str, family: &str, given: &str| PatientRow {
            family_name: family.to_owned(),
            given_name: given.to_owned(),
            ..rows::patient(id)
        };
        let all = [
            named("p1", "Müller", "Élodie"),
            named("p2", "GARCÍA", "Ana"),
            named("p3", "100% Sure", "Back\\slash"),
            named("p4", "O'Brien", "[Pat*]"),
            named("p5", "Wood", "Mu"),
            PatientRow { nhs_number: Some("9990000005".to_owned()), ..named("p6", "Zed", "Zoe") },
        ];
        within!(store.db, tx => patients::upsert(tx, &all));
        let system = IdentifierRow {
            practice_id: PRACTICE.to_owned(),
            system: "local".to_owned(),
            value: "L_77".to_owned(),
            patient_id: "p6".to_owned(),
        };
        within!(store.db, tx => patients::add_identifiers(tx, &[system]));
        for (text, expected) in [
            ("mü", vec!["p1"]), ("MÜLL", vec!["p1"]), ("él", vec!["p1"]), ("ÉLO", vec!["p1"]),
            ("garcí", vec!["p2"]), ("GarcÍa", vec!["p2"]),
            ("100%", vec!["p3"]), ("1%", vec![]), ("_", vec![]), ("back\\s", vec!["p3"]), ("\\", vec![]),
            ("o'b", vec!["p4"]), ("[pat*", vec!["p4"]), ("*", vec![]), ("?", vec![]), ("[", vec!["p4"]),
            ("mu", vec!["p5"]), ("999 000 0005", vec!["p6"]), ("L_77", vec!["p6"]), ("LX77", vec![]),
            ("p5", vec!["p5"]), ("'; DROP TABLE patient; --", vec![]),
        ] {
            let found = patients::search(&store.db, PRACTICE, text, 10).await.unwrap();
            assert_eq!(names(&found), expected, "searching for {text:?}");
        }
        let every = patients::search(&store.db, PRACTICE, "", 4).await.unwrap();
        assert_eq!(names(&every), ["p3", "p2", "p1", "p4"], "by family name, bounded");
        assert!(patients::search(&store.db, "ashdown", "wood", 10).await.unwrap().is_empty());
    }

    async fn pages_of_patients_miss_nobody(on) {
        let store = Store::with_people(on, &["p1", "p2", "p3"]).await?;
        let first = patients::page(&store.db, PRACTICE, "", 2).await.unwrap();
        assert_eq!(names(&first), ["p1", "p2"]);
        assert_eq!(names(&patients::page(&store.db, PRACTICE, "p2", 2).await.unwrap()), ["p3"]);
        assert!(patients::page(&store.db, "ashdown", "", 2).await.unwrap().is_empty());
    }

    async fn an_identifier_keeps_its_patient(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let row = |system: &str, value: &str, patient: &str| IdentifierRow {
            practice_id: PRACTICE.to_owned(),
            system: system.to_owned(),
            value: value.to_owned(),
            patient_id: patient.to_owned(),
        };
        let rows = [row("emis", "7", "p1"), row("emis", "8", "p2")];
        assert_eq!(within!(store.db, tx => patients::add_identifiers(tx, &rows)), 2);
        assert_eq!(within!(store.db, tx => patients::add_identifiers(tx, &[row("emis", "7", "p2")])), 0);
        let asked = [row("emis", "7", ""), row("tpp", "7", ""), row("emis", "9", "")];
        assert_eq!(within!(store.db, tx => patients::find_identifiers(tx, &asked)), [row("emis", "7", "p1")]);
        assert!(within!(store.db, tx => patients::find_identifiers(tx, &[])).is_empty());
    }

    async fn a_tag_keeps_its_date(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let row = |patient: &str, tag: &str, since| TagRow {
            patient_id: patient.to_owned(),
            tag: tag.to_owned(),
            source: "import".to_owned(),
            since,
        };
        let all = [row("p1", "diabetes", T0), row("p2", "asthma", T0), row("p1", "pregnant", T0)];
        assert_eq!(within!(store.db, tx => patients::add_tags(tx, &all)), 3);
        assert_eq!(within!(store.db, tx => patients::add_tags(tx, &[row("p1", "diabetes", T0 + 9)])), 0);
        assert_eq!(within!(store.db, tx => patients::remove_tag(tx, "p1", "pregnant")), 1);
        assert_eq!(within!(store.db, tx => patients::remove_tag(tx, "p1", "pregnant")), 0);
        let mut tags = within!(store.db, tx => patients::tags(tx, &ids(&["p1", "p2"])));
        tags.sort_by(|a, b| a.patient_id.cmp(&b.patient_id));
        assert_eq!(tags, [all[0].clone(), all[1].clone()]);
        assert!(within!(store.db, tx => patients::tags(tx, &[])).is_empty());
    }

    async fn wishes_are_set_and_cleared(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        within!(store.db, tx => patients::set_pause(tx, "p1", Some(T0 + 5), Some("on holiday"), T0 + 1));
        within!(store.db, tx => patients::set_window(tx, "p1", Some("{ }"), T0 + 2));
        within!(store.db, tx => patients::set_unsafe_contact(tx, "p1", true, T0 + 3));
        let changed = PatientRow {
            paused_until: Some(T0 + 5),
            pause_reason: Some("on holiday".to_owned()),
            window_json: Some("{ }".to_owned()),
            unsafe_contact: true,
            updated_at: T0 + 3,
            ..rows::patient("p1")
        };
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(changed));
        within!(store.db, tx => patients::set_pause(tx, "p1", None, None, T0));
        within!(store.db, tx => patients::set_window(tx, "p1", None, T0));
        within!(store.db, tx => patients::set_unsafe_contact(tx, "p1", false, T0));
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(rows::patient("p1")));
        assert_eq!(patients::get(&store.db, "p2").await.unwrap(), Some(rows::patient("p2")), "nobody else changed");
        for error in [
            refused!(store.db, tx => patients::set_pause(tx, "nobody", None, None, T0)),
            refused!(store.db, tx => patients::set_window(tx, "nobody", None, T0)),
            refused!(store.db, tx => patients::set_unsafe_contact(tx, "nobody", true, T0)),
        ] {
            assert!(matches!(error, StoreError::NotOne { what: "patient", found: 0 }), "{error}");
        }
    }

    async fn a_related_person_is_one_of_its_source(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let row = |id: &str, patient: &str, name: &str| RelatedPersonRow {
            id: id.to_owned(),
            patient_id: patient.to_owned(),
            source_id: "s1".to_owned(),
            relationship: "carer".to_owned(),
            name: name.to_owned(),
            updated_at: T0,
        };
        let first = [row("1", "p1", "Ann"), row("2", "p2", "Bea")];
        assert_eq!(within!(store.db, tx => patients::upsert_related(tx, &first)), 2);
        assert_eq!(within!(store.db, tx => patients::upsert_related(tx, &[row("3", "p1", "Ann-Marie")])), 1);
        let stored = store.column("SELECT id || ' ' || name FROM related_person").await;
        assert_eq!(sorted(stored), ["1 Ann-Marie", "2 Bea"]);
    }
}
