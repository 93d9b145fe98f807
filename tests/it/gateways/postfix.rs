//! A real Postfix: plain, STARTTLS and implicit TLS, and its own refusals.

use between::domain::delivery::SendFailure;
use futures_util::future::join_all;
use mail_parser::MessageParser;

use crate::fake_gateways::{Hand, gateway, mail_to, postfix::Postfix, tls::quoted};

fn settings(host: &str, port: u16, more: &str) -> String {
    format!("kind = \"smtp\"\nhost = \"{host}\"\nport = {port}\nsender = \"Oak Surgery <messages@oak.test>\"\n{more}\n")
}

#[tokio::test]
async fn mail_arrives_in_a_real_mailbox_by_each_way_of_connecting() {
    let Some(postfix) = Postfix::start(&["plain", "starttls", "implicit"]) else {
        return;
    };
    let ca = format!("ca_file = {}", quoted(&postfix.authority.file()));
    let ways = [
        ("plain", settings("127.0.0.1", postfix.port, "tls = \"none\"")),
        ("starttls", settings("localhost", postfix.port, &format!("tls = \"starttls\"\n{ca}"))),
        ("implicit", settings("localhost", postfix.tls_port, &format!("tls = \"implicit\"\n{ca}"))),
    ];
    for (name, settings) in ways {
        let smtp = gateway(&settings, &Hand::default());
        let mut message = mail_to(&format!("{name}@patient.test"), &format!("m-{name}"));
        message.text = "Dzień dobry.\n.\n..\nHow are your walks going? 🌳".to_owned();
        smtp.send(&message).await.unwrap_or_else(|e| panic!("{name}: {e:?}\n{}", postfix.log()));
        let mails = postfix.mails(name, 1).await;
        assert_eq!(mails.len(), 1, "{name}\n{}", postfix.log());
        assert_eq!(mails[0].contains("with ESMTPS"), name != "plain", "{}", mails[0]);
        let parsed = MessageParser::default().parse(mails[0].as_bytes()).unwrap();
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), message.text);
        assert_eq!(parsed.message_id(), Some(format!("m-{name}@oak.test").as_str()));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    }
}

#[tokio::test]
async fn postfix_s_own_refusals_are_understood() {
    let Some(postfix) = Postfix::start(&["person"]) else {
        return;
    };
    let smtp = gateway(&settings("127.0.0.1", postfix.port, "tls = \"none\""), &Hand::default());
    let unknown = smtp.send(&mail_to("stranger@patient.test", "m-1")).await;
    assert_eq!(unknown, Err(SendFailure::BadAddress { code: "5.1.1".into() }));
    let elsewhere = smtp.send(&mail_to("person@elsewhere.test", "m-2")).await;
    assert_eq!(elsewhere, Err(SendFailure::Rejected { code: "5.7.1".into(), permanent: true }));
    let mut large = mail_to("person@patient.test", "m-3");
    large.text = "x".repeat(200_000);
    let large = smtp.send(&large).await;
    assert_eq!(large, Err(SendFailure::Rejected { code: "5.3.4".into(), permanent: true }));
    // The connection lives on after each of these.
    smtp.send(&mail_to("person@patient.test", "m-4")).await.unwrap();
    assert_eq!(postfix.mails("person", 1).await.len(), 1);
}

#[tokio::test]
async fn many_mails_at_once_arrive_once_each() {
    let Some(postfix) = Postfix::start(&["person"]) else {
        return;
    };
    let smtp = gateway(&settings("127.0.0.1", postfix.port, "tls = \"none\""), &Hand::default());
    let sends = (0..100).map(|n| {
        let smtp = std::sync::Arc::clone(&smtp);
        async move { smtp.send(&mail_to("person@patient.test", &format!("m-{n}"))).await }
    });
    assert!(join_all(sends).await.iter().all(Result::is_ok), "{}", postfix.log());
    let mails = postfix.mails("person", 100).await;
    let ids: std::collections::HashSet<_> = mails
        .iter()
        .map(|mail| MessageParser::default().parse(mail.as_bytes()).unwrap().message_id().unwrap().to_owned())
        .collect();
    assert_eq!((mails.len(), ids.len()), (100, 100));
    assert!(postfix.log().matches("connect from").count() <= 2 * 4, "connections are not kept:\n{}", postfix.log());
}
