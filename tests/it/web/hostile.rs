//! Hostile words in names, replies and agendas stay words (S9, T12).

use super::{Server, words};
use between::store::patients;

/// Each would leave a trace in the document if it ran.
pub const PAYLOADS: [&str; 6] = [
    "<script>document.documentElement.dataset.ran='1'</script>",
    "\"><img src=x onerror=\"document.documentElement.dataset.ran='2'\">",
    "'><svg/onload=document.documentElement.dataset.ran='3'>",
    "</textarea></title><script>document.documentElement.dataset.ran='4'</script>",
    "<a href=\"javascript:document.documentElement.dataset.ran='5'\">click</a> https://evil.example/login",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\"><iframe srcdoc=\"<script>1</script>\">",
];

/// Writes them everywhere a person or an import can write: name, replies, agenda, note. Returns the pages to look at.
pub async fn plant(server: &Server) -> Vec<String> {
    let id = server.guest();
    let mut row = patients::get(&server.engine.db, &id).await.unwrap().unwrap();
    PAYLOADS[1].clone_into(&mut row.family_name);
    PAYLOADS[0].clone_into(&mut row.given_name);
    row.known_as = Some(PAYLOADS[2].to_owned());
    let mut tx = server.engine.db.begin().await.unwrap();
    patients::upsert(&mut tx, &[row]).await.unwrap();
    tx.commit().await.unwrap();
    // The question about the agenda is open: the first reply becomes the agenda, the others are read by people.
    for payload in PAYLOADS {
        server.text_as_guest(payload).await;
    }
    let search = PAYLOADS[3].bytes().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat();
    let explain = server.post("/explain", &[("text", PAYLOADS[3]), ("question", "count"), ("channel", "sms")]).await;
    assert_is_text(&explain.text, "/explain");
    ["/", "/people", "/alerts", "/inbox", "/phone"]
        .into_iter()
        .map(str::to_owned)
        .chain([format!("/people/{id}"), format!("/phone/{id}"), format!("/people?find={search}")])
        .collect()
}

fn assert_is_text(page: &str, path: &str) {
    for raw in [
        "<script",
        "<img src=x",
        "<svg/",
        "<iframe",
        "onerror=\"",
        "<a href=\"javascript",
        "href=\"https://evil.example",
        "<meta http-equiv=refresh",
    ] {
        // As text these begin with &lt; or stand with &quot;.
        assert!(!page.contains(raw), "{path}: {raw}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_hostile_words_are_shown_as_words_and_t12_links_in_replies_are_text() {
    let server = Server::demo().await;
    let mut seen = 0;
    for path in plant(&server).await {
        let answer = server.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_is_text(&answer.text, &path);
        seen += usize::from(words(&answer.text).contains("https://evil.example/login"));
    }
    assert!(seen >= 2, "the link is there, as words");
}
