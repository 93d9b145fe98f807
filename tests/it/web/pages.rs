//! Every page, full and empty.

use super::{Server, words};
use between::catalogue::Catalogue;
use between::clock::{Clock, instant};
use between::config::Config;
use between::domain::reply::Reader;
use between::gateways::Gateways;
use between::outreach::Engine;
use between::store::Db;
use between::store::practices::{self, PracticeRow};
use std::sync::Arc;

const PAGES: [&str; 8] =
    ["/", "/people", "/alerts", "/inbox", "/explain", "/programmes", "/wording", "/?show=not_sent"];

/// What every page has: one language, title, heading and main part, labels for fields, captions for tables, no script.
fn is_sound(path: &str, page: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en-GB\">"), "{path}");
    assert!(page.contains(" · between</title>"), "{path}: title");
    assert_eq!(page.matches("<h1").count(), 1, "{path}: one heading");
    assert_eq!(page.matches("<main").count(), 1, "{path}: one main part");
    assert_eq!(page.matches("<table").count(), page.matches("<caption").count(), "{path}: every table has a caption");
    assert!(
        !page.contains("<script") && !page.contains("style=\"") && !page.contains(" onclick"),
        "{path}: script or inline style"
    );
    for id in ids_of_fields(page) {
        assert!(page.contains(&format!("for=\"{id}\"")), "{path}: the field {id} has no label");
    }
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{path}: an id stands twice");
}

fn ids_of_fields(page: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for start in ["<input", "<select", "<textarea"] {
        for tag in page.split(start).skip(1).filter_map(|rest| rest.split('>').next()) {
            if !tag.contains("type=\"hidden\"") {
                ids.push(tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("without id"));
            }
        }
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_full_practice_is_sound() {
    let server = Server::demo().await;
    let mut paths: Vec<String> = PAGES.iter().map(|p| (*p).to_owned()).collect();
    paths.push("/phone".to_owned());
    for id in server.demo.as_ref().unwrap().people() {
        paths.push(format!("/people/{id}"));
        paths.push(format!("/phone/{id}"));
    }
    let guest = server.get(&format!("/people/{}", server.guest())).await.text;
    let messages: Vec<String> = guest
        .split("\"/messages/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|id| format!("/messages/{id}"))
        .collect();
    assert!(messages.len() > 3, "she has messages");
    paths.extend(messages);
    for path in &paths {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        is_sound(path, &answer.text);
    }
    let today = words(&server.get("/").await.text);
    assert!(today.contains("Not sent today, and why") && today.contains("What is due next"), "{today}");
    let reason = "Goal messages rest in the week of an appointment.";
    assert!(today.contains(reason), "what was not sent says why");
    assert!(words(&server.get("/?day=2027-01-12").await.text).contains("Results are ready"), "another day");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_the_beginning_of_a_name_and_by_number() {
    let server = Server::demo().await;
    let person = format!("/people/{}", server.guest());
    for search in ["mor", "Rhian", "rhian%20morgan", "999%20000%200018"] {
        let page = server.get(&format!("/people?find={search}")).await.text;
        assert!(page.contains(&person), "{search}");
    }
    let page = server.get("/people?find=nobody-is-called-so").await.text;
    assert!(!page.contains(&person) && words(&page).contains("Nobody was found."));
}

async fn empty_engine(folder: &tempfile::TempDir, with_practice: bool) -> Arc<Engine> {
    let db = Db::open(&folder.path().join("empty.sqlite").display().to_string()).await.unwrap();
    db.migrate().await.unwrap();
    let clock = Clock::manual(instant(1_799_051_400_000));
    if with_practice {
        let now = clock.now_ms();
        let mut tx = db.begin().await.unwrap();
        let row = PracticeRow {
            id: "p1".into(),
            name: "Empty Surgery".into(),
            ods_code: None,
            settings: "{}".into(),
            sending_allowed_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        practices::upsert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }
    let config = Config::load(&[], []).unwrap();
    Arc::new(Engine::new(
        db,
        clock,
        config,
        Gateways::default(),
        Catalogue::shipped(),
        Reader::shipped(),
        between::domain::result::ResultsCatalogue::shipped().unwrap(),
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_practice_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::plain(empty_engine(&folder, true).await).await;
    for path in PAGES {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        is_sound(path, &answer.text);
        assert!(!answer.text.contains("Demo clock"), "{path}: no demo, no clock");
    }
    for (path, says) in [
        ("/people", "between import patients.csv"),
        ("/alerts", "No open alerts."),
        ("/inbox", "Nothing to read."),
        ("/", "Nothing waits here."),
    ] {
        assert!(words(&server.get(path).await.text).contains(says), "{path}: {says}");
    }
    // Phones and the clock are the demo's.
    assert_eq!(server.get("/phone").await.status, 404);
    assert_eq!(server.post("/clock", &[("to", "hour"), ("back", "/")]).await.status, 404);
    assert_eq!(server.get("/people/nobody").await.status, 404);
    assert_eq!(server.get("/messages/none").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_practice_the_pages_say_how_to_add_one() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::plain(empty_engine(&folder, false).await).await;
    assert!(words(&server.get("/").await.text).contains("between practice add"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stylesheet_is_served_and_calls_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::plain(empty_engine(&folder, true).await).await;
    let css = server.get("/assets/between.css").await;
    assert_eq!(css.headers["content-type"], "text/css; charset=utf-8");
    assert!(!css.text.contains("url(") && !css.text.contains("@import"), "no file is fetched");
    let mark = server.get("/assets/mark.svg").await;
    assert_eq!(mark.headers["content-type"], "image/svg+xml");
}
