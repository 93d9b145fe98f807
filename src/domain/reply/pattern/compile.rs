//! From a phrase as written to elements, and to the words it can start with.

use super::super::vocabulary::{Vocabulary, WordId};
use super::{Element, Entry, Pattern, PatternError, Phrases, Sets, Start, Tag, bit, class_of, spell_out};

impl Phrases {
    /// Compiles one phrase for an entry.
    pub fn add(
        &mut self,
        phrase: &str,
        entry: Entry,
        tag: Tag,
        vocabulary: &mut Vocabulary,
        sets: &Sets,
    ) -> Result<(), PatternError> {
        for spelled in spell_out(phrase) {
            let mut elements = Vec::new();
            for part in spelled.split_whitespace() {
                elements.push(self.element(part, phrase, vocabulary, sets)?);
            }
            self.store(&elements, (entry, tag), phrase)?;
        }
        Ok(())
    }

    fn store(&mut self, elements: &[Element], means: (Entry, Tag), phrase: &str) -> Result<(), PatternError> {
        let lead = elements.iter().take_while(|e| matches!(e, Element::First | Element::PartFirst)).count();
        match elements.get(lead) {
            Some(Element::MaybeWord(w)) => {
                let (with, without) = (Element::Word(*w), Self::left_out(elements, lead));
                self.store(&Self::put(elements, lead, with), means, phrase)?;
                return self.store(&without, means, phrase);
            }
            Some(Element::MaybeOneOf(c)) => {
                let (with, without) = (Element::OneOf(*c), Self::left_out(elements, lead));
                self.store(&Self::put(elements, lead, with), means, phrase)?;
                return self.store(&without, means, phrase);
            }
            Some(Element::Word(_) | Element::OneOf(_)) => {}
            _ => return Err(PatternError::NoStart(phrase.to_owned())),
        }
        let from = self.elements.len() as u32;
        self.elements.extend_from_slice(elements);
        let pattern = self.patterns.len() as u32;
        self.patterns.push(Pattern { from, to: self.elements.len() as u32, entry: means.0, tag: means.1 });
        let needs = self.rarest(elements.get(lead + 1..).unwrap_or_default());
        let firsts: Vec<WordId> = match elements.get(lead) {
            Some(Element::Word(w)) => vec![*w],
            Some(Element::OneOf(c)) => self.classes.get(*c as usize).map(|c| c.words().collect()).unwrap_or_default(),
            _ => Vec::new(),
        };
        for word in firsts {
            let word = word as usize;
            if self.starts.len() <= word {
                self.starts.resize(word + 1, Vec::new());
            }
            if let Some(list) = self.starts.get_mut(word) {
                list.push(Start { needs, pattern });
            }
        }
        Ok(())
    }

    fn left_out(elements: &[Element], at: usize) -> Vec<Element> {
        elements.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, e)| *e).collect()
    }

    fn put(elements: &[Element], at: usize, with: Element) -> Vec<Element> {
        elements.iter().enumerate().map(|(i, e)| if i == at { with } else { *e }).collect()
    }

    fn rarest(&self, elements: &[Element]) -> u128 {
        let mut best: Option<(usize, u128)> = None;
        for element in elements {
            let (size, bits) = match element {
                Element::Word(w) => (1, bit(*w)),
                Element::OneOf(c) => {
                    let Some(class) = self.classes.get(*c as usize) else {
                        continue;
                    };
                    (class.len(), class.words().fold(0, |bits, w| bits | bit(w)))
                }
                _ => continue,
            };
            if best.is_none_or(|(least, _)| size <= least) {
                best = Some((size, bits));
            }
        }
        best.map_or(u128::MAX, |(_, bits)| bits)
    }

    fn element(
        &mut self,
        part: &str,
        phrase: &str,
        vocabulary: &mut Vocabulary,
        sets: &Sets,
    ) -> Result<Element, PatternError> {
        match part {
            "#" => return Ok(Element::Word(Vocabulary::NUMBER)),
            "*" => return Ok(Element::Any),
            "^" => return Ok(Element::First),
            "$" => return Ok(Element::Last),
            "<" => return Ok(Element::PartFirst),
            ">" => return Ok(Element::PartLast),
            _ => {}
        }
        if let Some(most) = part.strip_prefix("..") {
            return Ok(Element::Gap(most.parse().unwrap_or(3)));
        }
        let (not, part) = part.strip_prefix('!').map_or((false, part), |rest| (true, rest));
        let (maybe, part) = part.strip_suffix('?').map_or((false, part), |rest| (true, rest));
        let class = class_of(part, vocabulary, sets)
            .map_err(|set| PatternError::UnknownSet { phrase: phrase.to_owned(), set })?;
        let mut words = class.words();
        if let (Some(only), None) = (words.next(), words.next()) {
            return Ok(match (not, maybe) {
                (true, _) => Element::NotWord(only),
                (false, true) => Element::MaybeWord(only),
                (false, false) => Element::Word(only),
            });
        }
        drop(words);
        let next = self.classes.len() as u32;
        let number = *self.class_numbers.entry(class.clone()).or_insert(next);
        if number == next {
            self.classes.push(class);
        }
        Ok(match (not, maybe) {
            (true, _) => Element::NotOneOf(number),
            (false, true) => Element::MaybeOneOf(number),
            (false, false) => Element::OneOf(number),
        })
    }
}
