//! Danger, read first and in every state: which red flags are meant, and which are denied, past, another's or a way of speaking.

mod question;
mod scope;

use super::context::Context;
use super::lexicon::{Means, Whose};
use super::reading_kind::ReadingKind;
use super::text::Text;
use super::understanding::Flag;
pub use question::{Worry, worry};
use scope::{anothers, as_ever, comes_back, is_asked_about, is_denied, is_idiom, is_landmark, is_over, is_past};

/// One red flag that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Its family.
    pub flag: Flag,
    /// First token.
    pub from: usize,
    /// One past the last.
    pub to: usize,
    /// The phrase's number in the lexicon.
    pub entry: u16,
}

/// Everything the lexicon of danger found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dangers {
    /// Red flags that stand.
    pub alarms: Vec<Alarm>,
    /// Red flags that stand only beside a reading beyond a signed limit.
    pub beside: Vec<Alarm>,
    /// Words a person should read without hurry.
    pub watch: Vec<(usize, usize)>,
    /// Danger words that were denied, past, or another person's.
    pub dismissed: Vec<(usize, usize)>,
    /// Some of them cannot wait for the review.
    pub soon: bool,
    /// Danger without a family of its own, that cannot wait.
    pub grave: Option<(usize, usize)>,
    /// Nothing may be sent.
    pub unsafe_contact: bool,
    /// For each token, whether something dismissed covers it.
    gone: Vec<bool>,
}

impl Dangers {
    /// Whether a token stands in danger words that were denied, past, or another person's.
    pub fn dismisses(&self, at: usize) -> bool {
        self.gone.get(at).copied().unwrap_or(false)
    }
}

/// Judges every danger phrase.
pub fn read(text: &Text<'_>, asked_reading: Option<ReadingKind>) -> Dangers {
    let mut dangers = Dangers::default();
    for hit in &text.hits {
        let (from, to) = (hit.from as usize, hit.to as usize);
        match text.lexicon.means(hit.entry) {
            Some(Means::Flag { family, denied, whose, unsafe_contact, asked, beside }) => {
                if is_idiom(text, hit) || asked.is_some() && asked != asked_reading {
                    continue;
                }
                match judge(text, from, to, denied, whose, family) {
                    Verdict::Alarm if family == Flag::Breathless && as_ever(text, from, to) => {
                        dangers.watch.push((from, to));
                    }
                    Verdict::Alarm if beside => dangers.beside.push(Alarm { flag: family, from, to, entry: hit.entry }),
                    Verdict::Alarm => {
                        dangers.alarms.push(Alarm { flag: family, from, to, entry: hit.entry });
                        dangers.unsafe_contact |= unsafe_contact;
                    }
                    Verdict::Watch => dangers.watch.push((from, to)),
                    Verdict::Dismissed => dangers.dismissed.push((from, to)),
                }
            }
            Some(Means::Watch { soon, urgent }) if !is_idiom(text, hit) => {
                if is_denied(text, from, to) && !comes_back(text, to) {
                    dangers.dismissed.push((from, to));
                } else {
                    dangers.watch.push((from, to));
                    dangers.soon |= soon;
                    if urgent
                        && !is_asked_about(text, from)
                        && !is_past(text, from, to)
                        && !anothers_past(text, from, to)
                    {
                        dangers.grave.get_or_insert((from, to));
                    }
                }
            }
            _ => {}
        }
    }
    let mut gone = vec![false; if dangers.dismissed.is_empty() { 0 } else { text.tokens.len() }];
    for (from, to) in &dangers.dismissed {
        gone.get_mut(*from..*to).unwrap_or_default().fill(true);
    }
    dangers.watch.retain(|(from, to)| !gone.get(*from..*to).unwrap_or_default().contains(&true));
    dangers.gone = gone;
    dangers
}

/// Told of somebody else, and over.
fn anothers_past(text: &Text<'_>, from: usize, to: usize) -> bool {
    anothers(text, from) && is_over(text, from, to)
}

enum Verdict {
    Alarm,
    Watch,
    Dismissed,
}

fn judge(text: &Text<'_>, from: usize, to: usize, denied: bool, whose: Whose, family: Flag) -> Verdict {
    if denied && is_denied(text, from, to) {
        return if comes_back(text, to) { Verdict::Alarm } else { Verdict::Dismissed };
    }
    // "would anyone care if I topped myself", "if he finds out he will kill me": no question about a sign.
    let said_with_if = matches!(family, Flag::Suicide | Flag::SelfHarm | Flag::Abuse | Flag::Safeguarding);
    if !said_with_if && is_asked_about(text, from) {
        return Verdict::Watch;
    }
    if whose == Whose::Anyone {
        return Verdict::Alarm;
    }
    if is_landmark(text, from, to) {
        return Verdict::Watch;
    }
    if is_past(text, from, to) {
        return Verdict::Dismissed;
    }
    if anothers(text, from) && whose == Whose::Own || anothers_past(text, from, to) {
        return Verdict::Dismissed;
    }
    Verdict::Alarm
}

/// The family that is told first when several are meant: a person's own life and violence before all, then what
/// the question was about, then what was written first.
pub fn gravest(alarms: &[Alarm], context: &Context<'_>) -> Option<Alarm> {
    let about = |flag: Flag| {
        let asked = context.asked_reading();
        let text = context.prompt.map_or("", |p| p.text.as_str());
        match flag {
            Flag::Hypo | Flag::Dka => asked == Some(ReadingKind::Glucose) || text.contains("hypo"),
            Flag::Sepsis => asked == Some(ReadingKind::Temperature),
            Flag::Asthma => text.contains("inhaler") || asked == Some(ReadingKind::PeakFlow),
            _ => false,
        }
    };
    alarms.iter().copied().min_by_key(|a| {
        let rank = match a.flag {
            Flag::Suicide => 0,
            Flag::Overdose => 1,
            Flag::SelfHarm => 2,
            Flag::Anaphylaxis => 3,
            Flag::Abuse | Flag::Safeguarding => 4,
            Flag::Pregnancy | Flag::HeadInjury => 5,
            flag if about(flag) => 6,
            Flag::LowMood => 9,
            Flag::Breathless | Flag::Collapse | Flag::Bleeding => 8,
            _ => 7,
        };
        (rank, a.from)
    })
}
