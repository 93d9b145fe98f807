//! A mail server that follows the protocol strictly and misbehaves by the recipient's name.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

/// A mail it took.
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub data: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> Option<String> {
        let start = format!("{name}: ");
        self.data.split("\r\n").find_map(|line| line.strip_prefix(&start).map(str::to_owned))
    }
}

/// What goes wrong for a recipient, by how often they were written to before.
pub type Mood = Box<dyn Fn(&str, usize) -> Option<Trouble> + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A refusal of the recipient, with this reply.
    Refuse(&'static str),
    /// A refusal after the whole message, with this reply; nothing is kept.
    RefuseMessage(&'static str),
    /// The connection closes at RCPT.
    DropEarly,
    /// The connection closes in the middle of the message; nothing is kept.
    DropInData,
    /// The message is kept and the connection closed without a reply.
    DropAfter,
    /// The message is kept and no reply ever comes.
    SilentAfter,
    /// No reply to RCPT ever comes.
    SilentEarly,
    /// A reply that is no SMTP, at RCPT.
    Garbage,
}

/// The server. Dropping it ends everything it started.
pub struct ScriptedSmtp {
    addr: SocketAddr,
    state: Arc<State>,
    running: JoinHandle<()>,
}

struct State {
    mood: Mood,
    account: Option<(&'static str, &'static str)>,
    tries: Mutex<HashMap<String, usize>>,
    mails: Mutex<Vec<Mail>>,
    faults: Mutex<Vec<String>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl ScriptedSmtp {
    pub async fn start(
        account: Option<(&'static str, &'static str)>,
        mood: impl Fn(&str, usize) -> Option<Trouble> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let state = Arc::new(State {
            mood: Box::new(mood),
            account,
            tries: Mutex::default(),
            mails: Mutex::default(),
            faults: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        let running = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let state = Arc::clone(&shared);
                connections.spawn(async move {
                    state.connections.fetch_add(1, Ordering::SeqCst);
                    let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
                    state.most_open.fetch_max(open, Ordering::SeqCst);
                    let _ = state.converse(BufReader::new(stream)).await;
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { addr, state, running }
    }

    pub fn settings(&self, more: &str) -> String {
        format!(
            "kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\
             sender = \"Oak Surgery <messages@oak.test>\"\n{more}\n",
            self.addr.port()
        )
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.state.mails.lock().unwrap().clone()
    }

    /// Where a client broke the protocol: must stay empty.
    pub fn faults(&self) -> Vec<String> {
        self.state.faults.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    pub fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for ScriptedSmtp {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl State {
    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: BufReader<S>) -> io::Result<()> {
        say(&mut stream, "220 mx.patient.test ESMTP").await?;
        let (mut greeted, mut logged_in) = (false, self.account.is_none());
        let (mut from, mut to): (Option<String>, Option<String>) = (None, None);
        let mut trouble = None;
        while let Some(line) = self.line(&mut stream).await? {
            let (verb, rest) = line.split_at(line.len().min(4));
            let answer = match (verb.to_ascii_uppercase().as_str(), from.is_some(), to.is_some()) {
                ("EHLO", ..) => {
                    greeted = true;
                    let login = if self.account.is_some() { "250-AUTH PLAIN LOGIN\r\n" } else { "" };
                    format!("250-mx.patient.test\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n{login}250 SIZE 1000000")
                }
                ("AUTH", ..) => {
                    let (user, password) = self.account.unwrap_or_default();
                    logged_in = rest.trim() == format!("PLAIN {}", plain(user, password));
                    if logged_in { "235 2.7.0 welcome".to_owned() } else { "535 5.7.8 wrong".to_owned() }
                }
                ("MAIL", false, _) if greeted && logged_in => {
                    from = Some(between(rest));
                    "250 2.1.0 ok".to_owned()
                }
                ("MAIL", false, _) if greeted => "530 5.7.0 Authentication required".to_owned(),
                ("RCPT", true, false) => {
                    let address = between(rest);
                    trouble = self.trouble(&address);
                    match trouble {
                        Some(Trouble::Refuse(reply)) => reply.to_owned(),
                        Some(Trouble::DropEarly) => return Ok(()),
                        Some(Trouble::SilentEarly) => std::future::pending().await,
                        Some(Trouble::Garbage) => "all is well".to_owned(),
                        _ => {
                            to = Some(address);
                            "250 2.1.5 ok".to_owned()
                        }
                    }
                }
                ("DATA", true, true) => {
                    say(&mut stream, "354 go ahead").await?;
                    if trouble == Some(Trouble::DropInData) {
                        self.line(&mut stream).await?;
                        return Ok(());
                    }
                    let data = self.data(&mut stream).await?;
                    let mail = Mail { from: from.take().unwrap(), to: to.take().unwrap(), data };
                    if let Some(Trouble::RefuseMessage(reply)) = trouble {
                        reply.to_owned()
                    } else {
                        self.mails.lock().unwrap().push(mail);
                        match trouble {
                            Some(Trouble::DropAfter) => return Ok(()),
                            Some(Trouble::SilentAfter) => std::future::pending().await,
                            _ => "250 2.0.0 queued".to_owned(),
                        }
                    }
                }
                ("RSET", ..) => {
                    (from, to) = (None, None);
                    "250 2.0.0 ok".to_owned()
                }
                ("QUIT", ..) => {
                    say(&mut stream, "221 2.0.0 bye").await?;
                    return Ok(());
                }
                _ => {
                    self.faults.lock().unwrap().push(format!("out of order: {line}"));
                    "503 5.5.1 out of order".to_owned()
                }
            };
            say(&mut stream, &answer).await?;
        }
        Ok(())
    }

    fn trouble(&self, to: &str) -> Option<Trouble> {
        let before = {
            let mut tries = self.tries.lock().unwrap();
            let count = tries.entry(to.to_owned()).or_insert(0);
            *count += 1;
            *count - 1
        };
        (self.mood)(to, before)
    }

    async fn line<S: AsyncRead + Unpin>(&self, stream: &mut BufReader<S>) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if stream.read_until(b'\n', &mut bytes).await? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let line = text.strip_suffix("\r\n");
        if line.is_none_or(|line| line.contains(['\r', '\n'])) {
            self.faults.lock().unwrap().push(format!("a line without CRLF: {text:?}"));
        }
        Ok(Some(line.unwrap_or(&text).to_owned()))
    }

    async fn data<S: AsyncRead + Unpin>(&self, stream: &mut BufReader<S>) -> io::Result<String> {
        let mut data = String::new();
        while let Some(line) = self.line(stream).await? {
            if line == "." {
                return Ok(data);
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn plain(user: &str, password: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("\0{user}\0{password}"))
}

fn between(text: &str) -> String {
    text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or_else(String::new, |(a, _)| a.to_owned())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, text: &str) -> io::Result<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.get_mut().flush().await
}
