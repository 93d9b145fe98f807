//! What people told us, the agenda, and corrections.

use super::{Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::record::{AgendaItemRow, CorrectionRow, RecordEntryRow};
use between::store::{appointments, record};

fn item(id: &str, appointment: &str, position: i64, message: &str) -> AgendaItemRow {
    AgendaItemRow {
        id: id.to_owned(),
        patient_id: "p1".to_owned(),
        appointment_id: appointment.to_owned(),
        position,
        words: format!("words of {id}"),
        message_id: message.to_owned(),
        created_at: T0,
        replaced_at: None,
    }
}

on_both! {
    async fn an_entry_is_filed_once_a_message(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let full = RecordEntryRow {
            value_number: Some(7.25),
            prompt_id: Some("q1".to_owned()),
            goal_id: Some("g1".to_owned()),
            appointment_id: Some("a1".to_owned()),
            detail: "{\"b\":1, \"a\":2}".to_owned(),
            effective_at: T0 - 1,
            ..rows::entry("e1", "p1", "i1")
        };
        let other_code = RecordEntryRow { code: "mood".to_owned(), value_number: None, ..rows::entry("e2", "p1", "i1") };
        let repeat = rows::entry("e3", "p1", "i1");
        let by_hand = |id: &str| RecordEntryRow { message_id: None, ..rows::entry(id, "p1", "") };
        let all = [other_code.clone(), full.clone(), repeat.clone(), by_hand("e4"), by_hand("e5"), rows::entry("e6", "p2", "i2")];
        assert_eq!(within!(store.db, tx => record::file(tx, &all)), 5, "without a message nothing is a repeat");
        assert_eq!(within!(store.db, tx => record::file(tx, &[repeat])), 0);
        assert_eq!(within!(store.db, tx => record::file(tx, &[])), 0);
        let read = record::of_patient(&store.db, "p1").await.unwrap();
        assert_eq!(read, [full, other_code, by_hand("e4"), by_hand("e5")], "as it happened");
    }

    async fn a_person_reviews_what_was_unsure_once(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let unsure = RecordEntryRow { filed: "to_confirm".to_owned(), ..rows::entry("e1", "p1", "i1") };
        within!(store.db, tx => record::file(tx, &[unsure, rows::entry("e2", "p1", "i2")]));
        assert!(within!(store.db, tx => record::review(tx, "e1", "rejected")));
        assert!(!within!(store.db, tx => record::review(tx, "e1", "confirmed")), "it was reviewed");
        assert!(!within!(store.db, tx => record::review(tx, "e2", "rejected")), "it did not wait");
        assert!(!within!(store.db, tx => record::review(tx, "e9", "rejected")));
        let filed: Vec<_> = record::of_patient(&store.db, "p1").await.unwrap().into_iter().map(|e| e.filed).collect();
        assert_eq!(filed, ["rejected", "auto"]);
    }

    async fn a_new_agenda_replaces_the_one_before(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => appointments::upsert(tx, &[rows::appointment("a1", "p1", T0), rows::appointment("a2", "p1", T0)]));
        let first = [item("1", "a1", 2, "i1"), item("2", "a1", 1, "i1")];
        assert_eq!(within!(store.db, tx => record::set_agenda(tx, "a1", &first, T0)), 2);
        assert_eq!(within!(store.db, tx => record::set_agenda(tx, "a2", &[item("3", "a2", 1, "i2")], T0)), 1);
        let both = ids(&["a1", "a2"]);
        let read = within!(store.db, tx => record::agenda(tx, &both));
        assert_eq!(read, [first[1].clone(), first[0].clone(), item("3", "a2", 1, "i2")], "in the person's order");
        assert_eq!(within!(store.db, tx => record::set_agenda(tx, "a1", &[item("4", "a1", 1, "i3")], T0 + 5)), 1);
        assert_eq!(within!(store.db, tx => record::agenda(tx, &ids(&["a1"]))), [item("4", "a1", 1, "i3")]);
        let replaced = store.column("SELECT id FROM agenda_item WHERE replaced_at = 1800000000005 ORDER BY id").await;
        assert_eq!(replaced, ["1", "2"], "kept, with the time");
        assert_eq!(within!(store.db, tx => record::set_agenda(tx, "a1", &[], T0 + 6)), 0, "an empty one clears it");
        assert!(within!(store.db, tx => record::agenda(tx, &ids(&["a1"]))).is_empty());
        assert!(within!(store.db, tx => record::agenda(tx, &[])).is_empty());
    }

    async fn corrections_are_kept_in_order(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, at| CorrectionRow {
            id: id.to_owned(),
            message_id: "i1".to_owned(),
            reader: "numbers".to_owned(),
            understood: "{\"count\": 4}".to_owned(),
            corrected: "{}".to_owned(),
            actor: "jo".to_owned(),
            at,
        };
        for row in [row("2", T0), row("1", T0), row("3", T0 - 1)] {
            within!(store.db, tx => record::correct(tx, &row));
        }
        assert_eq!(record::corrections(&store.db).await.unwrap(), [row("3", T0 - 1), row("1", T0), row("2", T0)]);
    }
}
