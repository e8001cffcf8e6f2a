//! Every statement means the same to both engines: as many parameters, the same columns.

use sqlx::{Column, Either, Executor, PgPool, SqlitePool};
use store::{Store, sql};

use crate::place::Place;

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    let (file, server) = (Place::sqlite(), Place::postgres().await);
    let (lite, pg) = (file.open().await, server.open().await);
    let (Store::Lite(lite), Store::Pg(pg)) = (&lite, &pg) else { panic!("an engine opened as the other") };
    assert!(sql::ALL.len() > 20, "the list of statements is cut short");
    for (name, text) in sql::ALL {
        assert_eq!(on_lite(lite, name, text).await, on_pg(pg, name, text).await, "{name}: {text}");
    }
}

#[tokio::test]
async fn few_calls_are_looked_up_and_the_others_are_not_walked_over() {
    let place = Place::sqlite();
    let store = place.open().await;
    let Store::Lite(pool) = &store else { panic!("it is SQLite") };
    for text in [sql::VISITED, sql::CALLS_OF_PARTY, sql::CALLBACK_CALLS] {
        let mut plan = sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")));
        for parameter in 1..=4_i64 {
            plan = plan.bind(parameter);
        }
        let rows: Vec<(i64, i64, i64, String)> = plan.fetch_all(pool).await.unwrap();
        let plan: Vec<String> = rows.into_iter().map(|(.., step)| step).collect();
        assert!(plan.iter().any(|step| step.contains("call_record") && step.contains("call=?")), "{plan:#?}");
    }
}

/// How many parameters, and the names of its columns.
type Form = (usize, Vec<String>);

async fn on_lite(pool: &SqlitePool, name: &str, text: &'static str) -> Form {
    let mut connection = pool.acquire().await.unwrap();
    let form = (&mut *connection).describe(sqlx::SqlSafeStr::into_sql_str(text)).await;
    let form = form.unwrap_or_else(|fault| panic!("SQLite refuses {name}: {fault}"));
    let columns = form.columns().iter().map(|column| column.name().to_lowercase());
    (count(form.parameters()), columns.map(unnamed).collect())
}

async fn on_pg(pool: &PgPool, name: &str, text: &'static str) -> Form {
    let mut connection = pool.acquire().await.unwrap();
    let form = (&mut *connection).describe(sqlx::SqlSafeStr::into_sql_str(text)).await;
    let form = form.unwrap_or_else(|fault| panic!("PostgreSQL refuses {name}: {fault}"));
    let columns = form.columns().iter().map(|column| column.name().to_lowercase());
    (count(form.parameters()), columns.map(unnamed).collect())
}

fn count<T>(parameters: Option<Either<&[T], usize>>) -> usize {
    match parameters.expect("both engines tell their parameters") {
        Either::Left(types) => types.len(),
        Either::Right(count) => count,
    }
}

/// PostgreSQL calls an expression by its function, SQLite by its text.
fn unnamed(column: String) -> String {
    if column.starts_with("coalesce") { "coalesce".to_owned() } else { column }
}
