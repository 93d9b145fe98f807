//! R19 and its neighbours: a mail server that misbehaves.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use between::{
    domain::delivery::{DeliveryStatus, SendFailure, next_retry},
    gateways::{Gateway, LookUp},
};
use futures_util::{StreamExt, future::join_all, stream};

use crate::fake_gateways::{
    Hand, NOON, gateway, mail_to,
    smtp::{ScriptedSmtp, Trouble},
    try_gateway,
};

#[tokio::test]
async fn a_mail_goes_out_as_it_should() {
    let server = ScriptedSmtp::start(None, |_, _| None).await;
    let smtp = gateway(&server.settings("bounces_to = \"bounces@oak.test\""), &Hand::default());
    let accepted = smtp.send(&mail_to("person@patient.test", "m-1")).await.unwrap();
    assert_eq!(accepted.status, DeliveryStatus::Accepted);
    assert_eq!(accepted.provider_id.as_deref(), Some("<m-1@oak.test>"));
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].from.as_str(), mails[0].to.as_str()), ("bounces@oak.test", "person@patient.test"));
    for (name, value) in [
        ("Message-ID", "<m-1@oak.test>"),
        ("Reply-To", "\"Oak Surgery\" <reply+m-1@oak.test>"),
        ("Auto-Submitted", "auto-generated"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ] {
        assert_eq!(mails[0].header(name).as_deref(), Some(value), "{name}");
    }
    let known = gateway(&server.settings("bounces_to_reply_address = true"), &Hand::default());
    known.send(&mail_to("person@patient.test", "m-2")).await.unwrap();
    assert_eq!(
        server.mails()[1].from,
        "reply+m-2@oak.test",
        "a bounce that returns nothing is known by where it comes to"
    );
    assert_eq!(smtp.look_up("m-1", "person@patient.test", NOON, "").await.unwrap(), LookUp::CannotTell);
    assert_eq!(server.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn each_trouble_has_its_meaning() {
    let server = ScriptedSmtp::start(None, |to, _| {
        Some(match to.split('@').next()? {
            "unknown" => Trouble::Refuse("550 5.1.1 no such mailbox"),
            "plain550" => Trouble::Refuse("550 no"),
            "policy" => Trouble::Refuse("550 5.7.1 not from you"),
            "grey" => Trouble::Refuse("450 4.2.0 come back"),
            "closing" => Trouble::Refuse("421 4.3.2 closing"),
            "spam" => Trouble::RefuseMessage("554 5.7.1 looks like spam"),
            "full" => Trouble::RefuseMessage("452 4.3.1 disk full"),
            "early" => Trouble::DropEarly,
            "indata" => Trouble::DropInData,
            "after" => Trouble::DropAfter,
            "silent" => Trouble::SilentEarly,
            "mute" => Trouble::SilentAfter,
            "garbage" => Trouble::Garbage,
            _ => return None,
        })
    })
    .await;
    let smtp = gateway(&server.settings("timeout_seconds = 1\npolicy = { in_flight = 20 }"), &Hand::default());
    let rejected = |code: &str, permanent| SendFailure::Rejected { code: code.into(), permanent };
    let lost = || SendFailure::Unreachable { detail_code: "smtp_connection_lost".into() };
    let table = [
        ("unknown", SendFailure::BadAddress { code: "5.1.1".into() }),
        ("plain550", SendFailure::BadAddress { code: "550".into() }),
        ("policy", rejected("5.7.1", true)),
        ("grey", rejected("4.2.0", false)),
        ("closing", rejected("4.3.2", false)),
        ("spam", rejected("5.7.1", true)),
        ("full", rejected("4.3.1", false)),
        ("early", lost()),
        ("garbage", lost()),
        // From the first byte of the message on, nobody can say.
        ("indata", SendFailure::TimedOut),
        ("after", SendFailure::TimedOut),
        ("mute", SendFailure::TimedOut),
        ("silent", SendFailure::Unreachable { detail_code: "smtp_timeout".into() }),
    ];
    let outcomes = join_all(table.iter().map(|(name, _)| {
        let (smtp, started) = (Arc::clone(&smtp), Instant::now());
        async move { (smtp.send(&mail_to(&format!("{name}@patient.test"), name)).await, started.elapsed()) }
    }))
    .await;
    for ((name, expected), (outcome, took)) in table.iter().zip(outcomes) {
        assert_eq!(outcome.as_ref().err(), Some(expected), "{name}");
        assert!(took < Duration::from_secs(4), "{name} took {took:?}");
    }
    // After a refusal the same connection serves the next mail, and no state of the refused one is left in it.
    let before = server.connections();
    smtp.send(&mail_to("unknown@patient.test", "again")).await.unwrap_err();
    smtp.send(&mail_to("person@patient.test", "next")).await.unwrap();
    assert_eq!(server.connections(), before);
    assert_eq!(server.faults(), Vec::<String>::new());
}

async fn live(smtp: &Gateway, to: &str, reference: &str, seed: u64) -> Result<usize, SendFailure> {
    let mut now = NOON;
    for attempt in 1.. {
        let Err(failure) = smtp.send(&mail_to(to, reference)).await else {
            return Ok(attempt);
        };
        // A mail server cannot be asked; the harmless kind of message is sent again under the same Message-ID.
        now = next_retry(attempt as u32, &failure, now, seed, NOON + 24 * 3_600_000).ok_or(failure)?;
    }
    unreachable!()
}

#[tokio::test]
async fn r19_nothing_is_lost_and_a_repeat_keeps_its_message_id() {
    const MAILS: usize = 2_000;
    let server = ScriptedSmtp::start(None, |to, before| {
        let n: usize = to.strip_prefix('p')?.split('@').next()?.parse().ok()?;
        if before > 2 {
            return None;
        }
        Some(match (n + before * 3) % 20 {
            1 => Trouble::Refuse("450 4.2.0 come back"),
            2 => Trouble::DropEarly,
            3 => Trouble::DropInData,
            4 => Trouble::DropAfter,
            5 => Trouble::RefuseMessage("451 4.3.0 try again"),
            6 => Trouble::Garbage,
            7 => Trouble::Refuse("421 4.3.2 closing"),
            _ => return None,
        })
    })
    .await;
    let smtp = gateway(&server.settings("timeout_seconds = 2"), &Hand::default());
    let outcomes: Vec<_> = stream::iter(0..MAILS)
        .map(|n| {
            let smtp = Arc::clone(&smtp);
            async move { live(&smtp, &format!("p{n}@patient.test"), &format!("m-{n}"), n as u64).await }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(outcomes.iter().flatten().max() > Some(&2));

    let mails = server.mails();
    let mut ids: HashMap<String, Vec<String>> = HashMap::new();
    for mail in &mails {
        ids.entry(mail.to.clone()).or_default().push(mail.header("Message-ID").unwrap());
    }
    assert_eq!(ids.len(), MAILS, "some were lost");
    for (to, ids) in &ids {
        let n = to.strip_prefix('p').unwrap().split('@').next().unwrap();
        assert!(ids.iter().all(|id| *id == format!("<m-{n}@oak.test>")), "{to} {ids:?}");
    }
    // One drop after the taking costs at most one double.
    let drops_after: usize = (0..MAILS).map(|n| (0..3).filter(|before| (n + before * 3) % 20 == 4).count()).sum();
    let doubles = mails.len() - MAILS;
    assert!(doubles > 0 && doubles <= drops_after, "{doubles} doubles, {drops_after} drops");
    // Four at a time are ours; the server may not have seen yet that others are gone. Without the limit it were 16.
    assert!(server.most_open() < 12, "{} connections at once", server.most_open());
    assert_eq!(server.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn mails_do_not_wait_for_delayed_acknowledgements() {
    let server = ScriptedSmtp::start(None, |_, _| None).await;
    let smtp = gateway(&server.settings("policy = { in_flight = 1 }"), &Hand::default());
    let started = Instant::now();
    for n in 0..200 {
        smtp.send(&mail_to("person@patient.test", &format!("m-{n}"))).await.unwrap();
    }
    // With Nagle's algorithm on, 200 mails take 8 seconds and more.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_account_is_used_and_a_wrong_password_is_a_matter_for_people() {
    let server = ScriptedSmtp::start(Some(("oak", "right-password")), |_, _| None).await;
    let with = |password: &str| {
        let settings = server.settings(&format!("username = \"oak\"\npassword = \"{password}\""));
        gateway(&settings, &Hand::default())
    };
    with("right-password").send(&mail_to("person@patient.test", "m-1")).await.unwrap();
    let wrong = with("wrong-password").send(&mail_to("person@patient.test", "m-2")).await;
    assert_eq!(wrong, Err(SendFailure::NotConfigured));
    let none = gateway(&server.settings(""), &Hand::default());
    assert_eq!(none.send(&mail_to("person@patient.test", "m-3")).await, Err(SendFailure::NotConfigured));
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_took_nothing() {
    let server = ScriptedSmtp::start(None, |_, _| None).await;
    let smtp = gateway(&server.settings(""), &Hand::default());
    smtp.send(&mail_to("person@patient.test", "m-1")).await.unwrap();
    drop(server);
    tokio::task::yield_now().await;
    let failure = smtp.send(&mail_to("person@patient.test", "m-2")).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Unreachable { .. }), "{failure:?}");
}

#[tokio::test]
async fn an_old_idle_connection_is_not_used_again() {
    let (server, hand) = (ScriptedSmtp::start(None, |_, _| None).await, Hand::default());
    let smtp = gateway(&server.settings(""), &hand);
    for (later, connections) in [(0, 1), (29_000, 1), (31_000 + 29_000, 2)] {
        hand.set(NOON + later);
        smtp.send(&mail_to("person@patient.test", &format!("m-{later}"))).await.unwrap();
        assert_eq!(server.connections(), connections, "after {later} ms");
    }
}

#[test]
fn plain_text_goes_to_this_machine_only() {
    let settings = "kind = \"smtp\"\nhost = \"mail.example\"\ntls = \"none\"\nsender = \"a@b.example\"";
    let faults = try_gateway(settings, &Hand::default()).err().unwrap();
    assert!(faults[0].starts_with("gateways.test.tls: "), "{faults:?}");
    let settings = "kind = \"smtp\"\nhost = \"mail.example\"\nsender = \"nobody\"\nusername = \"canary\"";
    let faults = try_gateway(settings, &Hand::default()).err().unwrap();
    assert_eq!(faults.len(), 2, "{faults:?}");
}
