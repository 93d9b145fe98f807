//! What goes in comes out, on both databases: hostile text, the ends of the numbers, flags, absent values, whole batches.

use super::{PRACTICE, Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::counters::CounterRow;
use between::store::due::{Held, NewDue};
use between::store::ledger::MessageRow;
use between::store::patients::PatientRow;
use between::store::results::TestResultRow;
use between::store::{Db, contacts, counters, due, ledger, patients, results};

fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        " leading and trailing ",
        "\t\r\n",
        "line\r\nline\n",
        "'",
        "''",
        "\"",
        "\\",
        "\\\\",
        "\\\"",
        "\\'",
        "\\n",
        "\\u0041",
        "\\u0000",
        "\\\\u0000",
        "'; DROP TABLE message; --",
        "\"; DROP TABLE message; --",
        "$1 $2 ?1 :a @b",
        "%s %_ _%",
        "{}[],:",
        "null",
        "{\"a\":1,\"a\":2, \"b\" : [1.50, 1e3]}",
        "true",
        "0x1F",
        "1e999",
        "007",
        "é e\u{301} ﬁ ǆ",
        "👩🏽‍⚕️👨‍👩‍👧‍👦 🇬🇧",
        "שלום \u{202e}abc\u{202c} مرحبا",
        "\u{2028}\u{2029}\u{feff}\u{200d}",
        "\u{fffd}\u{ffff}\u{10ffff}",
        "\u{7f}\u{80}\u{9f}",
        "𝕳𝖊𝖑𝖑𝖔",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend((1..32).map(|c| format!("a{}b", char::from(c))));
    texts.push("é\"\\\n🙂".repeat(80_000));
    texts
}

on_both! {
    async fn any_text_is_kept_to_the_byte(on) {
        let store = Store::start(on).await?;
        let texts = hostile();
        assert!(texts.iter().any(|t| t.len() > 1_000_000 - 300_000));
        let all: Vec<_> = texts.iter().enumerate().map(|(n, text)| MessageRow {
            subject: Some(text.clone()),
            body: Some(text.clone()),
            facts: text.clone(),
            anchor: format!("{n} {text}").chars().take(500).collect(),
            ..rows::planned(&format!("m{n}"), "p1")
        }).collect();
        // As a batch, and each alone.
        assert_eq!(within!(store.db, tx => ledger::insert(tx, &all)).len(), all.len());
        for row in &all {
            let read = ledger::get(&store.db, &row.id).await.unwrap().unwrap();
            assert!(read == *row, "{:?}", row.body.as_deref().map(|b| b.chars().take(60).collect::<String>()));
        }
        // As single values.
        within!(store.db, tx => ledger::insert(tx, &[rows::received("in", "sandbox", "1")]));
        for text in texts.iter().filter(|t| t.len() < 2_000) {
            let change = rows::change("in", "handled", text, T0);
            within!(store.db, tx => ledger::set_received(tx, "in", PRACTICE, Some(text), text, &change));
            let read = ledger::get(&store.db, "in").await.unwrap().unwrap();
            assert!(read.facts == *text && read.reason == *text && read.patient_id.as_ref() == Some(text));
        }
    }

    async fn any_text_is_found_again_by_its_key(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        for text in hostile().iter().filter(|t| t.len() < 2_000) {
            let address = ("sms".to_owned(), text.clone());
            within!(store.db, tx => contacts::upsert(tx, &[between::store::contacts::ContactPointRow {
                id: format!("c{text}"), channel: "sms".to_owned(), address: text.clone(), ..rows::contact("p1", "")
            }]));
            let found = within!(store.db, tx => contacts::at_addresses(tx, std::slice::from_ref(&address)));
            assert_eq!(found.len(), 1, "{text:?}");
            assert_eq!(within!(store.db, tx => contacts::set_status(tx, "sms", text, "unreachable", text, T0)), 1, "{text:?}");
            let row = CounterRow { subject: text.clone(), period: text.clone(), used: 1 };
            within!(store.db, tx => counters::add(tx, std::slice::from_ref(&row)));
            assert_eq!(within!(store.db, tx => counters::get(tx, std::slice::from_ref(&row))), [row], "{text:?}");
            within!(store.db, tx => due::insert(tx, &[rows::waits(text, T0)]));
            assert_eq!(within!(store.db, tx => due::remove(tx, std::slice::from_ref(text))), 1, "{text:?}");
        }
    }

    async fn nul_is_kept_as_its_sign(on) {
        let store = Store::start(on).await?;
        // Before the text "\u0000", which is no NUL.
        let text = "a\0b\\u0000\0";
        let kept = "a\u{2400}b\\u0000\u{2400}";
        let row = MessageRow { body: Some(text.to_owned()), ..rows::planned("m1", "p1") };
        within!(store.db, tx => ledger::insert(tx, &[row, rows::received("in", "sandbox", text)]));
        assert_eq!(ledger::get(&store.db, "m1").await.unwrap().unwrap().body.as_deref(), Some(kept));
        let change = rows::change("in", "handled", text, T0);
        within!(store.db, tx => ledger::set_received(tx, "in", PRACTICE, Some(text), text, &change));
        let read = ledger::get(&store.db, "in").await.unwrap().unwrap();
        assert_eq!([read.facts, read.reason, read.patient_id.unwrap()], [kept, kept, kept]);
        assert!(within!(store.db, tx => ledger::insert(tx, &[rows::received("in2", "sandbox", text)])).is_empty(), "the same reference");
        assert!(within!(store.db, tx => ledger::by_ids(tx, &ids(&["\0"]))).is_empty());
        assert_eq!(ledger::get(&store.db, "\0").await.unwrap(), None);
    }

    async fn times_reach_to_the_ends(on) {
        let store = Store::start(on).await?;
        for (n, at) in [i64::MIN, i64::MIN + 1, -1, 0, 1, (1 << 53) + 1, i64::MAX - 1, i64::MAX].into_iter().enumerate() {
            let id = format!("m{n}");
            let row = MessageRow {
                due_at: at, expires_at: Some(at), priority: at, attempts: at, segments: Some(at), created_at: at, updated_at: at,
                ..rows::planned(&id, "p1")
            };
            within!(store.db, tx => ledger::insert(tx, std::slice::from_ref(&row)));
            assert_eq!(ledger::get(&store.db, &id).await.unwrap(), Some(row));
            within!(store.db, tx => due::insert(tx, &[NewDue { lane: 0, ..rows::waits(&id, at) }]));
            within!(store.db, tx => ledger::set_status(tx, &[rows::change(&id, "held", "", -at.max(-i64::MAX))]));
            assert_eq!(ledger::get(&store.db, &id).await.unwrap().unwrap().updated_at, -at.max(-i64::MAX));
        }
        let claims = within!(store.db, tx => due::claim(tx, 0, i64::MAX, i64::MAX, i64::MAX));
        assert_eq!(claims.len(), 8);
        let held: Vec<_> = claims.iter().map(|c| Held { message_id: c.message_id.clone(), lease: c.lease }).collect();
        assert_eq!(within!(store.db, tx => due::finish(tx, &held)).len(), 8);
    }

    async fn flags_and_absent_values_are_exact(on) {
        let store = Store::start(on).await?;
        let all: Vec<_> = (0..64_u32).map(|bits| {
            let flag = |n: u32| bits & (1 << n) != 0;
            PatientRow {
                registered: flag(0), deceased: flag(1), sensitive: flag(2), unsafe_contact: flag(3), textable: flag(4),
                known_as: flag(5).then(String::new), zone: flag(0).then(|| "UTC".to_owned()), paused_until: flag(1).then_some(0),
                nhs_number: flag(2).then(|| bits.to_string()), pause_reason: flag(3).then(String::new),
                preferred_channel: flag(4).then(|| "sms".to_owned()),
                ..rows::patient(&format!("p{bits:02}"))
            }
        }).collect();
        within!(store.db, tx => patients::upsert(tx, &all));
        assert_eq!(patients::page(&store.db, PRACTICE, "", 100).await.unwrap(), all);
    }

    async fn measured_values_are_exact(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        // SQLite reads a number from text to fifteen digits for certain: enough for anything that is measured. Of the ends of
        // the range it gets some wrong in the last bit (1e-300).
        let mut values = vec![
            0.0, 1.0, -1.0, 0.1, 0.1 + 0.2, 1.0 / 3.0, 5.55, 7.25, 48.333_333_333_333_336, 123_456_789.123_456_79, 1e15, 1e16 + 2.0, 1e21,
            1e22, 1e23, 9_007_199_254_740_993.0, 1e-7, 5e-324, 2.2e-308, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON,
        ];
        values.extend((0..200).map(|n: i32| f64::from(n * 7919 % 1009) / f64::from(n + 1) * 1.1));
        let all: Vec<_> = values.iter().enumerate().map(|(n, v)| TestResultRow {
            value_number: Some(*v), reference_low: Some(-*v), reference_high: None, ..rows::result(&format!("r{n:03}"), "p1", "held")
        }).collect();
        within!(store.db, tx => results::insert(tx, &all));
        for row in &all {
            assert_eq!(results::get(&store.db, &row.id).await.unwrap().as_ref(), Some(row));
            within!(store.db, tx => results::correct(tx, row));
            assert_eq!(results::get(&store.db, &row.id).await.unwrap().as_ref(), Some(row));
        }
    }

    async fn a_batch_may_be_a_thousand(on) {
        let store = Store::start(on).await?;
        let all: Vec<_> = (0..1_000).map(|n| rows::planned(&format!("m{n:04}"), &format!("p{}", n % 7))).collect();
        assert_eq!(within!(store.db, tx => ledger::insert(tx, &all)).len(), 1_000);
        assert!(within!(store.db, tx => ledger::insert(tx, &all)).is_empty());
        let waits: Vec<_> = all.iter().map(|m| rows::waits(&m.id, T0)).collect();
        assert_eq!(within!(store.db, tx => due::insert(tx, &waits)), 1_000);
        let claims = within!(store.db, tx => due::claim(tx, 2, T0, T0 + 9, 1_000));
        assert_eq!(claims.len(), 1_000);
        let names: Vec<_> = all.iter().map(|m| m.id.clone()).collect();
        assert_eq!(within!(store.db, tx => ledger::by_ids(tx, &names)).len(), 1_000);
        let tries: Vec<_> = names.iter().map(|id| rows::attempt(id, 1)).collect();
        assert_eq!(within!(store.db, tx => ledger::insert_attempts(tx, &tries)), 1_000);
        assert_eq!(within!(store.db, tx => ledger::last_attempts(tx, &names)).len(), 1_000);
        let done: Vec<_> = names.iter().map(|id| rows::settled(id, "accepted")).collect();
        assert_eq!(within!(store.db, tx => ledger::settle(tx, &done)), 1_000);
        let held: Vec<_> = claims.iter().map(|c| Held { message_id: c.message_id.clone(), lease: c.lease }).collect();
        assert_eq!(within!(store.db, tx => due::finish(tx, &held)).len(), 1_000);
    }

    async fn a_database_answers_until_it_is_closed_and_then_says_it_is_away(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        store.db.ping().await.unwrap();
        assert_eq!(store.db.kind(), if on == On::Sqlite { "sqlite" } else { "postgres" });
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("it's a copy.sqlite").display().to_string();
        let copied = store.db.backup_to(&copy).await.unwrap();
        assert_eq!(copied, on == On::Sqlite);
        if copied {
            let db = Db::open(&copy).await.unwrap();
            db.migrate().await.unwrap();
            assert_eq!(patients::get(&db, "p1").await.unwrap(), Some(rows::patient("p1")));
            assert!(store.db.backup_to(&copy).await.is_err(), "a backup never overwrites another");
        }
        store.db.close().await;
        let error = store.db.ping().await.unwrap_err();
        assert!(error.is_outage(), "{error}");
        assert!(store.db.begin().await.is_err_and(|e| e.is_outage()));
    }
}
