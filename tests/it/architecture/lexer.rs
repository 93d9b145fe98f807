//! Just enough of Rust's lexical rules to tell code from comments, strings and test modules.

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    pub line: usize,
    /// Where it begins in `Lexed::code`, in bytes.
    pub at: usize,
    pub text: String,
}

/// A source text taken apart.
#[derive(Debug, Default)]
pub struct Lexed {
    /// The text with comments and the insides of strings replaced by spaces; every line keeps its number.
    pub code: String,
    /// The string literals, in order.
    pub strings: Vec<Literal>,
}

pub fn lex(source: &str) -> Lexed {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Lexed::default();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            'r' | 'b' | 'c' if starts_word(&chars, at) => {
                string_end(&chars, at).map_or(at, |(body, close)| take(&chars, body, close, line, &mut out))
            }
            '"' => string_end(&chars, at).map_or(at, |(body, close)| take(&chars, body, close, line, &mut out)),
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if end > at {
            for c in &chars[at..end] {
                out.code.push(if *c == '\n' { '\n' } else { ' ' });
            }
            line += chars[at..end].iter().filter(|c| **c == '\n').count();
            at = end;
        } else {
            line += usize::from(chars[at] == '\n');
            out.code.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Keeps the literal and returns where it ends.
fn take(chars: &[char], body: usize, close: (usize, usize), line: usize, out: &mut Lexed) -> usize {
    out.strings.push(Literal { line, at: out.code.len(), text: chars[body..close.0].iter().collect() });
    close.1
}

fn starts_word(chars: &[char], at: usize) -> bool {
    at == 0 || !(chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

/// Where the inside of a string begins, and (its end, the end with the quotes); `None` when no string begins here.
fn string_end(chars: &[char], at: usize) -> Option<(usize, (usize, usize))> {
    let mut i = at;
    while matches!(chars.get(i), Some('b' | 'c')) && i < at + 1 {
        i += 1;
    }
    let raw = chars.get(i) == Some(&'r');
    i += usize::from(raw);
    let hashes = chars.get(i..)?.iter().take_while(|c| **c == '#').count();
    if !raw && hashes > 0 || chars.get(i + hashes) != Some(&'"') {
        return None;
    }
    let body = i + hashes + 1;
    let mut end = body;
    while end < chars.len() {
        if !raw && chars[end] == '\\' {
            end += 2;
        } else if chars[end] == '"' && chars[end + 1..].iter().take_while(|c| **c == '#').take(hashes).count() == hashes
        {
            return Some((body, (end, end + 1 + hashes)));
        } else {
            end += 1;
        }
    }
    Some((body, (chars.len(), chars.len())))
}

/// The end of a character literal, or `at` when it is a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return chars.get(at + 3..).and_then(|rest| rest.iter().position(|c| *c == '\'')).map_or(at, |n| at + 4 + n);
    }
    if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at }
}

/// What `#[cfg(test)]` covers is blanked in code and strings. Returns the names of test modules in files of their own.
pub fn remove_tests(lexed: &mut Lexed) -> Vec<String> {
    const MARK: &str = "#[cfg(test)]";
    let mut modules = Vec::new();
    while let Some(start) = lexed.code.find(MARK) {
        let rest = &lexed.code[start..];
        let open = rest.find(['{', ';']).unwrap_or(rest.len() - 1);
        let length = if rest[open..].starts_with('{') { block(rest, open) } else { open + 1 };
        if let Some(name) = rest[..open].split_whitespace().skip_while(|w| *w != "mod").nth(1)
            && rest[open..].starts_with(';')
        {
            modules.push(name.to_owned());
        }
        let first = lexed.code[..start].matches('\n').count() + 1;
        let last = first + rest[..length].matches('\n').count();
        let blank: String = rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        lexed.code.replace_range(start..start + length, &blank);
        lexed.strings.retain(|s| s.line < first || s.line > last);
    }
    modules
}

/// The length of `text` up to the brace that closes the one at `open`.
fn block(text: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let source = "let a = \"x // y\"; // crate::one\n/* two\n/* */ crate::two */ let b = r#\"q\"uote\"#;\nlet c = '\\''; f::<'a>('\"');";
        let lexed = lex(source);
        assert!(!lexed.code.contains("crate::") && !lexed.code.contains("uote"), "{}", lexed.code);
        assert!(lexed.code.contains("let b =") && lexed.code.contains("f::<'a>("), "{}", lexed.code);
        assert_eq!(lexed.code.lines().count(), source.lines().count());
        let texts: Vec<_> = lexed.strings.iter().map(|s| (s.line, s.text.as_str())).collect();
        assert_eq!(texts, [(1, "x // y"), (3, "q\"uote")]);
    }

    #[test]
    fn test_modules_are_taken_out_and_named() {
        let source = "fn a() { \"kept\"; }\n#[cfg(test)]\nmod one;\n#[cfg(test)]\nmod two {\n fn b() { \"gone\"; }\n}\nfn c() {}";
        let mut lexed = lex(source);
        assert_eq!(remove_tests(&mut lexed), ["one"]);
        assert!(lexed.code.contains("fn c()") && !lexed.code.contains("fn b()"), "{}", lexed.code);
        assert_eq!(lexed.strings.len(), 1);
    }
}
