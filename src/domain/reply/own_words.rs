//! The person's own words in the text of an email, as the places where they stand: what [`crate::domain::email`] keeps,
//! without the tags of a web page that some mail programs leave in their plain text.

use crate::domain::email::own_words::{MAX_TEXT, own_words};
use std::borrow::Cow;
use std::ops::Range;

/// The bytes of an email body that are the person's own words, in order. Linear in the length of `body`.
pub fn kept(body: &str) -> Vec<Range<usize>> {
    let tags = tags(body);
    let plain = blanked(body, &tags);
    let mut kept = Vec::new();
    let mut start = 0;
    // A body beyond what the cutter looks at is read in stretches of whole lines: danger may stand in its tail.
    while start < plain.len() {
        let rest = plain.get(start..).unwrap_or_default();
        let stretch = match rest.get(..rest.floor_char_boundary(MAX_TEXT)) {
            Some(part) if part.len() < rest.len() => part.rfind('\n').map_or(part.len(), |at| at + 1),
            _ => rest.len(),
        };
        let own = own_words(rest.get(..stretch).unwrap_or_default());
        // With its line break, so that each line stays one of its own.
        let ended =
            |end: usize| plain.get(end..).and_then(|rest| rest.find('\n')).map_or(plain.len(), |at| end + at + 1);
        kept.extend(own.pieces.into_iter().map(|p| start + p.start..ended(start + p.end)));
        start += stretch;
    }
    apart(body, kept, &tags)
}

/// The tags of a web page in a text, in order.
fn tags(body: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) = body.get(at..).and_then(|rest| rest.find('<')) {
        let from = at + open;
        let tag = body.get(from..).unwrap_or_default();
        let begins = tag.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!'));
        let close = if begins { closing(tag) } else { None };
        match close {
            Some(close) if !is_mark(tag.get(1..close).unwrap_or_default()) => {
                at = from + close + 1;
                tags.push(from..at);
            }
            _ => at = from + 1,
        }
    }
    tags
}

/// Where a tag ends; one that runs on beyond any honest length is none.
fn closing(tag: &str) -> Option<usize> {
    const LONGEST: usize = 2_000;
    tag.as_bytes().iter().take(LONGEST).position(|b| *b == b'>')
}

/// An address in angle brackets or the mark of a picture is no tag.
fn is_mark(inside: &str) -> bool {
    inside.contains('@') || matches!(inside, "image" | "picture" | "photo" | "attachment" | "media omitted")
}

/// The text with its tags blanked out, byte for byte: a tag that ends a block of text becomes a line break.
fn blanked<'a>(body: &'a str, tags: &[Range<usize>]) -> Cow<'a, str> {
    if tags.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut plain = String::with_capacity(body.len());
    let mut at = 0;
    for tag in tags {
        plain.push_str(body.get(at..tag.start).unwrap_or_default());
        let name = body.get(tag.start + 1..tag.end).unwrap_or_default().trim_start_matches('/');
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let inline = ["a", "b", "i", "u", "em", "strong", "span", "font", "small", "img"];
        let block = !inline.iter().any(|i| name.eq_ignore_ascii_case(i));
        plain.push(if block { '\n' } else { ' ' });
        plain.extend(std::iter::repeat_n(' ', tag.len() - 1));
        at = tag.end;
    }
    plain.push_str(body.get(at..).unwrap_or_default());
    Cow::Owned(plain)
}

/// The kept places without the tags inside them.
fn apart(body: &str, kept: Vec<Range<usize>>, tags: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(kept.len());
    let mut tags = tags.iter().peekable();
    let speaks = |range: &Range<usize>| body.get(range.clone()).is_some_and(|t| !t.trim().is_empty());
    for piece in kept {
        let mut at = piece.start;
        while let Some(tag) = tags.peek().filter(|tag| tag.start < piece.end) {
            out.extend(Some(at..tag.start.max(at)).filter(&speaks));
            at = at.max(tag.end);
            tags.next();
        }
        out.extend(Some(at..piece.end.max(at)).filter(&speaks));
    }
    out
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
            (
                "No more!\n\n_____________\nFrom: Surgery <a@example.org>\nSent: 4 May 2027 08:00\n\nReply STOP to end",
                "No more!",
            ),
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
    fn tags_are_cut_and_what_only_looks_like_one_is_kept() {
        assert_eq!(own("bye <b>bold</b> a<b"), "bye / bold / a<b");
        assert_eq!(own("write to <joan@example.org> <image> 5<6"), "write to <joan@example.org> <image> 5<6");
    }

    #[test]
    fn the_tail_of_a_very_long_body_is_still_read() {
        let body = format!("{}\n{}\nmy chest hurts", "la la\n".repeat(20_000), "> quoted\n".repeat(20_000));
        let own = own(&body);
        assert!(own.ends_with("my chest hurts") && !own.contains("quoted"));
    }
}
