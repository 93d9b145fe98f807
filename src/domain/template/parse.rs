//! The grammar: text, `((name))`, `((flag??words))`. Linear in the length of the source.

use super::{Gap, Part, TemplateError};

pub(super) fn parse(source: &str) -> Result<Vec<Part>, Vec<TemplateError>> {
    let chars: Vec<char> = source.chars().collect();
    let mut parser =
        Parser { chars: &chars, at: 0, open: 0, text: String::new(), parts: Vec::new(), errors: Vec::new() };
    while parser.at < chars.len() {
        parser.step();
    }
    parser.flush();
    if parser.errors.is_empty() { Ok(parser.parts) } else { Err(parser.errors) }
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    /// Single brackets open in ordinary text, so that "(see (a))" is no fault.
    open: usize,
    text: String,
    parts: Vec<Part>,
    errors: Vec<TemplateError>,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn pair(&self, bracket: char) -> bool {
        self.peek(0) == Some(bracket) && self.peek(1) == Some(bracket)
    }

    fn step(&mut self) {
        // Of three brackets in a row the inner two open a placeholder: "(((name)))" is a name in brackets.
        if self.pair('(') && self.peek(2) != Some('(') {
            self.gap();
            return;
        }
        if self.pair(')') && self.open == 0 {
            self.errors.push(TemplateError::NotOpened { at: self.at });
            self.at += 2;
            return;
        }
        match self.peek(0) {
            Some('(') => self.open += 1,
            Some(')') => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.text.extend(self.peek(0));
        self.at += 1;
    }

    /// From `((` to its `))`.
    fn gap(&mut self) {
        let start = self.at;
        self.at += 2;
        let mut inside = String::new();
        let mut open = 0_usize;
        let mut behind_flag = false;
        loop {
            match self.peek(0) {
                None => {
                    self.errors.push(TemplateError::NotClosed { at: start });
                    return;
                }
                Some('(') if self.peek(1) == Some('(') => {
                    // Reading goes on at the inner one, to find further faults.
                    if behind_flag {
                        self.errors.push(TemplateError::Nested { at: self.at });
                        self.open += 2;
                    } else {
                        self.errors.push(TemplateError::NotClosed { at: start });
                    }
                    return;
                }
                Some(')') if open == 0 && self.peek(1) == Some(')') => break,
                Some(c) => {
                    // Brackets in the words behind a flag: "((late??(10 minutes)))".
                    behind_flag |= c == '?' && inside.ends_with('?');
                    if behind_flag {
                        match c {
                            '(' => open += 1,
                            ')' => open = open.saturating_sub(1),
                            _ => {}
                        }
                    }
                    inside.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 2;
        let len = self.at - start;
        let (name, words) = match inside.split_once("??") {
            Some((name, words)) => (name, Some(words)),
            None => (inside.as_str(), None),
        };
        let is_name = |c: char| c.is_alphanumeric() || c == ' ' || "-_'\u{2019}".contains(c);
        if name.trim().is_empty() || words.is_some_and(|words| words.trim().is_empty()) {
            self.errors.push(TemplateError::Empty { at: start });
        } else if let Some((offset, ch)) = name.chars().enumerate().find(|(_, c)| !is_name(*c)) {
            self.errors.push(TemplateError::Name { at: start + 2 + offset, ch });
        } else {
            self.flush();
            let gap = Gap { name: name.trim().to_owned(), at: start, len, is_flag: words.is_some() };
            self.parts.push(match words {
                Some(words) => Part::When { flag: gap, text: words.to_owned() },
                None => Part::Gap(gap),
            });
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }
}
