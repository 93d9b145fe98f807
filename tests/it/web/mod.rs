//! The pages and the demo, over HTTP as a browser speaks it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails the test")]

mod acts;
mod browser;
mod demo;
mod guard;
mod hostile;
mod pages;
mod phone;

use between::demo::{Demo, Options};
use between::intake::Receiver;
use between::outreach::Engine;
use between::web::pages::Simulation;
use between::web::{AppState, pages as web_pages};
use std::sync::Arc;

/// A running server on this machine.
pub struct Server {
    pub url: String,
    pub engine: Arc<Engine>,
    pub demo: Option<Arc<Demo>>,
    client: reqwest::Client,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Server {
    /// A small demo on the Wednesday morning on which its first person was just asked what matters to her.
    pub async fn demo() -> Self {
        let demo = Demo::start(&Options { people: 16, ..Options::default() }).await.unwrap();
        let engine = demo.engine();
        Self::serve(engine, Some(demo)).await
    }

    /// The same pages over an engine without a demo.
    pub async fn plain(engine: Arc<Engine>) -> Self {
        Self::serve(engine, None).await
    }

    async fn serve(engine: Arc<Engine>, demo: Option<Arc<Demo>>) -> Self {
        let simulation = demo.clone().map(|demo| demo as Arc<dyn Simulation>);
        let state =
            AppState { engine: Arc::clone(&engine), receiver: Receiver::start(Arc::clone(&engine)), demo: simulation };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = web_pages::router().with_state(state);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        between::gateways::install_tls_provider();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { url, engine, demo, client, task }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Self::answer(self.client.get(format!("{}{path}", self.url))).await
    }

    /// A form from one of our own pages.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.client.post(format!("{}{path}", self.url)).header("origin", &self.url).form(form);
        Self::answer(request).await
    }

    /// A request as given.
    pub async fn send(&self, change: impl FnOnce(&reqwest::Client, &str) -> reqwest::RequestBuilder) -> Answer {
        Self::answer(change(&self.client, &self.url)).await
    }

    async fn answer(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    /// The demo's first person.
    pub fn guest(&self) -> String {
        self.demo.as_ref().unwrap().people()[0].clone()
    }

    /// Texts as the first person and gives her phone and her record as they are then.
    pub async fn text_as_guest(&self, text: &str) -> (String, String) {
        let phone = format!("/phone/{}", self.guest());
        let answer = self.post(&phone, &[("channel", "sms"), ("text", text)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        (self.get(&phone).await.text, self.get(&format!("/people/{}", self.guest())).await.text)
    }
}

/// The text of a page without its tags, spaces run together.
pub fn words(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
