//! What the staff's pages, the demo and a copy of the database read.

use super::{MINUTE, PRACTICE, Store, T0, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::MessageRow;
use between::store::patients::{self, IdentifierRow, PatientRow, TagRow};
use between::store::record::{self, AgendaItemRow, CorrectionRow};
use between::store::views::lists::{self, NamedMessage, Part};
use between::store::views::{self, person};
use between::store::{
    Db, alerts, appointments, consents, contacts, copy, enrolments, goals, ledger, practices, prompts, results,
};

fn ids(rows: &[NamedMessage]) -> Vec<&str> {
    rows.iter().map(|row| row.message.id.as_str()).collect()
}

fn with_status(id: &str, patient: &str, status: &str) -> MessageRow {
    MessageRow { status: status.to_owned(), ..rows::planned(id, patient) }
}

fn came(id: &str, status: &str, facts: &str) -> MessageRow {
    MessageRow {
        practice_id: PRACTICE.to_owned(),
        patient_id: Some("p1".to_owned()),
        status: status.to_owned(),
        facts: facts.to_owned(),
        ..rows::received(id, "sandbox", id)
    }
}

on_both! {
    async fn the_desk_sees_messages_with_names_in_three_parts(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let out = [
            with_status("w1", "p1", "planned"), with_status("w2", "p2", "queued"), with_status("s1", "p1", "accepted"),
            with_status("s2", "p2", "delivered"), with_status("n1", "p1", "held"), with_status("n2", "p1", "unknown"),
        ];
        within!(store.db, tx => ledger::insert(tx, &out));
        within!(store.db, tx => ledger::insert(tx, &[came("i1", "for_staff", "{}"), came("i2", "handled", "{}")]));
        within!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("s1", 1), rows::attempt("s2", 1)]));
        let part = async |part, limit| lists::ledger(&store.db, PRACTICE, part, T0, T0 + 1, limit).await.unwrap();
        assert_eq!(ids(&part(Part::Waiting, 9).await), ["w1", "w2"]);
        assert_eq!(ids(&part(Part::Sent, 9).await), ["s1", "s2"]);
        assert_eq!(ids(&part(Part::NotSent, 9).await), ["n1", "n2"]);
        assert_eq!(ids(&part(Part::Waiting, 1).await), ["w1"]);
        assert!(lists::ledger(&store.db, "ashdown", Part::Sent, T0, T0 + 1, 9).await.unwrap().is_empty());
        assert!(lists::ledger(&store.db, PRACTICE, Part::Sent, T0 + 1, T0 + 9, 9).await.unwrap().is_empty());
        let shown = lists::message(&store.db, "s1").await.unwrap().unwrap();
        assert_eq!((shown.family_name.as_deref(), shown.given_name.as_deref()), (Some("Test"), Some("Joan")));
        assert_eq!(lists::message(&store.db, "nothing").await.unwrap(), None);
        assert_eq!(ids(&lists::inbox(&store.db, PRACTICE, 9).await.unwrap()), ["i1"]);
        assert!(lists::inbox(&store.db, "ashdown", 9).await.unwrap().is_empty());
        let mut line = lists::timeline(&store.db, "p2").await.unwrap();
        line.sort_by(|a, b| a.message.id.cmp(&b.message.id));
        assert_eq!(ids(&line), ["s2", "w2"]);
        let address = out_address(&store.db, "s1").await;
        let mut there = lists::at_address(&store.db, "sms", &address, 9).await.unwrap();
        there.sort_by(|a, b| a.message.id.cmp(&b.message.id));
        assert_eq!(ids(&there), ["i1", "i2", "s1", "s2"], "what reached a phone and what came from it");
    }

    async fn alerts_are_listed_and_counted_by_urgency(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => ledger::insert(tx, &[came("i1", "for_staff", "{}")]));
        let mut about = rows::alert("a2", "urgent", T0 + 2);
        about.patient_id = Some("p1".to_owned());
        about.message_id = Some("i1".to_owned());
        let done = between::store::alerts::AlertRow { status: "acknowledged".to_owned(), ..rows::alert("a3", "stat", T0) };
        within!(store.db, tx => alerts::raise(tx, &[rows::alert("a1", "routine", T0), about, done]));
        within!(store.db, tx => record::file(tx, &[
            between::store::record::RecordEntryRow { filed: "to_confirm".to_owned(), ..rows::entry("e1", "p1", "i1") },
        ]));
        let open = lists::alerts(&store.db, PRACTICE, "open", 9).await.unwrap();
        let told: Vec<_> = open.iter().map(|a| (a.alert.id.as_str(), a.given_name.as_deref(), a.words.as_deref())).collect();
        assert_eq!(told, [("a2", Some("Joan"), Some("Yes")), ("a1", None, None)]);
        assert_eq!(lists::alerts(&store.db, PRACTICE, "acknowledged", 9).await.unwrap().len(), 1);
        assert_eq!(lists::urgent_open_count(&store.db, PRACTICE).await.unwrap(), 1);
        let counts = lists::desk_counts(&store.db, PRACTICE).await.unwrap();
        assert_eq!((counts.alerts_open, counts.alerts_urgent, counts.inbox, counts.to_confirm), (2, 1, 1, 1));
        let none = lists::desk_counts(&store.db, "ashdown").await.unwrap();
        assert_eq!((none.alerts_open, none.alerts_urgent, none.inbox, none.to_confirm), (0, 0, 0, 0));
    }

    async fn people_are_found_by_the_beginning_of_a_name_in_either_case(on) {
        let store = Store::start(on).await?;
        let named = |id: &str, given: &str, family: &str, nhs: Option<&str>| PatientRow {
            given_name: given.to_owned(), family_name: family.to_owned(), nhs_number: nhs.map(str::to_owned), ..rows::patient(id)
        };
        let all = [
            named("p1", "Ánna", "O'Neil", Some("9990000018")), named("p2", "Bob", "Óneill", None), named("p3", "Onur", "100%", None),
        ];
        within!(store.db, tx => patients::upsert(tx, &all));
        let found = async |text: &str, digits: &str| -> Vec<String> {
            let rows = lists::people(&store.db, PRACTICE, text, digits, 0, 9).await.unwrap();
            let mut ids: Vec<_> = rows.into_iter().map(|p| p.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(found("o", "").await, ["p1", "p3"]);
        assert_eq!(found("ÓNE", "").await, ["p2"]);
        assert_eq!(found("ánna o'n", "").await, ["p1"]);
        assert_eq!(found("100%", "").await, ["p3"], "no wild card");
        assert_eq!(found("%", "").await, Vec::<String>::new());
        assert_eq!(found("*", "").await, Vec::<String>::new());
        assert_eq!(found("zz", "9990000018").await, ["p1"]);
        assert_eq!(lists::people(&store.db, PRACTICE, "", "", 1, 1).await.unwrap().len(), 1);
        within!(store.db, tx => ledger::insert(tx, &[MessageRow { updated_at: T0 + 9, ..came("i1", "handled", "{}") }]));
        let heard = lists::recently_heard(&store.db, PRACTICE, 9).await.unwrap();
        assert_eq!((heard[0].id.as_str(), heard[0].received, heard.len()), ("p1", 1, 3));
    }

    async fn questions_that_reached_people_are_known_until_they_end(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        assert_eq!(lists::next_question_end(&store.db).await.unwrap(), None);
        within!(store.db, tx => ledger::insert(tx, &[with_status("m1", "p1", "accepted"), with_status("m2", "p2", "queued")]));
        within!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("m1", 1), rows::attempt("m2", 1)]));
        let asks = |id: &str, patient: &str| prompts::PromptRow { message_id: id.replace('q', "m"), ..rows::prompt(id, patient) };
        let ending = prompts::PromptRow { expires_at: T0 + 5, ..asks("q2", "p2") };
        within!(store.db, tx => prompts::open(tx, &[asks("q1", "p1"), ending]));
        let asked = lists::asked_since(&store.db, PRACTICE, T0 - MINUTE, T0 + 60 * MINUTE).await.unwrap();
        let told: Vec<_> = asked.iter().map(|a| (a.message_id.as_str(), a.prompt_id.as_deref())).collect();
        assert_eq!(told, [("m1", Some("q1"))], "a queued one reached nobody");
        assert_eq!(lists::next_question_end(&store.db).await.unwrap(), Some(T0 + 5));
        assert_eq!(person::open_prompts(&store.db, "p1").await.unwrap()[0].id, "q1");
        within!(store.db, tx => prompts::close_of_messages(tx, &["m1".to_owned(), "m2".to_owned()]));
        assert!(person::open_prompts(&store.db, "p1").await.unwrap().is_empty());
        assert_eq!(lists::next_question_end(&store.db).await.unwrap(), None);
    }

    async fn a_persons_page_reads_everything_of_theirs_and_nothing_of_others(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let one = ["p1".to_owned()];
        let tag = |patient: &str, tag: &str| TagRow { patient_id: patient.to_owned(), tag: tag.to_owned(), source: "nurse".to_owned(), since: T0 };
        within!(store.db, tx => patients::add_tags(tx, &[tag("p1", "pregnant"), tag("p1", "carer"), tag("p2", "palliative")]));
        let identifier = |patient: &str, value: &str| IdentifierRow {
            practice_id: PRACTICE.to_owned(), system: "urn:elm".to_owned(), value: value.to_owned(), patient_id: patient.to_owned(),
        };
        within!(store.db, tx => patients::add_identifiers(tx, &[identifier("p1", "7"), identifier("p2", "8")]));
        let retired = contacts::ContactPointRow { status: "old".to_owned(), ..rows::contact("p1", "+447700900002") };
        within!(store.db, tx => contacts::upsert(tx, &[retired, rows::contact("p1", "+447700900001"), rows::contact("p2", "+447700900003")]));
        within!(store.db, tx => consents::append(tx, &[rows::consent("c2", "p1", "granted", T0 + 2), rows::consent("c1", "p1", "refused", T0)]));
        within!(store.db, tx => goals::upsert(tx, &[rows::goal("g1", "p1"), rows::goal("g2", "p2")]));
        within!(store.db, tx => appointments::upsert(tx, &[rows::appointment("v1", "p1", T0), rows::appointment("v2", "p1", T0 + 9)]));
        within!(store.db, tx => enrolments::enrol(tx, &[rows::enrolment("n1", "p1", "goal")]));
        let item = |words: &str, position| AgendaItemRow {
            id: format!("i{position}"), patient_id: "p1".to_owned(), appointment_id: "v1".to_owned(), position, words: words.to_owned(),
            message_id: "m".to_owned(), created_at: T0, replaced_at: None,
        };
        within!(store.db, tx => record::set_agenda(tx, "v1", &[item("my feet", 1), item("tablets", 2)], T0));
        let db = &store.db;
        let tags: Vec<_> = person::tags(db, "p1").await.unwrap().into_iter().map(|t| t.tag).collect();
        assert_eq!(tags, ["carer", "pregnant"]);
        let addresses: Vec<_> = person::contacts(db, "p1").await.unwrap().into_iter().map(|c| c.address).collect();
        assert_eq!(addresses, ["+447700900001", "+447700900002"], "retired last");
        let said: Vec<_> = person::consents(db, "p1").await.unwrap().into_iter().map(|c| c.id).collect();
        assert_eq!(said, ["c1", "c2"]);
        assert_eq!(person::goals(db, "p1").await.unwrap()[0].id, "g1");
        let visits: Vec<_> = person::appointments(db, "p1").await.unwrap().into_iter().map(|v| v.starts_at).collect();
        assert_eq!(visits, [T0 + 9, T0]);
        let words: Vec<_> = person::agenda(db, "p1").await.unwrap().into_iter().map(|a| a.words).collect();
        assert_eq!(words, ["my feet", "tablets"]);
        assert_eq!(person::enrolments(db, "p1").await.unwrap()[0].programme, "goal");
        let visits = within!(store.db, tx => appointments::of_patients(tx, &one));
        assert_eq!(visits.len(), 2);
        let known = within!(store.db, tx => patients::identifiers_of(tx, &one));
        assert_eq!(known, [identifier("p1", "7")]);
        assert!(person::tags(db, "p9").await.unwrap().is_empty());
    }

    async fn replies_are_reported_by_what_they_were_read_as(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let all = [
            came("i1", "handled", "{\"intent\":\"count\"}"), came("i2", "for_staff", "{\"intent\":\"count\"}"),
            came("i3", "for_staff", "{}"), with_status("m1", "p1", "accepted"),
        ];
        within!(store.db, tx => ledger::insert(tx, &all));
        let correction = CorrectionRow {
            id: "c1".to_owned(), message_id: "i1".to_owned(), reader: "count".to_owned(), understood: "{}".to_owned(),
            corrected: "{}".to_owned(), actor: "coordinator".to_owned(), at: T0,
        };
        within!(store.db, tx => record::correct(tx, &correction));
        let report = views::reply_report(&store.db, PRACTICE).await.unwrap();
        let told: Vec<_> = report.iter().map(|r| (r.intent.as_str(), r.read, r.to_people, r.corrected)).collect();
        assert_eq!(told, [("count", 2, 1, 1), ("not read", 1, 1, 0)]);
        assert!(views::reply_report(&store.db, "ashdown").await.unwrap().is_empty());
    }

    async fn whether_a_test_was_ever_released_is_known(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let held = rows::result("r1", "p1", "held");
        let test = held.test.clone();
        within!(store.db, tx => results::insert(tx, &[held]));
        assert!(!results::ever_released(&store.db, PRACTICE, &test).await.unwrap());
        let released = results::TestResultRow { released_at: Some(T0), ..rows::result("r2", "p1", "released") };
        within!(store.db, tx => results::insert(tx, &[released]));
        assert!(results::ever_released(&store.db, PRACTICE, &test).await.unwrap());
        assert!(!results::ever_released(&store.db, "ashdown", &test).await.unwrap());
    }

    async fn a_copy_holds_every_row_and_sends_nothing(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        within!(store.db, tx => practices::set_sending_allowed(tx, PRACTICE, Some(T0)));
        let many: Vec<_> = (0..2_500).map(|n| with_status(&format!("m{n:04}"), "p1", "planned")).collect();
        within!(store.db, tx => ledger::insert(tx, &many));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db").display().to_string();
        copy::to_sqlite(&store.db, &path).await.unwrap();
        copy::hold_sending(&format!("sqlite:{path}")).await.unwrap();
        let copied = Db::open(&format!("sqlite:{path}")).await.unwrap();
        for id in ["m0000", "m2499"] {
            assert_eq!(ledger::get(&copied, id).await.unwrap(), ledger::get(&store.db, id).await.unwrap());
        }
        assert_eq!(views::sent_count(&copied, PRACTICE, 0, i64::MAX).await.unwrap(), 0);
        let waiting = lists::ledger(&copied, PRACTICE, Part::Waiting, 0, i64::MAX, 9_999).await.unwrap();
        assert_eq!(waiting.len(), 2_500);
        let allowed = practices::all(&copied).await.unwrap();
        assert_eq!(allowed[0].sending_allowed_at, None);
    }
}

async fn out_address(db: &Db, id: &str) -> String {
    ledger::attempts_of(db, id).await.unwrap()[0].address.clone()
}
