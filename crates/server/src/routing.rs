//! Which company a number belongs to, and what a dialled text means within it.
//!
//! A snapshot, made anew when any company's settings change and swapped in whole. Invariant: a telephone number
//! belongs to one company (the store's directory sees to that).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::config::{Owner, TenantConfig};
use model::id::{PartyId, TenantId};
use model::number::{Number, PhoneNumber, ShortNumber};

/// The echo service of every company (demo.md).
const ECHO: &str = "8099";

/// All companies' numbers.
#[derive(Debug, Default)]
pub(crate) struct Routing {
    numbers: HashMap<PhoneNumber, (TenantId, Owner)>,
    proved: HashMap<PhoneNumber, Vec<(TenantId, PartyId)>>,
    companies: BTreeMap<TenantId, Company>,
}

#[derive(Debug)]
struct Company {
    config: Arc<TenantConfig>,
    short: HashMap<ShortNumber, Owner>,
}

/// What a dialled text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A group or user of the company.
    Own(Owner),
    /// A number elsewhere.
    Outside(PhoneNumber),
    /// Help.
    Emergency(ShortNumber),
    /// A service code.
    Code(String),
    /// The echo service.
    Echo,
    /// Parking, as the target of a transfer.
    Park,
    /// Taking a parked call back.
    Unpark(u8),
    /// Taking the call that rings at a user, or in one's groups.
    PickUp(Option<PartyId>),
    /// Nobody has it.
    Nobody,
}

/// A dialled text, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) meaning: Meaning,
    /// `#31#` hides, `*31#` shows the caller for this call (3GPP TS 22.030).
    pub(crate) hidden: Option<bool>,
}

impl Routing {
    pub(crate) fn of(configs: &BTreeMap<TenantId, Arc<TenantConfig>>) -> Routing {
        let mut routing = Routing::default();
        for (tenant, config) in configs {
            routing.add(tenant, config);
        }
        routing
    }

    fn add(&mut self, tenant: &TenantId, config: &Arc<TenantConfig>) {
        let mut short = HashMap::new();
        for number in config.groups.keys() {
            self.own(tenant, &mut short, *number, Owner::Group(*number));
        }
        for (id, user) in &config.users {
            if let Some(extension) = user.extension {
                short.insert(extension, Owner::User(*id));
            }
            if let Some(number) = user.number {
                self.own(tenant, &mut short, Number::E164(number), Owner::User(*id));
            }
            for number in [user.number, user.mobile].into_iter().flatten() {
                self.proved.entry(number).or_default().push((tenant.clone(), *id));
            }
        }
        for (id, outside) in &config.outside {
            self.proved.entry(outside.number).or_default().push((tenant.clone(), *id));
        }
        self.companies.insert(tenant.clone(), Company { config: config.clone(), short });
    }

    fn own(
        &mut self,
        tenant: &TenantId,
        short: &mut HashMap<ShortNumber, Owner>,
        number: Number,
        owner: Owner,
    ) {
        match number {
            Number::E164(number) => {
                self.numbers.insert(number, (tenant.clone(), owner));
            }
            Number::Short(number) => {
                short.insert(number, owner);
            }
        }
    }

    /// Whom a number reaches from outside.
    pub(crate) fn reached_by(&self, number: PhoneNumber) -> Option<&(TenantId, Owner)> {
        self.numbers.get(&number)
    }

    /// Every number of the platform.
    pub(crate) fn platform_numbers(&self) -> impl Iterator<Item = PhoneNumber> + '_ {
        self.numbers.keys().copied()
    }

    /// The companies in which a network-asserted number proves a person (K-04); the one in which he is a
    /// member of an exclusive group comes first (K-35).
    pub(crate) fn proved_by(&self, number: PhoneNumber) -> Option<&(TenantId, PartyId)> {
        let places = self.proved.get(&number)?;
        let member = places.iter().find(|(tenant, party)| {
            self.companies.get(tenant).is_some_and(|company| {
                let groups = company.config.groups.values();
                groups
                    .filter(|group| group.exclusive)
                    .any(|group| group.members.iter().any(|member| member.party == *party))
            })
        });
        member.or_else(|| places.first())
    }

    /// What a user of a company means by what he dialled.
    pub(crate) fn read(&self, tenant: &TenantId, dialled: &str) -> Reading {
        let Some(company) = self.companies.get(tenant) else {
            return Reading { meaning: Meaning::Nobody, hidden: None };
        };
        for (prefix, hidden) in [("#31#", true), ("*31#", false)] {
            if let Some(rest) = dialled.strip_prefix(prefix)
                && !rest.is_empty()
                && !rest.ends_with('#')
            {
                return Reading { meaning: self.meaning(tenant, company, rest), hidden: Some(hidden) };
            }
        }
        Reading { meaning: self.meaning(tenant, company, dialled), hidden: None }
    }

    /// Park and pick-up (behaviour, "Every call"); whatever else begins so is a service code.
    fn short_code(&self, tenant: &TenantId, company: &Company, dialled: &str) -> Meaning {
        let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        match (dialled.strip_prefix("*7"), dialled.strip_prefix("*8")) {
            (Some(""), _) => Meaning::Park,
            (Some(slot), _) if digits(slot) => match slot.parse() {
                Ok(slot @ 1..=99) => Meaning::Unpark(slot),
                Ok(_) | Err(_) => Meaning::Nobody,
            },
            (_, Some("")) => Meaning::PickUp(None),
            (_, Some(whose)) if digits(whose) => match self.meaning(tenant, company, whose) {
                Meaning::Own(Owner::User(party)) => Meaning::PickUp(Some(party)),
                Meaning::Own(Owner::Group(_))
                | Meaning::Outside(_)
                | Meaning::Emergency(_)
                | Meaning::Code(_)
                | Meaning::Echo
                | Meaning::Park
                | Meaning::Unpark(_)
                | Meaning::PickUp(_)
                | Meaning::Nobody => Meaning::Nobody,
            },
            (Some(_) | None, Some(_) | None) => Meaning::Code(dialled.to_owned()),
        }
    }

    /// A number as a phone's list of calls has it, with a group's prefix or suffix around it: the number alone, where
    /// the whole is none (V-20).
    fn without_affix<'a>(company: &Company, dialled: &'a str) -> Option<&'a str> {
        let is_number = |text: &str| {
            let digits = text.strip_prefix('+').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        if is_number(dialled) {
            return None;
        }
        let groups = company.config.groups.values();
        let mut bare = groups.filter_map(|group| {
            let rest = dialled.strip_prefix(group.show_prefix.as_str())?;
            let rest = rest.strip_suffix(group.show_suffix.as_str())?;
            (rest.len() < dialled.len() && is_number(rest)).then_some(rest)
        });
        bare.next()
    }

    fn meaning(&self, tenant: &TenantId, company: &Company, dialled: &str) -> Meaning {
        let dialled = Self::without_affix(company, dialled).unwrap_or(dialled);
        if dialled.starts_with(['*', '#']) {
            return self.short_code(tenant, company, dialled);
        }
        match company.config.country.read(dialled) {
            Some(Number::Short(short)) if company.config.country.emergency.contains(&short) => {
                Meaning::Emergency(short)
            }
            Some(Number::Short(short)) => match company.short.get(&short) {
                Some(owner) => Meaning::Own(*owner),
                None if short.to_string() == ECHO => Meaning::Echo,
                None => Meaning::Nobody,
            },
            Some(Number::E164(number)) => match self.numbers.get(&number) {
                Some((owner_tenant, owner)) if owner_tenant == tenant => Meaning::Own(*owner),
                Some(_) | None => Meaning::Outside(number),
            },
            None => Meaning::Nobody,
        }
    }
}
