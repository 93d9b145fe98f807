//! How values reach a statement: scalar binds, lists of texts, and whole batches of rows (see `batch`).

use super::Db;
use serde::Deserializer;
use serde::de::Visitor;
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
    /// A list of texts: JSON for SQLite, an array for PostgreSQL.
    Texts(Vec<String>),
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
    ($name:ident, $name_as:ident, $texts:ident, $db:ty, $args:ty, $row:ty) => {
        pub(super) fn $name<'q>(sql: &'static str, args: &[Arg]) -> Query<'q, $db, $args> {
            let mut query = sqlx::query(sql);
            for arg in args {
                query = match arg {
                    Arg::Texts(v) => query.bind($texts(v)),
                    Arg::Text(v) => query.bind(v.clone()),
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
                    Arg::Texts(v) => query.bind($texts(v)),
                    Arg::Text(v) => query.bind(v.clone()),
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
binder!(bind_sqlite, bind_sqlite_as, json_of, Sqlite, SqliteArguments, SqliteRow);
binder!(bind_postgres, bind_postgres_as, array_of, Postgres, PgArguments, PgRow);

fn json_of(texts: &[String]) -> String {
    // A list of texts always has a form in JSON.
    serde_json::to_string(texts).unwrap_or_default()
}

fn array_of(texts: &[String]) -> Vec<String> {
    texts.to_vec()
}

/// PostgreSQL cannot store the character NUL, and SQLite would cut the text there: it is kept as the visible sign for it.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', NUL_SIGN)
}

const NUL_SIGN: &str = "\u{2400}";

/// The ids, each once and in order: for statements over a list of texts.
pub(super) fn ids<S: AsRef<str>>(ids: &[S]) -> Arg {
    let mut ids: Vec<String> = ids.iter().map(|id| storable(id.as_ref())).collect();
    ids.sort_unstable();
    ids.dedup();
    Arg::Texts(ids)
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
        Db::Postgres { .. } => like(text),
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

    #[test]
    fn rows_are_ordered_and_the_last_of_a_key_counts() {
        let rows = [("b", 1), ("a", 1), ("b", 2)];
        assert_eq!(in_order(&rows, |r| r.0), [&("a", 1), &("b", 1), &("b", 2)]);
        assert_eq!(last_of_each(&rows, |r| r.0), [&("a", 1), &("b", 2)]);
    }
}
