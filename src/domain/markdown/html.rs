//! The HTML part of an email: written element by element, styles inline, in one shell.

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::{is_safe_target, parse};

/// What stands around the body.
#[derive(Debug, Clone, Copy)]
pub struct Shell<'a> {
    /// Language of the text, such as `en-GB` or `cy`: screen readers speak by it.
    pub language: &'a str,
    /// The email's subject.
    pub title: &'a str,
    /// Who writes: the practice's name, shown above the text.
    pub sender: &'a str,
}

const PARAGRAPH: &str = "margin:0 0 16px;";
const LIST: &str = "margin:0 0 16px;padding:0 0 0 24px;";
const QUOTE: &str = "margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid #aeb7bd;";
const LINK: &str = "color:#005eb8;text-decoration:underline;";

/// The whole HTML document. Text wraps at 600 pixels, stands in 16 pixels at a contrast above 7 to 1, and stays
/// readable when a mail program drops the styles.
pub fn to_html(markdown: &str, shell: &Shell<'_>) -> String {
    let (language, title, sender) = (escape(shell.language), escape(shell.title), escape(shell.sender));
    let body = body(markdown);
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n</head>\n\
         <body style=\"margin:0;padding:0;background:#ffffff;\">\n\
         <div style=\"max-width:600px;margin:0 auto;padding:16px;font-family:Arial,Helvetica,sans-serif;\
         font-size:16px;line-height:1.5;color:#212b32;\">\n\
         <p style=\"margin:0 0 24px;padding:0 0 8px;border-bottom:4px solid #005eb8;font-weight:bold;\">{sender}</p>\n\
         {body}</div>\n</body>\n</html>\n"
    )
}

fn body(markdown: &str) -> String {
    let mut out = String::new();
    let mut links: Vec<bool> = Vec::new();
    for event in parse(markdown) {
        match event {
            Event::Start(tag) => start(&mut out, &mut links, &tag),
            Event::End(tag) => end(&mut out, &mut links, tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&escape(&text));
            }
            // People who write in a form expect a new line to be a new line.
            Event::SoftBreak | Event::HardBreak => out.push_str("<br>\n"),
            Event::Rule => out.push_str("<hr style=\"border:0;border-top:1px solid #aeb7bd;margin:24px 0;\">\n"),
            _ => {}
        }
    }
    out
}

fn start(out: &mut String, links: &mut Vec<bool>, tag: &Tag<'_>) {
    let element = match tag {
        Tag::Paragraph | Tag::CodeBlock(_) | Tag::HtmlBlock => format!("<p style=\"{PARAGRAPH}\">"),
        Tag::Heading { level, .. } => {
            let (name, size) = heading(*level);
            format!("<{name} style=\"margin:24px 0 8px;font-size:{size}px;line-height:1.3;\">")
        }
        Tag::BlockQuote(_) => format!("<blockquote style=\"{QUOTE}\">\n"),
        Tag::List(None) => format!("<ul style=\"{LIST}\">\n"),
        Tag::List(Some(first)) => format!("<ol start=\"{first}\" style=\"{LIST}\">\n"),
        Tag::Item => "<li style=\"margin:0 0 4px;\">".to_owned(),
        Tag::Strong => "<strong>".to_owned(),
        Tag::Emphasis => "<em>".to_owned(),
        Tag::Link { dest_url, .. } => {
            let safe = is_safe_target(dest_url);
            links.push(safe);
            if !safe {
                return;
            }
            format!("<a href=\"{}\" style=\"{LINK}\">", escape(dest_url))
        }
        _ => return,
    };
    out.push_str(&element);
}

fn end(out: &mut String, links: &mut Vec<bool>, tag: TagEnd) {
    match tag {
        TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock => out.push_str("</p>\n"),
        TagEnd::Heading(level) => out.extend(["</", heading(level).0, ">\n"]),
        TagEnd::BlockQuote(_) => out.push_str("</blockquote>\n"),
        TagEnd::List(true) => out.push_str("</ol>\n"),
        TagEnd::List(false) => out.push_str("</ul>\n"),
        TagEnd::Item => out.push_str("</li>\n"),
        TagEnd::Strong => out.push_str("</strong>"),
        TagEnd::Emphasis => out.push_str("</em>"),
        TagEnd::Link if links.pop() == Some(true) => out.push_str("</a>"),
        _ => {}
    }
}

/// Two sizes are enough, and the levels stay in order for a screen reader.
fn heading(level: HeadingLevel) -> (&'static str, u8) {
    match level {
        HeadingLevel::H1 => ("h1", 22),
        HeadingLevel::H2 => ("h2", 18),
        _ => ("h3", 16),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
