//! The demo companies (demo.md): public passwords, public tokens, only with `--demo`.

use anyhow::bail;
use api::gateway::{ApplyFile, ApplyMode, ApplyRefusal, Format, Prune};
use model::id::TenantId;
use store::{NewToken, Store, TokenScope};

use crate::platform::Platform;

const COMPANIES: [(&str, &str); 2] =
    [("sinilind", include_str!("../demo/sinilind.toml")), ("kuukivi", include_str!("../demo/kuukivi.toml"))];

/// People of Sinilind whose token is `demo-NAME-token`.
const PEOPLE: [&str; 14] = [
    "mari", "juri", "kati", "toomas", "liis", "peeter", "aino", "eero", "sari", "astrid", "bjorn", "sirje",
    "info", "valve",
];

/// Writes the demo companies that do not exist yet.
///
/// # Errors
/// A demo file is broken, or the database fails.
pub(crate) async fn companies(platform: &Platform) -> anyhow::Result<()> {
    for (id, text) in COMPANIES {
        let tenant: TenantId = id.parse()?;
        if platform.company(&tenant).is_some() {
            continue;
        }
        let file = ApplyFile {
            text: text.to_owned(),
            format: Format::Toml,
            name: Some(format!("{id}.toml")),
            prune: Prune::Keep,
            mode: ApplyMode::Write,
            by: "demo".to_owned(),
        };
        match platform.apply(&tenant, &file).await {
            Ok(_) => {}
            Err(ApplyRefusal::Faults(faults)) => {
                let faults: Vec<String> =
                    faults.iter().map(|fault| format!("{}: {}", fault.path, fault.text)).collect();
                bail!("the demo company {id} is broken: {}", faults.join("; "));
            }
            Err(refusal) => bail!("the demo company {id} could not be written: {refusal:?}"),
        }
    }
    Ok(())
}

/// Writes the demo tokens.
///
/// # Errors
/// The database fails.
pub(crate) async fn tokens(store: &Store) -> anyhow::Result<()> {
    let sinilind: TenantId = "sinilind".parse()?;
    let kuukivi: TenantId = "kuukivi".parse()?;
    let mut tokens = vec![
        ("demo-operator-token".to_owned(), TokenScope::Operator),
        ("demo-admin-token".to_owned(), TokenScope::Company(sinilind.clone())),
        ("demo-kuukivi-token".to_owned(), TokenScope::Company(kuukivi.clone())),
        ("demo-kuno-token".to_owned(), TokenScope::Person(kuukivi, "kuno".parse()?)),
    ];
    for name in PEOPLE {
        tokens.push((format!("demo-{name}-token"), TokenScope::Person(sinilind.clone(), name.parse()?)));
    }
    for (token, scope) in tokens {
        store.put_token(&NewToken { token, scope, expires: None }).await?;
    }
    Ok(())
}
