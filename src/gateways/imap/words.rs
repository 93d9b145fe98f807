//! Words of commands.

/// A folder's name as a quoted string.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// UIDs as a set, neighbours as a range.
pub(super) fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let words = ranges.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}:{to}") });
    words.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_written_as_ranges() {
        for (uids, expected) in [
            (&[7][..], "7"),
            (&[1, 2, 3], "1:3"),
            (&[1, 3, 4, 9, u32::MAX - 1, u32::MAX], "1,3:4,9,4294967294:4294967295"),
        ] {
            assert_eq!(set(uids), expected);
        }
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
