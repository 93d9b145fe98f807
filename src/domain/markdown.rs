//! The bodies of emails: a small part of Markdown, made into plain text and into HTML in one fixed shell.
//!
//! Paragraphs, line breaks, headings, lists, bold, italics, links and rules. No HTML passes through, no picture,
//! nothing that a mail program would fetch: an email must look alike to everyone and tell nobody it was opened.

mod html;
mod text;

use pulldown_cmark::{Options, Parser};

pub use html::{Shell, to_html};
pub use text::to_text;

fn parse(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::empty())
}

/// Makes a value harmless in Markdown: every sign in it stands for itself, lines stay lines, and no line can
/// begin a heading, a list or a block of code.
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let mut blank_lines = 0;
    for line in value.trim().lines().map(str::trim) {
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        if !escaped.is_empty() {
            escaped.push_str(if blank_lines > 0 { "\n\n" } else { "\\\n" });
        }
        blank_lines = 0;
        for c in line.chars() {
            if c.is_ascii_punctuation() {
                escaped.push('\\');
            }
            escaped.push(c);
        }
    }
    escaped
}

/// A link that can be clicked, if it is a full https address; otherwise its text, harmless.
pub fn link(address: &str) -> String {
    if is_full_link(address) { format!("<{address}>") } else { escape(address) }
}

/// Whether `address` is `https://` with a host of at least two names, no user part and nothing that would end a link.
pub fn is_full_link(address: &str) -> bool {
    address.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.')
            && !host.starts_with('.')
            && !host.contains('@')
            && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c))
    })
}

/// Addresses a link may lead to.
fn is_safe_target(target: &str) -> bool {
    is_full_link(target) || target.starts_with("tel:") || target.starts_with("mailto:")
}

#[cfg(test)]
mod tests;
