//! The plain part of an email: what a screen reader, a watch or a cautious mail program shows.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{is_safe_target, parse};

/// Plain text: paragraphs parted by a blank line, lists with hyphens or numbers, links as "words (address)".
pub fn to_text(markdown: &str) -> String {
    let mut writer = Writer::default();
    for event in parse(markdown) {
        writer.event(event);
    }
    let mut text = writer.out.trim().to_owned();
    text.push('\n');
    text
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Open lists: the number of the next item, or `None` for bullets.
    lists: Vec<Option<u64>>,
    /// A list was opened and has no item yet.
    fresh: bool,
    /// The last thing written is an item's mark.
    marked: bool,
    /// Open link: its target and where its words begin.
    link: Option<(String, usize)>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.out.push_str(&text);
                self.marked = false;
            }
            Event::SoftBreak | Event::HardBreak => {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(self.lists.len() * 2));
            }
            Event::Rule => {
                self.gap("\n\n");
                self.out.push_str("---");
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            // In a list the item's mark is on this line already.
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::HtmlBlock
                if !std::mem::take(&mut self.marked) =>
            {
                self.gap("\n\n");
            }
            Tag::List(first) => {
                self.gap(if self.lists.is_empty() { "\n\n" } else { "\n" });
                self.lists.push(first);
                self.fresh = true;
            }
            Tag::Item => {
                if !std::mem::take(&mut self.fresh) {
                    self.gap("\n");
                }
                self.out.push_str(&"  ".repeat(self.lists.len().saturating_sub(1)));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.out.extend([number.to_string().as_str(), ". "]);
                        *number += 1;
                    }
                    _ => self.out.push_str("- "),
                }
                self.marked = true;
            }
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), self.out.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link => {
                if let Some((target, from)) = self.link.take() {
                    let words = self.out.get(from..).unwrap_or_default();
                    let bare =
                        target.strip_prefix("tel:").or_else(|| target.strip_prefix("mailto:")).unwrap_or(&target);
                    if is_safe_target(&target) && words != target && words != bare {
                        self.out.extend([" (", bare, ")"]);
                    }
                }
            }
            _ => {}
        }
    }

    /// Ends the line before, leaving `gap` between it and what follows.
    fn gap(&mut self, gap: &str) {
        while self.out.ends_with(['\n', ' ']) {
            self.out.pop();
        }
        if !self.out.is_empty() {
            self.out.push_str(gap);
        }
    }
}
