//! What a file names of its own crate: `crate::…`, `super::…`, and `between::…` in the binary.

use super::sources::{line_of, words};

pub type ModulePath = Vec<String>;

/// Every path of this crate in `code`, absolute, with its line. Groups `{a, b::c}` are spread out.
pub fn of(code: &str, module: &[String]) -> Vec<(usize, ModulePath)> {
    let mut found = Vec::new();
    let mut taken = 0;
    for (at, base) in starts(code, module) {
        // `super::super::x` is found once, from its first word.
        if at < taken {
            continue;
        }
        let (mut base, mut rest) = (base, &code[at..]);
        while let Some(after) = rest.trim_start().strip_prefix("super").and_then(|r| r.trim_start().strip_prefix("::"))
        {
            rest = after;
            base.pop();
        }
        let begun = code.len() - rest.len();
        taken = begun;
        let mut paths = Vec::new();
        tree(&mut rest.trim_start(), &base, &mut paths);
        found.extend(paths.into_iter().map(|path| (line_of(code, at), path)));
    }
    found
}

/// Every path of another crate in `code`, without the crate's name: `fs::read` for `std::fs::read`.
pub fn of_crate(code: &str, name: &str) -> Vec<(usize, ModulePath)> {
    let mut found = Vec::new();
    for at in roots(code, name) {
        let mut paths = Vec::new();
        tree(&mut code[at..].trim_start(), &[], &mut paths);
        found.extend(paths.into_iter().map(|path| (line_of(code, at), path)));
    }
    found
}

/// Where the paths of a crate begin, behind `name::`; `other::name::` is not one of them.
fn roots(code: &str, name: &str) -> Vec<usize> {
    words(code, name)
        .filter(|at| !code[..*at].trim_end().ends_with("::"))
        .filter_map(|at| code[at + name.len()..].trim_start().strip_prefix("::"))
        .map(|rest| code.len() - rest.len())
        .collect()
}

fn starts(code: &str, module: &[String]) -> Vec<(usize, ModulePath)> {
    let mut starts: Vec<_> = roots(code, "crate").into_iter().map(|at| (at, Vec::new())).collect();
    if module == ["main"] {
        starts.extend(roots(code, "between").into_iter().map(|at| (at, Vec::new())));
    }
    for at in words(code, "super") {
        let after_path = code[..at].trim_end().ends_with("::");
        if !after_path && code[at + 5..].trim_start().starts_with("::") {
            starts.push((at, module.to_vec()));
        }
    }
    starts.sort();
    starts
}

/// Reads `a::b::{c, d::e, self} as f` from the front of `rest`.
fn tree(rest: &mut &str, base: &[String], found: &mut Vec<ModulePath>) {
    let mut path = base.to_vec();
    loop {
        *rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('{') {
            *rest = inside;
            loop {
                *rest = rest.trim_start();
                if let Some(after) = rest.strip_prefix('}') {
                    *rest = after;
                    return;
                }
                let before = rest.len();
                tree(rest, &path, found);
                *rest = rest.trim_start();
                if let Some(alias) = rest.strip_prefix("as ") {
                    *rest =
                        alias.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
                }
                *rest = rest.strip_prefix(',').unwrap_or(rest);
                if rest.len() == before || rest.is_empty() {
                    return;
                }
            }
        }
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        match word {
            "" | "self" => {}
            word => path.push(word.to_owned()),
        }
        *rest = after;
        match rest.trim_start().strip_prefix("::") {
            Some(more) if !word.is_empty() => *rest = more.strip_prefix('<').map_or(more, |_| ""),
            _ => break,
        }
    }
    *rest = rest.strip_prefix('*').unwrap_or(rest);
    if !path.is_empty() {
        found.push(path);
    }
}

/// The names a module takes from its own children by `use`: (name, child).
pub fn re_exports(code: &str, children: &[&str]) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for at in words(code, "use") {
        let mut rest = &code[at + 3..];
        let mut paths = Vec::new();
        tree(&mut rest, &[], &mut paths);
        for path in paths {
            if let [child, .., name] = path.as_slice()
                && children.contains(&child.as_str())
            {
                names.push((name.clone(), child.clone()));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str, module: &[&str]) -> Vec<String> {
        let module: ModulePath = module.iter().map(|s| (*s).to_owned()).collect();
        of(code, &module).into_iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect()
    }

    #[test]
    fn groups_aliases_and_inline_paths_are_found() {
        let code = "use crate::domain::{sms, reply::{Intent, Flag as F}, self};\npub(in crate::store) fn f() { crate::clock::now() }";
        assert_eq!(
            paths(code, &["web"]),
            [
                "1 domain::sms",
                "1 domain::reply::Intent",
                "1 domain::reply::Flag",
                "1 domain",
                "2 store",
                "2 clock::now"
            ]
        );
    }

    #[test]
    fn super_is_resolved_from_the_module() {
        let code = "use super::{Db, due};\nuse super::super::secret::Secret;";
        assert_eq!(paths(code, &["store", "ledger"]), ["1 store::Db", "1 store::due", "2 secret::Secret"]);
    }

    #[test]
    fn names_taken_from_children_are_known() {
        let found = re_exports("pub use calls::{Call, Outcome};\nuse std::sync::Arc;", &["calls", "settle"]);
        assert_eq!(found, [("Call".to_owned(), "calls".to_owned()), ("Outcome".to_owned(), "calls".to_owned())]);
    }
}
