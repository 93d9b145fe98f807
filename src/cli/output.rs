//! What commands print: words for people, JSON for programs, progress only where a terminal shows it.

/// Prints a line. When nobody reads on (`between … | head`), the program ends quietly, as other programs do.
macro_rules! say {
    ($($arg:tt)*) => { $crate::cli::output::line(format_args!($($arg)*)) };
}
pub(super) use say;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal;
use std::time::Duration;

/// The line behind `say!`.
pub(super) fn line(text: std::fmt::Arguments<'_>) {
    use std::io::Write;
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Says that something is done.
pub(super) fn done(json: bool, words: &str) {
    if json {
        say!("{}", serde_json::json!({ "done": words }));
    } else {
        say!("{words}");
    }
}

/// One JSON value on a line.
pub(super) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// A table with its columns as wide as their longest cell; one sentence when it is empty.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], empty: &str) {
    if rows.is_empty() {
        say!("{empty}");
        return;
    }
    let mut widths: Vec<usize> = head.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        say!("{}", padded.join("  ").trim_end());
    };
    line(head.to_vec());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}

/// A progress bar on a terminal; nothing otherwise.
pub(super) fn progress(of: u64, doing: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(of);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(doing.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A local moment, "2027-01-05 10:00".
pub(super) fn moment(ms: i64, zone: chrono_tz::Tz) -> String {
    crate::domain::calendar::local(crate::clock::instant(ms), zone).format("%Y-%m-%d %H:%M").to_string()
}

/// An error and its causes in one line, each said once: many errors quote their cause in their own words.
pub(super) fn explained(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::explained;
    use anyhow::anyhow;

    #[test]
    fn a_cause_is_said_once() {
        let full = anyhow!("disk is full").context("database: disk is full").context("cannot import list.csv");
        assert_eq!(explained(&full), "cannot import list.csv: database: disk is full");
        assert_eq!(explained(&anyhow!("one").context("two")), "two: one");
    }
}
