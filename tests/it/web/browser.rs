//! The same hostile words before a real browser: no script runs (S9). The control page shows that the check can fail.

use super::{Server, hostile};
use std::process::Stdio;
use std::time::Duration;

fn chromium() -> Option<String> {
    let named = std::env::var("BETWEEN_BROWSER").ok();
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found =
        named.or_else(|| known.iter().find(|path| std::path::Path::new(path).exists()).map(|path| (*path).to_owned()));
    if found.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "a browser is needed in CI: name it in BETWEEN_BROWSER");
        println!("skipped: no Chromium here");
    }
    found
}

/// The document after its scripts had time to run.
async fn document(browser: &str, url: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let child = tokio::process::Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args(["--disable-component-update", "--disable-sync", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--dump-dom", url])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(90), child).await.expect("the browser ends").unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_no_script_of_a_hostile_text_runs_in_a_browser() {
    let Some(browser) = chromium() else { return };
    // The control: the same words, put into a page as they are and without a policy, do run.
    let raw = axum::Router::new().route(
        "/",
        axum::routing::get(|| async {
            axum::response::Html(format!("<!DOCTYPE html><html><body>{}", hostile::PAYLOADS[0]))
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control = format!("http://{}/", listener.local_addr().unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, raw).await.unwrap() });
    assert!(
        document(&browser, &control).await.contains("data-ran=\"1\""),
        "the control page shows that a script would be seen"
    );
    task.abort();

    let server = Server::demo().await;
    for path in hostile::plant(&server).await {
        let page = document(&browser, &format!("{}{path}", server.url)).await;
        assert!(page.contains("between</title>"), "{path} was shown");
        assert!(!page.contains("data-ran="), "a script ran on {path}");
        assert!(!page.contains("<script") && !page.contains("<iframe"), "{path} has an element that nobody made");
    }
}
