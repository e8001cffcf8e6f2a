//! Who may register and call from phones: a snapshot that the server makes from all companies' settings.

use std::collections::HashMap;

use model::id::{PartyId, PartyName, TenantId};
use sip_proto::auth::Secret;

/// A phone's account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose company.
    pub tenant: TenantId,
    /// Whose.
    pub party: PartyId,
    /// SIP user name.
    pub user: PartyName,
    /// For digest.
    pub password: Secret,
}

/// All accounts. A name belongs to one account within a company; over the platform it may stand in several.
#[derive(Debug, Default)]
pub struct Accounts {
    /// In order of their names.
    accounts: Vec<Account>,
    domains: HashMap<String, TenantId>,
}

impl Accounts {
    /// From the accounts of all companies and their SIP domains.
    pub fn new(
        mut accounts: Vec<Account>,
        domains: impl IntoIterator<Item = (String, TenantId)>,
    ) -> Accounts {
        accounts.sort_by(|one, other| one.user.cmp(&other.user));
        let domains =
            domains.into_iter().map(|(domain, tenant)| (domain.to_ascii_lowercase(), tenant)).collect();
        Accounts { accounts, domains }
    }

    /// The account of an authentication name, said for an address of record at `host` (demo.md, "SIP user name"):
    /// `mari@sinilind` always names one; a bare name is sought in the company whose domain `host` is, and with
    /// any other host it must be the only one on the platform.
    pub fn find(&self, name: &str, host: &str) -> Option<&Account> {
        if let Some((user, company)) = name.split_once('@') {
            let by_domain = self.domains.get(&company.to_ascii_lowercase());
            return self
                .named(user)
                .find(|account| account.tenant.as_str() == company || Some(&account.tenant) == by_domain);
        }
        let candidates = self.named(name);
        match self.domains.get(&host.to_ascii_lowercase()) {
            Some(tenant) => candidates.into_iter().find(|account| account.tenant == *tenant),
            None => {
                let mut candidates = candidates;
                let only = candidates.next()?;
                candidates.next().is_none().then_some(only)
            }
        }
    }

    fn named(&self, user: &str) -> impl Iterator<Item = &Account> + use<'_> {
        let from = self.accounts.partition_point(|account| account.user.as_str() < user);
        let count = self.accounts[from..].partition_point(|account| account.user.as_str() == user);
        self.accounts[from..from + count].iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(tenant: &str, user: &str, party: u64) -> Account {
        Account {
            tenant: tenant.parse().unwrap(),
            party: PartyId(party),
            user: user.parse().unwrap(),
            password: Secret::new("x"),
        }
    }

    #[test]
    fn a_name_is_sought_by_company_domain_or_alone() {
        let list = vec![
            account("sinilind", "mari", 1),
            account("kuukivi", "mari", 2),
            account("kuukivi", "kuno", 3),
        ];
        let domains = [("sinilind.demo".to_owned(), "sinilind".parse().unwrap())];
        let accounts = Accounts::new(list, domains);
        let party = |name: &str, host: &str| accounts.find(name, host).map(|account| account.party.0);
        assert_eq!(party("mari", "sinilind.demo"), Some(1));
        assert_eq!(party("mari", "127.0.0.1"), None, "not the only one");
        assert_eq!(party("kuno", "127.0.0.1"), Some(3));
        assert_eq!(party("kuno", "sinilind.demo"), None);
        assert_eq!(party("mari@kuukivi", "127.0.0.1"), Some(2));
        assert_eq!(party("mari@sinilind.demo", "127.0.0.1"), Some(1));
    }
}
