//! What waits to be sent: claims, numbered leases, and what ends them.

use super::{MINUTE, PRACTICE, Store, T0, ids, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::due::{Claim, Deferred, Held, NewDue};
use between::store::ledger::{AttemptOutcome, AttemptRow, MessageRow};
use between::store::{due, ledger};

fn held(id: &str, lease: i64) -> Held {
    Held { message_id: id.to_owned(), lease }
}

fn later(id: &str, lease: i64, due_at: i64) -> Deferred {
    Deferred { message_id: id.to_owned(), lease, due_at }
}

fn claim_of(id: &str, lease: i64, crashes: i64) -> Claim {
    Claim { message_id: id.to_owned(), lease, crashes, lane: 2 }
}

async fn claim(store: &Store, now: i64, limit: i64) -> Vec<Claim> {
    let mut claims = within!(store.db, tx => due::claim(tx, 2, now, now + MINUTE, limit));
    claims.sort_by(|a, b| a.message_id.cmp(&b.message_id));
    claims
}

on_both! {
    async fn the_earliest_of_a_lane_are_claimed(on) {
        let store = Store::start(on).await?;
        let lane = |id: &str, lane, due_at| NewDue { message_id: id.to_owned(), lane, due_at };
        let all = [lane("m1", 2, T0 + 2), lane("m2", 2, T0), lane("m3", 0, T0), lane("m4", 2, T0 + 1), lane("m5", 2, T0 + 3)];
        assert_eq!(within!(store.db, tx => due::insert(tx, &all)), 5);
        assert_eq!(within!(store.db, tx => due::insert(tx, &[lane("m1", 0, 0)])), 0, "it waits as it did");
        assert_eq!(within!(store.db, tx => due::insert(tx, &[])), 0);
        assert!(claim(&store, T0 - 1, 9).await.is_empty(), "nothing is due yet");
        assert_eq!(claim(&store, T0 + 2, 2).await, [claim_of("m2", 1, 0), claim_of("m4", 1, 0)]);
        assert_eq!(claim(&store, T0 + 2, 9).await, [claim_of("m1", 1, 0)], "due by now, and not held");
        assert!(claim(&store, T0 + 2, 9).await.is_empty());
        let safety = within!(store.db, tx => due::claim(tx, 0, T0 + 2, T0 + 9, 9));
        assert_eq!(safety, [Claim { lane: 0, ..claim_of("m3", 1, 0) }]);
    }

    async fn a_lease_that_ends_without_an_outcome_is_a_crash_and_its_late_report_moves_nothing(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => due::insert(tx, &[rows::waits("m1", T0)]));
        assert_eq!(claim(&store, T0, 9).await, [claim_of("m1", 1, 0)]);
        assert!(claim(&store, T0 + MINUTE - 1, 9).await.is_empty(), "held to the end of the lease");
        assert_eq!(claim(&store, T0 + MINUTE, 9).await, [claim_of("m1", 2, 1)]);
        assert_eq!(claim(&store, T0 + 2 * MINUTE, 9).await, [claim_of("m1", 3, 2)]);
        // The first two workers wake up.
        assert!(!within!(store.db, tx => due::blame(tx, &held("m1", 1), 3)), "of a lease that is over");
        assert!(within!(store.db, tx => due::finish(tx, &[held("m1", 1), held("m1", 2)])).is_empty());
        assert!(within!(store.db, tx => due::defer(tx, &[later("m1", 2, T0)])).is_empty());
        assert_eq!(store.count("due").await, 1);
        assert!(claim(&store, T0 + 2 * MINUTE + 1, 9).await.is_empty(), "the stale report freed nothing");
        assert!(within!(store.db, tx => due::blame(tx, &held("m1", 3), 3)));
        assert_eq!(within!(store.db, tx => due::defer(tx, &[later("m1", 3, T0 + 3 * MINUTE)])), ["m1"]);
        assert!(claim(&store, T0 + 3 * MINUTE - 1, 9).await.is_empty());
        assert_eq!(claim(&store, T0 + 3 * MINUTE, 9).await, [claim_of("m1", 4, 5)], "given back is no crash");
        assert_eq!(within!(store.db, tx => due::finish(tx, &[held("m1", 4)])), ["m1"]);
        assert!(within!(store.db, tx => due::finish(tx, &[held("m1", 4)])).is_empty(), "once");
        assert_eq!(store.count("due").await, 0);
    }

    async fn ends_and_delays_go_by_message_and_lease(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => due::insert(tx, &["m1", "m2", "m3", "m4"].map(|id| rows::waits(id, T0))));
        claim(&store, T0, 9).await;
        let ended = within!(store.db, tx => due::finish(tx, &[held("m2", 1), held("m1", 1), held("m3", 2), held("m9", 1)]));
        assert_eq!(sorted(ended), ["m1", "m2"]);
        let deferred = within!(store.db, tx => due::defer(tx, &[later("m4", 1, T0 + 5), later("m3", 0, T0), later("m9", 1, T0)]));
        assert_eq!(deferred, ["m4"]);
        assert!(within!(store.db, tx => due::finish(tx, &[])).is_empty());
        assert!(within!(store.db, tx => due::defer(tx, &[])).is_empty());
        assert_eq!(within!(store.db, tx => due::remove(tx, &ids(&["m3", "m9"]))), 1, "held or not");
        assert_eq!(within!(store.db, tx => due::remove(tx, &[])), 0);
        assert_eq!(store.column("SELECT message_id FROM due").await, ["m4"]);
    }

    async fn only_what_nobody_holds_is_moved(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => due::insert(tx, &[rows::waits("m1", T0), rows::waits("m2", T0 + 5)]));
        claim(&store, T0, 9).await;
        let moves = [("m1".to_owned(), T0 + 99), ("m2".to_owned(), T0 + 7), ("m9".to_owned(), T0)];
        assert_eq!(within!(store.db, tx => due::reschedule(tx, &moves)), 1);
        assert_eq!(within!(store.db, tx => due::reschedule(tx, &[])), 0);
        let told = store.column("SELECT message_id || ' ' || CAST(due_at - 1800000000000 AS TEXT) FROM due ORDER BY message_id").await;
        assert_eq!(told, ["m1 0", "m2 7"]);
    }

    async fn waking_touches_one_person_and_one_reason(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, patient: &str, status: &str, reason: &str| MessageRow {
            status: status.to_owned(), reason: reason.to_owned(), ..rows::planned(id, patient)
        };
        let all = [
            row("m1", "p1", "held", "question_open"), row("m2", "p1", "held", "paused"), row("m3", "p2", "held", "question_open"),
            row("m4", "p1", "planned", "question_open"), row("m5", "p1", "held", "question_open"), row("m6", "p1", "held", "question_open"),
        ];
        within!(store.db, tx => ledger::insert(tx, &all));
        let due: Vec<_> = all.iter().map(|m| rows::waits(&m.id, if m.id == "m5" { T0 } else { T0 + 50 })).collect();
        within!(store.db, tx => due::insert(tx, &due));
        within!(store.db, tx => due::reschedule(tx, &[("m6".to_owned(), T0)]));
        within!(store.db, tx => due::claim(tx, 2, T0, T0 + 5, 1));
        let woken = within!(store.db, tx => due::wake(tx, "p1", "question_open", T0 + 9));
        assert_eq!(woken, 1, "not what is held by a worker, not what is due already");
        let told = store.column("SELECT message_id FROM due WHERE due_at = 1800000000009").await;
        assert_eq!(told, ["m1"]);
    }

    async fn waking_a_practice_touches_its_own_planned_messages_of_that_reason(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, practice: &str, reason: &str| MessageRow {
            status: "held".to_owned(), reason: reason.to_owned(), practice_id: practice.to_owned(), ..rows::planned(id, "p1")
        };
        let own = PRACTICE;
        let all = [row("m1", own, "spend_cap"), row("m2", own, "sudden_rise"), row("m3", "other", "spend_cap"), row("m4", own, "spend_cap"), row("m5", own, "spend_cap")];
        within!(store.db, tx => ledger::insert(tx, &all));
        let waits: Vec<_> = all.iter().map(|m| rows::waits(&m.id, if m.id == "m4" { T0 + 90 * MINUTE } else { T0 + 50 })).collect();
        within!(store.db, tx => due::insert(tx, &waits));
        within!(store.db, tx => due::reschedule(tx, &[("m5".to_owned(), T0)]));
        within!(store.db, tx => due::claim(tx, 2, T0, T0 + 5, 1));
        assert_eq!(within!(store.db, tx => due::wake_practice(tx, own, "spend_cap", T0 + 9, 60 * MINUTE)), 1);
        assert_eq!(store.column("SELECT message_id FROM due WHERE due_at = 1800000000009").await, ["m1"]);
    }

    async fn what_else_waits_for_a_person_is_planned_messages(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, patient: &str, priority| MessageRow { priority, ..rows::planned(id, patient) };
        within!(store.db, tx => ledger::insert(tx, &[row("m1", "p1", 5), row("m2", "p2", 1), row("m3", "p1", 2), row("m4", "p1", 1)]));
        let answer = NewDue { lane: 1, ..rows::waits("m3", T0) };
        within!(store.db, tx => due::insert(tx, &[rows::waits("m1", T0 + 1), rows::waits("m2", T0 + 2), answer]));
        let found = within!(store.db, tx => due::waiting_of(tx, &ids(&["p1", "p3"])));
        assert_eq!(found, [("p1".to_owned(), 5, T0 + 1)]);
        assert_eq!(within!(store.db, tx => due::waiting_of(tx, &ids(&["p2", "p1"]))).len(), 2);
        assert!(within!(store.db, tx => due::waiting_of(tx, &[])).is_empty());
    }

    async fn the_backlog_is_what_is_due_in_every_lane(on) {
        let store = Store::start(on).await?;
        let empty = due::backlog(&store.db, T0).await.unwrap();
        assert_eq!((empty.due, empty.oldest, empty.next), (0, None, None));
        assert_eq!(due::next_moment(&store.db, 0).await.unwrap(), None);
        let lane = |id: &str, lane, due_at| NewDue { message_id: id.to_owned(), lane, due_at };
        let all = [lane("m1", 0, T0 - 5), lane("m2", 1, T0), lane("m3", 2, T0 - 9), lane("m4", 2, T0 + 7), lane("m5", 1, T0 + 4)];
        within!(store.db, tx => due::insert(tx, &all));
        let backlog = due::backlog(&store.db, T0).await.unwrap();
        assert_eq!((backlog.due, backlog.oldest, backlog.next), (3, Some(T0 - 9), Some(T0 + 4)));
        assert_eq!(due::next_moment(&store.db, 0).await.unwrap(), Some(T0 - 9));
        for lane in [0, 1, 2] {
            within!(store.db, tx => due::claim(tx, lane, T0, T0 + MINUTE, 9));
        }
        assert_eq!(due::next_moment(&store.db, 0).await.unwrap(), Some(T0 + 4), "what is held is due when its lease ends");
    }

    async fn what_was_tried_waits_with_its_last_gateway(on) {
        let store = Store::start(on).await?;
        let due_at = |id: &str, at| MessageRow { due_at: at, ..rows::planned(id, "p1") };
        within!(store.db, tx => ledger::insert(tx, &[due_at("m1", T0), due_at("m2", T0 - 9), due_at("m3", T0 - 20), due_at("m4", T0 - 30)]));
        within!(store.db, tx => due::insert(tx, &[rows::waits("m1", T0), rows::waits("m2", T0 + 60), rows::waits("m3", T0), rows::waits("m4", T0 + 61)]));
        let attempt = |id: &str, number, gateway: &str| AttemptRow { gateway: gateway.to_owned(), ..rows::attempt(id, number) };
        let tries = [attempt("m1", 1, "a"), attempt("m1", 2, "b"), attempt("m2", 1, "b"), attempt("m4", 1, "b")];
        within!(store.db, tx => ledger::insert_attempts(tx, &tries));
        // m3 was never tried, m4 is due later than was asked for.
        assert_eq!(due::tried(&store.db, T0 + 60).await.unwrap(), [("b".to_owned(), 2, T0 - 9)]);
    }

    async fn a_gateway_that_is_well_again_wakes_what_it_did_not_take(on) {
        let store = Store::start(on).await?;
        let names = ["m1", "m2", "m3", "m4", "m5", "m6", "m7"];
        let all: Vec<MessageRow> = names.iter().map(|id| rows::planned(id, "p1")).collect();
        within!(store.db, tx => ledger::insert(tx, &all));
        let waits: Vec<_> = names.iter().map(|id| rows::waits(id, if *id == "m5" { T0 + 90 * MINUTE } else { T0 + 50 })).collect();
        within!(store.db, tx => due::insert(tx, &waits));
        let tried = names.iter().filter(|id| **id != "m6");
        let tries: Vec<AttemptRow> = tried.map(|id| AttemptRow { gateway: "a".to_owned(), ..rows::attempt(id, 1) }).collect();
        within!(store.db, tx => ledger::insert_attempts(tx, &tries));
        let ended = |id: &str, word: &str, code: &str| AttemptOutcome { code: Some(code.to_owned()), ..rows::outcome(id, 1, word, None) };
        let ends = [ended("m1", "retry", "refused"), ended("m2", "unknown", "http_500"), ended("m3", "retry", "throttled"), ended("m5", "retry", "refused")];
        within!(store.db, tx => ledger::finish_attempts(tx, &ends));
        // What was asked about and is not there has no code.
        within!(store.db, tx => ledger::finish_attempts(tx, &[rows::outcome("m7", 1, "resolved_not_sent", None)]));
        // m3 was told when to come back, m4 is in hand, m5 waits for something else, m6 was never tried.
        assert_eq!(within!(store.db, tx => due::wake_gateway(tx, "b", T0, 60 * MINUTE)), 0);
        assert_eq!(within!(store.db, tx => due::wake_gateway(tx, "a", T0, 60 * MINUTE)), 3);
        let woken = store.column(&format!("SELECT message_id FROM due WHERE due_at = {T0} ORDER BY message_id")).await;
        assert_eq!(woken, ["m1", "m2", "m7"]);
    }
}
