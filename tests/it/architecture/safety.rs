//! docs/SAFETY.md: every hazard is complete and rated by the matrix, and every control that it claims exists.

use super::{File, assert_none, files, root};
use std::collections::BTreeSet;

const HAZARDS: usize = 28;
const FIELDS: [&str; 7] = ["Causes", "Effect", "Harm", "Before", "After", "Owner", "Status"];

const LIKELIHOODS: [&str; 5] = ["very low", "low", "medium", "high", "very high"];
const CONSEQUENCES: [&str; 5] = ["minor", "significant", "considerable", "major", "catastrophic"];
/// By likelihood (rows) and consequence (columns).
const RATING: [[u8; 5]; 5] = [[1, 1, 2, 2, 3], [1, 2, 2, 3, 4], [2, 2, 3, 3, 4], [2, 3, 3, 4, 5], [3, 4, 4, 5, 5]];

/// `major, medium: 3` → 3, when the matrix says so too.
fn rating(text: &str) -> Option<u8> {
    let (words, number) = text.rsplit_once(':')?;
    let (consequence, likelihood) = words.split_once(',')?;
    let column = CONSEQUENCES.iter().position(|c| *c == consequence.trim())?;
    let row = LIKELIHOODS.iter().position(|l| *l == likelihood.trim())?;
    let rating = RATING[row][column];
    (number.split_whitespace().next()?.parse() == Ok(rating)).then_some(rating)
}

struct Known {
    paths: Box<dyn Fn(&str) -> bool>,
    tests: BTreeSet<String>,
}

fn check(log: &str, known: &Known) -> Vec<String> {
    let mut faults = Vec::new();
    let sections: Vec<&str> = log.split("\n## H").skip(1).collect();
    if sections.len() != HAZARDS {
        faults.push(format!("{} hazards instead of {HAZARDS}", sections.len()));
    }
    for (index, section) in sections.iter().enumerate() {
        let name = format!("H{:02}", index + 1);
        if !format!("H{section}").starts_with(&format!("{name} ")) {
            faults.push(format!("the section at place {} is not {name}", index + 1));
            continue;
        }
        faults.extend(
            fields(section).into_iter().chain(controls(section, known)).map(|fault| format!("{name}: {fault}")),
        );
    }
    faults
}

fn field<'a>(section: &'a str, name: &str) -> Option<&'a str> {
    section.lines().find_map(|line| line.strip_prefix(&format!("- {name}: "))).filter(|text| !text.trim().is_empty())
}

fn fields(section: &str) -> Vec<String> {
    let mut faults: Vec<String> =
        FIELDS.iter().filter(|f| field(section, f).is_none()).map(|f| format!("no {f}")).collect();
    let (before, after) = (field(section, "Before").and_then(rating), field(section, "After").and_then(rating));
    match (before, after) {
        (Some(before), Some(after)) if after <= before && after <= 3 => {}
        (Some(before), Some(after)) => faults.push(format!("rated {before} before and {after} after")),
        _ => faults.push("a rating is missing or not the matrix's".to_owned()),
    }
    faults
}

/// Rows `| what it does | kind | where | test |`.
fn controls(section: &str, known: &Known) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut tested, mut open) = (0, 0);
    let rows = section.lines().filter(|l| l.starts_with('|')).skip(2);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let &[what, kind, place, test] = cells.as_slice() else {
            faults.push(format!("not four cells: {row}"));
            continue;
        };
        match kind {
            "design" | "test" if place.starts_with("open:") => {
                open += 1;
                if place.trim_start_matches("open:").trim().is_empty() || !test.is_empty() {
                    faults.push(format!("an open control says where it is planned, and no test: {what}"));
                }
            }
            "design" | "test" => {
                tested += 1;
                let paths: Vec<&str> = place.split('`').skip(1).step_by(2).collect();
                let tests: Vec<&str> = test.split('`').skip(1).step_by(2).collect();
                if paths.is_empty() || tests.is_empty() {
                    faults.push(format!("no code or no test: {what}"));
                }
                let missing = paths
                    .iter()
                    .filter(|p| !(known.paths)(p))
                    .chain(tests.iter().filter(|t| !known.tests.contains(**t)));
                faults.extend(missing.map(|name| format!("{name} does not exist: {what}")));
            }
            "training" | "process" if place == "the practice" => {}
            _ => faults.push(format!("kind or place unknown: {row}")),
        }
    }
    if tested + open == 0 {
        faults.push("no control by design".to_owned());
    }
    let status = field(section, "Status").unwrap_or_default();
    if (open > 0) != status.starts_with("open") {
        faults.push(format!("{open} controls are open and the status is \"{status}\""));
    }
    faults
}

/// The names of all test functions, those inside `proptest!` and `on_both!` (which run on both databases) too.
fn test_names(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let mut marked = false;
        for line in file.text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                marked = true;
            } else if let Some(rest) = line.split_once("fn ").map(|(_, rest)| rest)
                && (marked || file.text.contains("proptest!") || rest.contains("(on)"))
            {
                names.extend(rest.split(['(', '<']).next().map(str::to_owned));
                marked = false;
            }
        }
    }
    names
}

#[test]
fn the_hazard_log_is_complete_and_its_controls_exist() {
    let sources: Vec<File> = ["src", "tests"].into_iter().flat_map(|folder| files(folder, &[".rs"])).collect();
    let known = Known { paths: Box::new(|path| root().join(path).exists()), tests: test_names(&sources) };
    assert!(known.tests.len() > 100, "the tests were not found");
    let log = files("docs", &["SAFETY.md"]).remove(0).text;
    assert_none("docs/SAFETY.md", &check(&log, &known));
}

#[test]
fn a_wrong_rating_a_missing_test_and_a_missing_hazard_are_found() {
    let known = Known { paths: Box::new(|path| path == "src/a.rs"), tests: BTreeSet::from(["h01_x".to_owned()]) };
    let entry = |after: &str, test: &str, status: &str| {
        format!(
            "\n## H01 Wrong person\n\n- Causes: c\n- Effect: e\n- Harm: h\n- Before: major, medium: 3\n- After: {after}\n- Owner: o\n\
             - Status: {status}\n\n| control | kind | where | test |\n| --- | --- | --- | --- |\n| a | design | `src/a.rs` | {test} |\n"
        )
    };
    let faults = |text: &str| check(text, &known);
    assert_eq!(faults(&entry("considerable, low: 2", "`h01_x`", "controlled")), ["1 hazards instead of 28"]);
    assert!(faults(&entry("considerable, low: 1", "`h01_x`", "controlled"))[1].contains("rating"));
    assert!(faults(&entry("considerable, low: 2", "`h01_y`", "controlled"))[1].contains("h01_y does not exist"));
    assert!(faults(&entry("considerable, low: 2", "`h01_x`", "open"))[1].contains("status"));
    let names = test_names(&[File { path: String::new(), text: "#[test]\nfn h01_x() {}\nfn helper() {}".to_owned() }]);
    assert_eq!(names, BTreeSet::from(["h01_x".to_owned()]));
}
