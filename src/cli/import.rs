//! `between import`: read, show what is accepted and refused, and store what is good.

use super::args::ImportArgs;
use super::{App, actor, output};
use crate::clock::instant;
use crate::domain::calendar::local_date;
use crate::domain::identifiers::PhonePolicy;
use crate::domain::import::{ImportFile, WarningKind};
use crate::intake::imports::{Imported, Request, import};
use crate::interchange::{self, Input, Mappings, Options};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: ImportArgs) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let practices = engine.practices().await?;
    let zone = practices.get(&practice_id).map_or(engine.config.practice.zone, |s| s.practice.settings.zone);
    let mappings = mappings(args.mapping.as_deref())?;
    let options = Options {
        today: local_date(instant(engine.clock.now_ms()), zone),
        zone,
        catalogue: &engine.results,
        mappings: &mappings,
        phones: PhonePolicy::default(),
    };
    let inputs = args.files.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let digest = inputs.iter().fold(Sha256::new(), |digest, input| digest.chain_update(&input.bytes)).finalize();
    let sha256 = crate::gateways::to_hex(&digest);
    let mut broken = false;
    for file in interchange::read(&inputs, &options) {
        let request = Request { practice_id: &practice_id, actor: &actor(), dry_run: args.dry_run, sha256: &sha256 };
        let bar = output::progress(file.accepted.len() as u64, &file.file);
        let done = import(&engine, &file, request, |count| bar.set_position(count as u64)).await?;
        bar.finish_and_clear();
        broken |= file.refused.iter().any(|r| r.reason.stops_the_file());
        if app.json {
            output::json(&serde_json::json!({
                "file": file.file, "kind": file.kind, "dry_run": args.dry_run, "counts": file.counts, "ignored": file.ignored,
                "refused": file.refused, "warnings": file.warnings, "done": done,
            }))?;
        } else {
            show(&file, &done, &args);
        }
    }
    engine.plan_after_import(args.dry_run).await?;
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn mappings(given: Option<&str>) -> Result<Mappings> {
    let shipped = Mappings::shipped()?;
    let Some(given) = given else { return Ok(shipped) };
    if let Some(named) = shipped.named(given) {
        return Ok(named);
    }
    let text = std::fs::read_to_string(given).with_context(|| {
        let names: Vec<&str> = shipped.names().collect();
        format!("\"{given}\" is neither a shipped mapping ({}) nor a file that can be read", names.join(", "))
    })?;
    Ok(Mappings::own(given, &text)?)
}

fn read(path: &Path) -> Result<Input> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(Input { name, bytes })
}

fn show(file: &ImportFile, done: &Imported, args: &ImportArgs) {
    output::say!(
        "{} ({}, read as {:?}){}",
        file.file,
        file.format,
        file.kind,
        if args.dry_run { ": a dry run, nothing was changed" } else { "" }
    );
    let rows: Vec<Vec<String>> = file
        .counts
        .iter()
        .map(|(what, c)| {
            vec![what.clone(), c.read.to_string(), c.accepted.to_string(), c.refused.to_string(), c.ignored.to_string()]
        })
        .collect();
    output::table(&["what", "read", "accepted", "refused", "left aside"], &rows, "Nothing was read.");
    for (what, reasons) in &file.ignored {
        for (reason, count) in reasons {
            output::say!("  left aside: {count} {what}: {}", reason.sentence());
        }
    }
    let unused: Vec<&str> = file
        .warnings
        .iter()
        .filter(|w| w.kind == WarningKind::ColumnNotUsed)
        .filter_map(|w| w.detail.as_deref())
        .collect();
    if !unused.is_empty() {
        output::say!("  columns not used: {}", unused.join(", "));
    }
    for warning in file.warnings.iter().filter(|w| w.kind != WarningKind::ColumnNotUsed) {
        let detail = warning.detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default();
        let times = if warning.times == 1 { String::new() } else { format!(", {} times", warning.times) };
        output::say!("  look at: {}{detail}, first at {}{times}", warning.kind.sentence(), warning.first);
    }
    for refusal in file.refused.iter().take(args.show) {
        let field = refusal.field.map(|f| format!(", {}", f.words())).unwrap_or_default();
        let shown = refusal.shown.as_ref().map(|s| format!(" \"{}\"", s.0)).unwrap_or_default();
        output::say!(
            "  refused: {} ({}{field}){shown}: {} {}",
            refusal.place,
            refusal.what,
            refusal.reason.sentence(),
            refusal.reason.what_to_do()
        );
    }
    if file.refused.len() > args.show {
        output::say!("  … and {} more refused: --show {}", file.refused.len() - args.show, file.refused.len());
    }
    for not in done.not_taken.iter().take(args.show) {
        output::say!("  not taken: {} ({}): {}", not.place, not.what, not.reason);
    }
    if done.not_taken.len() > args.show {
        output::say!("  … and {} more not taken: --show {}", done.not_taken.len() - args.show, done.not_taken.len());
    }
    for (what, count) in &done.stored {
        output::say!("  {}: {count} {what}", if args.dry_run { "would be new or changed" } else { "new or changed" });
    }
    for (what, count) in &done.unchanged {
        output::say!("  nothing new: {count} {what}");
    }
    if done.corrected > 0 {
        output::say!("  {} released results came corrected: held again, and staff are alerted", done.corrected);
    }
}
