//! Header fields of a received mail: split by hand in linear time with caps, values read by
//! mail-parser.

use std::borrow::Cow;
use std::ops::Range;

use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};

/// Most bytes of one header block that are looked at.
const MAX_BLOCK: usize = 256 * 1024;
/// Most fields of one header block.
const MAX_FIELDS: usize = 2_000;
/// Most bytes of one value that are read.
const MAX_VALUE: usize = 32 * 1024;

/// One field: its name in lower case and its value with folds, as received.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub name: String,
    pub raw: &'a [u8],
}

/// The header block of a mail or of one of its parts.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pub list: Vec<Field<'a>>,
    /// Something lay beyond a cap.
    pub capped: bool,
}

/// An address and the name beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub name: Option<String>,
    pub address: String,
}

impl<'a> Fields<'a> {
    /// Reads the block at the beginning of `raw`; also returns where the body begins.
    pub fn read(raw: &'a [u8]) -> (Self, usize) {
        let mut fields = Self::default();
        let mut at = 0;
        let mut open: Option<(String, Range<usize>)> = None;
        while at < raw.len() {
            let end = line_end(raw, at);
            let line = raw.get(at..end).unwrap_or_default();
            let visible = trim_line_break(line);
            if visible.is_empty() {
                at = end;
                break;
            }
            if visible.first().is_some_and(|b| *b == b' ' || *b == b'\t') {
                if let Some((_, value)) = &mut open {
                    value.end = end;
                }
            } else if let Some((name, value_at)) = field_name(visible) {
                fields.close(raw, open.take());
                open = Some((name, at + value_at..end));
            } else if !visible.starts_with(b"From ") && !visible.starts_with(b">From ") {
                // Not a header: the body began without a blank line.
                break;
            }
            at = end;
            if at > MAX_BLOCK && !fields.capped {
                fields.capped = true;
            }
        }
        fields.close(raw, open);
        (fields, at)
    }

    fn close(&mut self, raw: &'a [u8], open: Option<(String, Range<usize>)>) {
        let Some((name, value)) = open else { return };
        if self.list.len() >= MAX_FIELDS || value.start > MAX_BLOCK {
            self.capped = true;
            return;
        }
        if value.len() > MAX_VALUE {
            self.capped = true;
        }
        let end = value.end.min(value.start + MAX_VALUE);
        self.list.push(Field { name, raw: raw.get(value.start..end).unwrap_or_default() });
    }

    /// Values of all fields of that name, from the top.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.list.iter().filter(move |field| field.name == name).map(|field| field.raw)
    }

    /// The topmost value, unfolded but not decoded.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).next().map(unfold)
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.list.iter().any(|field| field.name == name)
    }
}

/// The end of the line that begins at `at`, behind its line feed.
pub(super) fn line_end(raw: &[u8], at: usize) -> usize {
    let rest = raw.get(at..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |length| at + length + 1)
}

pub(super) fn trim_line_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn field_name(line: &[u8]) -> Option<(String, usize)> {
    let colon = line.iter().take(80).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let ok = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    ok.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), colon + 1))
}

/// A value without folds and surrounding space; bytes that are not UTF-8 count as Latin-1.
pub(super) fn unfold(raw: &[u8]) -> String {
    let text: Cow<'_, str> = match std::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => raw.iter().map(|byte| char::from(*byte)).collect(),
    };
    let text = text.trim();
    if !text.contains(['\r', '\n', '\t']) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\n' => {}
            '\t' => line.push(' '),
            c => line.push(c),
        }
    }
    line
}

/// Ends a value so that mail-parser's readers stop there.
fn ended(raw: &[u8]) -> Vec<u8> {
    let mut value = trim_line_break(raw).to_vec();
    value.extend_from_slice(b"\r\n");
    value
}

/// A value with its encoded words decoded.
pub(super) fn decoded(raw: &[u8]) -> String {
    if std::str::from_utf8(raw).is_err() {
        return unfold(raw);
    }
    let value = ended(raw);
    match MessageStream::new(&value).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        HeaderValue::TextList(list) => list.join(" "),
        _ => String::new(),
    }
}

/// The mailboxes of an address list, groups opened; at most 200.
pub(super) fn mailboxes(raw: &[u8]) -> Vec<Mailbox> {
    let value = ended(raw);
    let HeaderValue::Address(list) = MessageStream::new(&value).parse_address() else {
        return Vec::new();
    };
    let all: Vec<_> = match list {
        Address::List(list) => list,
        Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    let mailbox = |addr: mail_parser::Addr<'_>| {
        let name = addr.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let address = addr.address.map(|address| address.trim().to_lowercase()).filter(|address| !address.is_empty());
        match (name, address) {
            (name, Some(address)) => Some(Mailbox { name, address }),
            (Some(name), None) if name.contains('@') => Some(Mailbox { address: name.to_lowercase(), name: None }),
            _ => None,
        }
    };
    all.into_iter().take(200).filter_map(mailbox).collect()
}

/// A Content-Type or Content-Disposition value.
#[derive(Debug)]
pub(super) struct Kind {
    /// Lower case: `text/plain`, `attachment`.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Kind {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub(super) fn kind(raw: &[u8]) -> Option<Kind> {
    let value = ended(raw);
    let HeaderValue::ContentType(read) = MessageStream::new(&value).parse_content_type() else {
        return None;
    };
    let mut name = read.ctype().to_ascii_lowercase();
    if let Some(subtype) = read.subtype() {
        name.push('/');
        name.push_str(&subtype.to_ascii_lowercase());
    }
    let attributes = read.attributes().into_iter().flatten();
    let attributes =
        attributes.take(32).map(|attribute| (attribute.name.to_string(), attribute.value.to_string())).collect();
    Some(Kind { name, attributes })
}

/// Message identifiers in angle brackets, or a bare one; at most the last 100.
pub(super) fn message_ids(raw: &[u8]) -> Vec<String> {
    let text = unfold(raw);
    let mut ids: Vec<String> = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(id, _)| id.trim().to_owned())
        .filter(|id| !id.is_empty() && id.len() <= 998)
        .collect();
    if ids.is_empty() && !text.contains(' ') && text.contains('@') {
        ids.push(text.trim_matches(['<', '>']).to_owned());
    }
    let skip = ids.len().saturating_sub(100);
    ids.drain(..skip);
    ids
}
