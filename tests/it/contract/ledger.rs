//! The send ledger: one row an intended send, and what was received.

use super::{Store, T0, ids, refused, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::MessageRow;
use between::store::{StoreError, ledger};

fn full(id: &str) -> MessageRow {
    MessageRow {
        reason: "paused".to_owned(),
        status: "held".to_owned(),
        channel: Some("sms".to_owned()),
        address: Some("+447700900001".to_owned()),
        gateway: Some("sandbox".to_owned()),
        provider_reference: Some("prov-1".to_owned()),
        subject: Some("Subject".to_owned()),
        body: Some("Body".to_owned()),
        facts: "{\"values\": {\"b\":\"1\",  \"a\":\"2\"}}".to_owned(),
        expires_at: Some(T0 + 9),
        priority: -3,
        appointment_id: Some("a1".to_owned()),
        enrolment_id: Some("e1".to_owned()),
        goal_id: Some("g1".to_owned()),
        in_reply_to: Some("m0".to_owned()),
        attempts: 2,
        segments: Some(3),
        ..rows::planned(id, "p1")
    }
}

on_both! {
    async fn an_intended_send_stands_in_the_ledger_once(on) {
        let store = Store::start(on).await?;
        let bare = rows::planned("m2", "p1");
        assert_eq!(sorted(within!(store.db, tx => ledger::insert(tx, &[full("m1"), bare.clone()]))), ["m1", "m2"]);
        assert_eq!(ledger::get(&store.db, "m1").await.unwrap(), Some(full("m1")));
        assert_eq!(ledger::get(&store.db, "m2").await.unwrap(), Some(bare.clone()));
        assert_eq!(ledger::get(&store.db, "m9").await.unwrap(), None);
        let same_place = MessageRow { id: "m3".to_owned(), due_at: 1, ..bare.clone() };
        let same_id = MessageRow { anchor: "elsewhere".to_owned(), ..bare.clone() };
        assert!(within!(store.db, tx => ledger::insert(tx, &[same_place, same_id])).is_empty());
        assert_eq!(ledger::get(&store.db, "m2").await.unwrap(), Some(bare.clone()), "the first stands");
        let others = [
            MessageRow { id: "m4".to_owned(), patient_id: Some("p2".to_owned()), ..bare.clone() },
            MessageRow { id: "m5".to_owned(), purpose: "results".to_owned(), ..bare.clone() },
            MessageRow { id: "m6".to_owned(), step: "2".to_owned(), ..bare.clone() },
            MessageRow { id: "m7".to_owned(), patient_id: None, ..bare.clone() },
            MessageRow { id: "m8".to_owned(), patient_id: None, ..bare.clone() },
        ];
        let new = sorted(within!(store.db, tx => ledger::insert(tx, &others)));
        assert_eq!(new, ["m4", "m5", "m6", "m7"], "nobody is a person too: the second without a patient is a repeat");
        assert!(within!(store.db, tx => ledger::insert(tx, &[])).is_empty());
        let found = within!(store.db, tx => ledger::by_ids(tx, &ids(&["m1", "m9", "m1"])));
        assert_eq!(found, [full("m1")]);
        assert!(within!(store.db, tx => ledger::by_ids(tx, &[])).is_empty());
    }

    async fn a_received_message_is_one_of_its_gateways_reference(on) {
        let store = Store::start(on).await?;
        let all = [
            rows::received("i1", "twilio", "SM1"), rows::received("i2", "twilio", "SM1"),
            rows::received("i3", "twilio", "SM2"), rows::received("i4", "nhs", "SM1"),
        ];
        assert_eq!(sorted(within!(store.db, tx => ledger::insert(tx, &all))), ["i1", "i3", "i4"], "a repeat in one batch");
        assert!(within!(store.db, tx => ledger::insert(tx, &[rows::received("i5", "nhs", "SM1")])).is_empty());
        assert_eq!(ledger::get(&store.db, "i1").await.unwrap(), Some(all[0].clone()));
        // Sends of one gateway may share a reference; only what came in is held to it.
        let out = |id: &str| MessageRow {
            gateway: Some("nhs".to_owned()), provider_reference: Some("SM1".to_owned()), ..rows::planned(id, "p1")
        };
        assert_eq!(within!(store.db, tx => ledger::insert(tx, &[out("o1"), out("o2")])).len(), 2);
    }

    async fn what_came_in_is_filed_with_its_understanding(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => ledger::insert(tx, &[rows::received("i1", "twilio", "1"), rows::planned("o1", "p1")]));
        let change = rows::change("i1", "handled", "", T0 + 4);
        within!(store.db, tx => ledger::set_received(tx, "i1", "elmbrook", Some("p1"), "{\"read\": 1}", &change));
        let read = MessageRow {
            practice_id: "elmbrook".to_owned(),
            patient_id: Some("p1".to_owned()),
            facts: "{\"read\": 1}".to_owned(),
            status: "handled".to_owned(),
            updated_at: T0 + 4,
            ..rows::received("i1", "twilio", "1")
        };
        assert_eq!(ledger::get(&store.db, "i1").await.unwrap(), Some(read));
        let change = rows::change("i1", "for_staff", "unknown", T0 + 5);
        within!(store.db, tx => ledger::set_received(tx, "i1", "elmbrook", None, "{}", &change));
        assert_eq!(ledger::get(&store.db, "i1").await.unwrap().unwrap().patient_id, None);
        for id in ["o1", "nothing"] {
            let error = refused!(store.db, tx => ledger::set_received(tx, id, "elmbrook", None, "{}", &change));
            assert!(matches!(error, StoreError::NotOne { what: "message", found: 0 }), "{id}: {error}");
        }
    }

    async fn statuses_change_in_batches(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => ledger::insert(tx, &[rows::planned("m1", "p1"), rows::planned("m2", "p1"), rows::planned("m3", "p1")]));
        let changes = [
            rows::change("m2", "held", "paused", T0 + 2), rows::change("m1", "skipped", "expired", T0 + 1),
            rows::change("m9", "held", "", T0), rows::change("m2", "queued", "retrying", T0 + 3),
        ];
        assert_eq!(within!(store.db, tx => ledger::set_status(tx, &changes)), 2);
        assert_eq!(within!(store.db, tx => ledger::set_status(tx, &[])), 0);
        let told = store.column("SELECT id || ' ' || status || ' ' || reason || ' ' || CAST(updated_at - 1800000000000 AS TEXT) FROM message ORDER BY id").await;
        assert_eq!(told, ["m1 skipped expired 1", "m2 queued retrying 3", "m3 planned  0"], "the last of a message counts");
    }

    async fn an_appointments_sends_are_found(on) {
        let store = Store::start(on).await?;
        let of = |id: &str, appointment: Option<&str>| MessageRow {
            appointment_id: appointment.map(str::to_owned), ..rows::planned(id, "p1")
        };
        let answer = MessageRow { appointment_id: Some("a1".to_owned()), ..rows::received("i1", "twilio", "1") };
        let all = [of("m1", Some("a1")), of("m2", Some("a2")), of("m3", None), of("m4", Some("a1")), answer];
        within!(store.db, tx => ledger::insert(tx, &all));
        let found = within!(store.db, tx => ledger::for_appointments(tx, &ids(&["a1", "a1", "a3"])));
        assert_eq!(sorted(found.into_iter().map(|m| m.id).collect()), ["m1", "m4"]);
        assert!(within!(store.db, tx => ledger::for_appointments(tx, &[])).is_empty());
    }
}
