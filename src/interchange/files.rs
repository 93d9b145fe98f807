//! The one place where a path is read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::Input;
use crate::domain::import::{FileKind, ImportFile, Place, Refusal, RefusalReason};

/// Largest file that is read, in bytes: a full extract of a large practice stays below it.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// What a path held.
#[derive(Debug, Default)]
pub struct Found {
    /// Files to read.
    pub inputs: Vec<Input>,
    /// Files that are too large, as reports.
    pub refused: Vec<ImportFile>,
}

/// Reads a file, or the CSV, JSON and NDJSON files of a folder in the order of their names (not of its subfolders).
pub fn read(path: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let paths = if path.is_dir() { listed(path)? } else { vec![path.to_owned()] };
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        if fs::metadata(&path)?.len() > MAX_BYTES {
            let refusal = Refusal::new(Place::File, "file", RefusalReason::FileTooLarge);
            found.refused.push(ImportFile::stopped(name, FileKind::Unknown, refusal));
        } else {
            found.inputs.push(Input { name, bytes: fs::read(&path)? });
        }
    }
    Ok(found)
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_file() && matches!(extension.as_str(), "csv" | "tsv" | "txt" | "json" | "ndjson") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_tables_in_order_and_refuses_what_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.NDJSON", "c.json", "notes.pdf"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("d.csv")).unwrap();
        // A file of that length without content takes no room on the disk.
        fs::File::create(folder.path().join("huge.csv")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        let found = read(folder.path()).unwrap();
        let names: Vec<&str> = found.inputs.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["a.NDJSON", "b.csv", "c.json"]);
        assert_eq!(found.refused.len(), 1);
        assert_eq!(found.refused[0].stopped_by(), Some(RefusalReason::FileTooLarge));
        assert_eq!(read(&folder.path().join("b.csv")).unwrap().inputs.len(), 1);
        assert!(read(&folder.path().join("none.csv")).is_err());
    }
}
