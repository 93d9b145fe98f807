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
        let state = web::AppState { receiver: Receiver::start(Arc::clone(&engine)), engine: Arc::clone(&engine), demo: None };
        let until = stop.clone();
        let server = axum::serve(listener, web::service(state)).with_graceful_shutdown(async move { until.cancelled().await });
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
