//! A real Dovecot: what comes in is read, once, and stays where it is or goes where it should.

use super::kit::{Office, dovecot, reply, stray};
use crate::app::{On, full_size};
use crate::fake_gateways::cutter::Cutter;
use crate::fake_gateways::dovecot::Dovecot;
use crate::fake_gateways::tls::quoted;
use crate::on_both;
use between::store;
use std::sync::Arc;
use std::time::Duration;

on_both! {
    async fn an_answer_by_mail_becomes_a_record_entry(on) {
        let Some(dovecot) = dovecot() else { return Some(()) };
        let office = Office::open(on, "answers", dovecot.port, "handled_folder = \"Read by between\"").await?;
        let asked = office.ask().await;
        dovecot.deliver("answers", &reply(&asked, "m1", "5 days, felt good"));
        office.fetch().await;
        assert_eq!(office.received().await, ["handled  5 days, felt good"], "{}", dovecot.log());
        assert_eq!(office.progress().await, ["check_in count 5 auto"]);
        assert!(dovecot.mails("answers", "").is_empty());
        assert_eq!(dovecot.mails("answers", "Read by between").len(), 1, "moved, not deleted");
        // Whoever has the mailbox keeps it; another reader finds it taken and comes back later.
        let (mut first, mut second) = (office.reader(), office.reader());
        first.step(&office.app.engine).await.unwrap();
        dovecot.deliver("answers", &stray(1));
        assert_eq!(second.step(&office.app.engine).await.unwrap().kept, 0, "somebody else reads");
        assert_eq!(first.step(&office.app.engine).await.unwrap().kept, 1);
        first.close(&office.app.engine).await;
        dovecot.deliver("answers", &stray(2));
        assert_eq!(second.step(&office.app.engine).await.unwrap().kept, 1, "it was given back");
    }

    async fn r18_a_new_uidvalidity_brings_the_same_mails_and_changes_nothing(on) {
        let Some(dovecot) = dovecot() else { return Some(()) };
        let office = Office::open(on, "answers", dovecot.port, "").await?;
        let asked = office.ask().await;
        dovecot.deliver("answers", &reply(&asked, "m1", "5 days"));
        dovecot.deliver("answers", &stray(1));
        office.fetch().await;
        let before = office.mailbox().await;
        dovecot.forget_uids("answers");
        dovecot.deliver("answers", &stray(2));
        office.fetch().await;
        let after = office.mailbox().await;
        assert_ne!(before.uid_validity, after.uid_validity, "the server gave new UIDs");
        assert_eq!(
            office.received().await,
            ["handled  5 days", "for_staff unknown_sender stray 1", "for_staff unknown_sender stray 2"]
        );
        assert_eq!(office.progress().await.len(), 1);
    }
}

#[tokio::test]
async fn every_way_of_connecting_holds_its_promise() {
    let Some(dovecot) = dovecot() else { return };
    let ca = quoted(&dovecot.authority.file());
    let ways = [
        ("127.0.0.1", dovecot.port, "none", String::new(), None),
        ("localhost", dovecot.port, "starttls", format!("ca_file = {ca}"), None),
        ("localhost", dovecot.tls_port, "implicit", format!("ca_file = {ca}"), None),
        // A certificate that nobody vouches for, and one for another name.
        ("localhost", dovecot.tls_port, "implicit", String::new(), Some("tls")),
        ("127.0.0.1", dovecot.tls_port, "implicit", format!("ca_file = {ca}"), Some("tls")),
    ];
    for (number, (host, port, tls, more, fault)) in ways.into_iter().enumerate() {
        let office = Office::open_by(On::Sqlite, "answers", host, port, tls, &more).await.unwrap();
        dovecot.deliver("answers", &stray(number));
        let looked = office.reader().step(&office.app.engine).await.unwrap();
        let mailbox = office.mailbox().await;
        let place = format!("{tls} to {host}: {looked:?} {mailbox:?}");
        assert_eq!(mailbox.fault, fault.unwrap_or_default(), "{place}");
        let log = dovecot.log();
        let protected =
            log.lines().rfind(|line| line.contains("Login: user=")).is_some_and(|line| line.contains(", TLS,"));
        assert!(fault.is_some() || protected == (tls != "none"), "{place}\n{log}");
        assert_eq!(looked.kept > 0, fault.is_none(), "{place}");
    }
}

#[tokio::test]
async fn a_refused_log_in_is_told_and_not_tried_again_and_again() {
    let Some(dovecot) = dovecot() else { return };
    let office = Office::open(On::Sqlite, "nobody", dovecot.port, "").await.unwrap();
    let mut reader = office.reader();
    let engine = &office.app.engine;
    for _ in 0..50 {
        reader.step(engine).await.unwrap();
        engine.clock.set_ms(engine.clock.now_ms() + 60_000);
    }
    let mailbox = office.mailbox().await;
    assert_eq!(mailbox.fault, "login_refused");
    assert!((2..=4).contains(&mailbox.failures), "{} log-ins in 50 minutes", mailbox.failures);
    assert!(office.app.open_alerts().await.contains(&"asap mail_in".to_owned()));
    assert_eq!(office.app.open_alerts().await.iter().filter(|a| a.ends_with("mail_in")).count(), 1, "told once a day");
}

#[tokio::test]
async fn r18_a_mail_of_30_megabytes_is_kept_in_part_for_people_and_holds_up_no_other() {
    let Some(dovecot) = dovecot() else { return };
    let office = Office::open(On::Sqlite, "answers", dovecot.port, "").await.unwrap();
    let asked = office.ask().await;
    let mut large = reply(&asked, "large", "5 days, and my holiday film");
    large.resize(30 << 20, b'x');
    dovecot.deliver("answers", &large);
    dovecot.deliver("answers", &stray(1));
    office.fetch().await;
    let received = office.received().await;
    assert_eq!(received.len(), 2);
    assert!(received[0].starts_with("for_staff for_staff 5 days, and my holiday film"), "{:.80}", received[0]);
    assert_eq!(received[1], "for_staff unknown_sender stray 1");
    let progress = office.progress().await;
    assert!(progress.iter().all(|entry| !entry.ends_with("auto")), "{progress:?}");
    let inbound = office.app.timeline(&office.joan).await.into_iter().find(|m| m.direction == "in").unwrap();
    let mail = store::mails::get(&office.app.engine.db, &inbound.id).await.unwrap().unwrap();
    assert_eq!((mail.whole, mail.full_size), (false, 30 << 20));
    assert!(mail.raw.len() < 1 << 20, "{}", mail.raw.len());
    assert!(mail.doubts.contains("\"not_whole\""), "{}", mail.doubts);
    assert_eq!(dovecot.mails("answers", "").len(), 2, "it stays in the box, whole");
}

/// Another program removes a mail before each of our commands in turn: between finding it, measuring it, fetching it and
/// putting it aside.
#[tokio::test]
async fn r18_mails_that_others_remove_meanwhile_are_passed_over() {
    let accounts: Vec<String> = (0..40).map(|n| format!("box{n}")).collect();
    let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let Some(dovecot) = Dovecot::start(&names).map(Arc::new) else { return };
    let mut without = 0;
    for (at, account) in (1..).zip(&accounts) {
        for number in 0..3 {
            dovecot.deliver(account, &stray(number));
        }
        let (server, whose) = (Arc::clone(&dovecot), account.clone());
        let hook = Box::new(move || server.remove(&whose, "stray-1@"));
        let proxy = Cutter::calling(dovecot.port, at, hook).await;
        let office = Office::open(On::Sqlite, account, proxy.addr.port(), "handled_folder = \"Done\"").await.unwrap();
        office.fetch().await;
        let received = office.received().await;
        let others = ["for_staff unknown_sender stray 0", "for_staff unknown_sender stray 2"];
        assert!(others.iter().all(|other| received.contains(&(*other).to_owned())), "at {at}: {received:?}");
        assert_eq!(office.mailbox().await.stuck_tries, 0, "at {at}");
        assert!(dovecot.mails(account, "").is_empty(), "at {at}");
        without += usize::from(received.len() == 2);
        if at > proxy.commands() {
            assert!(at > 8 && without >= 5, "{at}: it was removed before it was fetched {without} times");
            return;
        }
    }
    panic!("there are more commands than accounts");
}

#[tokio::test]
async fn r18_a_full_box_is_read_to_its_end_and_a_broken_mail_blocks_nothing() {
    let Some(dovecot) = dovecot() else { return };
    let count = if full_size() { 10_000 } else { 1_000 };
    let office = Office::open(On::Sqlite, "answers", dovecot.port, "handled_folder = \"Done\"").await.unwrap();
    for number in 0..count {
        // Every hundredth is no mail at all: bytes, zeros, headers without end.
        let mail = match number % 500 {
            100 => vec![0xff; 2_000],
            200 => b"\0\0\0\0\r\n\r\n\0".to_vec(),
            300 => [b"Subject: ".repeat(20_000), b"From: <<<<>>>".to_vec()].concat(),
            _ => stray(number),
        };
        dovecot.deliver("answers", &[mail, format!("\r\n{number}").into_bytes()].concat());
    }
    office.fetch().await;
    assert_eq!(office.received().await.len(), count);
    assert!(dovecot.mails("answers", "").is_empty());
    assert_eq!(dovecot.mails("answers", "Done").len(), count);
}

#[tokio::test]
async fn new_mail_is_heard_of_while_waiting_and_a_server_that_goes_away_is_come_back_to() {
    let Some(dovecot) = dovecot() else { return };
    let office = Office::open(On::Sqlite, "answers", dovecot.port, "poll_seconds = 900").await.unwrap();
    let (mut reader, engine) = (office.reader(), &office.app.engine);
    let rest = reader.step(engine).await.unwrap().rest;
    assert_eq!(rest, Duration::from_mins(15));
    let file = async {
        // Delivery is another program's work: the wait below ends when it is heard of, or the test fails.
        dovecot.deliver("answers", &stray(1));
    };
    let waited = async { tokio::time::timeout(Duration::from_mins(1), reader.wait(rest)).await };
    let (heard, ()) = tokio::join!(waited, file);
    heard.expect("heard of new mail long before the next look");
    assert_eq!(reader.step(engine).await.unwrap().kept, 1);
    drop(dovecot);
    let ended = tokio::time::timeout(Duration::from_mins(1), reader.wait(rest)).await;
    ended.expect("the end of the connection is no news to wait for");
    let looked = reader.step(engine).await.unwrap();
    let mailbox = office.mailbox().await;
    assert_eq!((mailbox.fault.as_str(), mailbox.failures), ("unreachable", 1), "{looked:?}");
    assert!(looked.rest >= Duration::from_secs(5) && looked.rest < Duration::from_secs(10), "{looked:?}");
    // Each failure waits longer; after half an hour out of reach staff are told, once a day.
    let mut waits = Vec::new();
    for _ in 0..12 {
        engine.clock.set_ms(office.mailbox().await.retry_at);
        waits.push(reader.step(engine).await.unwrap().rest);
    }
    assert!(waits[..5].is_sorted() && waits.iter().all(|w| *w <= Duration::from_secs(450)), "{waits:?}");
    assert_eq!(office.app.open_alerts().await, ["asap mail_in"]);
}
