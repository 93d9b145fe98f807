//! What came in and waits to be understood.

use super::{MINUTE, Store, T0, ids, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::inbox::Claim;
use between::store::ledger::MessageRow;
use between::store::{inbox, ledger};

fn claim_of(id: &str, tries: i64) -> Claim {
    Claim { message_id: id.to_owned(), tries }
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
        let first = within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, 1));
        assert_eq!(first, [claim_of("i2", 1)], "the oldest");
        let rest = within!(store.db, tx => inbox::claim(tx, T0, T0 + MINUTE, 9));
        assert_eq!(sorted(rest.into_iter().map(|c| c.message_id).collect()), ["i1", "i3"]);
        assert!(within!(store.db, tx => inbox::claim(tx, T0 + MINUTE - 1, T0 + 2 * MINUTE, 9)).is_empty());
        assert!(within!(store.db, tx => inbox::finish(tx, "i2")));
        assert!(!within!(store.db, tx => inbox::finish(tx, "i2")), "filed by whoever takes it out");
        let again = within!(store.db, tx => inbox::claim(tx, T0 + MINUTE, T0 + 2 * MINUTE, 1));
        assert_eq!(again, [claim_of("i1", 2)], "a reader that died is counted");
        assert_eq!(inbox::backlog(&store.db).await.unwrap(), (2, Some(T0 + 2)));
    }
}
