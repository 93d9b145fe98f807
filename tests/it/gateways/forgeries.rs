//! S1 and S3 at the door of every gateway: what is true is taken, whatever else stands in its headers; what was changed is not.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use between::gateways::{Gateway, WebhookRequest};
use hmac::{Hmac, KeyInit, Mac};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::app::full_size;
use crate::fake_gateways::{Hand, NOON, gateway, govuk_notify, hex, nhs_notify, twilio};

const NEW: &str = "the-new-key-of-this-test";
const OLD: &str = "the-old-key-of-this-test";

/// A request, and which of its parts its proof covers.
#[derive(Clone)]
struct Hook {
    path: &'static str,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Hook {
    fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            method: "POST",
            path: self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
            received_at_ms: NOON,
        }
    }
}

/// One way of proving where a request comes from.
struct Door {
    name: &'static str,
    /// Both keys valid, and the new one alone.
    during: Arc<Gateway>,
    after: Arc<Gateway>,
    /// A true request by a key.
    truth: Box<dyn Fn(&str) -> Hook>,
    /// Whether body and query are signed, beside the headers that hold the proof.
    body: bool,
    query: bool,
}

fn hmac(key: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    hex(mac.finalize().into_bytes())
}

fn hook(headers: &[(&str, String)], query: &str, body: &str) -> Hook {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    Hook { path: "/webhooks/test", query: query.to_owned(), headers, body: body.as_bytes().to_vec() }
}

const TEXT: &str = r#"{"type":"inbound","id":"in-1","from":"+447700900001","to":"60006","text":"7.5 ta"}"#;

/// A described gateway with this kind of proof.
fn generic(auth: &str) -> (Arc<Gateway>, Arc<Gateway>) {
    let settings = |keys: &str| {
        format!(
            "kind = \"generic\"\nsender = \"447700900901\"\nsecrets = {{ new = \"{NEW}\", old = \"{OLD}\" }}\n\
             [send]\nurl = \"https://sms.example/send\"\nbody = \"{{text}}{{to}}\"\nsuccess = {{ pointer = \"/id\" }}\n\
             [webhook]\n{auth}\nkeys = [{keys}]\n[inbound]\nfrom = \"from\"\nto = \"to\"\ntext = \"text\"\n"
        )
    };
    let hand = Hand::default();
    (gateway(&settings("\"new\", \"old\""), &hand), gateway(&settings("\"new\""), &hand))
}

fn described(name: &'static str, auth: &str, body: bool, query: bool, truth: impl Fn(&str) -> Hook + 'static) -> Door {
    let (during, after) = generic(auth);
    Door { name, during, after, truth: Box::new(truth), body, query }
}

fn doors() -> Vec<Door> {
    let hand = Hand::default();
    let both = |settings: &dyn Fn(&str) -> String, old: &str| {
        (gateway(&settings(&format!("{old} = \"{OLD}\"")), &hand), gateway(&settings(""), &hand))
    };
    let http = |more: &str| {
        format!("kind = \"http\"\nurl = \"https://a.example/\"\nkey = \"{NEW}\"\nwebhook_key = \"{NEW}\"\n{more}")
    };
    let twilio_settings = |more: &str| {
        format!(
            "kind = \"twilio\"\naccount_sid = \"{}\"\nauth_token = \"{NEW}\"\nsender = \"+447700900900\"\n{more}",
            twilio::ACCOUNT
        )
    };
    let govuk = |more: &str| {
        let (service, secret) = (govuk_notify::SERVICE, govuk_notify::SECRET);
        format!(
            "kind = \"govuk_notify\"\napi_key = \"live-{service}-{secret}\"\ntemplate_id = \"{}\"\ntwo_way = true\n\
             callback_token = \"{NEW}\"\n{more}",
            govuk_notify::TEMPLATE
        )
    };
    let nhs = |more: &str| {
        format!(
            "kind = \"nhs_notify\"\ntext = \"text\"\nbase_url = \"https://sandbox.api.service.nhs.uk/comms\"\n\
             application_id = \"{}\"\ncallback_key = \"{NEW}\"\npolicy = {{ safety_gateway = \"spare\" }}\n{more}",
            nhs_notify::APPLICATION
        )
    };
    let smtp = |more: &str| {
        format!(
            "kind = \"smtp\"\nhost = \"localhost\"\ntls = \"none\"\nsender = \"a@oak.test\"\nwebhook_key = \"{NEW}\"\n{more}"
        )
    };
    let timed = |key: &str, body: &str| {
        let at = (NOON / 1_000).to_string();
        let signature = hmac(key, &[at.as_bytes(), b".", body.as_bytes()]);
        hook(&[("X-Timestamp", at), ("X-Signature", signature)], "", body)
    };
    let door = |name, (during, after), truth, body, query| Door { name, during, after, truth, body, query };
    vec![
        door("http", both(&http, "webhook_key_old"), Box::new(move |key: &str| timed(key, TEXT)), true, false),
        door(
            "mail",
            both(&smtp, "webhook_key_old"),
            Box::new(move |key: &str| {
                let mut hook = timed(key, "From: a@b.test\r\n\r\nhello");
                hook.path = "/webhooks/test/mail";
                hook
            }),
            true,
            false,
        ),
        door(
            "twilio",
            both(&twilio_settings, "auth_token_old"),
            Box::new(|key: &str| {
                let url = "https://messages.surgery.example/webhooks/test?reference=m1";
                let form = [("Body", "ta"), ("From", "+447700900001"), ("MessageSid", "SM9"), ("To", "+447700900900")];
                let body = "Body=ta&From=%2B447700900001&MessageSid=SM9&To=%2B447700900900";
                hook(&[("X-Twilio-Signature", twilio::signature(key, url, &form))], "reference=m1", body)
            }),
            true,
            true,
        ),
        door(
            "govuk_notify",
            both(&govuk, "callback_token_old"),
            Box::new(|key: &str| hook(&[("Authorization", format!("Bearer {key}"))], "", TEXT)),
            false,
            false,
        ),
        door(
            "nhs_notify",
            both(&nhs, "callback_key_old"),
            Box::new(|key: &str| {
                let secret = format!("{}.{key}", nhs_notify::APPLICATION);
                let signature = hmac(&secret, &[TEXT.as_bytes()]);
                hook(&[("x-api-key", key.to_owned()), ("x-hmac-sha256-signature", signature)], "", TEXT)
            }),
            true,
            false,
        ),
        described("hmac", "auth = \"hmac_body\"\nheader = \"X-Sig\"", true, false, |key| {
            hook(&[("X-Sig", hmac(key, &[TEXT.as_bytes()]))], "", TEXT)
        }),
        described("bearer", "auth = \"bearer\"", false, false, |key| {
            hook(&[("Authorization", format!("Bearer {key}"))], "", TEXT)
        }),
        described("basic", "auth = \"basic\"\nuser = \"oak\"", false, false, |key| {
            hook(&[("Authorization", format!("Basic {}", STANDARD.encode(format!("oak:{key}"))))], "", TEXT)
        }),
        described("token", "auth = \"query_token\"\nparameter = \"token\"", false, true, |key| {
            hook(&[], &format!("token={key}"), TEXT)
        }),
    ]
}

/// Changes one thing that the proof covers. Returns false when nothing was changed.
fn forge(hook: &mut Hook, door: &Door, random: &mut StdRng) -> bool {
    let before = hook.clone();
    match random.random_range(0..7) {
        0 | 1 if door.body => {
            let at = random.random_range(0..hook.body.len());
            hook.body[at] ^= 1 << random.random_range(0..7);
        }
        2 if door.body => hook.body.truncate(random.random_range(0..hook.body.len())),
        3 if door.body => hook.body.extend_from_slice(&hook.body.clone()[..1]),
        4 if door.query => {
            let at = random.random_range(0..hook.query.len());
            let letter = char::from(random.random_range(b'a'..=b'z'));
            hook.query.replace_range(at..=at, &letter.to_string());
        }
        5 if !hook.headers.is_empty() => {
            let header = random.random_range(0..hook.headers.len());
            let value = &mut hook.headers[header].1;
            let at = random.random_range(0..value.len());
            let letter = char::from(random.random_range(b'0'..=b'z'));
            value.replace_range(at..=at, &letter.to_string());
        }
        6 if !hook.headers.is_empty() => {
            let header = random.random_range(0..hook.headers.len());
            if random.random_bool(0.5) {
                hook.headers.remove(header);
            } else {
                let doubled = hook.headers[header].clone();
                hook.headers.push(doubled);
            }
        }
        _ => {}
    }
    // The case of hexadecimal digits and of the word Bearer says nothing.
    let same = |a: &Hook, b: &Hook| {
        let small = |h: &Hook| h.headers.iter().map(|(_, v)| v.to_lowercase()).collect::<Vec<_>>();
        a.body == b.body && a.query == b.query && small(a) == small(b)
    };
    !same(&before, hook)
}

/// Whether two bodies say the same as a form: what follows a broken escape may be read in one way only.
fn same_form(a: &[u8], b: &[u8]) -> bool {
    let pairs = |bytes: &[u8]| {
        let mut pairs = crate::fake_gateways::server::Request::pairs(&String::from_utf8_lossy(bytes));
        pairs.sort();
        pairs
    };
    pairs(a) == pairs(b)
}

#[test]
fn s1_nothing_that_was_changed_passes_at_any_gateway() {
    let wanted = if full_size() { 100_000 } else { 4_000 };
    let mut random = StdRng::seed_from_u64(11);
    for door in doors() {
        let truth = (door.truth)(NEW);
        let mut tried = 0;
        while tried < wanted {
            let mut forged = truth.clone();
            if !forge(&mut forged, &door, &mut random) {
                continue;
            }
            // Twilio signs the fields, not the bytes.
            if door.name == "twilio" && forged.body != truth.body && same_form(&forged.body, &truth.body) {
                continue;
            }
            tried += 1;
            let verdict = door.during.verify(&forged.request());
            assert!(
                verdict.is_err(),
                "{}: {:?} {:?}",
                door.name,
                forged.headers,
                String::from_utf8_lossy(&forged.body)
            );
        }
        // And none of the true ones is refused, wherever they say they were sent.
        for host in ["messages.surgery.example", "evil.example", "127.0.0.1", ""] {
            for name in ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "Forwarded"] {
                let mut elsewhere = truth.clone();
                elsewhere.headers.push((name.to_owned(), host.to_owned()));
                assert_eq!(door.during.verify(&elsewhere.request()), Ok(()), "{} {name} {host}", door.name);
            }
        }
        println!("{}: {tried} forgeries refused", door.name);
    }
}

#[test]
fn s3_while_a_key_is_changed_both_are_taken_and_then_the_new_one_alone() {
    for door in doors() {
        for key in [NEW, OLD] {
            assert_eq!(door.during.verify(&(door.truth)(key).request()), Ok(()), "{} {key}", door.name);
        }
        assert_eq!(door.after.verify(&(door.truth)(NEW).request()), Ok(()), "{}", door.name);
        assert!(door.after.verify(&(door.truth)(OLD).request()).is_err(), "{}", door.name);
        assert!(door.during.verify(&(door.truth)("a-key-that-nobody-knows").request()).is_err(), "{}", door.name);
    }
}
