//! What stands between the pages and the rest of the world (S8).

use super::Server;

const HEADERS: [&str; 7] = [
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
];

#[tokio::test(flavor = "multi_thread")]
async fn s8_forms_from_elsewhere_are_refused_and_change_nothing() {
    let server = Server::demo().await;
    let before = server.engine.clock.now_ms();
    let foreign: [&[(&str, &str)]; 4] = [
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:1")],
    ];
    for headers in foreign {
        for (path, form) in [
            ("/clock".to_owned(), "to=week&back=/"),
            (format!("/phone/{}", server.guest()), "channel=sms&text=STOP"),
            (format!("/people/{}/consent", server.guest()), "purpose=all&channel=any&decision=refused&source=x"),
        ] {
            let answer = server
                .send(|client, url| {
                    let mut request = client
                        .post(format!("{url}{path}"))
                        .body(form)
                        .header("content-type", "application/x-www-form-urlencoded");
                    for (name, value) in headers {
                        request = request.header(*name, *value);
                    }
                    request
                })
                .await;
            assert_eq!(answer.status, 403, "{headers:?} {path}");
        }
    }
    assert_eq!(server.engine.clock.now_ms(), before, "the clock stands");
    assert!(!server.get(&format!("/phone/{}", server.guest())).await.text.contains(
        "btw-bubble--own\"><span class=\"nhsuk-u-visually-hidden\">You wrote: </span><p class=\"btw-words\">STOP"
    ));
    let own = server.post("/clock", &[("to", "hour"), ("back", "/people")]).await;
    assert_eq!((own.status, own.headers["location"].to_str().unwrap()), (303, "/people"), "our own form passes");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_security_headers_and_no_script_is_allowed() {
    let server = Server::demo().await;
    let mut answers = Vec::new();
    for path in ["/", "/people", "/assets/between.css", "/no-such-page", "/people/nobody"] {
        answers.push((path.to_owned(), server.get(path).await));
    }
    answers.push(("a redirect".into(), server.post("/clock", &[("to", "hour"), ("back", "/")]).await));
    answers.push(("a form that cannot be used".into(), server.post("/clock", &[("to", "year")]).await));
    answers.push((
        "a forged form".into(),
        server.send(|c, url| c.post(format!("{url}/clock")).header("origin", "http://evil.example")).await,
    ));
    answers.push((
        "another name".into(),
        server.send(|c, url| c.get(format!("{url}/")).header("host", "evil.example")).await,
    ));
    for (what, answer) in &answers {
        for name in HEADERS {
            assert!(answer.headers.contains_key(name), "{what} ({}): {name}", answer.status);
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("script-src"),
            "{what}: {policy}"
        );
        if !what.contains("assets") {
            assert_eq!(answer.headers["cache-control"], "no-store", "{what}: pages about patients stay in no cache");
        }
    }
    let statuses: Vec<u16> = answers.iter().map(|(_, a)| a.status).collect();
    assert_eq!(statuses, [200, 200, 200, 404, 404, 303, 422, 403, 421]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_never_leads_to_another_site() {
    let server = Server::demo().await;
    for back in ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"] {
        let answer = server.post("/clock", &[("to", "hour"), ("back", back)]).await;
        assert_eq!(answer.headers["location"], "/", "{back}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_larger_than_the_limit_is_refused() {
    let server = Server::demo().await;
    let large = "x".repeat(100 * 1024);
    let answer = server.post(&format!("/phone/{}", server.guest()), &[("channel", "sms"), ("text", &large)]).await;
    assert_eq!(answer.status, 413);
}
