//! Finding phrases in the tokens of a reply.

use super::super::tokens::{Break, Token};
use super::super::vocabulary::{Vocabulary, WordId};
use super::{Anchor, Element, Hit, Need, Phrases, Sought};

impl Phrases {
    /// Finds every phrase, by its first token. Each phrase is reported once for each place it starts at.
    pub fn scan(&self, sought: &Sought<'_>, hits: &mut Vec<Hit>) {
        let present = Present::of(self, sought);
        let mut found: Vec<(u32, bool, u32, u32)> = Vec::with_capacity(24);
        for (at, token) in sought.tokens.iter().enumerate() {
            let Some([from, to]) = self.spans.get(token.word as usize) else {
                continue;
            };
            for anchor in self.anchors.get(*from as usize..*to as usize).unwrap_or_default() {
                if present.has(anchor.needs[0]) && present.has(anchor.needs[1]) {
                    self.around(anchor, sought, at, &mut found);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        hits.extend(found.iter().filter_map(|(from, _, pattern, to)| {
            let pattern = self.patterns.get(*pattern as usize)?;
            Some(Hit { entry: pattern.entry, from: *from, to: *to, tag: pattern.tag })
        }));
        hits.dedup();
    }

    /// Tries a pattern from every place it could start at if its rarest word is the one at `at`.
    fn around(&self, anchor: &Anchor, sought: &Sought<'_>, at: usize, found: &mut Vec<(u32, bool, u32, u32)>) {
        let Some(pattern) = self.patterns.get(anchor.pattern as usize) else {
            return;
        };
        let elements = self.elements.get(pattern.from as usize..pattern.to as usize).unwrap_or_default();
        for back in anchor.least..=anchor.most {
            let Some(start) = at.checked_sub(usize::from(back)) else {
                return;
            };
            if anchor.opens && start != sought.core.start {
                continue;
            }
            if self.may_start(elements.first(), sought, start)
                && let Some(end) = self.matches(elements, sought, start, true)
            {
                found.push((start as u32, !anchor.opens, anchor.pattern, end as u32));
            }
        }
    }

    /// Matches the elements from token `at` on; gives one past the last token matched.
    fn matches(&self, elements: &[Element], sought: &Sought<'_>, mut at: usize, mut first: bool) -> Option<usize> {
        for (i, element) in elements.iter().enumerate() {
            match *element {
                Element::First => {
                    if at != sought.core.start {
                        return None;
                    }
                    continue;
                }
                Element::PartFirst => {
                    let parted = sought.tokens.get(at).is_none_or(|t| t.parted >= Break::Comma);
                    if !parted && at != sought.core.start && at != 0 {
                        return None;
                    }
                    continue;
                }
                Element::Last => {
                    if at != sought.core.end {
                        return None;
                    }
                    continue;
                }
                Element::PartLast => {
                    if at < sought.core.end && sought.tokens.get(at).is_some_and(|t| t.parted < Break::Comma) {
                        return None;
                    }
                    continue;
                }
                Element::Gap(most) => {
                    let rest = elements.get(i + 1..).unwrap_or_default();
                    for skip in 0..=usize::from(most) {
                        if skip > 0 && sought.tokens.get(at + skip - 1).is_none_or(|t| t.parted >= Break::Sentence) {
                            return None;
                        }
                        if self.may_start(rest.first(), sought, at + skip)
                            && let Some(end) = self.matches(rest, sought, at + skip, false)
                        {
                            return Some(end);
                        }
                    }
                    return None;
                }
                _ => {}
            }
            let token = sought.tokens.get(at);
            let joined = first || token.is_some_and(|t| t.parted < Break::Sentence);
            let word = token.map_or(0, |t| t.word);
            let is = match *element {
                Element::Word(w) | Element::MaybeWord(w) => joined && word == w,
                Element::OneOf(c) | Element::MaybeOneOf(c) => joined && self.in_class(c, word),
                Element::NotWord(w) => !(joined && word == w),
                Element::NotOneOf(c) => !(joined && self.in_class(c, word)),
                Element::Any => joined && token.is_some(),
                Element::AtLeast(least) => {
                    // The 9 of "37.9" is no number of its own.
                    let whole = |t: &Token| t.mark != b'.' || t.spaced || t.marks != 1;
                    joined
                        && word == Vocabulary::NUMBER
                        && token.is_some_and(|t| t.value >= u64::from(least) && (least == 0 || whole(t)))
                }
                _ => false,
            };
            match element {
                Element::NotWord(_) | Element::NotOneOf(_) => {
                    if !is {
                        return None;
                    }
                }
                Element::MaybeWord(_) | Element::MaybeOneOf(_) => {
                    if is {
                        // The word may also be needed by what follows.
                        let rest = elements.get(i + 1..).unwrap_or_default();
                        return self
                            .matches(rest, sought, at + 1, false)
                            .or_else(|| self.matches(rest, sought, at, false));
                    }
                }
                _ => {
                    if !is {
                        return None;
                    }
                    at += 1;
                    first = false;
                }
            }
        }
        Some(at)
    }

    /// Whether an element can match at a token at all: most places behind a gap fail here, at little cost.
    fn may_start(&self, element: Option<&Element>, sought: &Sought<'_>, at: usize) -> bool {
        let word = sought.tokens.get(at).map_or(0, |t| t.word);
        match element {
            Some(Element::Word(w)) => *w == word,
            Some(Element::OneOf(c)) => self.in_class(*c, word),
            _ => true,
        }
    }

    fn in_class(&self, class: u32, word: WordId) -> bool {
        self.members.holds(class, word)
    }
}

/// What a reply holds at all: its classes exactly, its words by a few bits of their numbers, side by side.
struct Present {
    bits: [u64; Self::CLASSES + Self::WORDS],
}

impl Present {
    /// Room for 6,144 classes; those beyond count as present.
    const CLASSES: usize = 96;
    /// Room for 1,024 words that are told apart.
    const WORDS: usize = 16;

    fn of(phrases: &Phrases, sought: &Sought<'_>) -> Self {
        let mut present = Self { bits: [0; Self::CLASSES + Self::WORDS] };
        for token in sought.tokens {
            present.set(present_word(token.word));
            phrases.members.join(token.word, &mut present.bits[..Self::CLASSES]);
        }
        present.set(ALWAYS);
        present
    }

    fn set(&mut self, bit: u16) {
        if let Some(bits) = self.bits.get_mut(usize::from(bit) / 64) {
            *bits |= 1 << (bit % 64);
        }
    }

    fn has(&self, bit: u16) -> bool {
        self.bits.get(usize::from(bit) / 64).is_none_or(|bits| bits >> (bit % 64) & 1 == 1)
    }
}

/// The bit of a need that every reply meets.
const ALWAYS: u16 = (Present::CLASSES as u16 - 1) * 64 + 63;

fn present_word(word: WordId) -> u16 {
    Present::CLASSES as u16 * 64 + (word % (Present::WORDS as u32 * 64)) as u16
}

impl Need {
    /// The bit of [`Present`] that says whether it is met.
    pub(super) fn bit(self) -> u16 {
        match self {
            Self::Word(word) => present_word(word),
            Self::OneOf(class) if class < u32::from(ALWAYS) => class as u16,
            Self::Nothing | Self::OneOf(_) => ALWAYS,
        }
    }
}
