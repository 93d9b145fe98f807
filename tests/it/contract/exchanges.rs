//! What was exchanged with gateways: added beside the try, read in order, forgotten by age.

use super::{Store, T0, within};
use crate::app::On;
use crate::on_both;
use between::store::exchanges::{self, ExchangeRow};

fn exchange(message: &str, attempt: i64, at: i64, part: i64) -> ExchangeRow {
    ExchangeRow {
        message_id: message.to_owned(),
        attempt,
        at,
        part,
        ask: "send".to_owned(),
        gateway: "sms".to_owned(),
        request: "POST sms.example/messages {…}".to_owned(),
        status: (part == 0).then_some(201),
        answer: "{\"status\":\"accepted\"}".to_owned(),
        took_ms: 12,
    }
}

on_both! {
    async fn exchanges_are_added_once_and_read_in_order(on) {
        let store = Store::start(on).await?;
        let rows = [exchange("m1", 2, T0 + 9, 0), exchange("m1", 1, T0, 1), exchange("m1", 1, T0, 0), exchange("m2", 1, T0, 0)];
        assert_eq!(within!(store.db, tx => exchanges::insert(tx, &rows)), 4);
        assert_eq!(within!(store.db, tx => exchanges::insert(tx, &rows[..1])), 0, "the same outcome recorded again adds nothing");
        assert_eq!(within!(store.db, tx => exchanges::insert(tx, &[])), 0);
        let read = exchanges::of_message(&store.db, "m1").await.unwrap();
        assert_eq!(read, [rows[2].clone(), rows[1].clone(), rows[0].clone()]);
        assert!(exchanges::of_message(&store.db, "m9").await.unwrap().is_empty());
    }

    async fn old_exchanges_are_forgotten_some_at_a_time(on) {
        let store = Store::start(on).await?;
        let rows: Vec<_> = (0..10).map(|n| exchange(&format!("m{n}"), 1, T0 + n, 0)).collect();
        within!(store.db, tx => exchanges::insert(tx, &rows));
        assert_eq!(within!(store.db, tx => exchanges::forget_before(tx, T0 + 6, 4)), 4);
        assert_eq!(within!(store.db, tx => exchanges::forget_before(tx, T0 + 6, 4)), 2);
        assert_eq!(within!(store.db, tx => exchanges::forget_before(tx, T0 + 6, 4)), 0);
        assert_eq!(store.count("exchange").await, 4);
    }
}
