//! `between export`: everything held about one person.

use super::args::{ExportArgs, ExportFormat};
use super::{App, audit_event, one_patient, output};
use crate::intake::record_view;
use crate::interchange::export;
use anyhow::{Context, Result, bail};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: ExportArgs) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let person = one_patient(&engine, &practice_id, &args.patient).await?;
    let Some(view) = record_view(&engine, &person.id).await? else { bail!("there is no patient {}", person.id) };
    let text = match args.format {
        ExportFormat::Json => export::to_json(&view)?,
        ExportFormat::Csv => export::to_csv(&view)?,
        ExportFormat::Fhir => serde_json::to_string_pretty(&export::to_fhir(&view))?,
    };
    let mut tx = engine.db.begin().await?;
    let detail = serde_json::json!({ "format": format!("{:?}", args.format).to_lowercase() });
    audit_event(&engine, &mut tx, "patient_exported", &practice_id, ("patient", &person.id), detail).await?;
    tx.commit().await?;
    match args.output {
        None => output::say!("{text}"),
        Some(path) => {
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            output::done(app.json, &format!("Written to {}. It holds personal data: keep it safe.", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
