//! Logs: ids and codes only, never a name, number, address or text. See docs/LOGGING.md.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error: JSON lines, or plain lines on a terminal. BETWEEN_LOG sets the level ("info").
/// Libraries log at "error" only: they do not know what must not be said.
pub fn start() {
    use std::io::IsTerminal;
    let filter = EnvFilter::try_from_env("BETWEEN_LOG").unwrap_or_else(|_| EnvFilter::new("error,between=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Starting twice in one process (tests) keeps the first.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
}
