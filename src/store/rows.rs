//! How values reach a statement: scalar binds, and whole batches as one JSON array.
//!
//! A batch is bound as JSON text and read by the database as a relation (`jsonb_each` on SQLite, `json_to_recordset` on
//! PostgreSQL), so that one statement serves any number of rows and both databases share its head and tail.

use super::Db;
use serde::de::Visitor;
use serde::{Deserializer, Serialize};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Postgres, Sqlite};
use std::collections::BTreeMap;
use std::fmt::Formatter;

/// One query, in the words of each database.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// The same text for both.
    pub const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// A bind: a scalar, or a batch. NULL keeps its type, which PostgreSQL needs. Text is made storable on the way in
/// (`storable`), so that both databases keep the same.
#[derive(Clone, Debug)]
pub enum Arg {
    /// A batch, as the JSON text that `batch` makes.
    Json(String),
    Text(String),
    Int(i64),
    Bool(bool),
    MaybeText(Option<String>),
    MaybeInt(Option<i64>),
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(storable(value))
    }
}
impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::Text(storable(value))
    }
}
impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(storable(&value))
    }
}
impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Self::MaybeText(value.map(storable))
    }
}
impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::MaybeText(value.as_deref().map(storable))
    }
}
impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::MaybeInt(value)
    }
}

macro_rules! binder {
    ($name:ident, $name_as:ident, $db:ty, $args:ty, $row:ty) => {
        pub(super) fn $name<'q>(sql: &'static str, args: &[Arg]) -> Query<'q, $db, $args> {
            let mut query = sqlx::query(sql);
            for arg in args {
                query = match arg {
                    Arg::Json(v) | Arg::Text(v) => query.bind(v.clone()),
                    Arg::Int(v) => query.bind(*v),
                    Arg::Bool(v) => query.bind(*v),
                    Arg::MaybeText(v) => query.bind(v.clone()),
                    Arg::MaybeInt(v) => query.bind(*v),
                };
            }
            query
        }
        pub(super) fn $name_as<'q, T>(sql: &'static str, args: &[Arg]) -> QueryAs<'q, $db, T, $args>
        where
            T: for<'r> FromRow<'r, $row>,
        {
            let mut query = sqlx::query_as(sql);
            for arg in args {
                query = match arg {
                    Arg::Json(v) | Arg::Text(v) => query.bind(v.clone()),
                    Arg::Int(v) => query.bind(*v),
                    Arg::Bool(v) => query.bind(*v),
                    Arg::MaybeText(v) => query.bind(v.clone()),
                    Arg::MaybeInt(v) => query.bind(*v),
                };
            }
            query
        }
    };
}
binder!(bind_sqlite, bind_sqlite_as, Sqlite, SqliteArguments, SqliteRow);
binder!(bind_postgres, bind_postgres_as, Postgres, PgArguments, PgRow);

/// PostgreSQL cannot store the character NUL, and SQLite would cut the text there: it is kept as the visible sign for it.
fn storable(text: &str) -> String {
    text.replace('\0', NUL_SIGN)
}

const NUL_SIGN: &str = "\u{2400}";

/// Rows as the JSON array that `batch_sql!` and `insert_sql!` read.
pub(super) fn batch<T: Serialize>(rows: &[T]) -> Result<Arg, serde_json::Error> {
    let json = serde_json::to_string(rows)?;
    Ok(Arg::Json(without_nul(json)))
}

/// The same as `storable`, for the escape that JSON has for NUL; an escaped backslash before `u0000` is no such escape.
fn without_nul(json: String) -> String {
    const ESCAPE: &str = "u0000";
    if !json.contains("\\u0000") {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix(ESCAPE) {
            out.push_str(NUL_SIGN);
            rest = after;
            continue;
        }
        out.push('\\');
        // What follows belongs to this escape, another backslash included.
        let mut chars = after.chars();
        out.extend(chars.next());
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The ids, each once and in order, as a JSON array of texts: for `batch_sql!` statements over `[id text]`.
pub(super) fn ids_json<S: AsRef<str>>(ids: &[S]) -> Arg {
    let mut ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    ids.sort_unstable();
    ids.dedup();
    // A list of texts always has a form in JSON.
    Arg::Json(without_nul(serde_json::to_string(&ids).unwrap_or_default()))
}

/// The rows in the order of their key. Statements over many rows go through them in this order: two transactions that
/// lock the same rows then wait for each other in one direction only, and PostgreSQL finds no deadlock.
pub(super) fn in_order<'a, T, K: Ord>(rows: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<&'a T> {
    let mut rows: Vec<&T> = rows.iter().collect();
    rows.sort_by_key(|row| key(row));
    rows
}

/// The same with the last row of each key only: an upsert on PostgreSQL refuses to touch a row twice, and an update takes
/// whichever it meets.
pub(super) fn last_of_each<'a, T, K: Ord>(rows: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<&'a T> {
    rows.iter().map(|row| (key(row), row)).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The names that begin with `text`, in either case: what `LOWER(name)` is compared with, by GLOB on SQLite and by LIKE on
/// PostgreSQL.
pub(super) fn begins(db: &Db, text: &str) -> Arg {
    match db {
        Db::Sqlite { .. } => glob(text),
        Db::Postgres(_) => like(text),
    }
    .into()
}

/// A LIKE pattern for names in lower case that begin with `text`.
fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// The same as a GLOB pattern. SQLite knows the lower case of ASCII letters only: other letters match in either case.
fn glob(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if c.is_ascii() && !matches!(c, '*' | '?' | '[') {
            pattern.push(c.to_ascii_lowercase());
        } else {
            pattern.push('[');
            pattern.extend(c.to_lowercase().chain(c.to_uppercase()));
            pattern.push(']');
        }
    }
    pattern + "*"
}

/// The JSON array in `$1` as a relation.
macro_rules! sqlite_rows {
    (id) => {
        "(SELECT value AS id FROM jsonb_each($1))"
    };
    ($first:ident $(, $rest:ident)*) => {
        concat!("(SELECT value->>'", stringify!($first), "' AS ", stringify!($first),
            $(", value->>'", stringify!($rest), "' AS ", stringify!($rest),)* " FROM jsonb_each($1))")
    };
}
macro_rules! postgres_rows {
    (id text) => {
        "(SELECT value AS id FROM json_array_elements_text(CAST($1 AS json)))"
    };
    ($first:ident $first_type:ident $(, $rest:ident $rest_type:ident)*) => {
        concat!("(SELECT * FROM json_to_recordset(CAST($1 AS json)) AS x(", stringify!($first), " ", stringify!($first_type),
            $(", ", stringify!($rest), " ", stringify!($rest_type),)* "))")
    };
}
/// `head (the batch as a relation) tail`; the batch is `$1`.
macro_rules! batch_sql {
    ($head:literal, [$($column:ident $kind:ident),+ $(,)?], $tail:literal) => {
        $crate::store::Sql {
            sqlite: concat!($head, $crate::store::rows::sqlite_rows!($($column),+), $tail),
            postgres: concat!($head, $crate::store::rows::postgres_rows!($($column $kind),+), $tail),
        }
    };
}
/// `INSERT INTO table (columns) SELECT columns FROM batch tail`.
macro_rules! insert_sql {
    ($table:literal, [$first:ident $first_type:ident $(, $rest:ident $rest_type:ident)* $(,)?], $tail:literal) => {
        $crate::store::Sql {
            sqlite: concat!("INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($rest))*, ") SELECT r.",
                stringify!($first) $(, ", r.", stringify!($rest))*, " FROM ",
                $crate::store::rows::sqlite_rows!($first $(, $rest)*), " AS r WHERE true ", $tail),
            postgres: concat!("INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($rest))*, ") SELECT r.",
                stringify!($first) $(, ", r.", stringify!($rest))*, " FROM ",
                $crate::store::rows::postgres_rows!($first $first_type $(, $rest $rest_type)*), " AS r WHERE true ", $tail),
        }
    };
}
/// The columns of `alias`, all of a row's fields in their order, FROM (head) the batch (tail), ordered by `order`; for
/// `Tx::fetch_packed`.
macro_rules! packed_sql {
    ($alias:literal [$first:ident $(, $rest:ident)* $(,)?], $head:literal, [$($column:ident $kind:ident),+ $(,)?], $tail:literal, $order:literal) => {
        $crate::store::Sql {
            sqlite: concat!("SELECT json_group_array(json_array(", $alias, ".", stringify!($first) $(, ",", $alias, ".", stringify!($rest))*, ") ORDER BY ", $order,
                ") FROM ", $head, $crate::store::rows::sqlite_rows!($($column),+), $tail),
            postgres: concat!("SELECT ", $alias, ".* FROM ", $head, $crate::store::rows::postgres_rows!($($column $kind),+), $tail, " ORDER BY ", $order),
        }
    };
}
pub(super) use {batch_sql, insert_sql, packed_sql, postgres_rows, sqlite_rows};

/// A truth value as JSON has it, or as SQLite keeps it.
pub(super) fn truth<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    struct Truth;
    impl Visitor<'_> for Truth {
        type Value = bool;
        fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
            f.write_str("true, false, 1 or 0")
        }
        fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }
        fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
            Ok(value != 0)
        }
    }
    value.deserialize_any(Truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match batch(&[text]).unwrap() {
            Arg::Json(json) => json,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nul_becomes_its_sign_and_nothing_else_changes() {
        assert_eq!(json("a\0b"), "[\"a\u{2400}b\"]");
        assert_eq!(json("\0\0"), "[\"\u{2400}\u{2400}\"]");
        // The six characters of the escape, as a text: JSON inside JSON.
        let inner = r#"{"text":"a\u0000b"}"#;
        let outer = json(inner);
        assert_eq!(serde_json::from_str::<Vec<String>>(&outer).unwrap(), [inner]);
        let mixed = "\\\0\\u0000 \" é \n";
        let read = serde_json::from_str::<Vec<String>>(&json(mixed)).unwrap();
        assert_eq!(read, ["\\\u{2400}\\u0000 \" é \n"]);
    }

    #[test]
    fn rows_are_ordered_and_the_last_of_a_key_counts() {
        let rows = [("b", 1), ("a", 1), ("b", 2)];
        assert_eq!(in_order(&rows, |r| r.0), [&("a", 1), &("b", 1), &("b", 2)]);
        assert_eq!(last_of_each(&rows, |r| r.0), [&("a", 1), &("b", 2)]);
    }
}
