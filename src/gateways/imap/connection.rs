//! Opening a connection to the mail server: TLS at once, after STARTTLS, or none on this machine; then the log-in.

use std::{fmt, sync::Arc};

use async_imap::{
    Client, Session,
    error::Error,
    imap_proto::{Response, Status},
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Account, MailFault};
use crate::gateways::tls::MailTls;

/// A connection, protected or not.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Wire for T {}

/// A connection that is logged in.
pub(super) type LoggedIn = Session<Box<dyn Wire>>;

/// Connects, greets and logs in. The caller bounds the time.
pub(super) async fn log_in(account: &Account) -> Result<LoggedIn, MailFault> {
    let tcp = TcpStream::connect((account.host.as_str(), account.port)).await.map_err(|_| MailFault::Unreachable)?;
    tcp.set_nodelay(true).map_err(|_| MailFault::Unreachable)?;
    let (wire, greeted): (Box<dyn Wire>, bool) = match account.tls {
        MailTls::None => (Box::new(tcp), false),
        MailTls::Implicit => (encrypt(account, tcp).await?, false),
        MailTls::Starttls => (encrypt(account, ask_for_tls(tcp).await?).await?, true),
    };
    let mut client = Client::new(wire);
    if !greeted {
        let greeting = client.read_response().await.map_err(|e| MailFault::from(&e))?.ok_or(MailFault::Lost)?;
        // BYE turns us away; PREAUTH would be somebody else's session.
        match greeting.parsed() {
            Response::Data { status: Status::Ok, .. } => {}
            Response::Data { status: Status::Bye, .. } => return Err(MailFault::Lost),
            _ => return Err(MailFault::Unreadable),
        }
    }
    client.login(&account.username, account.password.expose()).await.map_err(|(error, _)| match &error {
        // RFC 5530: the account is right, the server is not up to it just now.
        Error::No(text) if ["UNAVAILABLE", "INUSE", "LIMIT"].iter().any(|word| text.to_uppercase().contains(word)) => {
            MailFault::Refused
        }
        Error::No(_) => MailFault::LoginRefused,
        other => other.into(),
    })
}

async fn encrypt(account: &Account, tcp: TcpStream) -> Result<Box<dyn Wire>, MailFault> {
    let name = ServerName::try_from(account.host.clone()).map_err(|_| MailFault::Tls)?;
    let stream =
        TlsConnector::from(Arc::clone(&account.config)).connect(name, tcp).await.map_err(|_| MailFault::Tls)?;
    Ok(Box::new(stream))
}

/// STARTTLS by hand, so that nothing said in the clear after the go-ahead can be taken for something said under TLS.
async fn ask_for_tls(tcp: TcpStream) -> Result<TcpStream, MailFault> {
    let mut tcp = BufReader::new(tcp);
    if !line(&mut tcp).await?.starts_with("* OK") {
        return Err(MailFault::Tls);
    }
    tcp.get_mut().write_all(b"s STARTTLS\r\n").await.map_err(|_| MailFault::Lost)?;
    for _ in 0..10 {
        let answer = line(&mut tcp).await?;
        if answer.starts_with("s OK") && tcp.buffer().is_empty() {
            return Ok(tcp.into_inner());
        }
        if !answer.starts_with("* ") {
            break;
        }
    }
    Err(MailFault::Tls)
}

async fn line(tcp: &mut BufReader<TcpStream>) -> Result<String, MailFault> {
    let mut line = String::new();
    match tcp.take(2_000).read_line(&mut line).await {
        Ok(length) if length > 0 => Ok(line),
        _ => Err(MailFault::Lost),
    }
}
