//! Commands and settings that documents name, found in text.

use super::File;

/// A command as a document shows it: `between results list --json` → words `["results", "list"]`, options `["--json"]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Command {
    pub place: String,
    pub words: Vec<String>,
    pub options: Vec<String>,
}

/// Commands in code blocks and in `code`, and those of a container's command lists.
pub fn in_text(file: &File) -> Vec<Command> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, index + 1);
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !file.is_markdown() {
            found.extend(in_list(line, &place));
        } else if fenced {
            found.extend(
                line.split(['|', ';', '&']).filter_map(|part| command(part.trim_start_matches(['$', ' ']), &place)),
            );
        } else {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(|code| command(code, &place)));
        }
    }
    found
}

fn command(text: &str, place: &str) -> Option<Command> {
    let text = text.trim_start();
    // Variables may be set before the program: DATABASE_URL=postgres://… between serve
    let assignment =
        |word: &str| word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.starts_with('-'));
    let mut parts = text.split_whitespace().skip_while(|word| assignment(word)).peekable();
    if parts.next()? != "between" {
        return None;
    }
    parts.peek()?;
    Some(split(parts, place))
}

fn split<'a>(parts: impl Iterator<Item = &'a str>, place: &str) -> Command {
    let mut found = Command { place: place.to_owned(), words: Vec::new(), options: Vec::new() };
    let mut leading = true;
    for part in parts.take_while(|part| *part != "#") {
        if let Some(option) = part.strip_prefix("--") {
            found
                .options
                .push(format!("--{}", option.split('=').next().unwrap_or_default().trim_end_matches([',', '.'])));
            // `--config FILE serve`: what follows an option before the first word is its value.
            leading = leading && found.words.is_empty();
        } else if leading && !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            found.words.push(part.to_owned());
        } else if !found.words.is_empty() {
            leading = false;
        }
    }
    found
}

/// `CMD ["serve", "--role", "web"]`, `test: ["CMD", "between", "health"]`.
fn in_list(line: &str, place: &str) -> Option<Command> {
    let line = line.trim_start().trim_start_matches("# ");
    if !["CMD ", "HEALTHCHECK ", "command: ", "test: "].iter().any(|start| line.starts_with(start)) {
        return None;
    }
    let list = line.get(line.find('[')? + 1..line.rfind(']')?)?;
    let words: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    if words.contains(&"CMD-SHELL") {
        return None;
    }
    Some(split(words.into_iter().filter(|w| !["CMD", "between"].contains(w)), place))
}

/// Settings in `code` that begin with the name of a section: `practice.limits.per_day`.
pub fn settings(file: &File, sections: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for code in line.split('`').skip(1).step_by(2) {
            let top = code.split('.').next().unwrap_or_default();
            let named = code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
            if code.contains('.') && named && sections.iter().any(|s| s.split('.').next() == Some(top)) {
                found.push((format!("{}:{}", file.path, index + 1), code.to_owned()));
            }
        }
    }
    found
}

/// The names of a TOML file: every section, and every `section.key`.
pub fn toml_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut section = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            name.trim_matches(['[', ']']).clone_into(&mut section);
            names.push(section.clone());
        } else if let Some((key, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            let key = key.trim();
            names.push(if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(Vec<String>, Vec<String>)> {
        in_text(&File { path: path.to_owned(), text: text.to_owned() })
            .into_iter()
            .map(|c| (c.words, c.options))
            .collect()
    }

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn commands_are_read_from_blocks_code_and_lists() {
        let text = "Run `between results list --json` in `between`.\n```\nA=b between plan --dry-run --days 90 # comment\n```\nbetween two";
        let expected =
            [(words(&["results", "list"]), words(&["--json"])), (words(&["plan"]), words(&["--dry-run", "--days"]))];
        assert_eq!(found("README.md", text), expected);
        assert_eq!(found("README.md", "`between inspect reply \"stop it\"` `between import FILE`").len(), 2);
        assert_eq!(found("README.md", "`between --config FILE serve`"), [(words(&["serve"]), words(&["--config"]))]);
        let list = "CMD [\"serve\", \"--role\", \"web\"]\n  test: [\"CMD\", \"between\", \"health\"]\n test: [\"CMD-SHELL\", \"x\"]";
        assert_eq!(found("compose.yaml", list)[0].0, ["serve"]);
        assert_eq!(found("compose.yaml", list)[1].0, ["health"]);
        assert_eq!(found("compose.yaml", list).len(), 2);
    }

    #[test]
    fn settings_are_read() {
        let names = toml_names("a = 1\n[practice.limits]\n# per_week = 2\nper_day = 2\n");
        assert_eq!(names, ["a", "practice.limits", "practice.limits.per_day"]);
        let file = File {
            path: "d.md".to_owned(),
            text: "set `practice.limits.per_day`, not `src/a.rs` or `e.g.`".to_owned(),
        };
        assert_eq!(settings(&file, &names).len(), 1);
    }
}
