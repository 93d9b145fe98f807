//! Twilio: sending, asking, and its signed webhooks.

use between::{
    domain::delivery::{DeliveryStatus, SendFailure},
    gateways::{Forged, LookUp, Received, WebhookRequest},
};
use futures_util::future::join_all;

use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway, text_to, try_gateway,
    twilio::{TOKEN, TwilioFake, signature},
};

const SERVICE: &str = "messaging_service_sid = \"MG00000000000000000000000000000001\"";

#[tokio::test]
async fn a_text_goes_out_with_everything_twilio_should_know() {
    let hand = Hand::default();
    let fake = TwilioFake::start(&hand).await;
    let twilio = gateway(&fake.settings(SERVICE), &hand);
    let mut message = text_to("+447700900001", "m 1");
    message.valid_until_ms = Some(NOON + 90_500);
    let accepted = twilio.send(&message).await.unwrap();
    assert_eq!(accepted.status, DeliveryStatus::Accepted);
    let sent = &fake.messages()[0];
    assert_eq!(accepted.provider_id.as_ref(), sent.get("sid"));
    assert_eq!(sent["Body"], message.text);
    assert_eq!(sent["ValidityPeriod"], "90");
    assert_eq!(sent["StatusCallback"], "https://messages.surgery.example/webhooks/test?reference=m%201");
    let by_number = gateway(&fake.settings("sender = \"+447700900900\""), &hand);
    by_number.send(&message).await.unwrap();
    assert_eq!(fake.messages()[1]["From"], "+447700900900");
    assert!(by_number.policy().two_way);
    let name = "sender = \"OakSurgery\"\npolicy = { safety_gateway = \"spare\" }";
    assert!(!gateway(&fake.settings(name), &hand).policy().two_way);
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn its_error_codes_keep_their_meaning() {
    let hand = Hand::default();
    let fake = TwilioFake::start(&hand).await;
    let twilio = gateway(&fake.settings(SERVICE), &hand);
    for (number, expected) in [
        ("+447700900301", SendFailure::BadAddress { code: "21211".into() }),
        ("+447700900302", SendFailure::OptedOut),
        ("+447700900303", SendFailure::BadAddress { code: "21614".into() }),
        ("+447700900304", SendFailure::Throttled { retry_after_ms: None }),
        ("+447700900305", SendFailure::NotConfigured),
    ] {
        assert_eq!(twilio.send(&text_to(number, "m")).await, Err(expected), "{number}");
    }
    let wrong = gateway(&fake.settings(SERVICE).replace(TOKEN, "another-token-of-some-length"), &hand);
    assert_eq!(wrong.send(&text_to("+447700900001", "m")).await, Err(SendFailure::NotConfigured));
    assert!(fake.messages().is_empty());
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_recipient_date_and_text() {
    let hand = Hand::default();
    let fake = TwilioFake::start(&hand).await;
    let twilio = gateway(&fake.settings(&format!("{SERVICE}\ntimeout_seconds = 1")), &hand);
    let cases = Fault::ALL.iter().flat_map(|f| [When::BeforeTaking, When::AfterTaking].map(|w| (*f, w)));
    let cases: Vec<_> = cases.collect();
    let messages: Vec<_> =
        cases.iter().map(|(fault, when)| text_to(&fault.number(*when), &format!("m-{fault:?}-{when:?}"))).collect();
    let outcomes = join_all(messages.iter().map(|m| twilio.send(m))).await;
    for (((fault, when), message), outcome) in cases.iter().zip(&messages).zip(outcomes) {
        let failure = outcome.expect_err("taken for a success");
        assert!(!failure.permanent(), "{fault:?} {failure:?}");
        let found = twilio.look_up(&message.reference, &message.to, NOON, &message.text).await.unwrap();
        assert_eq!(matches!(found, LookUp::Found { .. }), *when == When::AfterTaking, "{fault:?} {when:?}");
    }
    // The same text of last week is another message; so is another text of today.
    let message = text_to("+447700900001", "weekly");
    twilio.send(&message).await.unwrap();
    let ask = |since, text: String| {
        let twilio = twilio.clone();
        async move { twilio.look_up("other", "+447700900001", since, &text).await.unwrap() }
    };
    assert!(matches!(ask(NOON, format!("{} ", message.text)).await, LookUp::Found { .. }));
    assert_eq!(ask(NOON + 7 * 86_400_000, message.text.clone()).await, LookUp::NotFound);
    assert_eq!(ask(NOON, "another".to_owned()).await, LookUp::NotFound);
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_long_history_does_not_hide_a_message() {
    let hand = Hand::default();
    let fake = TwilioFake::start(&hand).await;
    let twilio = gateway(&fake.settings(SERVICE), &hand);
    let mut message = text_to("+447700900001", "old");
    message.text = "€".repeat(918);
    for _ in 0..120 {
        twilio.send(&message).await.unwrap();
    }
    message.text = "the newest".into();
    twilio.send(&message).await.unwrap();
    let found = twilio.look_up("m", &message.to, NOON, &message.text).await.unwrap();
    assert!(matches!(found, LookUp::Found { .. }), "{found:?}");
}

struct Hook {
    query: &'static str,
    headers: Vec<(String, String)>,
    body: String,
}

impl Hook {
    fn new(token: &str, query: &'static str, form: &[(&str, &str)]) -> Self {
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("https://messages.surgery.example/webhooks/test{mark}{query}");
        let mut encoder = reqwest::Url::parse("http://x/").unwrap();
        encoder.query_pairs_mut().extend_pairs(form);
        Self {
            query,
            headers: vec![
                ("X-Twilio-Signature".into(), signature(token, &url, form)),
                ("Host".into(), "evil.example".into()),
                ("X-Forwarded-Host".into(), "evil.example".into()),
            ],
            body: encoder.query().unwrap_or_default().to_owned(),
        }
    }

    fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            method: "POST",
            path: "/webhooks/test",
            query: self.query,
            headers: &self.headers,
            body: self.body.as_bytes(),
            received_at_ms: NOON,
        }
    }
}

const INBOUND: [(&str, &str); 5] = [
    ("MessageSid", "SM00000000000000000000000000000009"),
    ("From", "+447700900001"),
    ("To", "+447700900900"),
    ("Body", "7.5 ta & thanks +1 é"),
    ("NumMedia", "0"),
];

fn settings(more: &str) -> String {
    let sid = "AC00000000000000000000000000000001";
    format!("kind = \"twilio\"\naccount_sid = \"{sid}\"\nauth_token = \"{TOKEN}\"\n{SERVICE}\n{more}")
}

#[test]
fn webhooks_are_verified_by_the_configured_address_and_read() {
    let twilio = gateway(&settings(""), &Hand::default());
    let hook = Hook::new(TOKEN, "", &INBOUND);
    assert_eq!(twilio.verify(&hook.request()), Ok(()));
    assert_eq!(
        twilio.parse(&hook.request()).unwrap(),
        [Received::Inbound {
            provider_reference: "SM00000000000000000000000000000009".into(),
            from: "+447700900001".into(),
            to: "+447700900900".into(),
            text: "7.5 ta & thanks +1 é".into(),
            sent_at_ms: None,
        }]
    );
    let form = [("MessageSid", "SM01"), ("MessageStatus", "undelivered"), ("ErrorCode", "30005"), ("To", "+44")];
    let hook = Hook::new(TOKEN, "reference=m%201", &form);
    assert_eq!(twilio.verify(&hook.request()), Ok(()));
    assert_eq!(
        twilio.parse(&hook.request()).unwrap(),
        [Received::Report {
            reference: Some("m 1".into()),
            provider_id: Some("SM01".into()),
            status: DeliveryStatus::Undelivered { code: "30005".into(), permanent: true },
            occurred_at_ms: None,
        }]
    );
}

#[test]
fn twilio_s_published_example_of_a_signature() {
    // From the public page "Webhooks security": the address, the fields and the token "12345" give this signature.
    let form = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ];
    let url = "https://example.com/myapp.php?foo=1&bar=2";
    assert_eq!(signature("12345", url, &form), "L/OH5YylLD5NRKLltdqwSvS0BnU=");
}

#[test]
fn s1_s3_forgeries_are_refused_and_a_token_can_be_changed() {
    let during = gateway(&settings("auth_token_old = \"the-old-auth-token-00000001\""), &Hand::default());
    let after = gateway(&settings(""), &Hand::default());
    let old = Hook::new("the-old-auth-token-00000001", "", &INBOUND);
    assert_eq!(during.verify(&old.request()), Ok(()));
    assert_eq!(during.verify(&Hook::new(TOKEN, "", &INBOUND).request()), Ok(()));
    assert_eq!(after.verify(&old.request()), Err(Forged::WrongSignature));
    let truth = Hook::new(TOKEN, "", &INBOUND);
    for at in 0..truth.body.len() {
        let mut forged = Hook::new(TOKEN, "", &INBOUND);
        let letter = if truth.body.as_bytes()[at] == b'7' { "8" } else { "7" };
        forged.body.replace_range(at..=at, letter);
        assert_eq!(after.verify(&forged.request()), Err(Forged::WrongSignature), "{}", forged.body);
    }
    let mut unsigned = Hook::new(TOKEN, "", &INBOUND);
    unsigned.headers.clear();
    assert_eq!(after.verify(&unsigned.request()), Err(Forged::Unsigned));
    let request = WebhookRequest { path: "/webhooks/other", ..truth.request() };
    assert_eq!(after.verify(&request), Err(Forged::WrongSignature));
}

#[test]
fn settings_are_checked() {
    let broken = "kind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"short\"\napi_key_sid = \"SK1\"";
    let faults = try_gateway(broken, &Hand::default()).err().unwrap();
    for field in ["account_sid", "sender", "auth_token", "api_key_sid"] {
        assert!(faults.iter().any(|f| f.starts_with(&format!("gateways.test.{field}: "))), "{field} {faults:?}");
    }
}

#[test]
fn s1_the_port_may_be_signed_or_not_and_a_shared_key_signs_with_sha_256() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit, Mac};
    let shared = "the-shared-webhook-key-0001";
    let twilio = gateway(&settings(&format!("webhook_key = \"{shared}\"")), &Hand::default());
    let signed_as = |address: &str| {
        let mut hook = Hook::new(TOKEN, "", &INBOUND);
        hook.headers[0].1 = signature(TOKEN, address, &INBOUND);
        twilio.verify(&hook.request())
    };
    assert_eq!(signed_as("https://messages.surgery.example:443/webhooks/test"), Ok(()));
    for other in ["https://messages.surgery.example:80/webhooks/test", "http://messages.surgery.example/webhooks/test"]
    {
        assert_eq!(signed_as(other), Err(Forged::WrongSignature), "{other}");
    }
    let by = |key: &str, settings: Option<&str>| {
        let mut sorted = INBOUND.to_vec();
        sorted.sort_unstable();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(b"https://messages.surgery.example/webhooks/test");
        for (name, value) in sorted {
            mac.update(format!("{name}{value}").as_bytes());
        }
        let mut hook = Hook::new(TOKEN, "", &INBOUND);
        hook.headers[0].1 = STANDARD.encode(mac.finalize().into_bytes());
        hook.headers.extend(settings.map(|s| ("X-Twilio-Webhooks-Signature-Settings".to_owned(), s.to_owned())));
        twilio.verify(&hook.request())
    };
    assert_eq!(by(shared, Some("key=webhooks_sharedkey_1,algorithm=HMAC_SHA256")), Ok(()));
    for (key, settings) in [
        ("another-key-of-the-same-length", Some("algorithm=HMAC_SHA256")),
        (shared, Some("algorithm=HMAC_MD5")),
        (shared, Some("algorithm=HMAC_SHA1")),
        (shared, None),
    ] {
        assert_eq!(by(key, settings), Err(Forged::WrongSignature), "{settings:?}");
    }
}
