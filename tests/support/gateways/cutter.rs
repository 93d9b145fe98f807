//! A TCP proxy that cuts the connection at one command, once, and lets everything pass afterwards.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Where around a command the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees it.
    Before,
    /// The server does it; its answer is lost.
    Unanswered,
    /// The first bytes of the answer arrive.
    InTheAnswer,
}

/// The proxy. Dropping it ends everything it started.
pub struct Cutter {
    pub addr: SocketAddr,
    commands: Arc<AtomicUsize>,
    running: JoinHandle<()>,
}

/// What a test does at a command, before the server sees it.
type Hook = Box<dyn Fn() + Send + Sync>;

struct Plan {
    hook: Option<Hook>,
    to: u16,
    at: usize,
    cut: Cut,
    commands: Arc<AtomicUsize>,
    done: AtomicBool,
}

impl Cutter {
    /// Stands before the port `to`, and cuts at the command number `at`, from 1.
    pub async fn start(to: u16, at: usize, cut: Cut) -> Self {
        Self::run(to, at, cut, None).await
    }

    /// The same without a cut: `hook` runs before the server sees the command.
    pub async fn calling(to: u16, at: usize, hook: Hook) -> Self {
        Self::run(to, at, Cut::Before, Some(hook)).await
    }

    async fn run(to: u16, at: usize, cut: Cut, hook: Option<Hook>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let commands = Arc::new(AtomicUsize::new(0));
        let plan = Arc::new(Plan { hook, to, at, cut, commands: Arc::clone(&commands), done: AtomicBool::new(false) });
        let running = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let plan = Arc::clone(&plan);
                connections.spawn(async move { plan.pass(stream).await });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { addr, commands, running }
    }

    /// How many commands went by so far.
    pub fn commands(&self) -> usize {
        self.commands.load(Ordering::SeqCst)
    }
}

impl Plan {
    async fn pass(&self, client: TcpStream) -> Option<()> {
        let server = TcpStream::connect(("127.0.0.1", self.to)).await.ok()?;
        let (from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let mut lines = BufReader::new(from_client);
        let mut answer = vec![0; 65_536];
        // A line of the client, then whatever the server says until the client speaks again.
        let mut cutting = false;
        let mut line = Vec::new();
        loop {
            tokio::select! {
                read = lines.read_until(b'\n', &mut line) => {
                    if read.ok()? == 0 {
                        return None;
                    }
                    let number = self.commands.fetch_add(1, Ordering::SeqCst) + 1;
                    cutting = number >= self.at && !self.done.swap(number >= self.at, Ordering::SeqCst);
                    if let Some(hook) = self.hook.as_ref().filter(|_| cutting) {
                        hook();
                        cutting = false;
                    }
                    if cutting && self.cut == Cut::Before {
                        return None;
                    }
                    to_server.write_all(&line).await.ok()?;
                    line.clear();
                }
                read = from_server.read(&mut answer) => {
                    let length = read.ok()?;
                    if length == 0 {
                        return None;
                    }
                    if cutting {
                        if self.cut == Cut::InTheAnswer {
                            let _ = to_client.write_all(&answer[..length.div_ceil(2)]).await;
                        }
                        return None;
                    }
                    to_client.write_all(&answer[..length]).await.ok()?;
                }
            }
        }
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.running.abort();
    }
}
