//! The person's own lines of an email body: quotes, signatures, banners, disclaimers, forwarded threads and tags are cut.
//!
//! One pass over the lines; every line is looked at a fixed number of times, so the cost grows with the length alone.

mod signs;

use signs::{
    attribution, has_title, is_banner, is_closing, is_device, is_disclaimer, is_greeting, is_mark, is_name,
    is_own_again, is_phone_line, lower, starts_thread,
};
use std::ops::Range;

/// Why a part was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// A line we or somebody else wrote before.
    Quote,
    /// Everything below the header of an earlier message.
    Thread,
    /// The writer's signature, and what stands under it.
    Signature,
    /// "Sent from my phone".
    Device,
    /// A warning a mail system put in.
    Banner,
    /// A legal text, a charity number, an appeal to save paper.
    Disclaimer,
    /// A tag of a web page.
    Tag,
}

/// A part of an email body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub range: Range<usize>,
    /// Why it was cut; `None` if it was kept.
    pub cut: Option<Cut>,
}

/// The bytes of an email body that are the person's own words, in order.
pub fn kept(body: &str) -> Vec<Range<usize>> {
    pieces(body).into_iter().filter(|p| p.cut.is_none()).map(|p| p.range).collect()
}

/// An email body in pieces: what is kept and what is cut, and why.
pub fn pieces(body: &str) -> Vec<Piece> {
    let mut reader = Lines { body, pieces: Vec::new(), state: State::Body, said: 0, blank: 0, quotes_below: false };
    let lines = lines(body);
    let last_quote = lines.iter().rposition(|l| is_quoted(text_of(body, l)));
    for (i, line) in lines.iter().enumerate() {
        reader.quotes_below = last_quote.is_some_and(|q| q > i);
        let next =
            lines.get(i + 1..).unwrap_or_default().iter().take(4).map(|l| text_of(body, l).trim()).collect::<Vec<_>>();
        reader.line(line.clone(), &next);
    }
    reader.pieces
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Body,
    /// Under a signature: only a postscript or the person's own sentence leads back.
    Signed,
    /// Under the header of an earlier message that is not marked line by line.
    Thread,
    /// Inside the header line of an earlier message that runs over several lines.
    Header,
}

struct Lines<'a> {
    body: &'a str,
    pieces: Vec<Piece>,
    state: State,
    said: usize,
    blank: usize,
    quotes_below: bool,
}

fn lines(body: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, _) in body.match_indices('\n') {
        out.push(start..at + 1);
        start = at + 1;
    }
    if start < body.len() {
        out.push(start..body.len());
    }
    out
}

fn text_of<'a>(body: &'a str, line: &Range<usize>) -> &'a str {
    body.get(line.clone()).unwrap_or("")
}

fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>')
        || line.starts_with("&gt;")
        || line.starts_with('|') && line.trim_start_matches('|').starts_with(' ')
}

impl Lines<'_> {
    fn line(&mut self, range: Range<usize>, next: &[&str]) {
        let line = text_of(self.body, &range).trim();
        if line.is_empty() {
            self.blank += 1;
            return;
        }
        let cut = self.judge(line, next);
        self.blank = 0;
        if cut.is_none() {
            // A greeting is not yet something said.
            self.said += usize::from(!is_greeting(line));
            self.keep(range);
        } else {
            self.pieces.push(Piece { range, cut });
        }
    }

    fn judge(&mut self, line: &str, next: &[&str]) -> Option<Cut> {
        if is_quoted(line) {
            if self.state == State::Header {
                self.state = State::Body;
            }
            return Some(Cut::Quote);
        }
        if self.state == State::Thread {
            return Some(Cut::Thread);
        }
        if self.state == State::Header {
            if lower(line).ends_with("wrote:") || line.ends_with(':') {
                self.after_header();
            }
            return Some(Cut::Thread);
        }
        if starts_thread(line, next) {
            self.state = State::Thread;
            return Some(Cut::Thread);
        }
        if let Some(done) = attribution(line, next) {
            if done {
                self.after_header();
            } else {
                self.state = State::Header;
            }
            return Some(Cut::Thread);
        }
        let low = lower(line);
        if is_device(&low) {
            return Some(Cut::Device);
        }
        if is_banner(line, &low) {
            return Some(Cut::Banner);
        }
        if is_disclaimer(&low) {
            return Some(Cut::Disclaimer);
        }
        if self.state == State::Signed {
            if self.blank > 0 && is_own_again(&low) {
                self.state = State::Body;
                return None;
            }
            if low.starts_with("ps ") || low.starts_with("p.s") || low.starts_with("ps.") || low.starts_with("ps:") {
                self.state = State::Body;
                return None;
            }
            return Some(Cut::Signature);
        }
        if self.signs_off(line, &low, next) {
            self.state = State::Signed;
            return Some(Cut::Signature);
        }
        None
    }

    fn after_header(&mut self) {
        // Without quote marks below, everything below is the earlier message.
        self.state = if self.quotes_below { State::Body } else { State::Thread };
    }

    /// Whether the signature begins here: a dash line, a closing formula, or a name on a line of its own.
    fn signs_off(&self, line: &str, low: &str, next: &[&str]) -> bool {
        if matches!(line, "--" | "-- " | "__" | "---" | "\u{2014}" | "\u{2014}\u{2014}")
            || line.len() > 5 && line.bytes().all(|b| matches!(b, b'_' | b'-' | b'=' | b'*'))
        {
            return true;
        }
        if self.said == 0 {
            return false;
        }
        if is_closing(low) {
            return true;
        }
        if line.contains(" | ") && line.len() < 120 {
            return true;
        }
        if is_phone_line(low) {
            return true;
        }
        if self.blank == 0 || !is_name(line) {
            return false;
        }
        // A name between blank lines, or the last line, or followed by more of a signature.
        let following = next.first().copied().unwrap_or("");
        following.is_empty()
            || is_name(following)
            || following.contains(" | ")
            || is_phone_line(&lower(following))
            || following.starts_with("--")
            || following.starts_with('"')
            || is_device(&lower(following))
            || has_title(line)
            || following.contains('@')
            || following.contains(',')
    }

    fn keep(&mut self, range: Range<usize>) {
        let text = self.body.get(range.clone()).unwrap_or("");
        if !text.contains('<') {
            self.pieces.push(Piece { range, cut: None });
            return;
        }
        // Tags of a web page are cut; an address in angle brackets or a lone "<" is kept.
        let mut at = range.start;
        while at < range.end {
            let rest = self.body.get(at..range.end).unwrap_or("");
            let Some(open) = rest.find('<') else { break };
            let tag = rest.get(open..).unwrap_or("");
            let close = tag.find('>').filter(|_| {
                tag.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!'))
                    && !is_mark(tag)
            });
            let Some(close) = close else {
                let to = at + open + 1;
                self.push_own(at..to);
                at = to;
                continue;
            };
            self.push_own(at..at + open);
            self.pieces.push(Piece { range: at + open..at + open + close + 1, cut: Some(Cut::Tag) });
            at += open + close + 1;
        }
        self.push_own(at..range.end);
    }

    fn push_own(&mut self, range: Range<usize>) {
        let text = self.body.get(range.clone()).unwrap_or("");
        if text.trim().is_empty() {
            return;
        }
        let cut = if is_device(&lower(text.trim())) { Some(Cut::Device) } else { None };
        self.pieces.push(Piece { range, cut });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(body: &str) -> String {
        kept(body).into_iter().filter_map(|r| body.get(r)).map(str::trim).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn only_the_persons_said_are_kept() {
        for (body, kept) in [
            (
                "4 days\n\nOn Mon, 8 Mar 2027 at 09:00, Surgery <a@example.org> wrote:\n> How many?\n> Reply STOP.",
                "4 days",
            ),
            ("> How many?\n3\n> Reply STOP", "3"),
            ("Yes.\n\nColin\n\nColin Baptiste | Volunteer\nFeeling suicidal? Call us.", "Yes."),
            ("No\n\n________________________________\nFrom: Surgery\nSent: 4 May\nSubject: x\n\nReply YES", "No"),
            ("Fine.\n\nKind regards\nJoan\n\nPS my chest hurts", "Fine. / PS my chest hurts"),
            ("Fine\n\nSent from my iPhone\n\nI passed out twice", "Fine / I passed out twice"),
            ("<html><body><p>6 days</p><p style=\"font-size:10px\">Sent from my phone</p></body></html>", "6 days"),
            ("[This sender is outside your organisation. Stop and think before you click.]\n\nok", "ok"),
            ("12 stone\n\nOn Mon 1 May\nSurgery wrote:\n\nHow much?", "12 stone"),
            ("   \n\n--\nHarold Abbott\n01632 960734", ""),
        ] {
            assert_eq!(own(body), kept, "{body}");
        }
    }

    #[test]
    fn pieces_cover_every_word() {
        let body = "Hello\n> quoted\nbye <b>bold</b> a<b\nRegards\nMe";
        let pieces = pieces(body);
        for word in ["Hello", "quoted", "bold", "Me"] {
            let at = body.find(word).expect("there");
            assert!(pieces.iter().any(|p| p.range.contains(&at)), "{word}");
        }
    }
}
