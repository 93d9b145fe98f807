//! Mail as it came, the mailboxes it is read from, and the keys an installation makes for itself.

use super::{MINUTE, Store, T0, ids, refused, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::mailboxes::MailboxRow;
use between::store::mails::{AttachmentRow, MailRow, MailView};
use between::store::{ledger, mailboxes, mails, own_keys, patients};

pub fn mail(id: &str) -> MailRow {
    MailRow {
        message_id: id.to_owned(),
        raw: "RnJvbTogYQ==".to_owned(),
        full_size: 31_000_000,
        whole: false,
        class: "person".to_owned(),
        doubts: "[\"not_whole\"]".to_owned(),
        reading: "{}".to_owned(),
        mail_id: Some(format!("{id}@patient.test")),
        received_at: T0,
    }
}

pub fn file(id: &str, position: i64, name: &str) -> AttachmentRow {
    AttachmentRow {
        message_id: id.to_owned(),
        position,
        name: name.to_owned(),
        content_type: "image/png".to_owned(),
        size: 7,
        sha256: "00ff".to_owned(),
        inline: position == 2,
    }
}

on_both! {
    async fn a_mail_is_kept_once_with_its_files(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let received = |id: &str, person: Option<&str>| ledger::MessageRow {
            patient_id: person.map(str::to_owned),
            ..rows::received(id, "mail", id)
        };
        within!(store.db, tx => ledger::insert(tx, &[received("i1", Some("p1")), received("i2", None)]));
        assert_eq!(within!(store.db, tx => mails::insert(tx, &[mail("i1"), mail("i2")])), 2);
        assert_eq!(within!(store.db, tx => mails::insert(tx, &[MailRow { raw: "other".into(), ..mail("i1") }])), 0);
        let files = [file("i1", 1, "scan.png"), file("i1", 2, "logo.png"), file("i2", 1, "x.pdf")];
        assert_eq!(within!(store.db, tx => mails::insert_attachments(tx, &files)), 3);
        assert_eq!(within!(store.db, tx => mails::insert_attachments(tx, &files)), 0);
        assert_eq!(mails::get(&store.db, "i1").await.unwrap(), Some(mail("i1")));
        assert_eq!(mails::get(&store.db, "i9").await.unwrap(), None);
        let view = |id: &str| MailView {
            message_id: id.to_owned(), full_size: 31_000_000, whole: false, class: "person".to_owned(),
            doubts: "[\"not_whole\"]".to_owned(), reading: "{}".to_owned(), mail_id: Some(format!("{id}@patient.test")),
        };
        assert_eq!(within!(store.db, tx => mails::views(tx, &ids(&["i2", "i1", "i9"]))), [view("i1"), view("i2")]);
        assert_eq!(within!(store.db, tx => mails::views(tx, &[])), []);
        assert_eq!(mails::attachments_of(&store.db, "i1").await.unwrap(), files[..2]);
        let named = mails::attachments_of_patient(&store.db, "p1").await.unwrap();
        assert_eq!(named, [("i1".to_owned(), "scan.png".to_owned()), ("i1".to_owned(), "logo.png".to_owned())]);
    }

    async fn a_mailbox_has_one_reader_at_a_time(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => mailboxes::ensure(tx, "mail", "INBOX"));
        within!(store.db, tx => mailboxes::ensure(tx, "mail", "INBOX"));
        let claim = async |who: &'static str, now: i64| {
            within!(store.db, tx => mailboxes::claim(tx, "mail", "INBOX", who, now, now + MINUTE))
        };
        let ours = claim("a", T0).await.unwrap();
        assert_eq!(ours, MailboxRow {
            gateway: "mail".into(), folder: "INBOX".into(), holder: "a".into(), lease_until: T0 + MINUTE,
            ..MailboxRow::default()
        });
        assert_eq!(claim("b", T0 + MINUTE - 1).await, None, "while it is held");
        assert!(claim("a", T0 + 5).await.is_some(), "renewed");
        let read = MailboxRow { uid_validity: 7, last_uid: i64::from(u32::MAX), stuck_uid: 3, stuck_tries: 2, ..ours.clone() };
        assert!(within!(store.db, tx => mailboxes::advance(tx, &read)));
        let failed = MailboxRow {
            fault: "tls".into(), failures: 4, failing_since: Some(T0), retry_at: T0 + 9, read_at: Some(T0 - 1), ..read.clone()
        };
        assert!(within!(store.db, tx => mailboxes::looked(tx, &failed)));
        let stands = MailboxRow { lease_until: T0 + 5 + MINUTE, ..failed };
        assert_eq!(mailboxes::all(&store.db).await.unwrap(), std::slice::from_ref(&stands));
        let theirs = claim("b", T0 + 5 + MINUTE).await.unwrap();
        assert_eq!(theirs, MailboxRow { holder: "b".into(), lease_until: T0 + 5 + 2 * MINUTE, ..stands });
        // Whoever overslept the claim moves nothing.
        assert!(!within!(store.db, tx => mailboxes::advance(tx, &ours)));
        assert!(!within!(store.db, tx => mailboxes::looked(tx, &ours)));
        assert!(!within!(store.db, tx => mailboxes::release(tx, "mail", "INBOX", "a")));
        assert_eq!(mailboxes::all(&store.db).await.unwrap(), [theirs]);
        assert!(within!(store.db, tx => mailboxes::release(tx, "mail", "INBOX", "b")));
        assert!(claim("a", T0).await.is_some(), "given back");
    }

    async fn the_first_key_of_a_name_stays(on) {
        let store = Store::start(on).await?;
        assert_eq!(own_keys::get(&store.db, "links").await.unwrap(), None);
        within!(store.db, tx => own_keys::keep_first(tx, "links", "one", T0));
        within!(store.db, tx => own_keys::keep_first(tx, "links", "two", T0));
        assert_eq!(own_keys::get(&store.db, "links").await.unwrap().as_deref(), Some("one"));
    }

    async fn a_held_person_is_unchanged(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => patients::lock(tx, "p1"));
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(rows::patient("p1")));
        let error = refused!(store.db, tx => patients::lock(tx, "p9"));
        assert!(matches!(error, between::store::StoreError::NotOne { .. }));
    }
}
