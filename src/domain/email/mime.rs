//! The structure of a mail: one walk over its lines, whatever is nested in it.
//!
//! Written by hand because a general reader decodes every attachment and looks for each inner
//! boundary anew: here a 30 MB mail or 10,000 parts cost one pass, and nothing but text is decoded.

use std::ops::Range;

use super::fields::{Fields, decoded, kind, line_end, trim_line_break};
use super::model::Encoding;

/// Most bytes that are walked.
pub(super) const MAX_RAW: usize = 64 * 1024 * 1024;
/// Most parts that are listed.
pub(super) const MAX_PARTS: usize = 500;
/// Most lines and bytes before the first part that are searched for a boundary that was not announced.
const MAX_LINES_TO_A_PART: usize = 200;
const MAX_BYTES_TO_A_PART: usize = 16 * 1024;
/// What no line can be: the boundary of a container that announces none.
const NO_BOUNDARY: &[u8] = b"\n";
/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 24;

/// A part that is not itself made of parts.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Lower case, `text/plain` if nothing is said.
    pub content_type: String,
    pub charset: Option<String>,
    pub flowed: bool,
    pub delete_space: bool,
    pub encoding: Encoding,
    /// Called an attachment, or named.
    pub attached: bool,
    pub inline: bool,
    pub name: Option<String>,
    pub body: Range<usize>,
    /// Bytes that are not white space, and the `=` that pad base64.
    pub solid: usize,
    /// Which `multipart/alternative` it stands in.
    pub alternative: Option<usize>,
}

/// What a mail is made of.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub parts: Vec<Part>,
    /// `report-type` of a `multipart/report`.
    pub report_type: Option<String>,
    pub is_report: bool,
    pub sealed: bool,
    pub too_many: bool,
    pub too_deep: bool,
    pub too_large: bool,
}

struct Container {
    boundary: Vec<u8>,
    alternative: Option<usize>,
    digest: bool,
}

struct Walk<'a> {
    raw: &'a [u8],
    stack: Vec<Container>,
    alternatives: usize,
    found: Structure,
}

/// Walks the mail whose header block is `fields` and whose body begins at `body`. Where the boundary that was announced is
/// never met, as in reports that lost theirs on the way, the one that is there counts; without any, all of it is one text.
pub(super) fn walk(raw: &[u8], fields: &Fields<'_>, body: usize) -> Structure {
    let found = walk_with(raw, fields, body, None);
    if !found.parts.is_empty() || found.too_many || found.too_deep {
        return found;
    }
    let end = MAX_RAW.min(raw.len());
    if let Some(boundary) = boundary_in(raw, body) {
        let again = walk_with(raw, fields, body, Some(boundary));
        if !again.parts.is_empty() {
            return again;
        }
    }
    let text = Part { content_type: "text/plain".to_owned(), body: body.min(end)..end, ..Part::default() };
    Structure { parts: vec![text], ..found }
}

/// The first line that looks like a delimiter: behind it stands a field that only parts begin with.
fn boundary_in(raw: &[u8], body: usize) -> Option<Vec<u8>> {
    let raw = raw.get(..raw.len().min(body.saturating_add(MAX_BYTES_TO_A_PART))).unwrap_or_default();
    let mut at = body;
    let mut before: &[u8] = b"";
    for _ in 0..MAX_LINES_TO_A_PART {
        if at >= raw.len() {
            return None;
        }
        let end = line_end(raw, at);
        let line = trim_line_break(raw.get(at..end).unwrap_or_default()).trim_ascii_end();
        let is_field = line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
        if let Some(boundary) = before.strip_prefix(b"--").filter(|rest| is_field && (1..=70).contains(&rest.len())) {
            return Some(boundary.to_vec());
        }
        before = line;
        at = end;
    }
    None
}

fn walk_with(raw: &[u8], fields: &Fields<'_>, body: usize, boundary: Option<Vec<u8>>) -> Structure {
    let raw_capped = raw.get(..MAX_RAW.min(raw.len())).unwrap_or(raw);
    let mut walk = Walk { raw: raw_capped, stack: Vec::new(), alternatives: 0, found: Structure::default() };
    walk.found.too_large = raw.len() > MAX_RAW;
    let mut open = walk.entity(fields, body);
    if let (Some(boundary), Some(outermost)) = (boundary, walk.stack.first_mut()) {
        outermost.boundary = boundary;
    }
    let mut at = body;
    while at < walk.raw.len() {
        let end = line_end(walk.raw, at);
        let line = walk.raw.get(at..end).unwrap_or_default();
        let Some((depth, closing)) = walk.delimiter(line) else {
            if let Some(part) = &mut open {
                part.body.end = end;
                part.solid += solid(line);
            }
            at = end;
            continue;
        };
        walk.close(open.take(), at);
        walk.stack.truncate(if closing { depth } else { depth + 1 });
        at = end;
        if closing {
            continue;
        }
        if walk.found.parts.len() >= MAX_PARTS {
            walk.found.too_many = true;
            return walk.found;
        }
        let (fields, length) = Fields::read(walk.raw.get(at..).unwrap_or_default());
        at += length;
        open = walk.entity(&fields, at);
    }
    let end = walk.raw.len();
    walk.close(open, end);
    walk.found
}

fn solid(line: &[u8]) -> usize {
    // Encoded lines have white space only at their end, apart from hand-made ones.
    line.trim_ascii_end().len()
}

impl Walk<'_> {
    /// Begins an entity: a container is pushed, anything else is returned as an open part.
    fn entity(&mut self, fields: &Fields<'_>, body: usize) -> Option<Part> {
        let declared = fields.all("content-type").next().and_then(kind);
        let digest = self.stack.last().is_some_and(|container| container.digest);
        let default = if digest { "message/rfc822" } else { "text/plain" };
        let named = declared.as_ref().map(|declared| declared.name.clone());
        let named = named.filter(|name| name.len() <= 127 && name.is_ascii() && name.contains('/'));
        // "text" alone is an old way of saying text/plain (RFC 2045 section 5.2).
        let full = named.unwrap_or_else(|| default.to_owned());
        let attribute = |name: &str| declared.as_ref().and_then(|ct| ct.attribute(name)).map(str::to_owned);
        let enclosing = self.stack.last().and_then(|container| container.alternative);
        let announced = attribute("boundary").filter(|boundary| !boundary.is_empty());
        let outermost = self.stack.is_empty() && self.found.parts.is_empty();
        let container = full.strip_prefix("multipart/");
        let boundary = announced.map(String::into_bytes).or_else(|| {
            let there = container.and_then(|_| boundary_in(self.raw, body));
            there.or_else(|| outermost.then(|| NO_BOUNDARY.to_vec()))
        });
        if let (Some(kind), Some(boundary)) = (container, boundary) {
            self.note_container(kind, attribute("report-type"));
            if self.stack.len() >= MAX_DEPTH {
                self.found.too_deep = true;
                return None;
            }
            let alternative = if kind == "alternative" {
                self.alternatives += 1;
                Some(self.alternatives)
            } else {
                enclosing
            };
            self.stack.push(Container { boundary, alternative, digest: kind == "digest" });
            return None;
        }
        if matches!(full.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted")
        {
            self.found.sealed = true;
        }
        let disposition = fields.all("content-disposition").next().and_then(kind);
        let file =
            disposition.as_ref().and_then(|d| d.attribute("filename")).map(str::to_owned).or_else(|| attribute("name"));
        let is_attachment = disposition.as_ref().is_some_and(|d| d.name == "attachment");
        let transfer = fields.text("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
        let encoding = match transfer.split([';', ' ']).next().unwrap_or_default() {
            "base64" => Encoding::Base64,
            "quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::Identity,
        };
        let is_text = full == "text/plain" || full == "text/html";
        Some(Part {
            charset: attribute("charset"),
            flowed: attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")),
            delete_space: attribute("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes")),
            encoding,
            attached: is_attachment || file.is_some() || !is_text,
            inline: !is_attachment && (fields.has("content-id") || disposition.is_some()),
            name: file.map(|name| decoded(name.as_bytes())),
            body: body..body,
            solid: 0,
            alternative: enclosing,
            content_type: full,
        })
    }

    fn note_container(&mut self, kind: &str, report_type: Option<String>) {
        if kind == "report" && self.stack.is_empty() {
            self.found.is_report = true;
            self.found.report_type = report_type.map(|name| name.to_ascii_lowercase());
        }
        if kind == "encrypted" {
            self.found.sealed = true;
        }
    }

    /// Which container the line delimits, and whether it ends it. The depth is bounded, so this is
    /// a constant number of comparisons.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?;
        let rest = trim_line_break(rest).trim_ascii_end();
        for (depth, container) in self.stack.iter().enumerate().rev() {
            if let Some(tail) = rest.strip_prefix(container.boundary.as_slice())
                && (tail.is_empty() || tail == b"--")
            {
                return Some((depth, !tail.is_empty()));
            }
        }
        None
    }

    fn close(&mut self, open: Option<Part>, at: usize) {
        let Some(mut part) = open else { return };
        // The line break before a delimiter belongs to it (RFC 2046 section 5.1.1).
        let body = self.raw.get(part.body.start..at).unwrap_or_default();
        let body = if at == self.raw.len() { body } else { trim_line_break(body) };
        part.body.end = part.body.start + body.len();
        self.found.parts.push(part);
    }
}

impl Part {
    /// The size after decoding, without decoding.
    pub fn decoded_size(&self, raw: &[u8]) -> usize {
        match self.encoding {
            Encoding::Base64 => {
                let body = raw.get(self.body.clone()).unwrap_or_default();
                let padding = body
                    .iter()
                    .rev()
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .take(2)
                    .filter(|byte| **byte == b'=')
                    .count();
                (self.solid / 4 * 3).saturating_sub(padding)
            }
            Encoding::Identity | Encoding::QuotedPrintable => self.body.len(),
        }
    }
}
