//! Which classes hold a word: a table of bits in which hardly any is set, so only its blocks that are not empty are kept.

use super::super::vocabulary::WordId;
use std::collections::HashMap;
use std::sync::Arc;

/// A block is so many numbers of 64 bits.
const BLOCK: usize = 4;
/// A block has so many classes.
const CLASSES: usize = 64 * BLOCK;
/// So many classes there can be, three times what there are: which blocks of a row are kept is said by 64 bits.
pub(super) const MOST: usize = 64 * CLASSES;

/// The classes of every word.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// For each word the number of its row. Many words are in the same classes.
    rows: Box<[u32]>,
    kept: Box<[Row]>,
    blocks: Box<[[u64; BLOCK]]>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Which blocks are kept.
    which: u64,
    /// Where the first of them stands.
    from: u32,
}

impl Members {
    /// Of classes by their words, each in order; those beyond [`MOST`] hold nothing.
    pub(super) fn of(classes: &[Arc<[WordId]>]) -> Self {
        let words = classes.iter().filter_map(|class| class.last()).max().map_or(0, |w| *w as usize + 1);
        let mut classes_of: Vec<Vec<usize>> = vec![Vec::new(); words];
        for (number, class) in classes.iter().enumerate().take(MOST) {
            for word in class.iter() {
                if let Some(list) = classes_of.get_mut(*word as usize) {
                    list.push(number);
                }
            }
        }
        let (mut kept, mut blocks): (Vec<Row>, Vec<[u64; BLOCK]>) = (Vec::new(), Vec::new());
        let mut known: HashMap<&[usize], u32> = HashMap::new();
        let number_of = |list| {
            *known.entry(list).or_insert_with(|| {
                let from = blocks.len() as u32;
                let mut which = 0_u64;
                for number in list {
                    if which >> (number / CLASSES) & 1 == 0 {
                        which |= 1 << (number / CLASSES);
                        blocks.push([0; BLOCK]);
                    }
                    // The classes come in order: theirs is the last block.
                    if let Some(bits) = blocks.last_mut().and_then(|block| block.get_mut(number / 64 % BLOCK)) {
                        *bits |= 1 << (number % 64);
                    }
                }
                kept.push(Row { which, from });
                kept.len() as u32 - 1
            })
        };
        let rows = classes_of.iter().map(Vec::as_slice).map(number_of).collect();
        Self { rows, kept: kept.into(), blocks: blocks.into() }
    }

    /// Whether a class holds a word.
    pub(super) fn holds(&self, class: u32, word: WordId) -> bool {
        let class = class as usize;
        let Some(row) = self.row(word).filter(|row| class < MOST && row.which >> (class / CLASSES) & 1 == 1) else {
            return false;
        };
        let before = (row.which & ((1 << (class / CLASSES)) - 1)).count_ones();
        let block = self.blocks.get((row.from + before) as usize);
        block.and_then(|block| block.get(class / 64 % BLOCK)).is_some_and(|bits| bits >> (class % 64) & 1 == 1)
    }

    /// Adds the classes of a word to a set of classes as bits, as far as that reaches.
    pub(super) fn join(&self, word: WordId, set: &mut [u64]) {
        let Some(row) = self.row(word) else { return };
        let (set, _) = set.as_chunks_mut::<BLOCK>();
        let mut which = row.which;
        for block in self.blocks.get(row.from as usize..).unwrap_or_default() {
            if which == 0 {
                return;
            }
            if let Some(sum) = set.get_mut(which.trailing_zeros() as usize) {
                sum.iter_mut().zip(block).for_each(|(sum, bits)| *sum |= bits);
            }
            which &= which - 1;
        }
    }

    fn row(&self, word: WordId) -> Option<Row> {
        self.kept.get(*self.rows.get(word as usize)? as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_its_words_and_no_others() {
        for count in [0, 1, 64, 257, 5000, MOST as u32, MOST as u32 + 300] {
            let holds =
                |class: u32, word: WordId| word != 0 && (class % 7 == word % 7 || class + 1 == count && word == 3);
            let class = |class| (0..20).filter(|word| holds(class, *word)).collect::<Arc<[WordId]>>();
            let members = Members::of(&(0..count).map(class).collect::<Vec<_>>());
            for word in 0..25 {
                let mut joined = vec![0; 80];
                members.join(word, &mut joined);
                for class in (0..count + 70).step_by(3) {
                    let held = word < 20 && class < count.min(MOST as u32) && holds(class, word);
                    assert_eq!(members.holds(class, word), held, "{word} in {class} of {count}");
                    if let Some(bits) = joined.get(class as usize / 64) {
                        assert_eq!(bits >> (class % 64) & 1 == 1, held, "{word} in {class} of {count}");
                    }
                }
            }
        }
    }
}
