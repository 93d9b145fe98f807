//! Where an earlier message begins: attribution lines ("On … wrote:"), header blocks
//! ("From: … Sent: …") and separators ("-----Original Message-----"), in the languages that mail
//! programs of UK patients speak.

use super::CutWhy;
use super::lines::Line;
use super::phrases::{HEADER_KEYS, Key, OPENERS, SEPARATORS_BARE, SEPARATORS_FORWARDED, SEPARATORS_QUOTE, VERBS};

/// An attribution is wrapped to at most this many lines.
const MAX_ATTRIBUTION_LINES: usize = 5;
/// … and is at most this long, in bytes.
const MAX_ATTRIBUTION: usize = 400;

/// How many kinds of key make a header block below a line that a mail program draws …
const RULED: usize = 2;
/// … and how many where nothing stands above it: people write "From: me" themselves.
const BARE: usize = 3;

/// Labels every earlier message. What follows its head is quoted to the end, unless the program
/// marked the quoted lines with `>`: then people also write between and below them.
pub(super) fn label(lines: &mut [Line<'_>]) {
    let keys: Vec<Option<Key>> = lines.iter().map(|line| key_of(line.folded)).collect();
    let mut own_before = false;
    let mut at = 0;
    while at < lines.len() {
        let own = lines.get(at).is_some_and(Line::is_own);
        let head = if own { Heads { lines, keys: &keys, own_before }.at(at) } else { None };
        let Some(head) = head else {
            own_before = own_before || (own && keys.get(at).is_some_and(Option::is_none));
            at += 1;
            continue;
        };
        let marked = next_visible(lines, head.end).is_some_and(|line| line.label.is_some());
        let end = if marked { head.end } else { lines.len() };
        for line in lines.iter_mut().take(end).skip(head.start) {
            if line.label.is_none() {
                line.label = Some(head.why);
            }
        }
        at = end;
    }
}

struct Head {
    start: usize,
    end: usize,
    why: CutWhy,
}

struct Heads<'l, 'a> {
    lines: &'l [Line<'a>],
    keys: &'l [Option<Key>],
    /// Something that is no header line stands above.
    own_before: bool,
}

impl Heads<'_, '_> {
    fn at(&self, at: usize) -> Option<Head> {
        let line = self.lines.get(at)?;
        if let Some(why) = separator(line.folded) {
            let end = self.header_block(at + 1, RULED).unwrap_or(at + 1);
            return Some(Head { start: at, end, why });
        }
        let quote = |start, end| Head { start, end, why: CutWhy::Quote };
        if line.folded.ends_with(':')
            && let Some(start) = attribution(self.lines, at)
        {
            return Some(quote(start, at + 1));
        }
        if is_rule(line.folded) {
            return self.header_block(at + 1, RULED).map(|end| quote(at, end));
        }
        self.keys.get(at).copied().flatten()?;
        let end = self.header_block(at, BARE)?;
        // A formal letter may begin with a head of its own, but not with email addresses in it.
        let block = self.lines.iter().take(end).skip(at);
        let typed_by_hand = !self.own_before && !block.into_iter().any(|line| line.text.contains('@'));
        (!typed_by_hand).then(|| quote(at, end))
    }

    /// The end of a header block that begins at `from`: so many kinds of key within a few lines, a sender among them.
    fn header_block(&self, from: usize, kinds: usize) -> Option<usize> {
        let mut seen: Vec<Key> = Vec::new();
        let mut end = None;
        let mut stray = 0;
        for (at, line) in self.lines.iter().enumerate().skip(from).take(24) {
            if line.is_blank() {
                continue;
            }
            if line.label.is_some() {
                break;
            }
            if let Some(key) = self.keys.get(at).copied().flatten() {
                stray = 0;
                if key == Key::Other || seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                if seen.len() >= kinds && seen.contains(&Key::From) {
                    end = Some(at + 1);
                }
            } else {
                // A recipient list may run over several lines; strange lines before any key do not.
                stray += 1;
                if stray > 3 || seen.is_empty() {
                    break;
                }
            }
        }
        end
    }
}

fn next_visible<'l, 'a>(lines: &'l [Line<'a>], from: usize) -> Option<&'l Line<'a>> {
    // Bounded: beyond this many blank lines it is no longer one message with its quote.
    lines.iter().skip(from).take(40).find(|line| !line.is_blank())
}

fn separator(folded: &str) -> Option<CutWhy> {
    let is_dash = |c: char| matches!(c, '-' | '_' | '*' | '=' | ' ' | '>');
    let inner = folded.trim_matches(is_dash);
    let dashes = folded.len() - inner.len() >= 4;
    if dashes && SEPARATORS_QUOTE.contains(inner) {
        return Some(CutWhy::Quote);
    }
    let forwarded =
        (dashes && SEPARATORS_FORWARDED.contains(inner)) || (inner.ends_with(':') && SEPARATORS_BARE.contains(inner));
    forwarded.then_some(CutWhy::Forwarded)
}

/// A line of underscores or dashes alone, as Outlook draws above a header block.
pub(super) fn is_rule(folded: &str) -> bool {
    folded.len() >= 5 && folded.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*'))
}

/// The first line of the attribution that ends at `last`.
fn attribution(lines: &[Line<'_>], last: usize) -> Option<usize> {
    // Without a date, a time, an address or a verb at its end no line is one: most end here.
    let telling = |line: &Line<'_>| line.folded.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    let window = last.saturating_sub(MAX_ATTRIBUTION_LINES - 1)..=last;
    if !lines.get(window)?.iter().any(telling) && !VERBS.is_in(lines.get(last)?.folded) {
        return None;
    }
    let followed_by_quote = next_visible(lines, last + 1).is_none_or(|line| line.label.is_some());
    let mut joined = String::new();
    let mut fallback = None;
    for back in 0..MAX_ATTRIBUTION_LINES {
        let Some(start) = last.checked_sub(back) else {
            break;
        };
        let Some(line) = lines.get(start).filter(|line| line.is_own()) else {
            break;
        };
        if joined.len() + line.folded.len() > MAX_ATTRIBUTION {
            break;
        }
        let gap = if joined.is_empty() || line.folded.ends_with('<') { "" } else { " " };
        joined = format!("{}{gap}{joined}", line.folded);
        let shape = Shape::of(&joined);
        if shape.opener && shape.is_attribution(followed_by_quote) {
            return Some(start);
        }
        // Old programs give a date without a year or a time: only a line that stands apart is taken for theirs.
        if shape.opener && shape.ends_with_verb && has_written_date(&joined) && stands_apart(lines, start, last) {
            return Some(start);
        }
        let starts_itself =
            back == 0 || joined.starts_with(|c: char| c.is_ascii_digit()) || starts_with_weekday(&joined);
        if fallback.is_none() && starts_itself && shape.is_attribution_without_opener(followed_by_quote) {
            fallback = Some(start);
        }
    }
    fallback
}

fn stands_apart(lines: &[Line<'_>], first: usize, last: usize) -> bool {
    let blank = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_none_or(Line::is_blank);
    blank(first.checked_sub(1)) && blank(Some(last + 1))
}

struct Shape {
    opener: bool,
    verb: bool,
    ends_with_verb: bool,
    address: bool,
    evidence: usize,
}

impl Shape {
    fn of(joined: &str) -> Self {
        let body = joined.trim_end_matches([':', ' ']).len();
        let mut verb = false;
        let mut ends_with_verb = false;
        for (at, number) in VERBS.find(joined) {
            let end = at + VERBS.phrase(number).len();
            let after = joined.get(end..).and_then(|rest| rest.chars().next());
            if !after.is_some_and(char::is_alphanumeric) {
                verb = true;
                ends_with_verb = ends_with_verb || end == body;
            }
        }
        let address = joined.contains('@');
        let dated = has_year(joined) || has_numeric_date(joined);
        let evidence = usize::from(address) + usize::from(dated) + usize::from(has_clock(joined));
        Self { opener: OPENERS.start_of(joined).is_some(), verb, ends_with_verb, address, evidence }
    }

    fn is_attribution(&self, followed_by_quote: bool) -> bool {
        self.verb && (self.evidence >= 2 || (followed_by_quote && (self.evidence == 1 || self.ends_with_verb)))
    }

    /// `Name <address> wrote:`, and the dates-first forms of Gmail: `2027-03-08 9:00 GMT Name <address>:`.
    fn is_attribution_without_opener(&self, followed_by_quote: bool) -> bool {
        let dated = self.evidence >= 2;
        (self.address && (self.verb || dated) && (dated || followed_by_quote))
            || (self.ends_with_verb && followed_by_quote)
            || (self.verb && dated)
    }
}

fn starts_with_weekday(joined: &str) -> bool {
    // The first letters of weekdays in Polish, French, German, Spanish, Italian, Dutch and Welsh,
    // as the date-first attributions abbreviate them.
    const DAYS: &[&str] = &[
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "ndz", "lun",
        "mar", "mer", "jeu", "ven", "sam", "dim", "mo", "di", "mi", "do", "fr", "sa", "so", "llun", "maw", "iau",
        "gwe", "sad", "sul",
    ];
    let word = joined.split(['.', ',', ' ']).next().unwrap_or_default();
    DAYS.contains(&word)
}

/// Runs of digits of a text with the characters around them.
fn numbers(text: &str) -> impl Iterator<Item = (&str, Option<char>, &str)> {
    let mut rest = text;
    let mut before = None;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| c.is_ascii_digit())?;
        let (skipped, tail) = rest.split_at(start);
        let length = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (digits, after) = tail.split_at(length);
        let left = skipped.chars().next_back().or(before);
        before = digits.chars().next_back();
        rest = after;
        Some((digits, left, after))
    })
}

fn has_year(text: &str) -> bool {
    numbers(text).any(|(digits, _, _)| digits.len() == 4 && (digits.starts_with("20") || digits.starts_with("19")))
}

fn has_clock(text: &str) -> bool {
    numbers(text).any(|(digits, left, after)| {
        let mut next = after.chars();
        digits.len() <= 2
            && left != Some(':')
            && matches!(next.next(), Some(':' | 'h' | '.'))
            && next.as_str().bytes().take_while(u8::is_ascii_digit).count() == 2
    })
}

fn has_numeric_date(text: &str) -> bool {
    numbers(text).any(|(digits, left, after)| {
        let mut next = after.chars();
        let Some(mark @ ('/' | '.' | '-')) = next.next() else {
            return false;
        };
        let month = next.as_str().bytes().take_while(u8::is_ascii_digit).count();
        let tail = next.as_str().get(month..).unwrap_or_default();
        left != Some(mark) && matches!(digits.len(), 1 | 2 | 4) && matches!(month, 1 | 2) && tail.starts_with(mark)
    })
}

/// "1 may", "14th november".
fn has_written_date(text: &str) -> bool {
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    numbers(text).any(|(digits, _, after)| {
        let word = after.trim_start_matches(|c: char| !c.is_alphabetic());
        let word = ["st ", "nd ", "rd ", "th "].iter().find_map(|end| word.strip_prefix(end)).unwrap_or(word);
        digits.len() <= 2 && MONTHS.iter().any(|month| word.starts_with(month))
    })
}

/// The key of a line such as `From:`, `*Sent:*` or `Date :`.
fn key_of(folded: &str) -> Option<Key> {
    let line = folded.trim_start_matches(['*', ' ']);
    let (name, _) = line.split_once(':')?;
    if name.len() > 24 {
        return None;
    }
    let name = name.trim_end_matches(['*', ' ']);
    HEADER_KEYS.get(name).copied()
}
