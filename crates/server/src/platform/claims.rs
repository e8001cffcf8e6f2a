//! What only one company of the platform can have: numbers, SIP domains, members of groups that share theirs with
//! none. The store has the last word; what is said here is said before anything is written, of all of it at once,
//! with the path in the file.

use std::collections::BTreeMap;

use model::config::TenantConfig;
use model::config::fault::Fault;
use model::id::{PartyId, PartyName};
use model::number::Number;
use store::{Claim, ClaimKind};

/// A claim and where the company file makes it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) claim: Claim,
    pub(super) path: String,
}

/// All claims of a company.
pub(super) fn claims(config: &TenantConfig) -> Vec<Made> {
    let mut claims = Vec::new();
    let mut claim = |kind, label: String, path: String| {
        claims.push(Made { claim: Claim { kind, label }, path });
    };
    for domain in &config.domains {
        claim(ClaimKind::Domain, domain.clone(), "company.domains".to_owned());
    }
    for number in config.groups.keys() {
        if let Number::E164(phone) = number {
            claim(ClaimKind::Number, phone.to_string(), format!("group[{number}].number"));
        }
    }
    for user in config.users.values() {
        if let Some(number) = user.number {
            claim(ClaimKind::Number, number.to_string(), format!("user[{}].number", user.name));
        }
    }
    for (number, group) in config.groups.iter().filter(|(_, group)| group.exclusive) {
        for member in &group.members {
            let name = config.party_name(member.party).map_or("?", PartyName::as_str);
            let path = format!("group[{number}].member[{name}]");
            claim(ClaimKind::Membership, member_label(config, member.party, name), path);
        }
    }
    claims
}

/// req K-35: by the telephone number, whosever member it is; users without one by their own name.
fn member_label(config: &TenantConfig, party: PartyId, name: &str) -> String {
    let outside = config.outside.get(&party).map(|outside| outside.number);
    let own = || config.users.get(&party).and_then(|user| user.mobile.or(user.number));
    outside.or_else(own).map_or_else(|| format!("{name}@{}", config.id), |number| number.to_string())
}

/// Those that the file makes twice.
pub(super) fn doubled(own: &[Made]) -> Vec<Fault> {
    let mut first: BTreeMap<&Claim, &Made> = BTreeMap::new();
    let mut faults = Vec::new();
    for made in own {
        if let Some(before) = first.insert(&made.claim, made) {
            faults.push(fault(
                &made.path,
                format!("{} is claimed by {} already", made.claim.label, before.path),
            ));
        }
    }
    faults
}

/// What is another company's, without a word about whose.
pub(super) fn foreign(made: &Made) -> Fault {
    let text = format!("{} belongs to another company or group of this platform", made.claim.label);
    fault(&made.path, text)
}

fn fault(path: &str, text: String) -> Fault {
    Fault { line: None, path: path.to_owned(), text }
}
