//! Rows out of text, by a reader that a broken quotation mark costs one line and no more.
//!
//! A general CSV reader takes an unterminated quote to mean that the rest of the file is one cell. Here a quoted cell
//! may span a few lines if the row then has the right number of cells; otherwise the line it began on is refused and
//! reading goes on with the next one.

use std::borrow::Cow;

use crate::domain::import::RefusalReason;

/// Lines that one quoted cell may span.
const MAX_LINES: u64 = 20;
/// Longest cell in bytes: what the usual spreadsheet can hold in one.
const MAX_CELL: usize = 32_767;
/// Most cells in a row; beyond it the row is not stored.
pub(super) const MAX_CELLS: usize = 16_384;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawRow<'a> {
    /// Line it starts on, from 1.
    pub(super) line: u64,
    /// Its cells, or why they cannot be had.
    pub(super) cells: Result<Vec<Cow<'a, str>>, RefusalReason>,
}

impl RawRow<'_> {
    /// Nothing but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.as_ref().is_ok_and(|cells| cells.iter().all(|c| c.trim().is_empty()))
    }
}

/// Reads rows one after the other.
#[derive(Debug, Clone)]
pub(super) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    delimiter: u8,
    /// Cells a row has when the header is known.
    expected: Option<usize>,
}

struct Parsed<'a> {
    cells: Vec<Cow<'a, str>>,
    end: usize,
    lines: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, delimiter: u8) -> Self {
        Self { text, at: 0, line: 1, delimiter, expected: None }
    }

    /// From now on, a row over several lines counts only with this many cells.
    pub(super) fn expect(&mut self, cells: usize) {
        self.expected = Some(cells);
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where the line that holds `at` ends, and where the next begins.
    fn line_end(&self, at: usize) -> (usize, usize) {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        match rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            None => (self.text.len(), self.text.len()),
            Some(n) => (at + n, self.after_break(at + n)),
        }
    }

    fn after_break(&self, at: usize) -> usize {
        match (self.byte(at), self.byte(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at + 2,
            _ => at + 1,
        }
    }

    fn parse(&self) -> Result<Parsed<'a>, RefusalReason> {
        let mut cells = Vec::new();
        let (mut at, mut lines) = (self.at, 1);
        loop {
            let (cell, end) = match self.byte(at) {
                Some(b'"') => {
                    let (cell, end, more) = self.quoted(at + 1)?;
                    lines += more;
                    (cell, end)
                }
                _ => self.plain(at),
            };
            if cell.len() > MAX_CELL {
                return Err(RefusalReason::CellTooLong);
            }
            if cells.len() == MAX_CELLS {
                return Err(RefusalReason::TooManyColumns);
            }
            cells.push(cell);
            match self.byte(end) {
                Some(b) if b == self.delimiter => at = end + 1,
                Some(_) => {
                    return Ok(Parsed { cells, end: self.after_break(end), lines });
                }
                None => return Ok(Parsed { cells, end, lines }),
            }
        }
    }

    fn plain(&self, at: usize) -> (Cow<'a, str>, usize) {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let stop = |b: &u8| *b == self.delimiter || matches!(b, b'\n' | b'\r');
        let end = rest.iter().position(stop).map_or(self.text.len(), |n| at + n);
        (Cow::Borrowed(self.text.get(at..end).unwrap_or_default()), end)
    }

    /// The cell after an opening quote, the position after the closing one, and the line breaks inside.
    fn quoted(&self, start: usize) -> Result<(Cow<'a, str>, usize, u64), RefusalReason> {
        let (mut at, mut breaks, mut doubled) = (start, 0, false);
        loop {
            match self.byte(at) {
                None => return Err(RefusalReason::QuoteUnterminated),
                Some(b'"') if self.byte(at + 1) == Some(b'"') => {
                    doubled = true;
                    at += 2;
                }
                Some(b'"') => break,
                Some(b'\n' | b'\r') => {
                    breaks += 1;
                    at = self.after_break(at);
                }
                Some(_) => at += 1,
            }
            if breaks > MAX_LINES || at - start > 2 * MAX_CELL {
                return Err(RefusalReason::QuoteUnterminated);
            }
        }
        let end = at + 1;
        match self.byte(end) {
            None | Some(b'\n' | b'\r') => {}
            Some(b) if b == self.delimiter => {}
            // Something stands behind the closing quote: it was the opening quote of another cell.
            Some(_) => return Err(RefusalReason::QuoteUnterminated),
        }
        let inner = self.text.get(start..at).unwrap_or_default();
        let cell = if doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        Ok((cell, end, breaks))
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = RawRow<'a>;

    fn next(&mut self) -> Option<RawRow<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let parsed = self.parse().and_then(|parsed| match self.expected {
            Some(n) if parsed.lines > 1 && parsed.cells.len() != n => Err(RefusalReason::QuoteUnterminated),
            _ => Ok(parsed),
        });
        let cells = match parsed {
            Ok(parsed) => {
                self.at = parsed.end;
                self.line += parsed.lines;
                Ok(parsed.cells)
            }
            Err(reason) => {
                self.at = self.line_end(start).1;
                self.line += 1;
                Err(reason)
            }
        };
        let raw = self.text.get(start..self.at).unwrap_or_default();
        let cells = if raw.contains('\0') { Err(RefusalReason::UnreadableCharacters) } else { cells };
        Some(RawRow { line, cells })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str, expected: usize) -> Vec<(u64, Result<Vec<String>, RefusalReason>)> {
        let mut rows = Rows::new(text, b',');
        rows.expect(expected);
        rows.map(|r| (r.line, r.cells.map(|c| c.into_iter().map(Cow::into_owned).collect()))).collect()
    }

    fn good(text: &str, expected: usize) -> Vec<Vec<String>> {
        rows(text, expected).into_iter().filter_map(|(_, cells)| cells.ok()).collect()
    }

    #[test]
    fn an_unterminated_quote_costs_one_line() {
        let text = "a,\"b,c\r\n1,2,3\r\n\"x\",\"y\"\"z\",\"w\"\r\n4,\"5\r\n6,7,8";
        let got = rows(text, 3);
        let failed: Vec<u64> = got.iter().filter(|(_, c)| c.is_err()).map(|(line, _)| *line).collect();
        assert_eq!(failed, [1, 4]);
        assert_eq!(good(text, 3), [["1", "2", "3"], ["x", "y\"z", "w"], ["6", "7", "8"]]);
    }

    #[test]
    fn cells_over_lines_are_read_when_the_count_is_right() {
        assert_eq!(good("1,\"two\nlines\",3\n4,5,6\n", 3), [["1", "two\nlines", "3"], ["4", "5", "6"]]);
        let lines: Vec<u64> = rows("1,\"two\r\nlines\",3\r\n4,5,6", 3).iter().map(|r| r.0).collect();
        assert_eq!(lines, [1, 3], "line numbers count the lines inside");
    }

    #[test]
    fn inches_and_lone_carriage_returns() {
        assert_eq!(good("5'10\",b\rc,d", 2), [["5'10\"", "b"], ["c", "d"]]);
    }

    #[test]
    fn nul_refuses_the_row_and_not_the_next() {
        let got = rows("1\0,2\n3,4\n", 2);
        assert_eq!(got[0].1, Err(RefusalReason::UnreadableCharacters));
        assert_eq!(got[1].1, Ok(vec!["3".to_owned(), "4".to_owned()]));
    }

    #[test]
    fn s15_giant_cells_and_rows_are_refused() {
        let giant = format!("\"{}\",1\n2,3\n", "x".repeat(1 << 20));
        assert_eq!(good(&giant, 2), [["2", "3"]]);
        let plain = format!("{},1\n2,3\n", "x".repeat(1 << 20));
        assert_eq!(rows(&plain, 2)[0].1, Err(RefusalReason::CellTooLong));
        let wide = format!("{}\n2,3\n", ",".repeat(MAX_CELLS + 10));
        assert_eq!(rows(&wide, 2)[0].1, Err(RefusalReason::TooManyColumns));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_the_csv_crate_on_whole_files(
            table in prop::collection::vec(prop::collection::vec("[a-c\",; \\n]{0,6}", 3), 1..8)
        ) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(good(&text, 3), table);
        }

        #[test]
        fn r22_every_line_is_accounted_for(text in "[a\",\\r\\n\\x00\u{e9}]{0,200}") {
            let mut rows = Rows::new(&text, b',');
            rows.expect(3);
            let mut line = 0;
            for row in rows {
                prop_assert!(row.line > line);
                line = row.line;
            }
        }
    }
}
