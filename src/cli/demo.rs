//! `between demo`: an invented practice on this machine, to look at and play with.

use super::args::DemoArgs;
use crate::demo::{Demo, Options, transcript};
use crate::intake::Receiver;
use crate::web::{self, AppState};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;

pub(super) async fn run(args: DemoArgs) -> Result<ExitCode> {
    if args.transcript {
        transcript(&mut std::io::stdout()).await.context("the loop did not do what it should")?;
        return Ok(ExitCode::SUCCESS);
    }
    // The pages have no sign-in yet, so they are for this machine alone.
    if !args.listen.ip().is_loopback() {
        bail!("the demo's pages are served on this machine only: listen on 127.0.0.1");
    }
    crate::telemetry::start();
    eprintln!("Inventing a practice and living through its first week …");
    let options = Options { seed: args.seed, ..Options::default() };
    let demo = Demo::start(&options).await?;
    let engine = demo.engine();
    let state = AppState { receiver: Receiver::start(engine.clone()), engine, demo: Some(demo) };
    let listener = TcpListener::bind(args.listen).await.with_context(|| {
        format!("cannot listen on {}: is a demo running already? Try --listen 127.0.0.1:0", args.listen)
    })?;
    let address: SocketAddr = listener.local_addr()?;
    eprintln!("Everything in it is invented and nothing leaves this machine.");
    super::output::say!("Open http://{address} in a browser. Ctrl-C ends the demo and removes its data.");
    tokio::select! {
        served = axum::serve(listener, web::service_with_pages(state)) => served?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(ExitCode::SUCCESS)
}
