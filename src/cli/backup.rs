//! `between backup`: a copy that can be restored, and that sends nothing until a person says so.

use super::args::BackupArgs;
use super::{App, output};
use crate::store::{Db, copy};
use anyhow::{Result, bail};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: BackupArgs) -> Result<ExitCode> {
    let engine = app.engine().await?;
    if args.file.exists() {
        bail!("{} exists: name a new file", args.file.display());
    }
    if let Db::Postgres { .. } = engine.db {
        bail!(
            "PostgreSQL is backed up with its own tools (pg_dump). After a restore: between practice hold-sending, then look, then between practice allow-sending"
        );
    }
    let path = args.file.display().to_string();
    engine.db.backup_to(&path).await?;
    copy::hold_sending(&path).await?;
    output::done(
        app.json,
        &format!("Backed up to {path}. Restored, it sends nothing until: between practice allow-sending"),
    );
    Ok(ExitCode::SUCCESS)
}
