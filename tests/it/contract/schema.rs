//! The two schemas, read from the live databases, are one.

use super::Store;
use crate::app::On;
use between::store::Db;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// text, integer, boolean or float.
    pub family: String,
    pub nullable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    pub unique: bool,
    pub partial: bool,
    /// Columns in order; an expression is "expression".
    pub columns: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    pub indexes: BTreeMap<String, Index>,
    /// (column, the words it may hold), in the order of the columns.
    pub checks: Vec<(String, Vec<String>)>,
    /// (column, table it refers to), sorted.
    pub references: Vec<(String, String)>,
}

const MIGRATIONS: &str = "_sqlx_migrations";

/// Every table of the product.
pub async fn tables(store: &Store) -> Vec<Table> {
    let names = match store.on {
        On::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        On::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name::text COLLATE \"C\""
        }
    };
    let mut tables = Vec::new();
    for name in store.column(names).await {
        if name != MIGRATIONS {
            tables.push(match store.on {
                On::Sqlite => sqlite_table(store, &name).await,
                On::Postgres => postgres_table(store, &name).await,
            });
        }
    }
    tables
}

/// The rows of a query whose columns are all text.
async fn read(store: &Store, text: String) -> Vec<Vec<String>> {
    use sqlx::Row;
    let text = sqlx::AssertSqlSafe(text);
    macro_rules! texts {
        ($rows:expr) => {
            $rows.iter().map(|row| (0..row.len()).map(|n| row.get::<String, _>(n)).collect()).collect()
        };
    }
    match &store.db {
        Db::Sqlite { write, .. } => texts!(sqlx::query(text).fetch_all(write).await.unwrap()),
        Db::Postgres { read: pool, .. } => texts!(sqlx::query(text).fetch_all(pool).await.unwrap()),
    }
}

fn family(kind: &str) -> String {
    match kind.to_uppercase().as_str() {
        "TEXT" => "text",
        "BIGINT" => "integer",
        "BOOLEAN" => "boolean",
        "DOUBLE PRECISION" => "float",
        other => panic!("a type that no column has: {other}"),
    }
    .to_owned()
}

/// The words in quotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

async fn sqlite_table(store: &Store, name: &str) -> Table {
    let info = format!(
        r#"SELECT name, type, CAST("notnull" AS TEXT), CAST(pk AS TEXT) FROM pragma_table_xinfo('{name}') ORDER BY cid"#
    );
    let info = read(store, info).await;
    let mut key: Vec<_> = info.iter().filter(|c| c[3] != "0").map(|c| (c[3].clone(), c[0].clone())).collect();
    key.sort();
    let mut indexes = BTreeMap::new();
    let list = format!(
        r#"SELECT name, CAST("unique" AS TEXT), CAST(partial AS TEXT) FROM pragma_index_list('{name}') WHERE origin = 'c'"#
    );
    for index in read(store, list).await {
        let columns =
            format!("SELECT COALESCE(name, 'expression') FROM pragma_index_info('{}') ORDER BY seqno", index[0]);
        let columns = store.column(&columns).await;
        indexes.insert(index[0].clone(), Index { unique: index[1] == "1", partial: index[2] == "1", columns });
    }
    let create = store.column(&format!("SELECT sql FROM sqlite_master WHERE name = '{name}'")).await.remove(0);
    let checks = create.split("CHECK (").skip(1).map(|check| {
        let (column, words) = check.split_once(" IN (").unwrap();
        (column.to_owned(), quoted(words.split_once(')').unwrap().0))
    });
    let references =
        read(store, format!(r#"SELECT "from", "table" FROM pragma_foreign_key_list('{name}') ORDER BY 1"#)).await;
    Table {
        name: name.to_owned(),
        columns: info
            .iter()
            .map(|c| Column { name: c[0].clone(), family: family(&c[1]), nullable: c[2] == "0" })
            .collect(),
        primary_key: key.into_iter().map(|(_, name)| name).collect(),
        indexes,
        checks: checks.collect(),
        references: references.into_iter().map(|r| (r[0].clone(), r[1].clone())).collect(),
    }
}

async fn postgres_table(store: &Store, name: &str) -> Table {
    let columns = format!(
        "SELECT column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = '{name}' ORDER BY ordinal_position"
    );
    let columns: Vec<_> = read(store, columns)
        .await
        .into_iter()
        .map(|c| Column { name: c[0].clone(), family: family(&c[1]), nullable: c[2] == "YES" })
        .collect();
    let mut indexes = BTreeMap::new();
    let mut primary_key = Vec::new();
    let list = format!(
        "SELECT c.relname::text, i.indisunique::text, (i.indpred IS NOT NULL)::text, i.indisprimary::text,
           (SELECT string_agg(CASE WHEN k.attnum = 0 THEN 'expression' ELSE a.attname::text END, ',' ORDER BY k.place)
            FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, place)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = '{name}'::regclass"
    );
    for index in read(store, list).await {
        let columns = index[4].split(',').map(str::to_owned).collect();
        if index[3] == "true" {
            primary_key = columns;
        } else {
            indexes
                .insert(index[0].clone(), Index { unique: index[1] == "true", partial: index[2] == "true", columns });
        }
    }
    let constraints = format!(
        "SELECT a.attname::text, c.contype::text, pg_get_constraintdef(c.oid), COALESCE(c.confrelid::regclass::text, '')
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.conrelid = '{name}'::regclass AND c.contype IN ('c', 'f') ORDER BY a.attnum"
    );
    let (mut checks, mut references) = (Vec::new(), Vec::new());
    for constraint in read(store, constraints).await {
        if constraint[1] == "c" {
            checks.push((constraint[0].clone(), quoted(&constraint[2])));
        } else {
            references.push((constraint[0].clone(), constraint[3].clone()));
        }
    }
    references.sort();
    Table { name: name.to_owned(), columns, primary_key, indexes, checks, references }
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let Some(postgres) = Store::start(On::Postgres).await else {
        return;
    };
    let sqlite = Store::start(On::Sqlite).await.unwrap();
    let (left, right) = (tables(&sqlite).await, tables(&postgres).await);
    let names = |tables: &[Table]| tables.iter().map(|t| t.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    assert!(left.len() >= 32, "{}", left.len());
    for (left, right) in left.iter().zip(&right) {
        assert_eq!(left, right, "SQLite on the left, PostgreSQL on the right");
    }
    let indexes: usize = left.iter().map(|t| t.indexes.len()).sum();
    let checks: usize = left.iter().map(|t| t.checks.len()).sum();
    assert!(indexes >= 40 && checks >= 17, "{indexes} indexes, {checks} checks: is this test reading them?");
}

/// The program orders its batches byte by byte, so that two transactions lock in one order: the database must agree. And an index
/// serves only comparisons by its own rule: one key that is left out, and a statement reads whole tables.
#[tokio::test]
async fn postgres_compares_keys_byte_by_byte() {
    let Some(store) = Store::start(On::Postgres).await else {
        return;
    };
    let keys = "SELECT i.indexrelid::regclass::text || ' ' || o.collname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         CROSS JOIN unnest(i.indcollation::oid[]) AS k(rule) JOIN pg_collation o ON o.oid = k.rule
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relname <> '_sqlx_migrations' ORDER BY 1";
    let keys: Vec<String> = store.column(keys).await;
    assert!(keys.len() >= 100, "{}: is this test reading them?", keys.len());
    let others: Vec<_> = keys.iter().filter(|key| !key.ends_with(" C")).collect();
    assert!(others.iter().all(|key| key.as_str() == "patient_name default"), "{others:?}");
}
