//! What came in and waits to be understood.

use super::{MINUTE, Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::inbox::Claim;
use between::store::ledger::MessageRow;
use between::store::{contacts, inbox, ledger, patients, practices};

const ANY: i64 = i64::MAX;

fn claim_of(id: &str, turn: i64, tries: i64) -> Claim {
    Claim { message_id: id.to_owned(), turn, tries }
}

on_both! {
    async fn a_received_message_waits_until_somebody_takes_it_out(on) {
        let store = Store::start(on).await?;
        assert_eq!(inbox::backlog(&store.db).await.unwrap(), (0, None));
        let at = |id: &str, created_at| MessageRow { created_at, ..rows::received(id, "sandbox", id) };
        within!(store.db, tx => ledger::insert(tx, &[at("i1", T0 + 2), at("i2", T0 + 1), at("i3", T0 + 3)]));
        assert_eq!(within!(store.db, tx => inbox::insert(tx, &ids(&["i1", "i2", "i3", "i3", "i9"]))), 3);
        assert_eq!(within!(store.db, tx => inbox::insert(tx, &ids(&["i1"]))), 0);
        assert_eq!(within!(store.db, tx => inbox::insert(tx, &[])), 0);
        assert_eq!(inbox::backlog(&store.db).await.unwrap(), (3, Some(T0 + 1)));
        let first = within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, 1, ANY));
        let turn = T0 + inbox::STRANGER_MS;
        assert_eq!(first, [claim_of("i2", turn + 1, 1)], "the oldest");
        let second = turn + 2 + inbox::SPACING_MS;
        assert!(within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, 9, second)).is_empty(), "none before the next one's turn");
        let rest = within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, 9, ANY));
        assert_eq!(rest.iter().map(|c| c.message_id.as_str()).collect::<Vec<_>>(), ["i1", "i3"], "in the order of their turns");
        assert!(within!(store.db, tx => inbox::claim(tx, T0 + MINUTE - 1, T0 + 2 * MINUTE, 9, ANY)).is_empty());
        assert!(within!(store.db, tx => inbox::blame(tx, "i1", 3)));
        assert!(!within!(store.db, tx => inbox::blame(tx, "i9", 3)));
        assert!(within!(store.db, tx => inbox::finish(tx, "i2")));
        assert!(!within!(store.db, tx => inbox::finish(tx, "i2")), "filed by whoever takes it out");
        let again = within!(store.db, tx => inbox::claim(tx, T0 + MINUTE, T0 + 2 * MINUTE, 1, ANY));
        assert_eq!(again, [claim_of("i1", second, 5)], "a reader that died is counted, and what was added");
        assert_eq!(inbox::backlog(&store.db).await.unwrap(), (2, Some(T0 + 2)));
    }

    async fn t5_a_flood_waits_behind_everybody_else_and_keeps_its_own_order(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("oak")));
        within!(store.db, tx => patients::upsert(tx, &[rows::patient("p1"), rows::patient("p2")]));
        let points = [rows::contact("p1", "+447700900001"), rows::contact("p2", "+447700900002")];
        within!(store.db, tx => contacts::upsert(tx, &points));
        let text = |id: &str, from: &str, at: i64| MessageRow {
            created_at: at,
            channel: Some("sms".to_owned()),
            address: Some(from.to_owned()),
            ..rows::received(id, "sandbox", id)
        };
        let put = async |messages: &[MessageRow]| {
            let names: Vec<String> = messages.iter().map(|m| m.id.clone()).collect();
            within!(store.db, tx => ledger::insert(tx, messages));
            within!(store.db, tx => inbox::insert(tx, &names));
        };
        let next = async |most: i64| {
            let claims = within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, most, ANY));
            claims.into_iter().map(|c| c.message_id).collect::<Vec<_>>()
        };
        // Strangers first, then one number's flood in one post, then two posts of somebody else.
        let strangers: Vec<_> = (0..20).map(|n| text(&format!("s{n:02}"), &format!("+4477009{:05}", 70_000 + n), T0)).collect();
        put(&strangers).await;
        let flood: Vec<_> = (0..20).map(|n| text(&format!("f{n:02}"), "+447700900001", T0 + 1)).collect();
        put(&flood).await;
        put(&[text("a1", "+447700900002", T0 + 50)]).await;
        put(&[text("a2", "+447700900002", T0 + 60)]).await;
        assert_eq!(next(2).await, ["f00", "a1"], "before the flood's second and every stranger");
        assert_eq!(next(2).await, ["f01", "a2"]);
        // What the flood sends later stays behind what it sent before, though only its last ones still wait.
        for id in (2..19).map(|n| format!("f{n:02}")) {
            within!(store.db, tx => inbox::finish(tx, &id));
        }
        put(&[text("f20", "+447700900001", T0 + 70)]).await;
        assert_eq!(next(1).await, ["f19"]);
        assert_eq!(next(1).await, ["f20"]);
        // Nobody waits for ever: a stranger's turn comes before what known people write ten minutes later.
        put(&[text("a3", "+447700900002", T0 + inbox::STRANGER_MS + 1)]).await;
        assert_eq!(next(20).await.len(), 20);
        assert_eq!(next(5).await, ["a3"]);
    }
}
