//! Text that mail servers add: warnings above a message, virus checks and legal notices below it.

use std::ops::Range;

use super::CutWhy;
use super::lines::Line;
use super::phrases::{BANNERS, BANNERS_GO_ON, NOTICES, NOTICES_WEAK};
use super::signature::{is_postscript, speaks};
use super::thread::is_rule;
use crate::domain::email::phrase_set::PhraseSet;

/// Labels warnings and notices within one region.
pub(super) fn label(lines: &mut [Line<'_>], region: Range<usize>) {
    label_banners(lines, region.clone());
    let mut at = region.start;
    let mut below_notice = false;
    while at < region.end {
        let paragraph = paragraph_at(lines, at, region.end);
        if paragraph.is_empty() {
            at += 1;
            continue;
        }
        at = paragraph.end;
        let start = notice_start(lines, paragraph.clone());
        let (from, cut) = match start {
            Some(start) => (start, true),
            // What stands below a notice belongs to it, unless somebody speaks there.
            None => (
                paragraph.start,
                below_notice && !lines.iter().take(at).skip(paragraph.start).any(|l| speaks(l.folded)),
            ),
        };
        if cut {
            below_notice = true;
            label_rule_above(lines, from, region.start);
            for line in lines.iter_mut().take(paragraph.end).skip(from) {
                if line.label.is_none() {
                    line.label = Some(CutWhy::Disclaimer);
                }
            }
        }
    }
}

fn paragraph_at(lines: &[Line<'_>], at: usize, end: usize) -> Range<usize> {
    let length = lines.iter().take(end).skip(at).take_while(|line| line.is_own()).count();
    at..at + length
}

/// The row of stars or dashes that a server draws above its notice.
fn label_rule_above(lines: &mut [Line<'_>], below: usize, start: usize) {
    let above = lines.iter_mut().take(below).skip(start).rev().take(3).find(|line| !line.is_blank());
    if let Some(line) = above.filter(|line| line.label.is_none() && is_rule(line.folded)) {
        line.label = Some(CutWhy::Disclaimer);
    }
}

/// The line of a paragraph from which on it is a notice.
fn notice_start(lines: &[Line<'_>], paragraph: Range<usize>) -> Option<usize> {
    let mut first_weak: Option<usize> = None;
    let mut weak = 0;
    for (at, line) in lines.iter().enumerate().take(paragraph.end).skip(paragraph.start) {
        if is_postscript(line.folded) {
            return None;
        }
        let strong = distinct(&NOTICES, line.folded);
        let here = distinct(&NOTICES_WEAK, line.folded);
        if strong + here == 0 {
            continue;
        }
        // "I have received this email in error" is somebody telling us of a wrong address.
        let personal = speaks_of_self(line.folded);
        if strong > 0 && (!personal || strong + here > 2) {
            return Some(first_weak.unwrap_or(at));
        }
        if here > 0 && !personal {
            first_weak.get_or_insert(at);
            weak += here;
            if weak >= 3 || (weak >= 2 && line.folded.len() > 60) {
                return first_weak;
            }
        }
    }
    None
}

/// How many different phrases are in a line; more than three make no difference.
fn distinct(phrases: &PhraseSet, folded: &str) -> usize {
    let mut seen: [Option<usize>; 3] = [None; 3];
    let mut count = 0;
    for (_, number) in phrases.find(folded) {
        if seen.contains(&Some(number)) {
            continue;
        }
        let Some(place) = seen.get_mut(count) else {
            break;
        };
        *place = Some(number);
        count += 1;
    }
    count
}

fn speaks_of_self(folded: &str) -> bool {
    folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| matches!(word, "i" | "i'm" | "i've" | "my" | "me"))
}

/// A warning in a practice's own words: that it came from outside, and what to do about it.
fn warns_of_outside(text: &str) -> bool {
    // "External sender: do not click links" is about the shortest there is.
    if text.len() < 30 {
        return false;
    }
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    any(&["outside", "external"])
        && any(&["organi", "nhs", "company", "trust", "network"])
        && any(&["sender", "click", "attachment", "links", "caution"])
}

fn label_banners(lines: &mut [Line<'_>], region: Range<usize>) {
    let mut inside = false;
    for line in lines.iter_mut().take(region.end).skip(region.start) {
        if line.is_blank() {
            inside = false;
            continue;
        }
        let text = line.folded.trim_start_matches(['*', '-', '_', '=', '!', '\u{26a0}', '\u{fe0f}', ' ']);
        let begins =
            BANNERS.start_of(text).is_some() || BANNERS.start_of(line.folded).is_some() || warns_of_outside(text);
        let goes_on = inside && BANNERS_GO_ON.is_in(text);
        // Another server's sentence may stand in the middle of a person's line: only whole lines go.
        inside = (begins || goes_on) && !speaks_of_self(text);
        if inside && line.label.is_none() {
            line.label = Some(CutWhy::Banner);
        }
    }
}
