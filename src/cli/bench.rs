//! `between bench`: what things cost on this machine.

use super::App;
use super::args::{BenchArgs, BenchFigure};
use super::output::{self, say};
use super::replies;
use crate::bench::{self, BenchError, Figure, dispatch, inbound, planning, sink};
use anyhow::{Result, bail};
use std::process::ExitCode;
use std::time::Duration;

/// What `bench` measures when nothing is named; the limiter takes minutes and is measured by name.
const ALL: [BenchFigure; 8] = [
    BenchFigure::Dispatch,
    BenchFigure::Slow,
    BenchFigure::Email,
    BenchFigure::Planning,
    BenchFigure::Inbound,
    BenchFigure::Stop,
    BenchFigure::Replies,
    BenchFigure::Rest,
];

/// Measures and reports. It ends with success whatever the figures are.
pub(super) async fn run(app: &App, arguments: BenchArgs) -> Result<ExitCode> {
    if let Some(done) = part(app, &arguments).await? {
        return Ok(done);
    }
    let wanted = arguments.figure.map_or(ALL.to_vec(), |figure| vec![figure]);
    let mut figures = Vec::new();
    for figure in wanted {
        eprintln!("measuring: {figure:?}");
        match measure(app, figure, arguments.database.as_deref()).await {
            Ok(found) => figures.extend(found),
            // A figure that does not count is said; the others are measured all the same.
            Err(error) => eprintln!("{figure:?} could not be measured: {error:#}"),
        }
    }
    if app.json {
        for figure in &figures {
            output::json(&serde_json::json!({ "figure": figure, "met": figure.met() }))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    table(&figures);
    if cfg!(debug_assertions) {
        say!("This program was built without optimisation: build with --release for figures that mean something.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(app: &App, figure: BenchFigure, database: Option<&str>) -> Result<Vec<Figure>> {
    let found: Result<Vec<Figure>, BenchError> = match figure {
        BenchFigure::Dispatch => dispatch::fast(database).await,
        BenchFigure::Slow => dispatch::slow(database).await,
        BenchFigure::Email => dispatch::mail(database).await,
        BenchFigure::Limiter => dispatch::limiter(database).await,
        BenchFigure::Planning => planning::measure(database).await,
        BenchFigure::Inbound => inbound::webhook(database).await,
        BenchFigure::Stop => inbound::stop(database).await,
        BenchFigure::Rest => inbound::rest(database).await,
        BenchFigure::Replies => Ok(bench::replies(&replies::reader(app)?)),
        BenchFigure::Sink => bail!("the sink is not a figure"),
    };
    Ok(found?)
}

/// The parts of a measurement that run as processes of their own, also for comparison beside other programs.
async fn part(app: &App, arguments: &BenchArgs) -> Result<Option<ExitCode>> {
    let database = || match (&arguments.database, app.config()) {
        (Some(url), _) => Ok(url.clone()),
        (None, Ok(config)) => Ok(config.database.url),
        (None, Err(error)) => Err(error),
    };
    match arguments.figure {
        Some(BenchFigure::Sink) => sink::serve(Duration::from_millis(arguments.delay_ms)).await?,
        Some(BenchFigure::Dispatch) if arguments.enqueue.is_some() => {
            let made = dispatch::enqueue(&database()?, arguments.enqueue.unwrap_or_default()).await?;
            output::json(&serde_json::json!({ "enqueued": made }))?;
        }
        Some(BenchFigure::Dispatch) if arguments.work => {
            let done = match &arguments.sink {
                Some(sink) => dispatch::work_at(&database()?, sink, arguments.in_flight).await?,
                None => dispatch::work(app.config()?).await?,
            };
            output::json(&done)?;
        }
        Some(BenchFigure::Inbound) if arguments.port.is_some() => {
            let Some(secret) = &arguments.secret else {
                bail!("--port needs --secret");
            };
            inbound::serve(&database()?, arguments.port.unwrap_or_default(), secret).await?;
        }
        _ => return Ok(None),
    }
    Ok(Some(ExitCode::SUCCESS))
}

fn table(figures: &[Figure]) {
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|f| {
            let goal = |goal: Option<bench::Goal>| goal.map_or_else(|| "–".to_owned(), |goal| goal.to_string());
            let met = f.met().map_or("–", |met| if met { "yes" } else { "no" });
            let places = if f.value < 10.0 { 3 } else { 0 };
            vec![
                f.name.to_owned(),
                format!("{:.places$} {}", f.value, f.unit),
                goal(f.must),
                goal(f.ambition),
                met.to_owned(),
                f.note.clone(),
            ]
        })
        .collect();
    output::table(&["figure", "measured", "must", "ambition", "met", "beside it"], &rows, "Nothing was measured.");
}
