//! Which parts of a mail are its text, and what the person wrote in them.

use super::decode;
use super::headers::is_unsafe;
use super::html;
use super::mime::{Part, Structure};
use super::model::Attachment;
use super::own_words::{Cut, CutWhy, Hints, MAX_TEXT, own_words_with};

/// Most encoded bytes of a plain part that are decoded.
const MAX_PLAIN: usize = 4 * MAX_TEXT;
/// Most encoded bytes of an HTML part: mail programs wrap little text in much markup.
const MAX_HTML: usize = 512 * 1024;

/// The text of a mail.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub kept: String,
    pub cut: Vec<Cut>,
    /// Everything as it stood, for reading bounces; at most [`MAX_TEXT`].
    pub whole: String,
    pub capped: bool,
    pub undecodable: bool,
}

/// Reads the text parts in order: of alternatives the plain one, unless it holds no words.
pub(super) fn read(raw: &[u8], structure: &Structure, names: &[String]) -> Body {
    let mut body = Body::default();
    let texts: Vec<&Part> = structure.parts.iter().filter(|part| !part.attached).collect();
    let mut done: Vec<usize> = Vec::new();
    for part in &texts {
        if body.whole.len() >= MAX_TEXT {
            body.capped = true;
            break;
        }
        let Some(group) = part.alternative else {
            body.add(raw, part, names);
            continue;
        };
        if done.contains(&group) {
            continue;
        }
        done.push(group);
        let of_group = || texts.iter().filter(|other| other.alternative == Some(group));
        let plain = of_group().filter(|other| other.content_type == "text/plain");
        let before = body.kept.len();
        for other in plain {
            body.add(raw, other, names);
        }
        if body.kept.len() == before {
            let cut = std::mem::take(&mut body.cut);
            let whole = body.whole.clone();
            for other in of_group().filter(|other| other.content_type == "text/html") {
                body.add(raw, other, names);
            }
            if body.kept.len() == before && !cut.is_empty() {
                // No words of the person's in either: one account of what was cut is enough.
                body.cut = cut;
                body.whole = whole;
            }
        }
    }
    body
}

impl Body {
    fn add(&mut self, raw: &[u8], part: &Part, names: &[String]) {
        let is_html = part.content_type == "text/html";
        let most = if is_html { MAX_HTML } else { MAX_PLAIN };
        self.capped = self.capped || part.body.len() > most;
        let (text, lost) = decode::text(raw, part, most);
        self.undecodable = self.undecodable || lost;
        let mut hints = Hints { names: names.to_vec(), marks: Vec::new() };
        let text = if is_html {
            let converted = html::to_text(&text);
            hints.marks = converted.marks;
            converted.text
        } else {
            text
        };
        if text.trim().is_empty() {
            return;
        }
        let words = own_words_with(&text, &hints);
        self.capped = self.capped || words.cut.iter().any(|cut| cut.why == CutWhy::TooLong);
        if !self.kept.is_empty() && !words.kept.is_empty() {
            self.kept.push_str("\n\n");
        }
        self.kept.push_str(&words.kept);
        self.cut.extend(words.cut);
        let room = text.floor_char_boundary(MAX_TEXT.saturating_sub(self.whole.len()));
        self.whole.push_str(text.get(..room).unwrap_or_default());
        self.whole.push('\n');
    }
}

/// The files of a mail, named and measured.
pub(super) fn attachments(raw: &[u8], structure: &Structure) -> Vec<Attachment> {
    let attachment = |part: &Part| Attachment {
        name: file_name(part),
        content_type: part.content_type.clone(),
        size: part.decoded_size(raw),
        inline: part.inline,
        body: part.body.clone(),
        encoding: part.encoding,
    };
    structure.parts.iter().filter(|part| part.attached).map(attachment).collect()
}

fn file_name(part: &Part) -> String {
    let given = part.name.as_deref().unwrap_or_default();
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = last
        .chars()
        .map(|c| if is_unsafe(c) || matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .take(120)
        .collect();
    let safe = safe.trim().trim_start_matches('.');
    if !safe.is_empty() {
        return safe.to_owned();
    }
    let extension = match part.content_type.as_str() {
        "message/rfc822" => "eml",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "application/pdf" => "pdf",
        "text/calendar" => "ics",
        _ => "bin",
    };
    format!("unnamed.{extension}")
}

/// The content of an attachment, decoded when it is asked for and never before.
#[must_use]
pub fn content(raw: &[u8], attachment: &Attachment) -> Vec<u8> {
    decode::transfer(raw.get(attachment.body.clone()).unwrap_or_default(), attachment.encoding).into_owned()
}
