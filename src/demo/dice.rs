//! Chance that is the same on every run: everything invented follows from one seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Throws that follow from a seed.
pub(super) struct Dice(StdRng);

impl Dice {
    /// Dice of their own for one purpose: what one part invents does not depend on how much another part threw.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self(StdRng::seed_from_u64(mix(seed, purpose)))
    }

    /// A number in `0..below`; 0 when there is none.
    pub fn below(&mut self, below: u32) -> u32 {
        if below == 0 { 0 } else { self.0.random_range(0..below) }
    }

    /// A number in `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// True `of` times in a hundred.
    pub fn percent(&mut self, of: u32) -> bool {
        self.below(100) < of
    }

    /// One of several; the default of its type when there are none.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let at = self.below(u32::try_from(from.len()).unwrap_or(0)) as usize;
        from.get(at).copied().unwrap_or_default()
    }
}

/// A number made of a seed and a word (FNV-1a).
pub(super) fn mix(seed: u64, word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
