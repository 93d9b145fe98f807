//! Test results, held until released, and standing rules.

use super::{MINUTE, PRACTICE, Store, T0, ids, refused, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::results::{StandingRuleRow, TestResultRow};
use between::store::{StoreError, practices, results};

fn full(id: &str) -> TestResultRow {
    TestResultRow {
        value_number: Some(0.1 + 0.2),
        original_value: "<0.3".to_owned(),
        original_unit: "%".to_owned(),
        source_record: "{\"a\": [1,  2]}".to_owned(),
        reference_low: Some(-1.5),
        reference_high: Some(4.0),
        flag: "high".to_owned(),
        hold_reasons: "[\"unfiled\"]".to_owned(),
        hold_owner: "results team".to_owned(),
        hold_due_at: Some(T0 + MINUTE),
        released_by: Some("Dr Anand".to_owned()),
        released_at: Some(T0 + 1),
        ..rows::result(id, "p1", "held")
    }
}

fn names(rows: &[TestResultRow]) -> Vec<&str> {
    rows.iter().map(|r| r.id.as_str()).collect()
}

on_both! {
    async fn a_result_is_stored_once_and_corrected_on_purpose(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let bare = TestResultRow { value_number: None, hold_due_at: None, ..rows::result("r2", "p1", "held") };
        let new = within!(store.db, tx => results::insert(tx, &[full("r1"), bare.clone()]));
        assert_eq!(sorted(new), ["r1", "r2"]);
        assert_eq!(results::get(&store.db, "r1").await.unwrap(), Some(full("r1")));
        assert_eq!(results::get(&store.db, "r2").await.unwrap(), Some(bare));
        assert_eq!(results::get(&store.db, "r3").await.unwrap(), None);
        let again = TestResultRow { value: "99".to_owned(), source_id: "source-r1".to_owned(), ..rows::result("r9", "p1", "held") };
        assert!(within!(store.db, tx => results::insert(tx, std::slice::from_ref(&again))).is_empty());
        assert_eq!(within!(store.db, tx => results::by_sources(tx, PRACTICE, &ids(&["source-r1", "none"]))), [full("r1")]);
        assert!(within!(store.db, tx => results::by_sources(tx, "ashdown", &ids(&["source-r1"]))).is_empty());
        assert!(within!(store.db, tx => results::by_sources(tx, PRACTICE, &[])).is_empty());
        let corrected = TestResultRow {
            id: "r1".to_owned(), value_number: Some(99.0), state: "withdrawn".to_owned(), released_at: None,
            taken_at: T0 - 5, updated_at: T0 + 5, ..again
        };
        within!(store.db, tx => results::correct(tx, &corrected));
        assert_eq!(results::get(&store.db, "r1").await.unwrap(), Some(corrected));
        let error = refused!(store.db, tx => results::correct(tx, &full("r9")));
        assert!(matches!(error, StoreError::NotOne { what: "test_result", found: 0 }), "{error}");
    }

    async fn a_result_moves_only_from_the_states_named(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => results::insert(tx, &[rows::result("r1", "p1", "held")]));
        let state = async || {
            let row = results::get(&store.db, "r1").await.unwrap().unwrap();
            (row.state, row.released_by, row.released_at, row.updated_at)
        };
        assert!(!within!(store.db, tx => results::set_state(tx, "r1", &["released"], "withdrawn", "jo", T0 + 1)));
        assert!(!within!(store.db, tx => results::set_state(tx, "r1", &[], "released", "jo", T0 + 1)), "from nowhere");
        assert!(!within!(store.db, tx => results::set_state(tx, "r9", &["held"], "released", "jo", T0 + 1)));
        assert_eq!(state().await, ("held".to_owned(), None, None, T0));
        assert!(within!(store.db, tx => results::set_state(tx, "r1", &["held"], "released", "Dr Anand", T0 + 2)));
        assert!(!within!(store.db, tx => results::set_state(tx, "r1", &["held"], "released", "Dr Bell", T0 + 3)), "once");
        let by_anand = |state: &str, at| (state.to_owned(), Some("Dr Anand".to_owned()), Some(T0 + 2), at);
        assert_eq!(state().await, by_anand("released", T0 + 2));
        // Every state that is named counts, not only the first ones.
        let from = ["withdrawn", "held", "released"];
        assert!(within!(store.db, tx => results::set_state(tx, "r1", &from, "withdrawn", "jo", T0 + 4)));
        assert_eq!(state().await, by_anand("withdrawn", T0 + 4), "who released it is not forgotten");
    }

    async fn results_are_listed_for_staff_and_counted_for_people(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let at = |id: &str, patient: &str, state: &str, taken_at| TestResultRow { taken_at, ..rows::result(id, patient, state) };
        let held = |id: &str, taken_at, due| TestResultRow { hold_due_at: due, ..at(id, "p2", "held", taken_at) };
        let all = [
            at("r1", "p1", "released", T0), at("r2", "p1", "released", T0 + 2), at("r3", "p1", "withdrawn", T0 + 1),
            held("r4", T0, Some(T0 + 5)), held("r5", T0 + 1, Some(T0 + 4)), held("r6", T0 + 1, None),
        ];
        within!(store.db, tx => results::insert(tx, &all));
        assert_eq!(names(&results::list(&store.db, PRACTICE, "held", 10).await.unwrap()), ["r5", "r6", "r4"], "newest first");
        assert_eq!(names(&results::list(&store.db, PRACTICE, "held", 1).await.unwrap()), ["r5"]);
        assert!(results::list(&store.db, "ashdown", "held", 9).await.unwrap().is_empty());
        assert_eq!(names(&results::of_patient(&store.db, "p1").await.unwrap()), ["r2", "r3", "r1"]);
        assert_eq!(names(&results::overdue_holds(&store.db, T0 + 5, 10).await.unwrap()), ["r5", "r4"]);
        assert_eq!(names(&results::overdue_holds(&store.db, T0 + 4, 10).await.unwrap()), ["r5"]);
        assert_eq!(names(&results::overdue_holds(&store.db, i64::MAX, 1).await.unwrap()), ["r5"]);
        let people = ids(&["p1", "p2", "nobody"]);
        let released = within!(store.db, tx => results::released_counts(tx, &people, T0));
        assert_eq!(released, [("p1".to_owned(), 2)], "held and withdrawn ones do not count");
        assert!(within!(store.db, tx => results::released_counts(tx, &people, T0 + 1)).is_empty(), "released before");
        assert!(within!(store.db, tx => results::released_counts(tx, &[], 0)).is_empty());
    }

    async fn a_standing_rule_is_in_force_until_it_is_switched_off(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        let rule = |id: &str, practice: &str, at| StandingRuleRow {
            id: id.to_owned(),
            practice_id: practice.to_owned(),
            tests: "[\"hba1c\"]".to_owned(),
            clinician: "Dr Anand".to_owned(),
            switched_on_at: at,
            switched_off_at: None,
        };
        let all = [rule("1", PRACTICE, T0 + 1), rule("2", PRACTICE, T0), rule("3", "ashdown", T0)];
        for row in &all {
            within!(store.db, tx => results::add_rule(tx, row));
        }
        assert_eq!(results::rules(&store.db, PRACTICE).await.unwrap(), [all[1].clone(), all[0].clone()]);
        within!(store.db, tx => results::end_rule(tx, "2", T0 + 9));
        assert_eq!(within!(store.db, tx => results::rules_in(tx, PRACTICE)), [all[0].clone()]);
        let error = refused!(store.db, tx => results::end_rule(tx, "2", T0 + 10));
        assert!(matches!(error, StoreError::NotOne { what: "standing_rule", found: 0 }), "{error}");
        assert_eq!(store.column("SELECT CAST(switched_off_at AS TEXT) FROM standing_rule WHERE id = '2'").await, [(T0 + 9).to_string()]);
    }
}
