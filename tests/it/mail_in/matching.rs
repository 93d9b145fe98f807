//! Whose mail it is, how far it is trusted, and what came with it. Mails are pushed in: the way in makes no difference.

use super::kit::{JOAN, Office, reply, reply_from};
use super::unsubscribe::Service;
use crate::app::On;
use crate::on_both;
use between::intake::mail;
use between::store;
use between::worker;

impl Office {
    /// Takes a mail in, as a webhook or mailbox does, and understands it.
    async fn mail(&self, raw: Vec<u8>) {
        let engine = &self.app.engine;
        let practices = engine.practices().await.unwrap();
        let way = engine.gateways.get("mail").unwrap().mail_in().unwrap();
        let taken = mail::take(raw, 0, way, &practices);
        mail::keep(engine, "mail", &[taken]).await.unwrap();
        worker::settle_now(engine).await.unwrap();
    }

    /// The newest received message: (status and reason, whose).
    async fn newest(&self) -> (String, Option<String>) {
        let sql =
            "SELECT status || ' ' || reason, patient_id FROM message WHERE direction = 'in' ORDER BY id DESC LIMIT 1";
        match &self.app.engine.db {
            store::Db::Sqlite { write, .. } => sqlx::query_as(sql).fetch_one(write).await.unwrap(),
            store::Db::Postgres { read: pool, .. } => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
        }
    }

    fn answers(&self) -> usize {
        self.smtp.mails().iter().filter(|m| !m.data.contains("List-Unsubscribe")).count()
    }
}

fn with_header(raw: &[u8], header: &str) -> Vec<u8> {
    [header.as_bytes(), b"\r\n", raw].concat()
}

on_both! {
    async fn t13_an_email_belongs_to_its_token_and_never_to_its_from_line_alone(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        let joan = Some(office.joan.clone());
        // Without a token, or with one that we did not make, it is nobody's, though the address is hers on record.
        for (id, token) in [("m1", "nothing"), ("m2", &"0".repeat(32)), ("m3", &asked[..31])] {
            office.mail(reply(token, id, "5 days")).await;
            assert_eq!(office.newest().await, ("for_staff unknown_sender".to_owned(), None), "{token}");
        }
        assert_eq!((office.answers(), office.progress().await.len()), (0, 0), "nobody is answered");
        // Nor does anybody else's STOP stop her: people are told to find out whose it is.
        office.mail(reply("nothing", "m0", "STOP")).await;
        assert!(office.app.open_alerts().await.contains(&"asap stop_to_check".to_owned()));
        let mut tx = office.app.engine.db.begin().await.unwrap();
        let hash = between::outreach::address_hash("email", JOAN);
        assert!(store::contacts::stopped(&mut tx, &[hash]).await.unwrap().is_empty());
        drop(tx);
        // With the token, from an address that is not hers: hers, for people to confirm, never answered.
        office.mail(reply_from("daughter@patient.test", &asked, "m4", "5 days")).await;
        assert_eq!(office.newest().await, ("for_staff for_staff".to_owned(), joan.clone()));
        assert_eq!((office.answers(), office.progress().await), (0, vec!["check_in count 5 to_confirm".to_owned()]));
        // A program that answers the From line instead of Reply-To names our Message-ID: as good as the token.
        let raw = String::from_utf8(reply("nothing", "m5", "6 days")).unwrap();
        let raw = raw.replace("To: reply+nothing@reply.example.org", "To: messages@oak.test");
        office.mail(with_header(raw.as_bytes(), &format!("In-Reply-To: <{asked}@oak.test>"))).await;
        assert_eq!(office.newest().await, ("handled ".to_owned(), joan));
        assert_eq!(office.progress().await.len(), 2);
        // The answer goes to the person's mail and says what it answers.
        let answer = office.smtp.mails().into_iter().find(|m| !m.data.contains("List-Unsubscribe")).expect("an answer");
        assert_eq!((answer.to.as_str(), answer.header("In-Reply-To").as_deref()), (JOAN, Some("<m5@patient.test>")));
        assert_eq!(answer.header("References"), Some(format!("<{asked}@oak.test> <m5@patient.test>")));
    }

    async fn a_reminder_of_a_question_stands_below_it_in_the_mail_program(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        office.app.enrol(&office.joan, "annual-review", "").await;
        office.app.appointment(&office.joan, "a1", "2027-01-28T10:30:00Z", "booked").await;
        office.app.advance_to("2027-01-26T12:00:00Z").await;
        let timeline = office.app.timeline(&office.joan).await;
        let id_of = |template: &str| timeline.iter().find(|m| m.template == template).expect("it went out").id.clone();
        let (question, reminder) = (id_of("agenda_prompt"), id_of("agenda_nudge"));
        let mails = office.smtp.mails();
        let mail = |id: &str| mails.iter().find(|m| m.data.contains(&format!("Message-ID: <{id}@oak.test>"))).unwrap();
        assert_eq!(mail(&question).header("In-Reply-To"), None, "it begins a conversation");
        let before = Some(format!("<{question}@oak.test>"));
        assert_eq!((mail(&reminder).header("In-Reply-To"), mail(&reminder).header("References")), (before.clone(), before));
    }

    async fn t13_only_our_own_server_s_verdict_counts_and_doubt_goes_to_people(on) {
        let own = "[gateways.mail]\ntrusted_authserv = [\"mx.elmbrook.test\"]\n";
        let office = Office::open(on, "answers", 1, own).await?;
        let asked = office.ask().await;
        let (doubtful, own) = ("for_staff for_staff", "handled ");
        for (number, (header, expected)) in [
            ("X-Nothing: said", doubtful),
            ("Authentication-Results: mx.elsewhere.test; dmarc=pass", doubtful),
            ("Authentication-Results: mx.elmbrook.test; dmarc=fail; spf=pass", doubtful),
            ("Authentication-Results: mx.elmbrook.test; spf=softfail; dkim=none", doubtful),
            ("Authentication-Results: mx.elmbrook.test; dmarc=temperror; spf=pass", doubtful),
            ("Authentication-Results: mx.elmbrook.test; spf=pass", own),
        ].into_iter().enumerate() {
            office.mail(with_header(&reply(&asked, &format!("m{number}"), &format!("{number} days")), header)).await;
            assert_eq!(office.newest().await.0, expected, "{header}");
        }
        let dmarc = "Authentication-Results: mx.elmbrook.test; dmarc=pass (p=none); spf=fail";
        office.mail(with_header(&reply(&asked, "m8", "8 days"), dmarc)).await;
        let newest = office.app.timeline(&office.joan).await.into_iter().rfind(|m| m.direction == "in").unwrap();
        let mail = store::mails::get(&office.app.engine.db, &newest.id).await.unwrap().unwrap();
        assert_eq!((mail.doubts.as_str(), mail.class.as_str()), ("[]", "person"), "DMARC says more than SPF");
        // Danger is danger, whoever wrote it: told at once, and still not answered.
        let answers = office.answers();
        office.mail(reply_from("x@elsewhere.test", &asked, "m9", "I have crushing chest pain")).await;
        assert!(office.app.open_alerts().await.contains(&"urgent red_flag".to_owned()));
        assert_eq!(office.answers(), answers);
    }

    async fn f22_bounces_make_an_address_unreachable_and_its_owner_s_mail_mends_it(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        let state = async || {
            let mut tx = office.app.engine.db.begin().await.unwrap();
            let points = store::contacts::at_addresses(&mut tx, &[("email".to_owned(), JOAN.to_owned())]).await.unwrap();
            (points[0].status.clone(), points[0].failure_days.clone())
        };
        // About nothing of ours: for people, and no address learns anything.
        office.mail(bounce("0199", "b0", "failed", "5.1.1")).await;
        assert_eq!(office.newest().await.0, "for_staff unknown_sender");
        office.mail(bounce(&asked, "b1", "delayed", "4.4.1")).await;
        assert_eq!(state().await, ("active".to_owned(), "[]".to_owned()), "late is not lost");
        // It returns nothing of the mail: the address it comes to, that of the answers, tells which one it was.
        let bare = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.patient.test\r\nTo: reply+{asked}@reply.example.org\r\n\
             Subject: failure notice\r\nDate: Thu, 7 Jan 2027 13:00:00 +0000\r\nMessage-ID: <b2@mx.patient.test>\r\n\r\n\
             <{JOAN}>:\r\nno such user (#5.1.1)\r\n"
        );
        office.mail(bare.into_bytes()).await;
        assert_eq!(state().await.0, "unreachable");
        let (status, whose) = office.newest().await;
        assert_eq!((status.as_str(), whose), ("handled machine_answer", Some(office.joan.clone())));
        let ours = office.app.timeline(&office.joan).await.into_iter().find(|m| m.id == asked).unwrap();
        assert_eq!((ours.status.as_str(), ours.reason.as_str()), ("undelivered", "network_undelivered"));
        assert_eq!(office.app.open_alerts().await.iter().filter(|a| *a == "routine unreachable").count(), 1);
        let history = office.consents().await;
        assert!(history.is_empty(), "not an opt-out: {history:?}");
        // She writes from it: it works.
        office.mail(reply(&asked, "m1", "5 days")).await;
        assert_eq!(state().await, ("active".to_owned(), "[]".to_owned()));
    }

    async fn f22_a_refusal_of_us_or_of_the_message_closes_no_address(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        // Our server stands on a list: for good as far as this mail goes, but her address is as good as before.
        office.mail(bounce(&asked, "b1", "failed", "5.7.1")).await;
        let mut tx = office.app.engine.db.begin().await.unwrap();
        let points = store::contacts::at_addresses(&mut tx, &[("email".to_owned(), JOAN.to_owned())]).await.unwrap();
        drop(tx);
        let days = format!("[{}]", office.app.now() / 86_400_000);
        assert_eq!((points[0].status.as_str(), &points[0].failure_days), ("active", &days), "one day of five");
        let ours = office.app.timeline(&office.joan).await.into_iter().find(|m| m.id == asked).unwrap();
        assert_eq!(ours.status, "undelivered");
    }

    async fn t04_a_button_of_a_mail_program_unsubscribes_and_is_not_answered(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        let answers = office.answers();
        let words = "A mail program sent this to unsubscribe from the message.";
        let button = |token: &str, id: &str| {
            let mail = String::from_utf8(reply(token, id, words)).unwrap().replace("Subject: Re: Your walks", "Subject: unsubscribe");
            with_header(mail.as_bytes(), "Auto-Submitted: auto-replied")
        };
        // Without the address that we gave for it, it is a machine's mail like any other.
        office.mail(button("nothing", "u0")).await;
        assert!(office.consents().await.is_empty());
        office.mail(button(&asked, "u1")).await;
        assert_eq!(office.consents().await, ["email all refused"]);
        assert_eq!(office.answers(), answers, "a machine is not answered");
        assert!(office.app.open_alerts().await.iter().any(|a| a.ends_with(" stop")), "staff see it");
    }

    async fn machines_are_recorded_and_never_answered(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        let answers = office.answers();
        let away = "I am on holiday until Monday and will read your mail then.";
        office.mail(with_header(&reply(&asked, "a1", away), "Auto-Submitted: auto-replied")).await;
        let (status, whose) = office.newest().await;
        assert_eq!((status.as_str(), whose), ("handled machine_answer", Some(office.joan.clone())));
        assert_eq!((office.answers(), office.progress().await.len()), (answers, 0));
        assert!(office.app.open_alerts().await.is_empty());
        // By mail, too, one word in the subject is enough to stop.
        let stop = String::from_utf8(reply(&asked, "s1", "")).unwrap().replace("Subject: Re: Your walks", "Subject: unsubscribe");
        let stop = stop.split("\r\n\r\n").next().unwrap().to_owned() + "\r\n\r\n";
        office.mail(stop.into_bytes()).await;
        assert_eq!(office.consents().await, ["email all refused"]);
    }

    async fn files_are_named_and_measured_and_never_opened(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        let asked = office.ask().await;
        let head = String::from_utf8(reply(&asked, "m1", "x")).unwrap();
        let head = head.split("Content-Type:").next().unwrap().to_owned();
        let raw = format!(
            "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n5 days\r\n\
             --b\r\nContent-Type: image/png; name=\"../../etc/foot\u{202e}gnp.exe\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment\r\n\r\nYWJj\r\n--b--\r\n"
        );
        office.mail(raw.into_bytes()).await;
        assert_eq!(office.progress().await, ["check_in count 5 auto"]);
        let inbound = office.app.timeline(&office.joan).await.into_iter().find(|m| m.direction == "in").unwrap();
        let files = store::mails::attachments_of(&office.app.engine.db, &inbound.id).await.unwrap();
        assert_eq!(files.len(), 1);
        assert!(!files[0].name.contains(['/', '\u{202e}']) && files[0].name.ends_with("exe"), "{}", files[0].name);
        // SHA-256 of "abc", from FIPS 180-2.
        assert_eq!(files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((files[0].size, files[0].content_type.as_str()), (3, "image/png"));
        let view = between::intake::record_view(&office.app.engine, &office.joan).await.unwrap().unwrap();
        let exported = between::interchange::export::to_fhir(&view).to_string();
        assert!(exported.contains(&files[0].name) && !exported.contains("YWJj"), "by name only");
        // Staff see its name, not its content.
        let (status, page) = Service::with_pages(&office).await.ask("GET", &format!("/messages/{}", inbound.id), "", b"").await;
        assert_eq!(status, 200);
        assert!(page.contains("Files that came with it") && page.contains("3 bytes") && !page.contains("YWJj"), "{page}");
        // A file without a word goes to people.
        let silent = String::from_utf8(reply(&asked, "m2", "")).unwrap();
        office.mail(silent.into_bytes()).await;
        assert_eq!(office.newest().await.0, "for_staff for_staff");
    }
}

/// A delivery status notification (RFC 3464) about a message of ours.
fn bounce(message: &str, id: &str, action: &str, status: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.elmbrook.test\r\nTo: messages@oak.test\r\nSubject: Delivery report\r\n\
         Date: Thu, 7 Jan 2027 13:00:00 +0000\r\nMessage-ID: <{id}@mx.elmbrook.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour message was not delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.elmbrook.test\r\n\r\n\
         Final-Recipient: rfc822; {JOAN}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: messages@oak.test\r\nTo: {JOAN}\r\n\
         Message-ID: <{message}@oak.test>\r\nSubject: Your walks\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

impl Office {
    async fn consents(&self) -> Vec<String> {
        let mut tx = self.app.engine.db.begin().await.unwrap();
        let history = store::consents::of_patients(&mut tx, std::slice::from_ref(&self.joan)).await.unwrap();
        history.into_iter().map(|c| format!("{} {} {}", c.channel, c.purpose, c.decision)).collect()
    }
}
