//! Finding phrases in the tokens of a reply.

use super::super::tokens::Break;
use super::super::vocabulary::WordId;
use super::{Element, Hit, Phrases, Sought, bit};

impl Phrases {
    /// Finds every phrase. Each phrase is reported once for each place it starts at.
    pub fn scan(&self, sought: &Sought<'_>, hits: &mut Vec<Hit>) {
        let mask = sought.tokens.iter().fold(0u128, |mask, t| mask | bit(t.word));
        for (at, token) in sought.tokens.iter().enumerate() {
            let Some(starts) = self.starts.get(token.word as usize) else {
                continue;
            };
            for start in starts {
                if start.needs & mask == 0 {
                    continue;
                }
                let Some(pattern) = self.patterns.get(start.pattern as usize) else {
                    continue;
                };
                let elements = self.elements.get(pattern.from as usize..pattern.to as usize).unwrap_or_default();
                if let Some(end) = self.matches(elements, sought, at, true)
                    && hits.last().is_none_or(|h| (h.entry, h.from, h.to) != (pattern.entry, at as u32, end as u32))
                {
                    hits.push(Hit { entry: pattern.entry, from: at as u32, to: end as u32, tag: pattern.tag });
                }
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
                        if let Some(end) = self.matches(rest, sought, at + skip, false) {
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

    fn in_class(&self, class: u32, word: WordId) -> bool {
        word != 0 && self.classes.get(class as usize).is_some_and(|c| c.contains(word))
    }
}
