//! Delivery reports: in any order, any number of times, forward only.

use super::{PRACTICE, Store, T0, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::{AttemptRow, MessageRow};
use between::store::reports::DeliveryReportRow;
use between::store::{ledger, reports};

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(g, r)| ((*g).to_owned(), (*r).to_owned())).collect()
}

/// Every order of these four.
fn orders() -> Vec<[&'static str; 4]> {
    let all = ["accepted", "undelivered", "failed", "delivered"];
    let mut orders = Vec::new();
    for a in 0..4 {
        for b in 0..4 {
            for c in 0..4 {
                for d in 0..4 {
                    let order = [a, b, c, d];
                    if (0..4).all(|n| order.contains(&n)) {
                        orders.push(order.map(|n| all[n]));
                    }
                }
            }
        }
    }
    orders
}

on_both! {
    async fn a_report_is_kept_once(on) {
        let store = Store::start(on).await?;
        let known = DeliveryReportRow {
            code: "30003".to_owned(), message_id: Some("m1".to_owned()), ..rows::report("r1", "m1", "failed", T0 + 2)
        };
        let earlier = DeliveryReportRow { message_id: Some("m1".to_owned()), ..rows::report("r2", "m1", "sent", T0 + 1) };
        let repeat = rows::report("r3", "m1", "failed", T0 + 2);
        let unknown = rows::report("r4", "nobody", "failed", T0 + 2);
        let new = within!(store.db, tx => reports::insert(tx, &[known.clone(), earlier.clone(), repeat.clone(), unknown]));
        assert_eq!(sorted(new), ["r1", "r2", "r4"]);
        assert!(within!(store.db, tx => reports::insert(tx, &[repeat])).is_empty());
        assert!(within!(store.db, tx => reports::insert(tx, &[])).is_empty());
        let other = DeliveryReportRow { gateway: "twilio".to_owned(), ..rows::report("r5", "m1", "failed", T0 + 2) };
        assert_eq!(within!(store.db, tx => reports::insert(tx, &[other])), ["r5"], "another gateway's is another report");
        assert_eq!(reports::of_message(&store.db, "m1").await.unwrap(), [earlier, known], "as it happened");
        assert!(reports::of_message(&store.db, "m9").await.unwrap().is_empty());
    }

    async fn a_reference_is_our_id_or_the_providers(on) {
        let store = Store::start(on).await?;
        let unknown = MessageRow { patient_id: None, ..rows::planned("m2", "x") };
        within!(store.db, tx => ledger::insert(tx, &[rows::planned("m1", "p1"), unknown, rows::planned("m3", "p3")]));
        let at = |id: &str, number, address: &str, provider: Option<&str>| AttemptRow {
            address: address.to_owned(), provider_id: provider.map(str::to_owned), ..rows::attempt(id, number)
        };
        let elsewhere = AttemptRow { gateway: "twilio".to_owned(), ..at("m3", 1, "c", Some("prov-2")) };
        let all = [at("m1", 1, "a1", Some("prov-1")), at("m1", 2, "a2", Some("prov-1b")), at("m2", 1, "b", Some("prov-2")), elsewhere];
        within!(store.db, tx => ledger::insert_attempts(tx, &all));
        let asked = pairs(&[("sandbox", "m1"), ("sandbox", "prov-1"), ("sandbox", "prov-2"), ("sandbox", "m3"), ("twilio", "m3"), ("sandbox", "nobody")]);
        let found = within!(store.db, tx => reports::find_messages(tx, &asked));
        let mut told: Vec<_> = found.iter().map(|m| format!("{} {} {} {:?}", m.reference, m.message_id, m.address, m.patient_id.as_deref())).collect();
        let newest = found.iter().rfind(|m| m.reference == "m1").unwrap();
        assert_eq!(newest.address, "a2", "the newest try comes last");
        told.sort();
        assert_eq!(told, [
            "m1 m1 a1 Some(\"p1\")", "m1 m1 a2 Some(\"p1\")", "m3 m3 c Some(\"p3\")", "prov-1 m1 a1 Some(\"p1\")", "prov-2 m2 b None",
        ]);
        assert_eq!((newest.channel.as_str(), newest.practice_id.as_str()), ("sms", PRACTICE));
        assert!(within!(store.db, tx => reports::find_messages(tx, &[])).is_empty());
    }

    async fn a_provider_that_calls_it_by_our_id_is_found_once(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => ledger::insert(tx, &[rows::planned("m1", "p1")]));
        let same = AttemptRow { provider_id: Some("m1".to_owned()), ..rows::attempt("m1", 1) };
        within!(store.db, tx => ledger::insert_attempts(tx, &[same]));
        assert_eq!(within!(store.db, tx => reports::find_messages(tx, &pairs(&[("sandbox", "m1")]))).len(), 1);
    }

    async fn reports_move_forward_in_every_order(on) {
        let store = Store::start(on).await?;
        let all = orders();
        assert_eq!(all.len(), 24);
        for (n, order) in all.iter().enumerate() {
            let id = format!("m{n}");
            let sending = MessageRow { status: "sending".to_owned(), ..rows::planned(&id, "p1") };
            within!(store.db, tx => ledger::insert(tx, &[sending]));
            let mut furthest = 0;
            for status in order {
                let step = rows::step(&id, status);
                let moves = step.rank > furthest;
                furthest = furthest.max(step.rank);
                // Twice: the second changes nothing.
                for again in [false, true] {
                    let moved = within!(store.db, tx => reports::advance(tx, std::slice::from_ref(&step)));
                    assert_eq!(moved.len(), usize::from(moves && !again), "{order:?} at {status}");
                }
            }
            assert_eq!(ledger::get(&store.db, &id).await.unwrap().unwrap().status, "delivered", "{order:?}");
        }
    }

    async fn only_what_went_out_is_moved_by_a_report(on) {
        let store = Store::start(on).await?;
        let can = ["queued", "sending", "accepted", "unknown"];
        for status in ["planned", "queued", "held", "sending", "accepted", "unknown", "skipped", "cancelled"] {
            let row = MessageRow { status: status.to_owned(), ..rows::planned(status, "p1") };
            within!(store.db, tx => ledger::insert(tx, &[row]));
            let moved = within!(store.db, tx => reports::advance(tx, &[rows::step(status, "undelivered")]));
            assert_eq!(moved.len(), usize::from(can.contains(&status)), "{status}");
        }
        within!(store.db, tx => ledger::insert(tx, &[rows::received("i1", "sandbox", "1")]));
        assert!(within!(store.db, tx => reports::advance(tx, &[rows::step("i1", "delivered")])).is_empty());
        assert!(within!(store.db, tx => reports::advance(tx, &[])).is_empty());
    }

    async fn the_furthest_step_of_one_batch_counts(on) {
        let store = Store::start(on).await?;
        for (n, batch) in [["delivered", "accepted", "failed"], ["accepted", "failed", "delivered"]].iter().enumerate() {
            let id = format!("m{n}");
            within!(store.db, tx => ledger::insert(tx, &[MessageRow { status: "sending".to_owned(), ..rows::planned(&id, "p1") }]));
            let steps: Vec<_> = batch.iter().map(|s| rows::step(&id, s)).collect();
            assert_eq!(within!(store.db, tx => reports::advance(tx, &steps)), [id.clone()]);
            assert_eq!(ledger::get(&store.db, &id).await.unwrap().unwrap().status, "delivered");
        }
    }
}
