//! Who may import whom, and which libraries belong to which module. docs/ARCHITECTURE.md shows the same table.

use super::imports;
use super::sources::{self, Source, line_of, program, words};
use super::{assert_none, files};
use std::collections::{BTreeMap, BTreeSet};

/// From the bottom: a module imports only from a lower layer, or from its own children.
const LAYERS: [&[&str]; 10] = [
    &["domain"],
    &["clock", "secret"],
    &["config", "catalogue", "telemetry"],
    &["store", "gateways", "interchange"],
    &["outreach"],
    &["intake"],
    &["worker", "web"],
    &["demo", "bench"],
    &["cli"],
    &["main"],
];

/// Libraries that only these modules may name.
const LIBRARIES: [(&str, &[&str]); 12] = [
    ("sqlx", &["store"]),
    // The bench is the other side of a gateway: it posts what it measures.
    ("reqwest", &["gateways", "bench"]),
    ("lettre", &["gateways"]),
    ("async_imap", &["gateways"]),
    // The demo writes lists as a practice's system would, to import them.
    ("csv", &["interchange", "demo"]),
    ("axum", &["web", "demo", "bench", "cli"]),
    ("maud", &["web"]),
    ("tower_http", &["web"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli", "bench"]),
    ("anyhow", &["cli", "demo", "bench", "main"]),
    ("metrics_exporter_prometheus", &["telemetry"]),
];

/// What the pure core never names: crates, words, and parts of the standard library.
const IMPURE: [&str; 6] = ["tokio", "futures_util", "rustls", "rand", "async", "await"];
const IMPURE_STD: [&str; 6] = ["fs", "net", "env", "process", "thread", "io"];

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn upward_imports(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        // The root of the library names its modules and does nothing.
        let Some(own) = source.module.first() else { continue };
        let Some(layer) = layer_of(own) else {
            faults.push(format!("{}: the module `{own}` has no layer", source.path));
            continue;
        };
        for (line, path) in &source.imports {
            let Some(other) = path.first().filter(|other| *other != own) else { continue };
            match layer_of(other) {
                Some(below) if below < layer => {}
                Some(at) => {
                    faults.push(format!("{}:{line}: {own} (layer {layer}) imports {other} (layer {at})", source.path));
                }
                None => faults.push(format!("{}:{line}: `{other}` has no layer", source.path)),
            }
        }
    }
    faults
}

fn foreign_libraries(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let own = source.module.first().map_or("", String::as_str);
        for (library, homes) in LIBRARIES {
            if !homes.contains(&own) {
                let named = imports::of_crate(&source.code, library);
                faults.extend(
                    named.iter().map(|(line, _)| format!("{}:{line}: {library} belongs to {homes:?}", source.path)),
                );
            }
        }
        if own == "domain" {
            for word in IMPURE {
                for at in words(&source.code, word) {
                    faults.push(format!("{}:{}: the pure core names {word}", source.path, line_of(&source.code, at)));
                }
            }
            for (line, path) in imports::of_crate(&source.code, "std") {
                if path.first().is_some_and(|part| IMPURE_STD.contains(&part.as_str())) {
                    faults.push(format!("{}:{line}: the pure core names std::{}", source.path, path.join("::")));
                }
            }
        }
    }
    faults
}

/// Circles among the children of one module.
fn circles(sources: &[Source]) -> Vec<String> {
    let modules: BTreeSet<&[String]> = sources.iter().map(|s| s.module.as_slice()).collect();
    let children_of = |parent: &[String]| -> Vec<&str> {
        modules
            .iter()
            .filter(|m| m.len() == parent.len() + 1 && m.starts_with(parent))
            .map(|m| m[parent.len()].as_str())
            .collect()
    };
    let mut handed_on: BTreeMap<(Vec<String>, String), String> = BTreeMap::new();
    for source in sources {
        for (name, child) in imports::re_exports(&source.code, &children_of(&source.module)) {
            handed_on.insert((source.module.clone(), name), child);
        }
    }
    let mut edges: BTreeMap<Vec<String>, BTreeSet<(String, String)>> = BTreeMap::new();
    for source in sources {
        for (_, path) in &source.imports {
            let common = source.module.iter().zip(path).take_while(|(a, b)| a == b).count();
            let (Some(from), Some(to), true) = (source.module.get(common), path.get(common), common > 0) else {
                continue;
            };
            let parent = source.module[..common].to_vec();
            let child = [parent.as_slice(), std::slice::from_ref(to)].concat();
            let to = match handed_on.get(&(parent.clone(), to.clone())) {
                _ if modules.contains(child.as_slice()) => to,
                Some(child) => child,
                None => continue,
            };
            if from != to {
                edges.entry(parent).or_default().insert((from.clone(), to.clone()));
            }
        }
    }
    let circle = |parent: &Vec<String>, edges: &BTreeSet<(String, String)>| {
        let nodes: BTreeSet<&String> = edges.iter().map(|(from, _)| from).collect();
        nodes
            .iter()
            .find_map(|start| path_back(start, edges))
            .map(|path| format!("{}: {}", parent.join("::"), path.join(" -> ")))
    };
    edges.iter().filter_map(|(parent, edges)| circle(parent, edges)).collect()
}

/// A shortest way from `start` back to itself.
fn path_back(start: &str, edges: &BTreeSet<(String, String)>) -> Option<Vec<String>> {
    let mut paths = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            for (_, to) in edges.iter().filter(|(from, _)| Some(from) == path.last()) {
                let next = [path.as_slice(), std::slice::from_ref(to)].concat();
                if to == start {
                    return Some(next);
                }
                if seen.insert(to.clone()) {
                    longer.push(next);
                }
            }
        }
        paths = longer;
    }
    None
}

/// The table as docs/ARCHITECTURE.md shows it: rows `| 3 | `store`, `gateways` | …`.
fn documented(text: &str) -> Vec<Vec<String>> {
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    text.lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            cells.next()?.parse::<usize>().ok()?;
            Some(names(cells.next()?))
        })
        .collect()
}

#[test]
fn modules_import_only_from_lower_layers() {
    assert_none("imports against the layers", &upward_imports(&program()));
}

#[test]
fn libraries_stay_in_their_modules_and_the_core_is_pure() {
    assert_none("libraries in the wrong place", &foreign_libraries(&program()));
}

#[test]
fn siblings_form_no_circle() {
    assert_none("circles", &circles(&program()));
}

#[test]
fn the_documented_layers_are_these() {
    let text = files("docs", &["ARCHITECTURE.md"]).remove(0).text;
    let table: Vec<Vec<String>> = LAYERS.iter().map(|layer| layer.iter().map(|m| (*m).to_owned()).collect()).collect();
    assert_eq!(documented(&text), table, "docs/ARCHITECTURE.md shows other layers");
    assert_eq!(documented("| layer | module |\n| --- | --- |\n| 0 | `a`, `b` | x |"), [["a", "b"]]);
}

#[test]
fn a_bad_import_is_found() {
    let bad = sources::from_files(&[
        sources::sample("src/store/due.rs", "use crate::outreach::Engine;\nuse crate::domain::sms;"),
        sources::sample("src/domain/plan.rs", "use std::{fs, fmt};\npub async fn f() { tokio::spawn(g()).await }"),
        sources::sample("src/outreach/mod.rs", "use sqlx::Row;"),
        sources::sample("src/novel/mod.rs", ""),
    ]);
    let faults = upward_imports(&bad);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("src/store/due.rs:1") && faults[1].contains("novel"), "{faults:?}");
    let faults = foreign_libraries(&bad);
    assert_eq!(faults.iter().filter(|f| f.contains("plan.rs")).count(), 4, "{faults:?}");
    assert!(faults.iter().any(|f| f.contains("sqlx belongs")), "{faults:?}");
}

#[test]
fn a_circle_is_found_also_through_names_the_parent_hands_on() {
    let bad = sources::from_files(&[
        sources::sample("src/outreach/mod.rs", "mod calls;\nmod settle;\nmod plan;\npub use calls::Call;"),
        sources::sample("src/outreach/calls.rs", "use super::settle::settle;"),
        sources::sample("src/outreach/settle.rs", "use crate::outreach::plan;"),
        sources::sample("src/outreach/plan.rs", "use super::Call;"),
    ]);
    let faults = circles(&bad);
    assert_eq!(faults, ["outreach: calls -> settle -> plan -> calls"]);
    let good = sources::from_files(&[
        sources::sample("src/outreach/mod.rs", "mod calls;\nmod settle;"),
        sources::sample("src/outreach/calls.rs", "use super::settle::settle;"),
        sources::sample("src/outreach/settle.rs", ""),
    ]);
    assert_none("good", &circles(&good));
}
