//! The HTTP gateway when all goes well, and what its refusals mean.

use between::{
    domain::delivery::{DeliveryStatus, SendFailure},
    gateways::{Accepted, LookUp},
};

use crate::fake_gateways::{Hand, NOON, gateway, http::HttpFake, text_to};

#[tokio::test]
async fn a_text_goes_out_signed_and_is_found_again() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings("sender = \"OakSurgery\"\npolicy = { safety_gateway = \"spare\" }"), &hand);
    assert!(!http.policy().two_way, "nobody can answer a name");
    let message = text_to("+447700900001", "m-1");

    let accepted = http.send(&message).await.unwrap();

    assert_eq!(accepted, Accepted { provider_id: Some("p-m-1".into()), status: DeliveryStatus::Accepted });
    let taken = fake.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].to.as_str(), taken[0].sender.as_deref()), ("+447700900001", Some("OakSurgery")));
    assert_eq!(taken[0].text, message.text);
    let found = http.look_up("m-1", &message.to, NOON, &message.text).await.unwrap();
    assert_eq!(found, LookUp::Found { provider_id: Some("p-m-1".into()), status: DeliveryStatus::Sent });
    assert_eq!(http.look_up("m-2", &message.to, NOON, &message.text).await.unwrap(), LookUp::NotFound);
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn refusals_keep_their_meaning() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings(""), &hand);
    let table = [
        ("+447700900301", SendFailure::BadAddress { code: "bad_number".into() }),
        ("+447700900302", SendFailure::OptedOut),
        ("+447700900303", SendFailure::Rejected { code: "blocked".into(), permanent: true }),
        ("+447700900304", SendFailure::Rejected { code: "queue_full".into(), permanent: false }),
    ];
    for (number, expected) in table {
        assert_eq!(http.send(&text_to(number, "m")).await, Err(expected), "{number}");
    }
    assert_eq!(fake.taken(), vec![]);
}

#[tokio::test]
async fn wrong_credentials_are_a_matter_for_people() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let settings = fake.settings("").replace(crate::fake_gateways::http::BEARER, "another-bearer");
    let http = gateway(&settings, &hand);
    assert_eq!(http.send(&text_to("+447700900001", "m")).await, Err(SendFailure::NotConfigured));
}

#[tokio::test]
async fn a_message_past_its_use_does_not_leave() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings(""), &hand);
    let mut message = text_to("+447700900001", "m");
    message.valid_until_ms = Some(hand.now());
    assert_eq!(http.send(&message).await, Err(SendFailure::Expired));
    message.channel = between::domain::delivery::Channel::Email;
    assert_eq!(http.send(&message).await, Err(SendFailure::NotConfigured));
    assert_eq!(fake.server.counts.requests.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn connections_are_kept() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    let http = gateway(&fake.settings(""), &hand);
    for n in 0..50 {
        http.send(&text_to("+447700900001", &format!("m-{n}"))).await.unwrap();
    }
    assert_eq!(fake.server.counts.connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}
