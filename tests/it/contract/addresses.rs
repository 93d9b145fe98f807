//! Phone numbers, email addresses, stops and consent.

use super::{Store, T0, ids, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::contacts::ContactPointRow;
use between::store::{consents, contacts};

const ONE: &str = "+447700900001";
const TWO: &str = "+447700900002";

fn at(address: &str) -> Vec<(String, String)> {
    vec![("sms".to_owned(), address.to_owned())]
}

fn told(rows: &[ContactPointRow]) -> Vec<String> {
    sorted(rows.iter().map(|c| format!("{} {}", c.id, c.status)).collect())
}

on_both! {
    async fn a_contact_point_keeps_its_state_and_an_old_one_comes_back(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let mail = ContactPointRow { rank: -1, ..rows::contact("p1", "joan@example.org") };
        let second = ContactPointRow { rank: 1, ..rows::contact("p1", TWO) };
        let all = [second.clone(), rows::contact("p1", ONE), mail.clone(), rows::contact("p2", ONE)];
        assert_eq!(within!(store.db, tx => contacts::upsert(tx, &all)), 4);
        let of = within!(store.db, tx => contacts::of_patients(tx, &ids(&["p1"])));
        assert_eq!(of, [mail, rows::contact("p1", ONE), second], "by channel, best first");
        within!(store.db, tx => contacts::set_status(tx, "sms", TWO, "unreachable", "[1,2]", T0 + 3));
        let again = ContactPointRow { id: "new".to_owned(), rank: 7, updated_at: T0 + 5, ..rows::contact("p1", TWO) };
        within!(store.db, tx => contacts::upsert(tx, std::slice::from_ref(&again)));
        let kept = ContactPointRow {
            id: format!("p1/{TWO}"),
            status: "unreachable".to_owned(),
            failure_days: "[1,2]".to_owned(),
            ..again.clone()
        };
        assert_eq!(within!(store.db, tx => contacts::at_addresses(tx, &at(TWO))), [kept], "what failed stays failed");
        let retired = within!(store.db, tx => contacts::retire_unnamed(tx, &[("p1".to_owned(), T0 + 5)]));
        assert_eq!(retired, 2, "the two that the newest import did not name");
        let left = within!(store.db, tx => contacts::of_patients(tx, &ids(&["p1", "p2"])));
        assert_eq!(told(&left), [format!("p1/{TWO} unreachable"), format!("p2/{ONE} active")]);
        let again = ContactPointRow { updated_at: T0 + 6, ..rows::contact("p1", ONE) };
        within!(store.db, tx => contacts::upsert(tx, &[again]));
        let both = within!(store.db, tx => contacts::at_addresses(tx, &at(ONE)));
        assert_eq!(told(&both), [format!("p1/{ONE} active"), format!("p2/{ONE} active")]);
    }

    async fn retiring_names_each_person_with_their_own_time(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let late = ContactPointRow { updated_at: T0 + 10, ..rows::contact("p2", TWO) };
        within!(store.db, tx => contacts::upsert(tx, &[rows::contact("p1", ONE), rows::contact("p2", ONE), late]));
        let times = [("p1".to_owned(), T0), ("p2".to_owned(), T0 + 10), ("nobody".to_owned(), T0 + 99)];
        assert_eq!(within!(store.db, tx => contacts::retire_unnamed(tx, &times)), 1);
        let left = within!(store.db, tx => contacts::of_patients(tx, &ids(&["p1", "p2"])));
        assert_eq!(told(&left), [format!("p1/{ONE} active"), format!("p2/{TWO} active")]);
        assert_eq!(within!(store.db, tx => contacts::retire_unnamed(tx, &[])), 0);
    }

    async fn a_delivery_never_brings_back_a_retired_owner_or_a_wrong_person(on) {
        let store = Store::with_people(on, &["p1", "p2", "p3"]).await?;
        let old = ContactPointRow { status: "old".to_owned(), ..rows::contact("p1", ONE) };
        let wrong = ContactPointRow { status: "wrong_person".to_owned(), ..rows::contact("p2", ONE) };
        let theirs = ContactPointRow { status: "unreachable".to_owned(), ..rows::contact("p3", ONE) };
        within!(store.db, tx => contacts::upsert(tx, &[old, wrong, theirs]));
        assert_eq!(within!(store.db, tx => contacts::set_status(tx, "sms", ONE, "active", "[]", T0 + 1)), 1);
        let found = within!(store.db, tx => contacts::at_addresses(tx, &at(ONE)));
        assert_eq!(told(&found), [format!("p2/{ONE} wrong_person"), format!("p3/{ONE} active")]);
        assert_eq!(within!(store.db, tx => contacts::set_status(tx, "email", ONE, "active", "[]", T0)), 0);
        assert_eq!(within!(store.db, tx => contacts::set_status(tx, "sms", ONE, "wrong_person", "[]", T0 + 2)), 1);
        within!(store.db, tx => contacts::upsert(tx, &[ContactPointRow { updated_at: T0 + 3, ..rows::contact("p3", ONE) }]));
        let found = within!(store.db, tx => contacts::at_addresses(tx, &at(ONE)));
        assert_eq!(told(&found), [format!("p2/{ONE} wrong_person"), format!("p3/{ONE} wrong_person")], "an import does not settle it");
        assert!(within!(store.db, tx => contacts::at_addresses(tx, &[])).is_empty());
    }

    async fn an_address_stays_stopped_until_it_is_released(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => contacts::stop_address(tx, "sms", "hash-1", "stop", T0));
        within!(store.db, tx => contacts::stop_address(tx, "sms", "hash-1", "again", T0 + 1));
        within!(store.db, tx => contacts::stop_address(tx, "email", "hash-2", "stop", T0));
        let reasons = store.column("SELECT reason || ' ' || CAST(at AS TEXT) FROM address_stop WHERE channel = 'sms'").await;
        assert_eq!(reasons, [format!("stop {T0}")], "the first stop is kept");
        let asked = ids(&["hash-1", "hash-2", "hash-3"]);
        assert_eq!(sorted(within!(store.db, tx => contacts::stopped(tx, &asked))), ["hash-1", "hash-2"]);
        assert_eq!(within!(store.db, tx => contacts::unstop_address(tx, "email", "hash-1")), 0);
        assert_eq!(within!(store.db, tx => contacts::unstop_address(tx, "sms", "hash-1")), 1);
        assert_eq!(within!(store.db, tx => contacts::stopped(tx, &asked)), ["hash-2"]);
        assert!(within!(store.db, tx => contacts::stopped(tx, &[])).is_empty());
    }

    async fn consent_is_read_in_the_order_it_was_given(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        // Written out of order, and two at the same moment: the id, which sorts by time, decides.
        let history = [
            rows::consent("3", "p1", "granted", T0 + 2),
            rows::consent("2", "p1", "refused", T0 + 1),
            rows::consent("4", "p1", "refused", T0 + 2),
            rows::consent("1", "p1", "granted", T0),
            rows::consent("9", "p2", "granted", T0),
        ];
        assert_eq!(within!(store.db, tx => consents::append(tx, &history)), 5);
        let mut changed = rows::consent("1", "p1", "refused", T0 + 50);
        changed.actor = "mallory".to_owned();
        assert_eq!(within!(store.db, tx => consents::append(tx, &[changed])), 0, "history is never rewritten");
        let read = within!(store.db, tx => consents::of_patients(tx, &ids(&["p1"])));
        let expected = [&history[3], &history[1], &history[0], &history[2]].map(Clone::clone);
        assert_eq!(read, expected);
        assert_eq!(within!(store.db, tx => consents::of_patients(tx, &ids(&["p2", "p1"]))).len(), 5);
        assert!(within!(store.db, tx => consents::of_patients(tx, &[])).is_empty());
        assert_eq!(within!(store.db, tx => consents::append(tx, &[])), 0);
    }
}
