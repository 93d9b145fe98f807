//! Opening a connection: TCP without Nagle's delay, then TLS at once, or after STARTTLS, or none on this machine.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream},
    extension::ClientId,
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::reply::Stage;
use crate::{domain::delivery::SendFailure, gateways::tls::MailTls};

/// An open connection, greeted and logged in.
pub(super) struct Connection {
    pub(super) smtp: AsyncSmtpConnection,
}

/// How connections are made.
pub(super) struct Dialler {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: MailTls,
    pub(super) config: Arc<rustls::ClientConfig>,
    pub(super) credentials: Option<Credentials>,
    pub(super) hello: ClientId,
}

fn unreachable(code: &str) -> SendFailure {
    SendFailure::Unreachable { detail_code: code.to_owned() }
}

impl Dialler {
    pub(super) async fn dial(&self) -> Result<Connection, SendFailure> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| {
            unreachable(if error.kind() == io::ErrorKind::ConnectionRefused { "refused" } else { "connect" })
        })?;
        // With Nagle on, each mail waits for a delayed acknowledgement: 40 ms instead of a fraction of one.
        tcp.set_nodelay(true).map_err(|_| unreachable("connect"))?;
        let stream: Box<dyn AsyncTokioStream> = match self.tls {
            MailTls::None => Box::new(tcp),
            MailTls::Implicit => Box::new(Encrypted::plain(self.encrypt(tcp).await?)),
            MailTls::Starttls => {
                let tcp = self.ask_for_tls(tcp).await?;
                Box::new(Encrypted::after_starttls(self.encrypt(tcp).await?))
            }
        };
        let mut smtp = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
            .await
            .map_err(|error| Stage::Greeting.failed(&error).meaning())?;
        if let Some(credentials) = &self.credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            if smtp.server_info().get_auth_mechanism(&known).is_none() {
                return Err(SendFailure::NotConfigured);
            }
            smtp.auth(&known, credentials).await.map_err(|error| Stage::Login.failed(&error).meaning())?;
        }
        Ok(Connection { smtp })
    }

    async fn encrypt(&self, tcp: TcpStream) -> Result<TlsStream<TcpStream>, SendFailure> {
        let name = ServerName::try_from(self.host.clone()).map_err(|_| SendFailure::NotConfigured)?;
        TlsConnector::from(Arc::clone(&self.config)).connect(name, tcp).await.map_err(|_| unreachable("tls"))
    }

    /// STARTTLS by hand, so that one TLS configuration serves both ways, and so that nothing said in the clear after
    /// the server's go-ahead can be taken for something said under TLS.
    async fn ask_for_tls(&self, tcp: TcpStream) -> Result<TcpStream, SendFailure> {
        let mut tcp = BufReader::new(tcp);
        expect(&mut tcp, "220").await?;
        let hello = format!("EHLO {}\r\n", self.hello);
        tcp.get_mut().write_all(hello.as_bytes()).await.map_err(|_| unreachable("smtp_connection_lost"))?;
        let offers = expect(&mut tcp, "250").await?;
        if !offers.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
            return Err(unreachable("tls_not_offered"));
        }
        tcp.get_mut().write_all(b"STARTTLS\r\n").await.map_err(|_| unreachable("smtp_connection_lost"))?;
        expect(&mut tcp, "220").await?;
        if !tcp.buffer().is_empty() {
            return Err(unreachable("tls"));
        }
        Ok(tcp.into_inner())
    }
}

/// Reads one reply and returns its lines without the code. The limits are generous to any honest server.
async fn expect(tcp: &mut BufReader<TcpStream>, code: &str) -> Result<Vec<String>, SendFailure> {
    use tokio::io::AsyncReadExt;
    let mut lines = Vec::new();
    while lines.len() < 100 {
        let mut line = String::new();
        let read = tcp.take(2_000).read_line(&mut line).await;
        if !matches!(read, Ok(length) if length > 0) || !line.starts_with(code) {
            return Err(unreachable("smtp_greeting"));
        }
        let rest = line.get(code.len()..).unwrap_or_default().trim_end();
        let more = rest.starts_with('-');
        lines.push(rest.get(1..).unwrap_or_default().to_owned());
        if !more {
            return Ok(lines);
        }
    }
    Err(unreachable("smtp_greeting"))
}

/// The encrypted stream as lettre wants it. After STARTTLS no greeting comes any more, but lettre waits for one: it is
/// given the one that came before.
struct Encrypted {
    greeting: &'static [u8],
    inner: TlsStream<TcpStream>,
}

impl Encrypted {
    fn plain(inner: TlsStream<TcpStream>) -> Self {
        Self { greeting: b"", inner }
    }

    fn after_starttls(inner: TlsStream<TcpStream>) -> Self {
        Self { greeting: b"220 ready under TLS\r\n", inner }
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
        buf.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
