//! The same stories of the store on both engines: a SQLite file, and PostgreSQL by `HELIN_TEST_POSTGRES`.
//!
//! Every test has a database of its own. Without PostgreSQL the tests fail; they never pass it over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Runs each story on SQLite and on PostgreSQL, as a test of its own.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(&crate::place::Place::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(&crate::place::Place::postgres().await).await;
            })+
        }
    };
}

mod calls;
mod companies;
mod keep;
mod opening;
mod people;
mod place;
mod sample;
mod secrets;
mod statements;
mod ties;
mod tokens;
mod writer;
