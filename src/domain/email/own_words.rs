//! The words a person wrote themselves, told apart from everything their mail program added.
//!
//! A line classifier: every line is split once, labelled by a few passes of bounded look-around,
//! and then either kept or cut. Nothing disappears: each non-blank character of the text is in
//! `kept` or in one of `cut`, so staff can always see what was left out and why.
//!
//! The bias is deliberate. Cutting too little shows a coordinator a signature; cutting too much can
//! hide "crushing pains since Saturday". So a line that speaks in the first person, a postscript or
//! a line with a danger word stays, even below a name.

mod footer;
mod lines;
mod names;
mod phrases;
mod signature;
mod thread;

use std::ops::Range;

use serde::Serialize;

pub(super) use lines::fold;
use lines::{Line, split};

/// Longest text that is looked at, in bytes; what lies beyond is cut as [`CutWhy::TooLong`].
pub const MAX_TEXT: usize = 64 * 1024;

/// Why a piece of text is not the person's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CutWhy {
    /// An earlier message, with its attribution line or header block.
    Quote,
    /// A message passed on from somebody else.
    Forwarded,
    /// Below a signature delimiter, or marked as a signature by the mail program.
    Signature,
    /// "Kind regards, Joan" and the lines that belong to it.
    SignOff,
    /// "Sent from my iPhone" and its kin.
    MobileSignature,
    /// Confidentiality notices, company particulars, "please consider the environment".
    Disclaimer,
    /// Warnings stamped on by a mail server: "CAUTION: external email", virus checks.
    Banner,
    /// Beyond [`MAX_TEXT`].
    TooLong,
}

/// One piece that was cut, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Why it was cut.
    pub why: CutWhy,
    /// The text as it stood.
    pub text: String,
}

/// A text taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OwnWords {
    /// The person's own lines, joined by `\n`, without runs of blank lines.
    pub kept: String,
    /// Everything else, in the order of the text.
    pub cut: Vec<Cut>,
    /// Byte ranges of the given text that make up `kept`, one for each line that is not blank.
    pub pieces: Vec<Range<usize>>,
}

/// What is known beside the text.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// Names the writer is known by: a line that holds only these is a sign-off.
    pub names: Vec<String>,
    /// Stretches the mail program marked itself, as byte ranges of the text.
    pub marks: Vec<(Range<usize>, CutWhy)>,
}

/// Keeps the person's own words of a plain-text message. Linear in the length of `text`.
#[must_use]
pub fn own_words(text: &str) -> OwnWords {
    own_words_with(text, &Hints::default())
}

/// As [`own_words`], with what is known from the mail's headers and markup.
#[must_use]
pub fn own_words_with(text: &str, hints: &Hints) -> OwnWords {
    let end = text.floor_char_boundary(MAX_TEXT);
    let (head, rest) = text.split_at(end);
    let mut folded = String::with_capacity(head.len());
    let mut lines = split(head, &mut folded);
    lines::label_marks(&mut lines, &hints.marks);
    lines::label_quoted(&mut lines);
    thread::label(&mut lines);
    let regions = regions(&lines);
    for region in &regions {
        footer::label(&mut lines, region.lines.clone());
    }
    for region in &regions {
        signature::label(&mut lines, region, &hints.names);
    }
    restore_if_nothing_left(&mut lines);
    let mut words = collect(head, &lines);
    if !rest.is_empty() {
        words.cut.push(Cut { why: CutWhy::TooLong, text: rest.to_owned() });
    }
    words
}

/// A run of unlabelled lines between quoted ones.
#[derive(Debug, Clone)]
struct Region {
    lines: Range<usize>,
    /// Quoted text both before and after: here people answer line by line and do not sign.
    between_quotes: bool,
    /// Something of the person's own stands in an earlier region.
    after_own: bool,
}

fn regions(lines: &[Line<'_>]) -> Vec<Region> {
    let mut found: Vec<Region> = Vec::new();
    let mut at = 0;
    let mut after_own = false;
    while at < lines.len() {
        let run = lines.iter().skip(at).take_while(|line| line.label.is_none()).count();
        let range = at..at + run;
        let speaks = lines.iter().skip(at).take(run).any(|line| !line.is_blank());
        if speaks {
            let between_quotes = at > 0 && at + run < lines.len();
            found.push(Region { lines: range, between_quotes, after_own });
            after_own = true;
        }
        at += run.max(1);
    }
    found
}

/// "Regards, John" alone is all the person said: it is better shown than an empty message.
fn restore_if_nothing_left(lines: &mut [Line<'_>]) {
    if lines.iter().any(|line| line.label.is_none() && !line.is_blank()) {
        return;
    }
    for line in lines {
        if line.label == Some(CutWhy::SignOff) {
            line.label = None;
        }
    }
}

fn collect(text: &str, lines: &[Line<'_>]) -> OwnWords {
    let mut words = OwnWords::default();
    let mut blank_pending = false;
    let mut open: Option<(CutWhy, Range<usize>)> = None;
    for line in lines {
        if line.is_blank() {
            blank_pending = true;
            continue;
        }
        match line.label {
            None => {
                flush(text, &mut words.cut, open.take());
                if !words.kept.is_empty() {
                    words.kept.push_str(if blank_pending { "\n\n" } else { "\n" });
                }
                let start = if words.kept.is_empty() { line.text_start() } else { line.start };
                let piece = start..line.text_end();
                words.kept.push_str(text.get(piece.clone()).unwrap_or_default());
                words.pieces.push(piece);
                blank_pending = false;
            }
            Some(why) => {
                open = match open.take() {
                    Some((before, range)) if before == why => Some((why, range.start..line.end)),
                    other => {
                        flush(text, &mut words.cut, other);
                        Some((why, line.start..line.end))
                    }
                };
            }
        }
    }
    flush(text, &mut words.cut, open);
    words
}

fn flush(text: &str, cut: &mut Vec<Cut>, open: Option<(CutWhy, Range<usize>)>) {
    if let Some((why, range)) = open {
        let text = text.get(range).unwrap_or_default().to_owned();
        cut.push(Cut { why, text });
    }
}
