//! `between serve`: everything that runs.

use super::args::{Role, ServeArgs};
use crate::clock::Clock;
use crate::config::Config;
use crate::intake::Receiver;
use crate::outreach::Engine;
use crate::{web, worker};
use anyhow::{Context, Result};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(mut config: Config, args: ServeArgs) -> Result<ExitCode> {
    crate::telemetry::start();
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    let listen = config.server.listen.clone();
    let engine = Arc::new(Engine::from_config(config, Clock::system()).await?);
    engine.db.migrate().await.context("database")?;
    let stop = CancellationToken::new();
    let signals = stop.clone();
    tokio::spawn(async move {
        stopped().await;
        tracing::info!(code = "stopping", "told to stop: finishing what is under way");
        signals.cancel();
    });
    let worker = match args.role {
        Role::Worker | Role::All => Some(tokio::spawn(worker::run(Arc::clone(&engine), stop.clone()))),
        Role::Web => None,
    };
    if args.role == Role::Worker {
        tracing::info!(code = "ready", "the worker runs");
        stop.cancelled().await;
    } else {
        let listener = TcpListener::bind(&listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        tracing::info!(code = "ready", address = %listener.local_addr()?, "listening");
        let state =
            web::AppState { receiver: Receiver::start(Arc::clone(&engine)), engine: Arc::clone(&engine), demo: None };
        let until = stop.clone();
        let server =
            axum::serve(listener, web::service(state)).with_graceful_shutdown(async move { until.cancelled().await });
        tokio::select! {
            served = server => served?,
            // Clients that keep their connection open do not keep the program.
            () = async { stop.cancelled().await; tokio::time::sleep(std::time::Duration::from_secs(5)).await } => {}
        }
    }
    if let Some(worker) = worker {
        worker.await?;
    }
    engine.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Asks `/ready` of the program that listens where the settings say.
pub(super) async fn health(config: &Config) -> Result<ExitCode> {
    let listen: std::net::SocketAddr = config.server.listen.parse().context("[server] listen")?;
    // A program that listens everywhere is asked on this machine.
    let host = if listen.ip().is_unspecified() { std::net::Ipv4Addr::LOCALHOST.into() } else { listen.ip() };
    let address = std::net::SocketAddr::new(host, listen.port());
    let ask = async {
        let mut connection = tokio::net::TcpStream::connect(address).await?;
        let request = format!("GET /ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.take(4096).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    match tokio::time::timeout(std::time::Duration::from_secs(5), ask).await {
        Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.1 200") => Ok(ExitCode::SUCCESS),
        Ok(Ok(_)) => anyhow::bail!("the program at {address} is not ready"),
        _ => anyhow::bail!("nothing answers at {address}"),
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
