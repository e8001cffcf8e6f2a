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
            made_from: None,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::config::Distribution;
    use model::config::resolve::read;

    use super::*;

    #[test]
    fn the_demo_companies_are_without_fault() {
        let (built_in, _) = crate::builtin::load().unwrap();
        for (id, text) in COMPANIES {
            let config = read(text, &built_in).unwrap();
            assert_eq!(config.id.as_str(), id);
        }
    }

    #[test]
    fn the_demo_queues_are_those_that_people_are_told_of() {
        let (built_in, _) = crate::builtin::load().unwrap();
        let config = read(COMPANIES[0].1, &built_in).unwrap();
        let sirje = config.party_by_name("sirje").unwrap();
        assert!(config.groups.values().all(|group| group.supervisors == [sirje]));
        let groups: BTreeMap<String, _> =
            config.groups.iter().map(|(number, group)| (number.to_string(), group)).collect();
        let names = |number: &str| -> Vec<&str> {
            let members = groups[number].members.iter().filter(|member| member.logged_in);
            members.map(|member| config.party_name(member.party).unwrap().as_str()).collect()
        };
        let service = groups["+35810200010"];
        assert_eq!(service.distribution, Distribution::Skill);
        assert_eq!((service.ring_time.0, service.wrap_up.unwrap().0), (10_000, 5_000));
        let queue = service.queue.as_ref().unwrap();
        assert_eq!((queue.size_max, queue.wait_max.unwrap().0), (Some(50), 300_000));
        assert!(service.announcements.position && service.announcements.wait && service.callback.enabled);
        assert_eq!(service.announcements.repeat_every.unwrap().0, 20_000);
        assert_eq!(names("+35810200010"), ["aino", "eero", "sari"]);
        let attendants = groups["+4681001000"];
        assert_eq!((attendants.parallel, attendants.language), (2, model::language::Language::Sv));
        assert_eq!(attendants.transfer.ring_max.0, 20_000);
        assert_eq!(names("+4681001000"), ["astrid", "bjorn"]);
        assert_eq!(names("8000"), ["aino", "eero"]);
        for name in PEOPLE {
            assert!(config.party_by_name(name).is_some(), "{name} has a token, but is nobody");
        }
    }
}
