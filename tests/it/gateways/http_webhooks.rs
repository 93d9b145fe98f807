//! What comes in by the HTTP form: S1, S2, S3.

use between::{
    domain::delivery::DeliveryStatus,
    gateways::{Forged, Gateway, Received, WebhookRequest},
};
use hmac::{Hmac, KeyInit, Mac};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::Sha256;

use crate::fake_gateways::{Hand, NOON, gateway, hex};

const NEW: &str = "new-webhook-key-0123";
const OLD: &str = "old-webhook-key-0123";
const INBOUND: &str =
    r#"{"type":"inbound","id":"in-1","from":"+447700900001","to":"60006","text":"7.5 ta","at":"2027-03-01T12:00:00Z"}"#;

fn hmac(key: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    hex(mac.finalize().into_bytes())
}

#[derive(Clone)]
struct Hook {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    at: i64,
}

impl Hook {
    fn signed(key: &str, body: &str, at: i64) -> Self {
        let timestamp = (at / 1_000).to_string();
        let signature = hmac(key, &[timestamp.as_bytes(), b".", body.as_bytes()]);
        let headers = vec![
            ("X-Timestamp".to_owned(), timestamp),
            ("X-Signature".to_owned(), signature),
            ("Host".to_owned(), "messages.surgery.example".to_owned()),
        ];
        Self { headers, body: body.as_bytes().to_vec(), at }
    }

    fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            method: "POST",
            path: "/hooks/test",
            query: "",
            headers: &self.headers,
            body: &self.body,
            received_at_ms: self.at,
        }
    }
}

fn http(keys: &str) -> std::sync::Arc<Gateway> {
    let settings =
        format!("kind = \"http\"\nurl = \"https://sms.example/messages\"\nkey = \"0123456789abcdef\"\n{keys}");
    gateway(&settings, &Hand::default())
}

fn both_keys() -> std::sync::Arc<Gateway> {
    http(&format!("webhook_key = \"{NEW}\"\nwebhook_key_old = \"{OLD}\""))
}

#[test]
fn a_text_and_a_receipt_are_read() {
    let http = both_keys();
    let hook = Hook::signed(NEW, INBOUND, NOON);
    http.verify(&hook.request()).unwrap();
    let inbound = http.parse(&hook.request()).unwrap();
    assert_eq!(
        inbound,
        [Received::Inbound {
            provider_reference: "in-1".into(),
            from: "+447700900001".into(),
            to: "60006".into(),
            text: "7.5 ta".into(),
            sent_at_ms: Some(NOON),
        }]
    );
    let receipt = r#"{"type":"receipt","id":"p-1","reference":"m-1","status":"undelivered","code":"absent","permanent":false,"at":"2027-03-01T12:00:01Z"}"#;
    let hook = Hook::signed(NEW, receipt, NOON);
    let report = http.parse(&hook.request()).unwrap();
    assert_eq!(
        report,
        [Received::Report {
            reference: Some("m-1".into()),
            provider_id: Some("p-1".into()),
            status: DeliveryStatus::Undelivered { code: "absent".into(), permanent: false },
            occurred_at_ms: Some(NOON + 1_000),
        }]
    );
    let printed = format!("{inbound:?}");
    assert!(!printed.contains("7.5") && !printed.contains("77009"), "{printed}");
}

#[test]
fn what_is_not_the_form_is_an_error_and_never_a_panic() {
    let http = both_keys();
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"type":"inbound"}"#,
        r#"{"type":"other","id":"1"}"#,
        r#"{"type":"inbound","id":"","from":"+44","to":"1","text":"x"}"#,
        r#"{"type":"receipt","id":"p","status":"eaten"}"#,
        "<html>",
        &"[".repeat(100_000),
    ] {
        assert!(http.parse(&Hook::signed(NEW, body, NOON).request()).is_err(), "{}", &body[..body.len().min(60)]);
    }
}

#[test]
fn s1_no_mutation_of_a_true_request_passes() {
    let http = both_keys();
    let mut random = StdRng::seed_from_u64(1);
    let (mut tried, truth) = (0, Hook::signed(NEW, INBOUND, NOON));
    assert_eq!(http.verify(&truth.request()), Ok(()));
    while tried < 20_000 {
        let mut hook = truth.clone();
        match random.random_range(0..6) {
            0 => {
                let at = random.random_range(0..hook.body.len());
                hook.body[at] ^= 1 << random.random_range(0..7);
            }
            1 => hook.body.truncate(random.random_range(0..hook.body.len())),
            2 => hook.body.extend_from_slice(b" "),
            3 => {
                let header = random.random_range(0..2);
                let at = random.random_range(0..hook.headers[header].1.len());
                let letter = char::from(random.random_range(b'0'..=b'f'));
                hook.headers[header].1.replace_range(at..=at, &letter.to_string());
            }
            4 => {
                hook.headers.remove(random.random_range(0..2));
            }
            _ => {
                let doubled = hook.headers[random.random_range(0..2)].clone();
                hook.headers.push(doubled);
            }
        }
        let upper = |h: &Hook| h.headers.iter().map(|(_, v)| v.to_uppercase()).collect::<Vec<_>>();
        if (hook.body == truth.body && upper(&hook) == upper(&truth)) || hook.headers.is_empty() {
            continue;
        }
        tried += 1;
        assert!(http.verify(&hook.request()).is_err(), "{:?} {:?}", hook.headers, hook.body);
    }
}

#[test]
fn s2_a_replay_is_refused_after_five_minutes() {
    let http = both_keys();
    let mut hook = Hook::signed(NEW, INBOUND, NOON);
    for (late, expected) in [
        (0, Ok(())),
        (300_000, Ok(())),
        (301_000, Err(Forged::OutsideWindow)),
        (-300_000, Ok(())),
        (-301_000, Err(Forged::OutsideWindow)),
    ] {
        hook.at = NOON + late;
        assert_eq!(http.verify(&hook.request()), expected, "{late}");
    }
    // Repeats inside the window carry one and the same provider reference: the record keeps one row of them.
    hook.at = NOON;
    assert_eq!(http.parse(&hook.request()), http.parse(&hook.request()));
}

#[test]
fn s3_old_and_new_key_are_valid_together_until_the_old_one_goes() {
    let (during, after) = (both_keys(), http(&format!("webhook_key = \"{NEW}\"")));
    for key in [NEW, OLD] {
        assert_eq!(during.verify(&Hook::signed(key, INBOUND, NOON).request()), Ok(()));
    }
    assert_eq!(after.verify(&Hook::signed(NEW, INBOUND, NOON).request()), Ok(()));
    assert_eq!(after.verify(&Hook::signed(OLD, INBOUND, NOON).request()), Err(Forged::WrongSignature));
}

#[test]
fn without_a_key_nothing_comes_in() {
    let closed = http("policy = { safety_gateway = \"spare\" }");
    assert_eq!(closed.verify(&Hook::signed("", INBOUND, NOON).request()), Err(Forged::NotOpen));
    assert!(!closed.policy().two_way);
}

#[test]
fn the_variant_that_signs_the_body_alone() {
    let http = http(&format!("webhook_key = \"{NEW}\"\nsignature = \"body\""));
    let mut hook = Hook::signed(NEW, INBOUND, NOON);
    assert_eq!(http.verify(&hook.request()), Err(Forged::WrongSignature));
    hook.headers = vec![("x-signature".to_owned(), hmac(NEW, &[INBOUND.as_bytes()]))];
    assert_eq!(http.verify(&hook.request()), Ok(()));
    hook.body.push(b'\n');
    assert_eq!(http.verify(&hook.request()), Err(Forged::WrongSignature));
}
