//! The person's own lines of an email body: quotes, signatures, banners, disclaimers, forwarded threads and tags are cut.
//!
//! One pass over the lines; every line is looked at a fixed number of times, so the cost grows with the length alone.

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
    let mut reader =
        Lines { body, pieces: Vec::new(), state: State::Body, own_lines: 0, blank: 0, quotes_below: false };
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
    own_lines: usize,
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
            self.own_lines += usize::from(!is_greeting(line));
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
        if self.own_lines == 0 {
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

/// An address in angle brackets or the mark of a picture is no tag.
fn is_mark(tag: &str) -> bool {
    let inside = tag.get(1..tag.find('>').unwrap_or(1)).unwrap_or("");
    inside.contains('@') || matches!(inside, "image" | "picture" | "photo" | "attachment" | "media omitted")
}

fn lower(line: &str) -> String {
    line.chars().take(400).flat_map(char::to_lowercase).map(|c| if c == '\u{2019}' { '\'' } else { c }).collect()
}

fn starts_thread(line: &str, next: &[&str]) -> bool {
    let low = lower(line);
    let dashed = line.starts_with("---")
        && ["original message", "forwarded message", "forwarded by", "original appointment"]
            .iter()
            .any(|w| low.contains(w));
    let header = |l: &str| {
        let l = lower(l);
        let l = l.trim_start_matches('*');
        ["from:", "sent:", "to:", "date:", "subject:"].iter().any(|h| l.starts_with(h))
    };
    let outlook = header(line) && next.iter().take(2).filter(|l| header(l)).count() >= 1;
    let ruled = line.len() > 9 && line.bytes().all(|b| b == b'_') && next.iter().take(2).any(|l| header(l));
    dashed || outlook || ruled || low.starts_with("begin forwarded message")
}

/// "On Tuesday ... wrote:", on one line or several. The answer says whether the line ends it.
fn attribution(line: &str, next: &[&str]) -> Option<bool> {
    let low = lower(line);
    if low.ends_with("wrote:") && (low.starts_with("on ") || line.contains('<') || low.contains(" at ")) {
        return Some(true);
    }
    if low.starts_with("on ") && line.bytes().any(|b| b.is_ascii_digit()) && !low.ends_with('.') {
        for l in next.iter().take(2) {
            if l.is_empty() {
                break;
            }
            if lower(l).ends_with("wrote:") {
                return Some(false);
            }
        }
    }
    None
}

fn is_device(low: &str) -> bool {
    let low = low.trim_start_matches(['-', ' ']);
    [
        "sent from my",
        "sent from outlook",
        "sent from yahoo",
        "sent from mail",
        "sent via",
        "get outlook for",
        "sent with love from my",
        "sent from samsung",
        "sent from the",
    ]
    .iter()
    .any(|w| low.starts_with(w))
        || low.starts_with("sent ") && low.contains(" from my ") && low.len() < 60
}

fn is_banner(line: &str, low: &str) -> bool {
    let boxed = line.starts_with('[') && line.ends_with(']')
        || line.starts_with('*')
        || low.starts_with("caution")
        || low.starts_with("warning")
        || low.starts_with("external");
    boxed
        && [
            "outside our organisation",
            "outside your organisation",
            "outside the organisation",
            "external",
            "do not click",
            "before you click",
            "unless you recognise",
            "sender",
            "think before",
        ]
        .iter()
        .any(|w| low.contains(w))
}

fn is_disclaimer(low: &str) -> bool {
    [
        "intended recipient",
        "this email is confidential",
        "is confidential",
        "this message is private",
        "this e-mail",
        "registered charity",
        "registered office",
        "consider the environment",
        "before printing",
        "before you print",
        "scanned for viruses",
        "reached you in error",
        "received this in error",
        "received this email in error",
        "views expressed",
        "company number",
        "unsubscribe from this list",
    ]
    .iter()
    .any(|w| low.contains(w))
}

fn is_closing(low: &str) -> bool {
    let low = low.trim_end_matches([',', '.', '!', ' ']);
    let words = low.split_whitespace().count();
    if words > 6 {
        return false;
    }
    const WHOLE: [&str; 26] = [
        "regards",
        "kind regards",
        "best regards",
        "warm regards",
        "best",
        "best wishes",
        "all the best",
        "with best wishes",
        "yours",
        "yours sincerely",
        "yours faithfully",
        "yours truly",
        "sincerely",
        "faithfully",
        "kindest regards",
        "many thanks and regards",
        "with kind regards",
        "i remain, yours sincerely",
        "warmest regards",
        "kr",
        "rgds",
        "respectfully",
        "with thanks and regards",
        "yours ever",
        "yours in good health",
        "love",
    ];
    if WHOLE.contains(&low) {
        return true;
    }
    (low.starts_with("yours ") || low.ends_with(" regards")) && words <= 4
        || low.ends_with("yours sincerely")
        || low.ends_with("yours faithfully")
        || low.ends_with("best wishes") && words <= 3
        || ["regards, ", "kind regards, ", "best wishes, ", "yours, "].iter().any(|w| low.starts_with(w))
}

fn is_phone_line(low: &str) -> bool {
    let digits = low.bytes().filter(u8::is_ascii_digit).count();
    let marked = ["tel", "t ", "t:", "m ", "m:", "mob", "phone", "ph:", "fax"].iter().any(|w| low.starts_with(w));
    digits >= 10 && (marked || low.len() < 20 && (low.starts_with('0') || low.starts_with('+')))
}

const TITLES: [&str; 16] = [
    "(mr)",
    "(mrs)",
    "(miss)",
    "(ms)",
    "(dr)",
    "mr",
    "mrs",
    "miss",
    "ms",
    "dr",
    "(capt., retd)",
    "ba",
    "retd)",
    "(retd)",
    "(hons)",
    "rev",
];

fn has_title(line: &str) -> bool {
    line.split_whitespace().any(|w| TITLES.contains(&lower(w).as_str()))
}

/// One to four words, each with a capital or an initial, and nothing else.
fn is_name(line: &str) -> bool {
    let line = line.trim_end_matches(['.', ',']);
    let mut words = 0;
    let mut letters = 0;
    for word in line.split_whitespace() {
        words += 1;
        letters += word.chars().count();
        let bare = word.trim_matches(['(', ')', '.', ',', '-', '\u{2013}', '"']);
        let first = bare.chars().next();
        let joins = matches!(bare, "x" | "xx" | "xxx" | "and" | "de" | "van" | "ap" | "");
        if !(joins || first.is_some_and(char::is_uppercase) && !bare.chars().any(|c| c.is_ascii_digit())) {
            return false;
        }
    }
    let low = lower(line);
    let answers = [
        "yes", "no", "some", "stop", "help", "start", "done", "ok", "none", "cancel", "hi", "hello", "lo", "thanks",
        "half",
    ];
    (1..=5).contains(&words)
        && letters <= 34
        && !answers.contains(&low.trim_end_matches(['.', '!', ',']))
        && line.chars().filter(|c| c.is_uppercase()).count() >= 1
        && (words > 1 || low.len() > 1 || line.len() == 1)
        && !["!", "?", ";", ":"].iter().any(|m| line.contains(m))
        && (words == 1
            || line.split_whitespace().filter(|w| w.chars().next().is_some_and(char::is_uppercase)).count()
                >= words.min(2))
}

fn is_greeting(line: &str) -> bool {
    let low = lower(line);
    let first = low.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    matches!(first, "hi" | "hello" | "dear" | "hiya" | "hey" | "morning") && low.split_whitespace().count() <= 4
}

/// A sentence in the first person under a signature is the person's own again: a postscript without its mark.
fn is_own_again(low: &str) -> bool {
    let own = [
        "i ",
        "i'm ",
        "i've ",
        "im ",
        "ive ",
        "my ",
        "also ",
        "oh and ",
        "oh, ",
        "by the way",
        "btw ",
        "forgot to say",
        "one more thing",
    ];
    let office = ["office", "work ", "working", "annual leave", "part time", "part-time", "days are", "views"];
    own.iter().any(|w| low.starts_with(w)) && !office.iter().any(|w| low.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(body: &str) -> String {
        kept(body).into_iter().filter_map(|r| body.get(r)).map(str::trim).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn only_the_persons_own_lines_are_kept() {
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
