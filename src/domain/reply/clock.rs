//! Times of day as the British say them: half ten, quarter to four, 9.15, 7pm, noon.

use super::facts::{DayPart, NumberWord};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::words;
use chrono::NaiveTime;

/// A time of day that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Hour as said.
    pub hour: u32,
    /// Minute.
    pub minute: u32,
    /// The half of the day, when said.
    pub part: Option<DayPart>,
    /// Only a number after "at" or "after": a time when times are talked of.
    pub bare: bool,
    /// One past its last token.
    pub to: usize,
}

impl Clock {
    /// The time meant: surgeries are open from 7 to 18:59, so a bare 1 to 6 is the afternoon.
    pub fn time(&self) -> Option<NaiveTime> {
        let hour = match self.part {
            Some(DayPart::Morning) => self.hour % 12 + if self.hour >= 13 { 12 } else { 0 },
            Some(_) if self.hour < 12 => self.hour + 12,
            None if (1..7).contains(&self.hour) => self.hour + 12,
            _ => self.hour,
        };
        NaiveTime::from_hms_opt(hour, self.minute, 0)
    }
}

/// Reads a time of day at a token. A bare number is one only after a word that announces it.
pub fn clock(text: &Text<'_>, at: usize) -> Option<Clock> {
    named(text, at).or_else(|| relative(text, at)).or_else(|| digital(text, at))
}

fn named(text: &Text<'_>, at: usize) -> Option<Clock> {
    let (hour, part) = if text.is(at, words!["noon", "midday"]) {
        (12, Some(DayPart::Afternoon))
    } else if text.is(at, words!["midnight"]) {
        (0, None)
    } else {
        return None;
    };
    Some(Clock { hour, minute: 0, part, bare: false, to: at + 1 })
}

fn hour_at(text: &Text<'_>, at: usize) -> Option<u32> {
    let token = text.token(at)?;
    if token.kind == Kind::Number {
        return (token.value <= 24 && token.digits <= 2).then_some(token.value as u32);
    }
    match text.fact(at).number {
        Some(NumberWord::Small(n)) if n <= 12 => Some(u32::from(n)),
        _ => None,
    }
}

/// "half ten", "quarter to 4", "ten to 3", "20 past 9".
fn relative(text: &Text<'_>, at: usize) -> Option<Clock> {
    let (minutes, next) = match text.fact(at).number {
        Some(NumberWord::Half) => {
            let past = usize::from(text.is(at + 1, words!["past"]));
            let hour = hour_at(text, at + 1 + past).filter(|h| (1..=12).contains(h))?;
            let to = at + 2 + past;
            if past == 0 && text.fact(to).unit != super::facts::Unit::None {
                return None;
            }
            return Some(finish(text, Clock { hour, minute: 30, part: None, bare: false, to }));
        }
        Some(NumberWord::Quarter) => (15, at + 1),
        Some(NumberWord::Small(n @ (5 | 10))) => (u32::from(n), at + 1),
        Some(NumberWord::Tens(20)) => (20, at + 1),
        _ => {
            let token = text.token(at)?;
            if token.kind != Kind::Number || !matches!(token.value, 5 | 10 | 20 | 25) {
                return None;
            }
            (token.value as u32, at + 1)
        }
    };
    let past = text.is(next, words!["past"]);
    if !past && !text.is(next, words!["to"]) {
        return None;
    }
    let hour = hour_at(text, next + 1).filter(|h| (1..=12).contains(h))?;
    // "5 to 6 walks" is a range.
    if !past
        && text.fact(at).number.is_none()
        && minutes < hour * 2
        && text.fact(next + 2).unit != super::facts::Unit::None
    {
        return None;
    }
    if !past
        && minutes == 5
        && hour > 5
        && text.fact(at).number.is_none()
        && at.checked_sub(1).is_none_or(|b| !text.is(b, words!["at", "about", "by"]))
    {
        return None;
    }
    let (hour, minute) = if past { (hour, minutes) } else { (if hour == 1 { 12 } else { hour - 1 }, 60 - minutes) };
    Some(finish(text, Clock { hour, minute, part: None, bare: false, to: next + 2 }))
}

/// 9.15, 18:05, 7pm, 3ish, "at 8".
fn digital(text: &Text<'_>, at: usize) -> Option<Clock> {
    let hour = hour_at(text, at)?;
    let announced = at.checked_sub(1).is_some_and(|b| {
        text.is(b, words!["at", "after", "before", "by", "around", "till", "til", "until", "from", "past", "about"])
            && text.token(at).is_some_and(|t| t.parted <= Break::Space)
    });
    let at_word =
        at.checked_sub(1).is_some_and(|b| text.is(b, words!["at", "by", "before", "after", "till", "til", "until"]));
    let mut to = at + 1;
    let mut minute = 0;
    let mut exact = false;
    let digits = text.token(at).is_some_and(|t| t.kind == Kind::Number);
    if let Some(next) = text.token(to)
        && digits
        && next.kind == Kind::Number
        && next.digits == 2
        && next.value < 60
        && next.marks == 1
        && !next.spaced
        && (next.mark == b':' || next.mark == b'.' && (announced || after_number(text, to + 1)))
    {
        minute = next.value as u32;
        exact = true;
        to += 1;
    }
    let clock = finish(text, Clock { hour, minute, part: None, bare: false, to });
    if clock.to > to && (clock.part.is_some() && hour <= 12 || text.is(to, words!["oclock", "o", "hours"])) {
        return Some(clock);
    }
    if exact && (at_word || text.token(at + 1).is_some_and(|t| t.mark == b':')) {
        return Some(Clock { to, ..clock });
    }
    if at_word
        && !exact
        && hour <= 12
        && text.fact(to).unit == super::facts::Unit::None
        && text.token(to).is_none_or(|t| !matches!(t.mark, b'/' | b'.' | b',') || t.spaced)
    {
        return Some(Clock { to, bare: true, ..clock });
    }
    None
}

/// "pm" or "am" stands there.
fn after_number(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["am", "pm"])
}

/// Takes "am", "pm", "o'clock", "in the morning" that follow.
fn finish(text: &Text<'_>, mut clock: Clock) -> Clock {
    if text.is(clock.to, words!["oclock", "hours"]) {
        clock.to += 1;
    } else if text.word(clock.to) == "o" && text.is(clock.to + 1, words!["clock"]) {
        clock.to += 2;
    } else if text.is(clock.to, words!["ish"]) {
        clock.to += 1;
    }
    let close = text.token(clock.to).is_some_and(|t| t.parted <= Break::Space);
    if close && text.is(clock.to, words!["am", "pm"]) {
        clock.part = text.fact(clock.to).part;
        clock.to += 1;
    } else if close && text.is(clock.to, words!["p", "a"]) && text.word(clock.to + 1) == "m" {
        clock.part = Some(if text.is(clock.to, words!["p"]) { DayPart::Afternoon } else { DayPart::Morning });
        clock.to += 2;
    } else if close
        && text.is(clock.to, words!["in"])
        && text.is(clock.to + 1, words!["the"])
        && text.fact(clock.to + 2).part.is_some()
    {
        clock.part = text.fact(clock.to + 2).part;
        clock.to += 3;
    }
    clock
}
