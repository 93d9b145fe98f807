//! `between bench`: what things cost on this machine.

use super::App;
use super::args::BenchFigure;
use super::output::{self, say};
use super::replies;
use crate::bench;
use anyhow::Result;
use std::process::ExitCode;

/// Measures and reports. It ends with success whatever the figures are.
pub(super) fn run(app: &App, figure: BenchFigure) -> Result<ExitCode> {
    let figures = match figure {
        BenchFigure::Replies => bench::replies(&replies::reader(app)?),
    };
    if app.json {
        for figure in &figures {
            output::json(&serde_json::json!({ "figure": figure, "met": figure.met() }))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
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
            ]
        })
        .collect();
    output::table(&["figure", "measured", "must", "ambition", "met"], &rows, "Nothing was measured.");
    if cfg!(debug_assertions) {
        say!("This program was built without optimisation: build with --release for figures that mean something.");
    }
    Ok(ExitCode::SUCCESS)
}
