//! `helin token`: makes, lists and revokes API tokens on the data folder. A running Helin reads them at start.

use std::io::Write;

use anyhow::{Context, bail};
use model::time::Utc;
use store::{NewToken, Store, TokenScope};

use crate::cli::{TokenCommand, TokenWhat};
use crate::node::clock::utc_now;
use crate::platform::open_store;
use crate::setup::chance;

/// Runs one of the token commands.
///
/// # Errors
/// The data folder cannot be used, or there is no such company or token.
pub(crate) fn run(command: &TokenCommand) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = open_store(&command.place.settings()?).await?;
        let result = act(&store, &command.what).await;
        store.close().await;
        result
    })
}

async fn act(store: &Store, what: &TokenWhat) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match what {
        TokenWhat::Create { company, operator, user, expires } => {
            let scope = match (company, operator, user) {
                (Some(company), false, None) => TokenScope::Company(company.parse()?),
                (None, true, None) => TokenScope::Operator,
                (None, false, Some(user)) => {
                    let (name, company) = user.split_once('@').context("--user is NAME@COMPANY")?;
                    TokenScope::Person(company.parse()?, name.parse()?)
                }
                (_, _, _) => bail!("say whose token: --company ID, --user NAME@ID or --operator"),
            };
            let token = chance();
            let expires = expires.map(|span| utc_now() + span);
            store.put_token(&NewToken { token: token.clone(), scope, expires }).await?;
            writeln!(out, "{token}")?;
        }
        TokenWhat::List => {
            for row in store.tokens().await? {
                let state = match (row.revoked, row.expires) {
                    (Some(_), _) => "revoked",
                    (None, Some(expires)) if expires <= utc_now() => "expired",
                    (None, Some(_) | None) => "valid",
                };
                let whose = match row.scope {
                    TokenScope::Operator => "operator".to_owned(),
                    TokenScope::Company(tenant) => tenant.to_string(),
                    TokenScope::Person(tenant, name) => format!("{name}@{tenant}"),
                };
                let until = row.expires.map_or_else(|| "-".to_owned(), written);
                writeln!(out, "{}\t{whose}\t{state}\t{until}", row.id)?;
            }
        }
        TokenWhat::Revoke { id } => {
            if !store.revoke_token(*id, utc_now()).await? {
                bail!("there is no valid token {id}; see `helin token list`");
            }
        }
    }
    Ok(())
}

/// `2026-01-01T09:00:00Z`
fn written(Utc(at): Utc) -> String {
    let at = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
    at.round(jiff::Unit::Second).unwrap_or(at).to_string()
}
