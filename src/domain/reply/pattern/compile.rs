//! From a phrase as written to elements, and to the words it can start with.

use super::super::vocabulary::{Vocabulary, WordId};
use super::{
    Anchor, Element, Entry, Gathered, Members, Need, Pattern, PatternError, Phrases, Sets, Tag, class_of, members,
    spell_out,
};
use std::sync::Arc;

/// Words that stand in most replies: a phrase is better looked for by its other words.
const COMMON: &str = "i im ive me my we you he hes she shes it its they them the a an and or but if so to of in on at for from with \
    is are was were be been am has have had having do does did not no never dont cant cannot couldnt wont just all one got get \
    go going went gone this that these those there up down out off over again now today day days week since still feel feeling felt \
    like think want need take took taken some any more very really too much good well bad last back can will would your yes than \
    what when how who because as by about after before only even been know";

impl Phrases {
    /// Notes the words that stand in most replies; phrases added before do not profit.
    pub fn note_common(&mut self, vocabulary: &mut Vocabulary) {
        let common = &mut self.gathered.common;
        common.insert(Vocabulary::NUMBER);
        COMMON.split_whitespace().for_each(|word| common.insert(vocabulary.add(word)));
    }

    /// Compiles one phrase for an entry.
    pub fn add(
        &mut self,
        phrase: &str,
        entry: Entry,
        tag: Tag,
        vocabulary: &mut Vocabulary,
        sets: &Sets,
    ) -> Result<(), PatternError> {
        if phrase.matches(" & ").count() > 2 {
            return Err(PatternError::TooManySigns(phrase.to_owned()));
        }
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
            Some(Element::Word(_) | Element::OneOf(_) | Element::AtLeast(_)) => {}
            _ => return Err(PatternError::NoStart(phrase.to_owned())),
        }
        let from = self.elements.len() as u32;
        self.elements.extend_from_slice(elements);
        let pattern = self.patterns.len() as u32;
        self.patterns.push(Pattern { from, to: self.elements.len() as u32, entry: means.0, tag: means.1 });
        let opens = elements.first() == Some(&Element::First);
        let mut rarest: Vec<(usize, usize)> =
            (lead..elements.len()).filter_map(|at| Some((self.frequency(*elements.get(at)?)?, at))).collect();
        rarest.sort_unstable();
        let bit = |of: usize| {
            let element = rarest.get(of).and_then(|(_, at)| elements.get(*at));
            element.map_or(Need::Nothing, |e| Need::of(*e)).bit()
        };
        let needs = [bit(1), bit(2)];
        let at = rarest.first().map_or(lead, |(_, at)| *at);
        let (least, most) = Self::reach(elements.get(lead..at).unwrap_or_default());
        let words: Vec<WordId> = match elements.get(at) {
            Some(Element::Word(w)) => vec![*w],
            Some(Element::AtLeast(_)) => vec![Vocabulary::NUMBER],
            Some(Element::OneOf(c)) => self.gathered.classes.get(*c as usize).map(|c| c.to_vec()).unwrap_or_default(),
            _ => Vec::new(),
        };
        for word in words {
            let word = word as usize;
            let anchors = &mut self.gathered.anchors;
            if anchors.len() <= word {
                anchors.resize(word + 1, Vec::new());
            }
            if let Some(list) = anchors.get_mut(word) {
                list.push(Anchor { needs, pattern, least, most, opens });
            }
        }
        Ok(())
    }

    /// Lays the anchors side by side and forgets what was needed for that: it is most of the memory. Call it once, at the end.
    pub fn seal(&mut self) -> Result<(), PatternError> {
        let Gathered { classes, anchors, .. } = std::mem::take(&mut self.gathered);
        if classes.len() > members::MOST {
            return Err(PatternError::TooManySets(members::MOST));
        }
        self.members = Members::of(&classes);
        self.anchors = Vec::with_capacity(anchors.iter().map(Vec::len).sum());
        self.spans = Vec::with_capacity(anchors.len());
        for list in &anchors {
            let from = self.anchors.len() as u32;
            self.anchors.extend(list);
            self.spans.push([from, self.anchors.len() as u32]);
        }
        self.elements.shrink_to_fit();
        self.patterns.shrink_to_fit();
        Ok(())
    }

    fn left_out(elements: &[Element], at: usize) -> Vec<Element> {
        elements.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, e)| *e).collect()
    }

    fn put(elements: &[Element], at: usize, with: Element) -> Vec<Element> {
        elements.iter().enumerate().map(|(i, e)| if i == at { with } else { *e }).collect()
    }

    /// How often a reply is likely to hold what an element asks for; nothing if it asks for nothing.
    fn frequency(&self, element: Element) -> Option<usize> {
        match element {
            Element::Word(w) => Some(self.word_frequency(w)),
            Element::AtLeast(_) => Some(self.word_frequency(Vocabulary::NUMBER)),
            Element::OneOf(c) => self.gathered.frequencies.get(c as usize).copied(),
            _ => None,
        }
    }

    fn word_frequency(&self, word: WordId) -> usize {
        const COMMON: usize = 60;
        if self.gathered.common.contains(word) { COMMON } else { 1 }
    }

    /// The fewest and the most tokens these elements cover.
    fn reach(elements: &[Element]) -> (u8, u8) {
        elements.iter().fold((0, 0), |(least, most), element| match element {
            Element::Gap(n) => (least, most + n),
            Element::MaybeWord(_) | Element::MaybeOneOf(_) => (least, most + 1),
            Element::Word(_) | Element::OneOf(_) | Element::Any | Element::AtLeast(_) => (least + 1, most + 1),
            _ => (least, most),
        })
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
        if let Some(least) = part.strip_prefix('#').and_then(|n| n.parse().ok()) {
            return Ok(Element::AtLeast(least));
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
        let class: Arc<[WordId]> = class.words().collect();
        let next = self.gathered.classes.len() as u32;
        let number = *self.gathered.class_numbers.entry(Arc::clone(&class)).or_insert(next);
        if number == next {
            self.gathered.frequencies.push(class.iter().map(|w| self.word_frequency(*w)).sum());
            self.gathered.classes.push(class);
        }
        Ok(match (not, maybe) {
            (true, _) => Element::NotOneOf(number),
            (false, true) => Element::MaybeOneOf(number),
            (false, false) => Element::OneOf(number),
        })
    }
}

impl Need {
    fn of(element: Element) -> Self {
        match element {
            Element::Word(w) => Self::Word(w),
            Element::AtLeast(_) => Self::Word(Vocabulary::NUMBER),
            Element::OneOf(c) => Self::OneOf(c),
            _ => Self::Nothing,
        }
    }
}
