//! Files stay short because each has one job.

use super::{File, assert_none, files};

const LONGEST: usize = 500;

fn too_long(files: &[File]) -> Vec<String> {
    let lines = |f: &File| f.text.lines().count();
    files.iter().filter(|f| lines(f) > LONGEST).map(|f| format!("{}: {} lines", f.path, lines(f))).collect()
}

fn median(files: &[File]) -> usize {
    let mut lengths: Vec<usize> = files.iter().map(|f| f.text.lines().count()).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or(0)
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let all: Vec<File> = ["src", "tests"].into_iter().flat_map(|folder| files(folder, &[".rs"])).collect();
    println!("{} files, median {} lines", all.len(), median(&all));
    assert_none("too long (split by job, not by cutting)", &too_long(&all));
    assert!((20..=200).contains(&median(&all)), "median {}", median(&all));
}

#[test]
fn a_long_file_is_found() {
    let file = |lines: usize| File { path: format!("src/{lines}.rs"), text: "x\n".repeat(lines) };
    assert_eq!(too_long(&[file(500), file(501)]), ["src/501.rs: 501 lines"]);
    assert_eq!(median(&[file(1), file(9), file(5)]), 5);
}
