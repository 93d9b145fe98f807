//! Lines of a message, split once, with the two labels that need no reading: what the mail program
//! marked, and what stands behind a `>`.

use std::ops::Range;

use super::CutWhy;

/// One line, without its line break.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub start: usize,
    pub end: usize,
    /// Without surrounding white space and invisible characters.
    pub text: &'a str,
    /// `text` made comparable by [`fold`].
    pub folded: &'a str,
    /// Why it is cut, or `None` while it counts as the person's own.
    pub label: Option<CutWhy>,
    offset: usize,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the first visible character stands in the message.
    pub fn text_start(&self) -> usize {
        self.start + self.offset
    }

    /// Where the last visible character ends in the message.
    pub fn text_end(&self) -> usize {
        self.start + self.offset + self.text.len()
    }

    /// Still the person's own, and not blank.
    pub fn is_own(&self) -> bool {
        self.label.is_none() && !self.is_blank()
    }

    /// Marked with `>` by the mail program.
    pub fn has_quote_mark(&self) -> bool {
        self.text.starts_with('>')
    }
}

/// Lower case, straight quotes and dashes, single spaces, no invisible characters: the form in which
/// phrases are compared.
pub(in super::super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    let from = folded.len();
    // Most lines are plain letters and single spaces: no need to look at each as a character.
    let mut before = 0;
    let plain = text.bytes().all(|byte| {
        let double = byte == b' ' && before == b' ';
        before = byte;
        matches!(byte, b' '..=b'~') && !double
    });
    if plain {
        folded.push_str(text);
        if let Some(added) = folded.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    let mut after_space = false;
    for c in text.chars() {
        let space = c.is_whitespace();
        match c {
            _ if is_invisible(c) => continue,
            _ if space && after_space => {}
            _ if space => folded.push(' '),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            '!'..='~' => folded.push(c),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{02bc}' | '\u{00b4}' => folded.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{00ab}' | '\u{00bb}' => folded.push('"'),
            '\u{2010}'..='\u{2015}' => folded.push('-'),
            _ => folded.extend(c.to_lowercase()),
        }
        after_space = space;
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}')
}

/// A line's place, and its visible part.
struct Span {
    start: usize,
    end: usize,
    visible: Range<usize>,
    folded: Range<usize>,
}

/// Splits at `\n`, `\r\n` and a lone `\r`, which all occur in real mail. `buffer` takes the folded
/// text of all lines: a piece of memory for each of 60,000 lines costs more than reading them.
pub(super) fn split<'a>(text: &'a str, buffer: &'a mut String) -> Vec<Line<'a>> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'\n' && byte != b'\r' {
            continue;
        }
        spans.push(span(text, start, at, buffer));
        start = at + 1;
        if byte == b'\r' && bytes.next_if(|&(_, next)| next == b'\n').is_some() {
            start += 1;
        }
    }
    if start < text.len() {
        spans.push(span(text, start, text.len(), buffer));
    }
    let folded: &'a str = buffer;
    let line = |span: Span| Line {
        start: span.start,
        end: span.end,
        text: text.get(span.visible.clone()).unwrap_or_default(),
        folded: folded.get(span.folded).unwrap_or_default(),
        label: None,
        offset: span.visible.start - span.start,
    };
    spans.into_iter().map(line).collect()
}

fn span(text: &str, start: usize, end: usize, buffer: &mut String) -> Span {
    let whole = text.get(start..end).unwrap_or_default();
    let empty = |c: char| c.is_whitespace() || is_invisible(c);
    let from_first = whole.trim_start_matches(empty);
    let first = start + whole.len() - from_first.len();
    let visible = from_first.trim_end_matches(empty);
    let folded_from = buffer.len();
    fold_into(visible, buffer);
    Span { start, end, visible: first..first + visible.len(), folded: folded_from..buffer.len() }
}

/// Labels the lines that lie in a marked stretch. Both lists are in order of the text or become so.
pub(super) fn label_marks(lines: &mut [Line<'_>], marks: &[(Range<usize>, CutWhy)]) {
    for (range, why) in marks {
        let first = lines.partition_point(|line| line.text_end() <= range.start);
        for line in lines.iter_mut().skip(first) {
            if line.start >= range.end {
                break;
            }
            // Overlapping marks are rare and few (the HTML reader caps them), so this stays linear.
            if line.label.is_none() && line.text_start() >= range.start {
                line.label = Some(*why);
            }
        }
    }
}

/// Labels lines behind `>`, and the rests of long quoted lines that a mail program wrapped without
/// repeating the mark.
pub(super) fn label_quoted(lines: &mut [Line<'_>]) {
    let marked = lines.iter().filter(|line| line.has_quote_mark()).count();
    for line in lines.iter_mut() {
        if line.has_quote_mark() && line.label.is_none() && !(marked == 1 && is_comparison(line.text)) {
            line.label = Some(CutWhy::Quote);
        }
    }
    let mut cut_short = false;
    for at in 0..lines.len() {
        let follows = lines.get(at + 1).is_none_or(|next| next.is_blank() || next.has_quote_mark());
        let Some(line) = lines.get_mut(at) else { break };
        if line.has_quote_mark() {
            cut_short = (66..=100).contains(&line.text.chars().count()) && line.text.ends_with(char::is_alphabetic);
            continue;
        }
        // Programs wrap at 72 to 80 characters; what overflows is short and goes on in mid-sentence.
        let overflow =
            cut_short && follows && line.is_own() && line.text.len() <= 30 && line.text.starts_with(char::is_lowercase);
        if overflow {
            line.label = Some(CutWhy::Quote);
        }
        cut_short = false;
    }
}

/// "> 5" and ">5 times" are answers, not quotes, when nothing else is quoted.
fn is_comparison(text: &str) -> bool {
    text.trim_start_matches(['>', '=', ' ']).starts_with(|c: char| c.is_ascii_digit())
}
