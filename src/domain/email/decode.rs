//! From encoded bytes to text: transfer encodings forgiving of damage, charsets by mail-parser.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

use super::mime::Part;
use super::model::Encoding;

/// Undoes a transfer encoding. Damaged input yields what can be read of it.
pub(super) fn transfer(body: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Identity => Cow::Borrowed(body),
        Encoding::Base64 => Cow::Owned(base64(body)),
        Encoding::QuotedPrintable => Cow::Owned(quoted_printable(body)),
    }
}

fn base64(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let mut bits: u32 = 0;
    let mut count = 0;
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                count = 0;
                continue;
            }
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 1;
        match count {
            2 => bytes.push((bits >> 4) as u8),
            3 => bytes.push((bits >> 2) as u8),
            4 => {
                bytes.push(bits as u8);
                count = 0;
            }
            _ => {}
        }
    }
    bytes
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let hex = |at: usize| body.get(at).and_then(|byte| char::from(*byte).to_digit(16)).map(|digit| digit as u8);
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        at += 1;
        if *byte != b'=' {
            bytes.push(*byte);
            continue;
        }
        if let (Some(high), Some(low)) = (hex(at), hex(at + 1)) {
            bytes.push(high * 16 + low);
            at += 2;
            continue;
        }
        // A soft line break, perhaps with spaces that a relay added before it.
        let rest = body.get(at..).unwrap_or_default();
        let spaces = rest.iter().take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match rest.get(spaces..).unwrap_or_default() {
            [b'\r', b'\n', ..] => at += spaces + 2,
            [b'\n', ..] => at += spaces + 1,
            _ => bytes.push(b'='),
        }
    }
    bytes
}

/// Text of a part, from at most `most` bytes of its encoded body. The second value is true if letters
/// were lost.
pub(super) fn text(raw: &[u8], part: &Part, most: usize) -> (String, bool) {
    let end = part.body.end.min(part.body.start.saturating_add(most));
    let bytes = transfer(raw.get(part.body.start..end).unwrap_or_default(), part.encoding);
    let charset = part.charset.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
    // "us-ascii" is what programs claim when they do not know; UTF-8 that is valid is UTF-8.
    let text = match std::str::from_utf8(&bytes) {
        Ok(text)
            if !charset.starts_with("utf-16") && !charset.starts_with("utf-7") && !charset.starts_with("iso-2022") =>
        {
            text.to_owned()
        }
        // Cut within a letter at the end: the cap's doing, not the sender's.
        Err(fault) if fault.error_len().is_none() => {
            String::from_utf8_lossy(&bytes).trim_end_matches('\u{fffd}').to_owned()
        }
        _ => match charset_decoder(if charset.is_empty() || charset.contains("ascii") {
            b"windows-1252"
        } else {
            charset.as_bytes()
        }) {
            Some(decode) if charset != "utf-8" => decode(&bytes),
            _ if charset.is_empty() => bytes.iter().map(|byte| char::from(*byte)).collect(),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        },
    };
    let lost = text.contains('\u{fffd}');
    let text = if part.flowed && part.content_type == "text/plain" { unflow(&text, part.delete_space) } else { text };
    (text, lost)
}

/// Joins the lines of format=flowed (RFC 3676): a space at the end says that the line goes on.
fn unflow(text: &str, delete_space: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let goes_on = content.ends_with(' ') && content != "-- ";
        // A signature's delimiter is a line of its own even below a line that goes on.
        if open != Some(depth) || content == "-- " {
            if open.is_some() {
                joined.push('\n');
            }
            joined.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                joined.push(' ');
            }
        }
        let content = if goes_on && delete_space { content.trim_end_matches(' ') } else { content };
        joined.push_str(content);
        open = goes_on.then_some(depth);
        if !goes_on {
            joined.push('\n');
        }
    }
    joined
}
