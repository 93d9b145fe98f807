//! A small HTTP/1.1 server that answers as it is told, also in ways no server library would.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use super::fault::Fault;

/// A request as it was read.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The decoded pairs of a query or form body.
    pub fn pairs(text: &str) -> Vec<(String, String)> {
        reqwest::Url::parse(&format!("http://x/?{text}")).unwrap().query_pairs().into_owned().collect()
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(u16, String),
    Text(u16, &'static str, String),
    /// A redirect of this kind to this address.
    Moved(u16, String),
    Wrong(Fault),
}

impl Reply {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Json(status, body.to_string())
    }
}

type Handler = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// The server. Dropping it ends everything it started.
pub struct FakeServer {
    addr: SocketAddr,
    handler: Handler,
    pub counts: Arc<Counts>,
    running: Option<JoinHandle<()>>,
}

/// What was seen on the wire.
#[derive(Default)]
pub struct Counts {
    pub connections: AtomicUsize,
    pub requests: AtomicUsize,
    /// Bytes written by the faults that do not end by themselves.
    pub endless_bytes: AtomicU64,
}

impl FakeServer {
    pub async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let mut server = Self { addr, handler: Arc::new(handler), counts: Arc::default(), running: None };
        server.run(listener);
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Refuses connections from now on.
    pub async fn go_down(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    /// Comes back at the same address.
    pub async fn come_up(&mut self) {
        let listener = TcpListener::bind(self.addr).await.unwrap();
        self.run(listener);
    }

    fn run(&mut self, listener: TcpListener) {
        let (handler, counts) = (Arc::clone(&self.handler), Arc::clone(&self.counts));
        self.running = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                counts.connections.fetch_add(1, Ordering::SeqCst);
                let (handler, counts) = (Arc::clone(&handler), Arc::clone(&counts));
                connections.spawn(async move {
                    let _ = converse(stream, &handler, &counts).await;
                });
                while connections.try_join_next().is_some() {}
            }
        }));
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

async fn converse<S>(stream: S, handler: &Handler, counts: &Counts) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        counts.requests.fetch_add(1, Ordering::SeqCst);
        let reply = handler(&request);
        if !answer(stream.get_mut(), &reply, counts).await? {
            return Ok(());
        }
    }
    Ok(())
}

async fn read<S: AsyncBufReadExt + Unpin>(stream: &mut S) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or("").to_owned(), words.next().unwrap_or("").to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { method, path, query, headers, body }))
}

/// Writes the answer; false when the connection is not to be used again.
async fn answer<S: AsyncWrite + Unpin>(stream: &mut S, reply: &Reply, counts: &Counts) -> io::Result<bool> {
    let (status, kind, body) = match reply {
        Reply::Json(status, body) => (*status, "application/json", body.as_str()),
        Reply::Text(status, kind, body) => (*status, *kind, body.as_str()),
        Reply::Moved(status, to) => {
            whole(stream, *status, &format!("Location: {to}\r\n"), "").await?;
            return Ok(true);
        }
        Reply::Wrong(fault) => return misbehave(stream, *fault, counts).await,
    };
    whole(stream, status, &format!("Content-Type: {kind}\r\n"), body).await?;
    Ok(true)
}

async fn whole<S: AsyncWrite + Unpin>(stream: &mut S, status: u16, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let text = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await?;
    stream.flush().await
}

async fn misbehave<S: AsyncWrite + Unpin>(stream: &mut S, fault: Fault, counts: &Counts) -> io::Result<bool> {
    match fault {
        Fault::Timeout => std::future::pending::<()>().await,
        Fault::Drop => {}
        Fault::TooMany => {
            whole(stream, 429, "Retry-After: 90\r\n", r#"{"code":"busy"}"#).await?;
            return Ok(true);
        }
        Fault::Unavailable => {
            whole(stream, 503, "Retry-After: 120\r\n", "").await?;
            return Ok(true);
        }
        Fault::ServerError => {
            whole(stream, 500, "", r#"{"code":"bad_number","permanent":true}"#).await?;
            return Ok(true);
        }
        Fault::Html200 => {
            whole(stream, 200, "Content-Type: text/html\r\n", "<html><body>Sign in to the network</body></html>")
                .await?;
            return Ok(true);
        }
        Fault::Empty200 => {
            whole(stream, 200, "Content-Type: application/json\r\n", "").await?;
            return Ok(true);
        }
        Fault::Garbage => {
            whole(stream, 200, "Content-Type: application/json\r\n", "\u{0}\u{1}{]not json").await?;
            return Ok(true);
        }
        Fault::OtherJson => {
            whole(stream, 200, "Content-Type: application/json\r\n", r#"{"ok":true,"id":null}"#).await?;
            return Ok(true);
        }
        Fault::Redirect => {
            whole(stream, 307, "Location: /elsewhere\r\n", "").await?;
            return Ok(true);
        }
        Fault::Truncated => {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"id\":\"p-1\",\"sta";
            stream.write_all(head.as_bytes()).await?;
            stream.flush().await?;
        }
        Fault::Huge | Fault::Endless => {
            let framing = if fault == Fault::Huge { "Content-Length: 67108864" } else { "Connection: close" };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{{\"id\":\"");
            stream.write_all(head.as_bytes()).await?;
            let chunk = vec![b'9'; 16 * 1024];
            for _ in 0..4 * 1024 {
                stream.write_all(&chunk).await?;
                counts.endless_bytes.fetch_add(chunk.len() as u64, Ordering::SeqCst);
            }
        }
        Fault::Slow => {
            let body = br#"{"id":"p-1","status":"accepted"}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await?;
            for byte in body {
                stream.write_all(&[*byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    Ok(false)
}
