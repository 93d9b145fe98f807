//! Faults in the settings of mail are named at once, and no secret with them.

use crate::app::{On, TestApp, config};
use crate::fake_gateways::{Hand, gateway, try_gateway};
use between::clock::{Clock, instant};
use between::outreach::Engine;

const SMTP: &str =
    "kind = \"smtp\"\nhost = \"127.0.0.1\"\ntls = \"none\"\nsender = \"Oak Surgery <messages@oak.test>\"\n";

#[test]
fn every_fault_of_a_mailbox_is_named_without_its_password() {
    let broken = format!(
        "{SMTP}max_mail_bytes = 1\ntrusted_authserv = [\"two words\"]\nwebhook_key = \"short-canary\"\n[imap]\n\
         host = \"mail.oak.test\"\ntls = \"none\"\nusername = \"\"\npassword = \"cana\\try\"\nfolder = \"Büro\"\n\
         handled_folder = \"\"\npoll_seconds = 1\n"
    );
    let faults = try_gateway(&broken, &Hand::default()).err().unwrap();
    for field in [
        "max_mail_bytes",
        "trusted_authserv",
        "webhook_key",
        "imap.tls",
        "imap.username",
        "imap.password",
        "imap.folder",
        "imap.handled_folder",
        "imap.poll_seconds",
    ] {
        assert!(faults.iter().any(|f| f.starts_with(&format!("gateways.test.{field}:"))), "{field}: {faults:?}");
    }
    assert!(!faults.join(" ").contains("cana"), "{faults:?}");
    let same = "[imap]\nhost = \"localhost\"\ntls = \"none\"\nusername = \"a\"\nhandled_folder = \"INBOX\"\n";
    let faults = try_gateway(&format!("{SMTP}{same}"), &Hand::default()).err().unwrap();
    assert!(faults.iter().any(|f| f.contains("imap.password: is missing")), "{faults:?}");
    assert!(faults.iter().any(|f| f.contains("another folder")), "{faults:?}");
}

#[test]
fn questions_go_out_only_where_answers_come_in() {
    assert!(!gateway(SMTP, &Hand::default()).policy().two_way);
    let pushed = format!("{SMTP}webhook_key = \"a-key-of-more-than-16\"\n");
    assert!(gateway(&pushed, &Hand::default()).policy().two_way);
    let closed = format!("{pushed}two_way = false\n");
    assert!(!gateway(&closed, &Hand::default()).policy().two_way);
    let faults = try_gateway(&format!("{SMTP}two_way = true\n"), &Hand::default()).err().unwrap();
    assert_eq!(faults, ["gateways.test.two_way: answers have no way in: set imap or webhook_key, or two_way = false"]);
}

#[tokio::test]
async fn email_without_a_public_address_is_refused_with_a_plain_sentence() {
    let clock = Clock::manual(instant(0));
    for (url, well) in [("", false), ("http://oak.test", false), ("https://oak.test/", true)] {
        let changes = format!("[server]\npublic_url = \"{url}\"\n[gateways.mail]\n{SMTP}");
        let checked = Engine::check(&config("x.sqlite", &changes), &clock);
        match checked {
            Ok(_) => assert!(well, "{url}"),
            Err(faults) => {
                assert!(
                    !well && faults.len() == 1 && faults[0].starts_with("server.public_url: must be set"),
                    "{faults:?}"
                );
            }
        }
    }
    // The demo and text messages alone need none.
    assert!(TestApp::start(On::Sqlite, "2027-01-05T10:00:00Z").await.is_some());
}

/// The example of docs/MAIL.md is what the program takes, as it stands there.
#[test]
fn the_example_in_the_documentation_can_be_used() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/MAIL.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "a-password").unwrap();
    let file = secret.path().display().to_string();
    let example = example.replace("/run/secrets/smtp_password", &file).replace("/run/secrets/imap_password", &file);
    let checked = Engine::check(&config("x.sqlite", &example), &Clock::manual(instant(0)));
    let (gateways, ..) = checked.unwrap_or_else(|faults| panic!("{faults:?}"));
    let mail = gateways.get("mail").unwrap();
    assert!(mail.policy().two_way && mail.mail_in().unwrap().is_open());
}
