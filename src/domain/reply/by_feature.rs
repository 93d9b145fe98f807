//! What is known of features, found by their hashes: keys in order, and where each first few bits of a key begin. It takes half
//! the memory of a map with room to grow, and a look-up reads one or two keys.

/// Values by the hashes of features; filled once.
#[derive(Debug, Clone)]
pub(super) struct ByFeature<V> {
    /// How far a hash is moved to be the number of its bucket.
    shift: u32,
    /// For each bucket where its keys begin.
    starts: Box<[u32]>,
    keys: Box<[u64]>,
    values: Box<[V]>,
}

impl<V> Default for ByFeature<V> {
    fn default() -> Self {
        Self { shift: u64::BITS - 1, starts: Box::new([0; 2]), keys: Box::new([]), values: Box::new([]) }
    }
}

impl<V> FromIterator<(u64, V)> for ByFeature<V> {
    /// Of several values for one hash the last counts.
    fn from_iter<I: IntoIterator<Item = (u64, V)>>(entries: I) -> Self {
        let mut entries: Vec<(u64, V)> = entries.into_iter().collect();
        entries.reverse();
        entries.sort_by_key(|(hash, _)| *hash);
        entries.dedup_by_key(|(hash, _)| *hash);
        // About one key in each bucket.
        let buckets = entries.len().next_power_of_two().max(2);
        let shift = u64::BITS - buckets.trailing_zeros();
        let (keys, values): (Vec<u64>, Vec<V>) = entries.into_iter().unzip();
        let first_of = |bucket| keys.partition_point(|key| key >> shift < bucket) as u32;
        let starts = (0..buckets as u64).map(first_of).collect();
        Self { shift, starts, keys: keys.into(), values: values.into() }
    }
}

impl<V> ByFeature<V> {
    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What is known of a feature.
    pub(super) fn get(&self, hash: u64) -> Option<&V> {
        let from = *self.starts.get((hash >> self.shift) as usize)? as usize;
        let keys = self.keys.get(from..)?;
        let place = keys.iter().position(|key| *key >= hash)?;
        if *keys.get(place)? == hash { self.values.get(from + place) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        // As hashes are: spread over all their bits.
        let hash = |n: u64| (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for count in [0, 1, 2, 3, 100, 1025] {
            let known: ByFeature<u64> = (0..count).map(|n| (hash(n), n)).collect();
            assert_eq!(known.is_empty(), count == 0);
            for n in 0..2 * count + 2 {
                assert_eq!(known.get(hash(n)), (n < count).then_some(&n), "{n} of {count}");
            }
        }
        assert_eq!(ByFeature::<u8>::default().get(u64::MAX), None);
        let ends: ByFeature<u8> = [(0, 1), (u64::MAX, 2), (0, 3)].into_iter().collect();
        assert_eq!((ends.get(0), ends.get(u64::MAX), ends.get(1)), (Some(&3), Some(&2), None), "the last counts");
    }
}
