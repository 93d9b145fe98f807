//! Rows that one statement takes together: as JSON on SQLite, as one array a column on PostgreSQL.
//!
//! `batch_sql!` and its kin make the statement and how its columns are taken from a row out of one list, so that the two cannot
//! differ. Both databases read the rows as a relation (`jsonb_each`; `unnest`) and share the statement's head and tail. JSON costs
//! PostgreSQL six times as much to read as arrays; SQLite has no arrays, and reads places of a list faster than names.

use super::Sql;
use super::rows::storable;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use std::borrow::Borrow;

/// A statement over rows of this type, the only thing it is given.
pub struct Batch<T: 'static> {
    pub(super) sql: Sql,
    pub(super) columns: &'static [Column<T>],
}

/// A row in JSON is a list of lists of so many columns: SQLite passes over everything before the place it looks for.
const GROUP: usize = 6;

/// How a column's value is taken from a row.
pub enum Column<T> {
    /// Text.
    Text(fn(&T) -> Option<&str>),
    /// A whole number.
    Int(fn(&T) -> Option<i64>),
    /// A number.
    Float(fn(&T) -> Option<f64>),
    /// Yes or no.
    Bool(fn(&T) -> Option<bool>),
}

/// A field that may be absent.
pub(super) trait Field<V: ?Sized> {
    fn value(&self) -> Option<&V>;
}
impl Field<str> for String {
    fn value(&self) -> Option<&str> {
        Some(self)
    }
}
impl Field<str> for Option<String> {
    fn value(&self) -> Option<&str> {
        self.as_deref()
    }
}
macro_rules! plain_fields {
    ($($kind:ty),+) => {$(
        impl Field<$kind> for $kind {
            fn value(&self) -> Option<&$kind> {
                Some(self)
            }
        }
        impl Field<$kind> for Option<$kind> {
            fn value(&self) -> Option<&$kind> {
                self.as_ref()
            }
        }
    )+};
}
plain_fields!(i64, f64, bool);

impl<T> Batch<T> {
    /// The rows as a JSON array of arrays.
    pub(super) fn json(&self, rows: &[impl Borrow<T>]) -> Result<String, serde_json::Error> {
        let mut json: Vec<u8> = Vec::with_capacity(rows.len() * self.columns.len() * 16);
        json.push(b'[');
        for (row, place) in rows.iter().map(Borrow::borrow).zip(0..) {
            json.extend_from_slice(if place == 0 { b"[[" } else { b",[[" });
            for (column, place) in self.columns.iter().zip(0..) {
                if place > 0 {
                    json.extend_from_slice(if place % GROUP == 0 { b"],[" } else { b"," });
                }
                match column {
                    Column::Text(take) => match take(row) {
                        Some(text) if text.contains('\0') => serde_json::to_writer(&mut json, &storable(text))?,
                        text => serde_json::to_writer(&mut json, &text)?,
                    },
                    Column::Int(take) => serde_json::to_writer(&mut json, &take(row))?,
                    Column::Float(take) => serde_json::to_writer(&mut json, &take(row))?,
                    Column::Bool(take) => serde_json::to_writer(&mut json, &take(row))?,
                }
            }
            json.extend_from_slice(b"]]");
        }
        json.push(b']');
        // serde_json writes UTF-8 only.
        Ok(String::from_utf8(json).unwrap_or_default())
    }

    /// The rows as one array a column.
    pub(super) fn arrays(&self, rows: &[impl Borrow<T>]) -> Result<PgArguments, sqlx::Error> {
        let rows: Vec<&T> = rows.iter().map(Borrow::borrow).collect();
        let mut arrays = PgArguments::default();
        for column in self.columns {
            match column {
                Column::Text(take) => {
                    let texts: Vec<Option<&str>> = rows.iter().map(|row| take(row)).collect();
                    if texts.iter().flatten().any(|text| text.contains('\0')) {
                        arrays.add(texts.into_iter().map(|text| text.map(storable)).collect::<Vec<_>>())
                    } else {
                        arrays.add(texts)
                    }
                }
                Column::Int(take) => arrays.add(rows.iter().map(|row| take(row)).collect::<Vec<_>>()),
                Column::Float(take) => arrays.add(rows.iter().map(|row| take(row)).collect::<Vec<_>>()),
                Column::Bool(take) => arrays.add(rows.iter().map(|row| take(row)).collect::<Vec<_>>()),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arrays)
    }
}

/// How a column of this kind is taken from a row.
macro_rules! column {
    ($name:ident text) => {
        $crate::store::batch::Column::Text(|row| $crate::store::batch::Field::<str>::value(&row.$name))
    };
    ($name:ident bigint) => {
        $crate::store::batch::Column::Int(|row| $crate::store::batch::Field::<i64>::value(&row.$name).copied())
    };
    ($name:ident float8) => {
        $crate::store::batch::Column::Float(|row| $crate::store::batch::Field::<f64>::value(&row.$name).copied())
    };
    ($name:ident boolean) => {
        $crate::store::batch::Column::Bool(|row| $crate::store::batch::Field::<bool>::value(&row.$name).copied())
    };
}

/// The batch as a relation on SQLite: each row a list in the JSON of `$1`, each column a place in one of its lists of [`GROUP`].
/// A path as text is read as it is; a number would be written as one first.
macro_rules! sqlite_rows {
    ($($name:ident)+) => {
        $crate::store::batch::sqlite_rows!(@ [] [$($name)+]
            ["'$[0][0]'" "'$[0][1]'" "'$[0][2]'" "'$[0][3]'" "'$[0][4]'" "'$[0][5]'"
             "'$[1][0]'" "'$[1][1]'" "'$[1][2]'" "'$[1][3]'" "'$[1][4]'" "'$[1][5]'"
             "'$[2][0]'" "'$[2][1]'" "'$[2][2]'" "'$[2][3]'" "'$[2][4]'" "'$[2][5]'"
             "'$[3][0]'" "'$[3][1]'" "'$[3][2]'" "'$[3][3]'" "'$[3][4]'" "'$[3][5]'"
             "'$[4][0]'" "'$[4][1]'" "'$[4][2]'" "'$[4][3]'" "'$[4][4]'" "'$[4][5]'"
             "'$[5][0]'" "'$[5][1]'" "'$[5][2]'" "'$[5][3]'" "'$[5][4]'" "'$[5][5]'"])
    };
    (@ [$($done:tt)*] [$last:ident] [$place:literal $($places:literal)*]) => {
        concat!("(SELECT ", $($done)* "value->>", $place, " AS ", stringify!($last), " FROM jsonb_each($1))")
    };
    (@ [$($done:tt)*] [$name:ident $($names:ident)+] [$place:literal $($places:literal)*]) => {
        $crate::store::batch::sqlite_rows!(
            @ [$($done)* "value->>", $place, " AS ", stringify!($name), ", ",] [$($names)+] [$($places)*])
    };
}

/// The batch as a relation on PostgreSQL: an array for each column, from `$1` on.
macro_rules! postgres_rows {
    ($($name:ident $kind:ident)+) => {
        $crate::store::batch::postgres_rows!(@ [] [$($kind)+] [$($name)+]
            ["$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9" "$10" "$11" "$12" "$13" "$14" "$15" "$16" "$17" "$18" "$19" "$20" "$21"
             "$22" "$23" "$24" "$25" "$26" "$27" "$28" "$29" "$30" "$31" "$32" "$33" "$34" "$35" "$36"])
    };
    (@ [$($done:tt)*] [$last:ident] [$first:ident $($names:ident)*] [$place:literal $($places:literal)*]) => {
        concat!("(SELECT * FROM unnest(", $($done)* "CAST(", $place, " AS ", stringify!($last), "[])) AS x(", stringify!($first),
            $(", ", stringify!($names),)* "))")
    };
    (@ [$($done:tt)*] [$kind:ident $($kinds:ident)+] [$($names:ident)+] [$place:literal $($places:literal)*]) => {
        $crate::store::batch::postgres_rows!(
            @ [$($done)* "CAST(", $place, " AS ", stringify!($kind), "[]), ",] [$($kinds)+] [$($names)+] [$($places)*])
    };
}

/// `head (the rows as a relation) tail`.
macro_rules! batch_sql {
    ($head:literal, [$($name:ident $kind:ident),+ $(,)?], $tail:literal) => {
        $crate::store::batch::Batch {
            sql: $crate::store::Sql {
                sqlite: concat!($head, $crate::store::batch::sqlite_rows!($($name)+), $tail),
                postgres: concat!($head, $crate::store::batch::postgres_rows!($($name $kind)+), $tail),
            },
            columns: &[$($crate::store::batch::column!($name $kind)),+],
        }
    };
}

/// `INSERT INTO table (columns) SELECT columns FROM rows tail`.
macro_rules! insert_sql {
    ($table:literal, [$first:ident $first_kind:ident $(, $name:ident $kind:ident)* $(,)?], $tail:literal) => {
        $crate::store::batch::Batch {
            sql: $crate::store::Sql {
                sqlite: concat!("INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($name))*, ") SELECT r.",
                    stringify!($first) $(, ", r.", stringify!($name))*, " FROM ",
                    $crate::store::batch::sqlite_rows!($first $($name)*), " AS r WHERE true ", $tail),
                postgres: concat!("INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($name))*, ") SELECT r.",
                    stringify!($first) $(, ", r.", stringify!($name))*, " FROM ",
                    $crate::store::batch::postgres_rows!($first $first_kind $($name $kind)*), " AS r WHERE true ", $tail),
            },
            columns: &[$crate::store::batch::column!($first $first_kind) $(, $crate::store::batch::column!($name $kind))*],
        }
    };
}

/// The texts of `$1` as a relation, their column called id.
macro_rules! sqlite_ids {
    () => {
        "(SELECT value AS id FROM jsonb_each($1))"
    };
}
macro_rules! postgres_ids {
    () => {
        "(SELECT * FROM unnest(CAST($1 AS text[])) AS x(id))"
    };
}

/// `head (the texts of $1 as a relation, their column called id) tail`, for a list of texts.
macro_rules! ids_sql {
    ($head:literal, $tail:literal) => {
        $crate::store::Sql {
            sqlite: concat!($head, $crate::store::batch::sqlite_ids!(), $tail),
            postgres: concat!($head, $crate::store::batch::postgres_ids!(), $tail),
        }
    };
}

/// The columns of `alias`, all of a row's fields in their order, FROM head and tail, ordered by `order`; between the two the texts
/// of `$1` or, with a list of columns, the rows of a batch. For `Tx::fetch_packed` and `Tx::fetch_packed_batch`.
macro_rules! packed_sql {
    ($alias:literal [$($field:ident),+ $(,)?], $head:literal, ids, $tail:literal, $order:literal) => {
        $crate::store::Sql {
            sqlite: concat!($crate::store::batch::packed!($alias $($field)+), " ORDER BY ", $order,
                ") FROM ", $head, $crate::store::batch::sqlite_ids!(), $tail),
            postgres: concat!("SELECT ", $alias, ".* FROM ", $head, $crate::store::batch::postgres_ids!(), $tail,
                " ORDER BY ", $order),
        }
    };
    ($alias:literal [$($field:ident),+ $(,)?], $head:literal, [$($name:ident $kind:ident),+ $(,)?], $tail:literal, $order:literal) => {
        $crate::store::batch::Batch {
            sql: $crate::store::Sql {
                sqlite: concat!($crate::store::batch::packed!($alias $($field)+), " ORDER BY ", $order,
                    ") FROM ", $head, $crate::store::batch::sqlite_rows!($($name)+), $tail),
                postgres: concat!("SELECT ", $alias, ".* FROM ", $head, $crate::store::batch::postgres_rows!($($name $kind)+), $tail,
                    " ORDER BY ", $order),
            },
            columns: &[$($crate::store::batch::column!($name $kind)),+],
        }
    };
}
macro_rules! packed {
    ($alias:literal $first:ident $($field:ident)*) => {
        concat!("SELECT json_group_array(json_array(", $alias, ".", stringify!($first), $(",", $alias, ".", stringify!($field),)* ")")
    };
}
pub(super) use {
    batch_sql, column, ids_sql, insert_sql, packed, packed_sql, postgres_ids, postgres_rows, sqlite_ids, sqlite_rows,
};

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        id: String,
        text: Option<String>,
        number: Option<i64>,
        share: f64,
        kept: bool,
    }

    const BATCH: Batch<Row> =
        batch_sql!("SELECT * FROM ", [id text, text text, number bigint, share float8, kept boolean], " AS r");

    #[test]
    fn rows_are_lists_in_the_order_of_the_columns() {
        let one = Row { id: "a".to_owned(), text: None, number: Some(7), share: 0.5, kept: true };
        let other =
            Row { id: "\"b\"".to_owned(), text: Some("x\0y".to_owned()), number: None, share: 1.0, kept: false };
        let json = BATCH.json(&[&one, &other]).unwrap();
        assert_eq!(json, "[[[\"a\",null,7,0.5,true]],[[\"\\\"b\\\"\",\"x\u{2400}y\",null,1.0,false]]]");
        assert_eq!(BATCH.json(&Vec::<Row>::new()).unwrap(), "[]");
    }

    #[test]
    fn the_statement_names_each_column_once_and_in_order() {
        assert_eq!(
            BATCH.sql.sqlite,
            "SELECT * FROM (SELECT value->>'$[0][0]' AS id, value->>'$[0][1]' AS text, value->>'$[0][2]' AS number, \
             value->>'$[0][3]' AS share, value->>'$[0][4]' AS kept FROM jsonb_each($1)) AS r"
        );
        assert_eq!(
            BATCH.sql.postgres,
            "SELECT * FROM (SELECT * FROM unnest(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS bigint[]), \
             CAST($4 AS float8[]), CAST($5 AS boolean[])) AS x(id, text, number, share, kept)) AS r"
        );
    }
}
