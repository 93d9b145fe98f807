//! How values reach a statement: scalar binds, and whole batches as one JSON array.
//!
//! A batch is bound as JSON text and read by the database as a relation (`json_each` on SQLite, `json_to_recordset` on
//! PostgreSQL), so that one statement serves any number of rows and both databases share its head and tail.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Postgres, Sqlite};

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
        Self {
            sqlite: text,
            postgres: text,
        }
    }
}

/// A scalar bind. NULL keeps its type, which PostgreSQL needs.
#[derive(Clone, Debug)]
pub enum Arg {
    Text(String),
    Int(i64),
    Bool(bool),
    MaybeText(Option<String>),
    MaybeInt(Option<i64>),
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(value)
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
        Self::MaybeText(value.map(str::to_owned))
    }
}
impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::MaybeText(value)
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
binder!(
    bind_sqlite,
    bind_sqlite_as,
    Sqlite,
    SqliteArguments,
    SqliteRow
);
binder!(
    bind_postgres,
    bind_postgres_as,
    Postgres,
    PgArguments,
    PgRow
);

/// The ids as a JSON array, for `batch_sql!` statements over `[id text]`.
pub(super) fn ids_json<S: AsRef<str>>(ids: &[S]) -> Arg {
    let rows: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({ "id": id.as_ref() }))
        .collect();
    Arg::Text(serde_json::Value::Array(rows).to_string())
}

/// The JSON array in `$1` as a relation.
macro_rules! sqlite_rows {
    ($first:ident $(, $rest:ident)*) => {
        concat!("(SELECT value->>'", stringify!($first), "' AS ", stringify!($first),
            $(", value->>'", stringify!($rest), "' AS ", stringify!($rest),)* " FROM json_each($1))")
    };
}
macro_rules! postgres_rows {
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
pub(super) use {batch_sql, insert_sql, postgres_rows, sqlite_rows};
