//! What is known of features, found by their hashes: in order, with gaps, each near the place its hash points at. A look-up reads
//! one or two neighbours, and the table takes less memory than a map with room to grow.

/// Values by the hashes of features; filled once.
#[derive(Debug, Clone)]
pub(super) struct ByFeature<V> {
    /// How many places hashes point at. What another has taken the place of is moved on.
    places: u64,
    /// In order of their hashes. A gap has the least hash that points behind it, so no search goes past it or ends on it.
    entries: Box<[(u64, V)]>,
}

impl<V> Default for ByFeature<V> {
    fn default() -> Self {
        Self { places: 0, entries: Box::new([]) }
    }
}

impl<V: Copy + Default> FromIterator<(u64, V)> for ByFeature<V> {
    /// Of several values for one hash the last counts.
    fn from_iter<I: IntoIterator<Item = (u64, V)>>(known: I) -> Self {
        let mut known: Vec<(u64, V)> = known.into_iter().collect();
        known.reverse();
        known.sort_by_key(|(hash, _)| *hash);
        known.dedup_by_key(|(hash, _)| *hash);
        // A third of the places stays empty.
        let places = known.len() as u64 * 3 / 2 + 1;
        let mut entries = Vec::with_capacity(places as usize);
        let least = |place: usize| ((place as u128) << 64).div_ceil(u128::from(places)) as u64;
        for (hash, value) in known {
            while entries.len() < place(hash, places) {
                entries.push((least(entries.len() + 1), V::default()));
            }
            entries.push((hash, value));
        }
        Self { places, entries: entries.into() }
    }
}

/// Where a hash points at: the greater, the farther.
fn place(hash: u64, places: u64) -> usize {
    ((u128::from(hash) * u128::from(places)) >> 64) as usize
}

impl<V: Copy> ByFeature<V> {
    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of a feature.
    pub(super) fn get(&self, hash: u64) -> Option<V> {
        let entries = self.entries.get(place(hash, self.places)..)?;
        entries.iter().find(|(known, _)| *known >= hash).filter(|(known, _)| *known == hash).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        // As hashes are: spread over all their bits.
        let hash = |n: u64| (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for count in [0, 1, 2, 3, 100, 10_000] {
            let known: ByFeature<u64> = (0..count).map(|n| (hash(n), n)).collect();
            assert_eq!(known.is_empty(), count == 0);
            for n in 0..2 * count + 2 {
                assert_eq!(known.get(hash(n)), (n < count).then_some(n), "{n} of {count}");
            }
        }
        assert_eq!(ByFeature::<u8>::default().get(u64::MAX), None);
        let ends: ByFeature<u8> = [(0, 1), (u64::MAX, 2), (0, 3)].into_iter().collect();
        assert_eq!((ends.get(0), ends.get(u64::MAX), ends.get(1)), (Some(3), Some(2), None), "the last counts");
    }
}
