//! `application/x-www-form-urlencoded`, read as providers send it.

/// The decoded pairs in their order. Percent signs that start no escape stand for themselves.
pub(super) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    text.split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let mut half = || decoded(halves.next().unwrap_or_default());
            (half(), half())
        })
        .collect()
}

/// The value of a field, or `None` when it is missing or given more than once.
pub(super) fn field<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(n, _)| n == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value.as_str())
}

/// A value encoded for a form or a query.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match (first, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (byte, _) => *byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_reads_what_providers_send() {
        let read = pairs(b"From=%2B447700900001&Body=7.5+ta%20x&Empty=&Flag&&a=b=c&p=100%&q=%zz");
        let expected = [
            ("From", "+447700900001"),
            ("Body", "7.5 ta x"),
            ("Empty", ""),
            ("Flag", ""),
            ("a", "b=c"),
            ("p", "100%"),
            ("q", "%zz"),
        ];
        assert_eq!(read.len(), expected.len());
        for ((name, value), (n, v)) in read.iter().zip(expected) {
            assert_eq!((name.as_str(), value.as_str()), (n, v));
        }
        assert_eq!(field(&pairs(b"a=1&b=2&a=3"), "a"), None);
        assert_eq!(field(&pairs(b"a=1&b=2&a=3"), "b"), Some("2"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(name in ".{1,20}", value in ".{0,60}") {
            let text = format!("{}={}", encoded(&name), encoded(&value));
            prop_assert_eq!(pairs(text.as_bytes()), vec![(name, value)]);
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            pairs(&bytes);
        }
    }
}
