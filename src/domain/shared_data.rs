//! Where tests find data that is too large, or not ours, to keep in the repository.

use std::path::PathBuf;

/// The path of a shared data file: below `BETWEEN_SHARED_DATA`, else `../shared/data` beside the repository.
/// `None` (said aloud) where it is absent, so that a plain clone passes; under `CI=true` absence is a failure.
pub(crate) fn shared_data(relative: &str) -> Option<PathBuf> {
    let base = std::env::var_os("BETWEEN_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = base.join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "shared data file {relative} is absent in CI");
    eprintln!("skipped: shared data file {relative} is not here");
    None
}
