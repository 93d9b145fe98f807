//! HTML of a mail to lines of text, with what the mail program marked as quoted or as a signature.
//!
//! One pass over the bytes, no tree: mail HTML is seldom well formed, and a tree's depth is in the
//! hands of the sender. Elements matter only as line breaks, as quotes, or as something to leave out.

mod entities;
mod tags;

use std::ops::Range;

use super::own_words::{CutWhy, MAX_TEXT};
use tags::{Tag, TagReader, attribute, is_block};

/// Most marks kept, which bounds the work of using them.
const MAX_MARKS: usize = 64;
/// Text after which reading ends: a little more than is kept.
const MAX_OUTPUT: usize = MAX_TEXT + 4 * 1024;
/// Most elements with a meaning that may be open at once.
const MAX_OPEN: usize = 64;

/// Text with its marks.
#[derive(Debug, Default)]
pub(super) struct HtmlText {
    pub text: String,
    /// Stretches that are not the person's own, in order.
    pub marks: Vec<(Range<usize>, CutWhy)>,
    /// Where a line was drawn that may stand above an earlier message.
    pub rules: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Cut(CutWhy),
    Hidden,
    Preformatted,
}

struct Open {
    tag: Tag,
    nested: usize,
    effect: Effect,
    start: usize,
}

#[derive(Default)]
struct Writer {
    out: HtmlText,
    open: Vec<Open>,
    hidden: usize,
    preformatted: usize,
    space_pending: bool,
}

/// Converts a document or a fragment. Linear in its length.
pub(super) fn to_text(html: &str) -> HtmlText {
    let mut writer = Writer::default();
    let mut reader = TagReader::new(html);
    // What lies beyond the cap of text would only be cut again.
    while writer.out.text.len() <= MAX_OUTPUT
        && let Some(piece) = reader.next_piece()
    {
        match piece {
            tags::Piece::Text(text) => writer.text(text),
            tags::Piece::Start { tag, attributes, closed } => writer.start(tag, attributes, closed),
            tags::Piece::End(tag) => writer.end(tag),
        }
    }
    writer.finish()
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c == '&'
                && let Some((decoded, length)) = entities::decode(rest)
            {
                decoded.chars().for_each(|c| self.put(c));
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            if matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}') && self.preformatted == 0 {
                self.space_pending = true;
            } else {
                self.put(c);
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    fn put(&mut self, c: char) {
        if self.space_pending && !self.out.text.is_empty() && !self.out.text.ends_with(['\n', ' ']) {
            self.out.text.push(' ');
        }
        self.space_pending = false;
        self.out.text.push(if c == '\u{a0}' { ' ' } else { c });
    }

    fn line_break(&mut self) {
        self.space_pending = false;
        self.out.text.push('\n');
    }

    /// A new line unless one has just begun.
    fn block(&mut self) {
        self.space_pending = false;
        if !self.out.text.is_empty() && !self.out.text.ends_with('\n') {
            self.out.text.push('\n');
        }
    }

    /// A blank line unless there is one.
    fn paragraph(&mut self) {
        self.block();
        if !self.out.text.is_empty() && !self.out.text.ends_with("\n\n") {
            self.out.text.push('\n');
        }
    }

    fn start(&mut self, tag: Tag, attributes: &str, closed: bool) {
        match tag {
            Tag::Br => self.line_break(),
            Tag::Hr => {
                self.block();
                self.rule();
            }
            Tag::Td => self.space_pending = true,
            Tag::Li => {
                self.block();
                self.out.text.push_str("- ");
            }
            Tag::P | Tag::Heading | Tag::Blockquote => self.paragraph(),
            _ if is_block(tag) => self.block(),
            _ => {}
        }
        if closed || tags::is_void(tag) {
            return;
        }
        if let Some(effect) = self.effect(tag, attributes) {
            self.begin(tag, effect);
        } else if let Some(open) = self.open.iter_mut().rev().find(|open| open.tag == tag) {
            open.nested += 1;
        }
    }

    fn effect(&mut self, tag: Tag, attributes: &str) -> Option<Effect> {
        let marker = tags::marker(attributes);
        if marker == tags::Marker::RestIsQuote {
            let start = self.out.text.len();
            self.mark(start..usize::MAX, CutWhy::Quote);
        }
        if marker == tags::Marker::Rule {
            self.rule();
        }
        let effect = match (tag, marker) {
            (Tag::Blockquote, _) if !is_indent(attributes) => Effect::Cut(CutWhy::Quote),
            (_, tags::Marker::Quote) => Effect::Cut(CutWhy::Quote),
            (_, tags::Marker::Signature) => Effect::Cut(CutWhy::Signature),
            (Tag::Div | Tag::Span | Tag::Table, tags::Marker::Hidden) => Effect::Hidden,
            (Tag::Pre, _) => Effect::Preformatted,
            _ => return None,
        };
        (self.open.len() < MAX_OPEN).then_some(effect)
    }

    fn begin(&mut self, tag: Tag, effect: Effect) {
        match effect {
            Effect::Hidden => self.hidden += 1,
            Effect::Preformatted => self.preformatted += 1,
            Effect::Cut(_) => self.block(),
        }
        self.open.push(Open { tag, nested: 1, effect, start: self.out.text.len() });
    }

    fn end(&mut self, tag: Tag) {
        if let Some(at) = self.open.iter().rposition(|open| open.tag == tag) {
            let ends = self.open.get_mut(at).is_some_and(|open| {
                open.nested -= 1;
                open.nested == 0
            });
            if ends {
                for open in self.open.split_off(at) {
                    self.close(&open);
                }
            }
        }
        match tag {
            Tag::P | Tag::Heading | Tag::Blockquote => self.paragraph(),
            Tag::Td => self.space_pending = true,
            _ if is_block(tag) => self.block(),
            _ => {}
        }
    }

    fn close(&mut self, open: &Open) {
        match open.effect {
            Effect::Hidden => self.hidden = self.hidden.saturating_sub(1),
            Effect::Preformatted => self.preformatted = self.preformatted.saturating_sub(1),
            Effect::Cut(why) => {
                self.block();
                let end = self.out.text.len();
                // Gmail marks the head of a forwarded message like an attribution, but not the
                // message below it: the words of that head tell more than the mark.
                let head = self.out.text.get(open.start..end).unwrap_or_default().trim_start();
                if !head.starts_with("-----") {
                    self.mark(open.start..end, why);
                }
            }
        }
    }

    fn mark(&mut self, range: Range<usize>, why: CutWhy) {
        // Marks close from the inside out: one that holds the last of the same kind replaces it.
        while self
            .out
            .marks
            .last()
            .is_some_and(|(last, of)| *of == why && last.start >= range.start && last.end <= range.end)
        {
            self.out.marks.pop();
        }
        if self.out.marks.len() < MAX_MARKS {
            self.out.marks.push((range, why));
        }
    }

    fn rule(&mut self) {
        if self.out.rules.len() < MAX_MARKS {
            self.out.rules.push(self.out.text.len());
        }
    }

    fn finish(mut self) -> HtmlText {
        while let Some(open) = self.open.pop() {
            self.close(&open);
        }
        let end = self.out.text.len();
        for (range, _) in &mut self.out.marks {
            range.end = range.end.min(end);
        }
        self.out.marks.sort_by_key(|(range, _)| range.start);
        let rules = std::mem::take(&mut self.out.rules);
        for at in rules.into_iter().filter(|at| head_below(&self.out.text, *at)) {
            self.out.marks.push((at..end, CutWhy::Quote));
        }
        self.out
    }
}

/// Old programs indent with `blockquote`, and say so by its style.
fn is_indent(attributes: &str) -> bool {
    attribute(attributes, "type").is_none()
        && attribute(attributes, "class").is_none()
        && attribute(attributes, "style")
            .is_some_and(|style| style.contains("border") && style.contains("none") && style.contains("padding: 0px"))
}

/// Below a drawn line: at least three of the next lines look like "Word: value", in any language.
fn head_below(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let looks_like_key = |line: &&str| {
        line.split_once(':').is_some_and(|(key, value)| {
            let key = key.trim();
            !key.is_empty()
                && key.chars().count() <= 20
                && key.split(' ').count() <= 3
                && value.starts_with([' ', '\t'])
                && !key.contains(['.', ','])
        })
    };
    let lines: Vec<&str> = rest.lines().map(str::trim).filter(|line| !line.is_empty()).take(6).collect();
    lines.first().is_some_and(looks_like_key) && lines.iter().filter(|line| looks_like_key(line)).count() >= 3
}
