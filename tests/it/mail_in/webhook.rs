//! Mail pushed by a mail service: signed, bounded, once, and read like mail from a mailbox.

use super::kit::{Office, reply};
use super::unsubscribe::Service;
use crate::app::On;
use crate::fake_gateways::hex;
use crate::on_both;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use between::worker;
use hmac::{Hmac, KeyInit, Mac};

const NEW: &str = "the-new-key-of-the-mail-webhook";
const OLD: &str = "the-old-key-of-the-mail-webhook";

fn signed(key: &str, at_ms: i64, kind: &str, body: &[u8]) -> String {
    let timestamp = (at_ms / 1_000).to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    for part in [timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    let signature = hex(mac.finalize().into_bytes());
    format!("Content-Type: {kind}\r\nX-Timestamp: {timestamp}\r\nX-Signature: {signature}\r\n")
}

on_both! {
    async fn a_pushed_mail_is_taken_once_by_either_key_in_either_form(on) {
        let keys = format!("[gateways.mail]\nwebhook_key = \"{NEW}\"\nwebhook_key_old = \"{OLD}\"\nmax_mail_bytes = 3000000\n");
        let office = Office::open(on, "answers", 1, &keys).await?;
        let asked = office.ask().await;
        let web = Service::start(&office).await;
        let (now, path) = (office.app.now(), "/webhooks/mail/mail");
        let raw = reply(&asked, "m1", "5 days");
        let json = format!("{{\"raw\": \"{}\", \"recipient\": \"x\"}}", STANDARD.encode(&raw)).into_bytes();
        let five_minutes = 5 * 60_000 + 1_000;
        for (expected, headers, body) in [
            (401, "Content-Type: message/rfc822\r\n".to_owned(), &raw),
            (403, signed("a-key-that-nobody-configured", now, "message/rfc822", &raw), &raw),
            (403, signed(NEW, now, "message/rfc822", &json), &raw),
            (403, signed(NEW, now - five_minutes, "message/rfc822", &raw), &raw),
            (403, signed(NEW, now + five_minutes, "message/rfc822", &raw), &raw),
            (400, signed(NEW, now, "text/plain", &raw), &raw),
            (400, signed(NEW, now, "application/json", &raw), &raw),
        ] {
            assert_eq!(web.ask("POST", path, &headers, body).await.0, expected, "{headers}");
        }
        assert!(office.received().await.is_empty());

        // As it is, replayed, in JSON, with the old key, and to the address without /mail: one mail.
        for (place, key, kind, body) in [
            (path, NEW, "message/rfc822", &raw),
            (path, NEW, "message/rfc822", &raw),
            (path, OLD, "application/json", &json),
            ("/webhooks/mail", OLD, "message/rfc822; charset=utf-8", &raw),
        ] {
            let (status, answer) = web.ask("POST", place, &signed(key, now, kind, body), body).await;
            assert_eq!(status, 200, "{answer}");
        }
        worker::settle_now(&office.app.engine).await.unwrap();
        assert_eq!(office.received().await, ["handled  5 days"]);
        assert_eq!(office.progress().await, ["check_in count 5 auto"]);

        // A large mail is taken up to the limit that is set, and nothing beyond it is read.
        let mut large = reply(&asked, "m2", "4 days");
        large.resize(3_000_000, b'x');
        assert_eq!(web.ask("POST", path, &signed(NEW, now, "message/rfc822", &large), &large).await.0, 200);
        large.push(b'x');
        assert_eq!(web.ask("POST", path, &signed(NEW, now, "message/rfc822", &large), &large).await.0, 400);
        large.resize(5_000_000, b'x');
        assert_eq!(web.ask("POST", path, &signed(NEW, now, "message/rfc822", &large), &large).await.0, 413);
        assert_eq!(office.received().await.len(), 2);
    }
}
