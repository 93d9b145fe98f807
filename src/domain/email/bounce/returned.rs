//! The message that came back, where it stands below the report in the same text.

/// A report and the header block below it.
#[derive(Debug)]
pub(super) struct Split<'a> {
    pub report: &'a str,
    pub headers: Option<&'a str>,
    whole: &'a str,
}

impl Split<'_> {
    /// Takes everything for the report if what stands above the header block tells nothing.
    pub fn or_whole(self, tells: impl Fn(&str) -> bool) -> Self {
        match self.headers {
            Some(headers) if !tells(self.report) && tells(headers) => Split { report: self.whole, ..self },
            _ => self,
        }
    }
}

/// Names that begin the lines of a header block.
const NAMES: &[&str] = &[
    "received",
    "return-path",
    "message-id",
    "from",
    "to",
    "subject",
    "date",
    "mime-version",
    "content-type",
    "x-mailer",
    "reply-to",
    "dkim-signature",
    "delivered-to",
    "sender",
    "cc",
    "content-transfer-encoding",
    "references",
    "in-reply-to",
    "list-unsubscribe",
    "auto-submitted",
    "x-sender",
];

fn name_of(line: &str) -> Option<&'static str> {
    let (name, _) = line.split_once(':')?;
    NAMES.iter().copied().find(|known| name.eq_ignore_ascii_case(known))
}

/// Words by which reports announce what comes back, folded.
const MARKS: &[&str] = &[
    "original message follows",
    "returned mail",
    "mail follows",
    "message follows",
    "message headers follow",
    "unsent message below",
    "copy of the message",
    "copy of your message",
    "copy of the original message",
    "original message -",
    "header of the original message",
];

/// A line that announces it: short, and with dashes or at an end of a sentence.
fn announces(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 100
        && (line.starts_with("--") || line.ends_with(['.', ':', '-']))
        && MARKS.iter().any(|mark| line.to_ascii_lowercase().contains(mark))
}

/// Splits where what comes back is announced, or else at the first run of three header lines. Indented and quoted blocks count. Linear.
pub(super) fn split(text: &str) -> Split<'_> {
    let mut at = 0;
    let mut run: Option<(usize, usize)> = None;
    for line in text.split_inclusive('\n') {
        let visible = line.trim_start_matches([' ', '\t', '>', '|']).trim_end();
        let behind = text.get(at + line.len()..).filter(|rest| !rest.trim().is_empty());
        if let Some(behind) = behind.filter(|_| announces(visible)) {
            return Split { report: text.get(..at).unwrap_or_default(), headers: Some(behind), whole: text };
        }
        let indented = visible.len() < line.trim_end().len();
        let known = name_of(visible).is_some();
        let other_field = visible.split_once(':').is_some_and(|(name, _)| {
            name.len() > 2
                && name.len() < 40
                && name.contains('-')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        run = match run {
            _ if known => Some(run.map_or((at, 1), |(start, count)| (start, count + 1))),
            Some(_) if visible.is_empty() => None,
            Some(open) if other_field || indented => Some(open),
            _ => None,
        };
        if let Some((start, 3)) = run {
            return Split { report: text.get(..start).unwrap_or_default(), headers: text.get(start..), whole: text };
        }
        at += line.len();
    }
    Split { report: text, headers: None, whole: text }
}

/// The value of a field of a header block, unfolded; looks no further than 200 lines.
pub(super) fn field(headers: &str, name: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in headers.lines().take(200) {
        let visible = line.trim_start_matches(['>', '|']);
        let visible = if line.len() == visible.len() { visible } else { visible.strip_prefix(' ').unwrap_or(visible) };
        if let Some(open) = &mut value {
            if visible.starts_with([' ', '\t']) && !visible.trim().is_empty() && name_of(visible.trim()).is_none() {
                open.push(' ');
                open.push_str(visible.trim());
                continue;
            }
            break;
        }
        let found = visible.trim_start().split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name));
        if let Some((_, rest)) = found {
            value = Some(rest.trim().to_owned());
        }
    }
    value.filter(|value| !value.is_empty())
}
