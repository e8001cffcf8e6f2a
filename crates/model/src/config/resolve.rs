//! From a document to the settings the engine reads: defaults filled in, names resolved, the whole checked.

mod group;
mod reader;
mod references;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::reader::Reader;
use super::document::{check, entry_path};
use super::fault::{Fault, nearest};
use super::schema::{COMPANY, GROUP, OUTSIDE, PROMPT, USER};
use super::tree::{self, Node};
use super::{Outside, PromptKind, PromptText, Prompts, ShowNumber, TenantConfig, User, heard_in};
use crate::id::{ConfigVersion, PartyId, PartyName, PromptName, TenantId};
use crate::input::Activity;
use crate::language::Language;
use crate::number::{Country, Number, PhoneNumber};

/// What resolving needs from outside.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The party of a user's or outside person's name.
    pub party: &'a dyn Fn(&PartyName) -> PartyId,
    /// Built-in prompts; the company's own are added and win.
    pub prompts: &'a Prompts,
    /// Whether a time zone exists.
    pub time_zone: &'a dyn Fn(&str) -> bool,
}

/// Resolves a document that has been checked.
///
/// # Errors
/// Every name that refers to nothing, every number given twice, and the like.
pub fn resolve(
    document: &Node,
    version: ConfigVersion,
    around: Around<'_>,
) -> Result<TenantConfig, Vec<Fault>> {
    let mut faults = Vec::new();
    let company = document.table().and_then(|table| table.get("company"));
    let company = Reader::new(company, COMPANY, "company".to_owned());
    let Some(mut config) = of_company(&company, version, around, &mut faults) else {
        return Err(vec![company.fault("id", "is missing: it says whose settings these are".to_owned())]);
    };
    let list = |name: &str| {
        document.table().and_then(|table| table.get(name)).and_then(Node::list).unwrap_or_default()
    };
    let mut names = Names::default();
    for (at, node) in list("user").iter().enumerate() {
        let reader = Reader::new(Some(node), USER, entry_path("user", "name", at, node));
        add_user(&mut config, &reader, &mut names, around, &mut faults);
    }
    for (at, node) in list("outside").iter().enumerate() {
        let reader = Reader::new(Some(node), OUTSIDE, entry_path("outside", "name", at, node));
        add_outside(&mut config, &reader, &mut names, around, &mut faults);
    }
    add_prompts(&mut config, list("prompt"), &mut faults);
    for (at, node) in list("group").iter().enumerate() {
        let reader = Reader::new(Some(node), GROUP, entry_path("group", "number", at, node));
        group::add_group(&mut config, &reader, &mut names, &mut faults);
    }
    references::check_own_number(&config, &company, &names.numbers, &mut faults);
    references::check_groups(&config, list("group"), &mut faults);
    references::take_shown_numbers(&mut config, list("user"), &mut faults);
    // A map that grew entry by entry is half empty; one made from all of them at once is full.
    config.users = std::mem::take(&mut config.users).into_iter().collect();
    if faults.is_empty() { Ok(config) } else { Err(faults) }
}

/// Reads a company file (TOML) that stands alone, for simulations and tests: people are numbered from 1, users
/// first, in the order of the file; any time zone is good.
///
/// # Errors
/// Every fault of form and meaning.
pub fn read(text: &str, built_in: &Prompts) -> Result<TenantConfig, Vec<Fault>> {
    let document = tree::of_toml(text).map_err(|fault| vec![fault])?;
    read_tree(&document, built_in)
}

/// As `read`, for a document that has been read and perhaps changed.
///
/// # Errors
/// Every fault of form and meaning.
pub fn read_tree(document: &Node, built_in: &Prompts) -> Result<TenantConfig, Vec<Fault>> {
    let form = check(document);
    let mut people: BTreeMap<String, PartyId> = BTreeMap::new();
    for list in ["user", "outside"] {
        let entries = document.table().and_then(|table| table.get(list)).and_then(Node::list);
        for entry in entries.unwrap_or_default() {
            let Some(name) = entry.table().and_then(|table| table.get("name")).and_then(Node::text) else {
                continue;
            };
            let next = PartyId(people.len() as u64 + 1);
            people.entry(name.to_owned()).or_insert(next);
        }
    }
    let around = Around {
        party: &|name| people.get(name.as_str()).copied().unwrap_or(PartyId(0)),
        prompts: built_in,
        time_zone: &|_| true,
    };
    match (form.is_empty(), resolve(document, ConfigVersion(1), around)) {
        (true, Ok(config)) => Ok(config),
        (_, Ok(_)) => Err(form),
        (_, Err(meaning)) => Err(super::fault::together(form, meaning)),
    }
}

/// What the company itself has set; `None` without a good id.
fn of_company(
    company: &Reader<'_>,
    version: ConfigVersion,
    around: Around<'_>,
    faults: &mut Vec<Fault>,
) -> Option<TenantConfig> {
    let id = company.parsed::<TenantId>("id")?;
    let zone = company.text("time_zone").unwrap_or_default();
    if !(around.time_zone)(&zone) {
        faults.push(company.fault("time_zone", format!("\"{zone}\" is no time zone, as Europe/Tallinn")));
    }
    for domain in company.texts("domains").iter().filter(|domain| !is_host(domain)) {
        let text = format!("\"{domain}\" is no domain, as sinilind.example or 192.0.2.1");
        faults.push(company.fault("domains", text));
    }
    let country = company.text("country").and_then(|country| Country::of(&country));
    let red = Activity::ALL.into_iter().filter(|activity| company.has_word("presence_red", activity.word()));
    Some(TenantConfig {
        name: company.text("name").unwrap_or_default(),
        number: company.parsed("number"),
        id,
        version,
        time_zone: zone,
        language: company.language(Language::Et),
        country: country.or_else(|| Country::of("EE")).expect("Estonia is known"),
        calls_max: company.limit("calls_max"),
        presence_red: red.collect(),
        pause_reasons: company.texts("pause_reasons"),
        domains: company.texts("domains").iter().map(|domain| domain.to_ascii_lowercase()).collect(),
        users: BTreeMap::new(),
        outside: BTreeMap::new(),
        groups: BTreeMap::new(),
        prompts: around.prompts.clone(),
    })
}

/// Whether it can stand as the host of a SIP address (RFC 3261 25.1, `host`).
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match address {
        Some(address) => {
            address.contains(':') && address.bytes().all(|octet| octet.is_ascii_hexdigit() || octet == b':')
        }
        None => text.split('.').all(label),
    }
}

/// What must be unique within a company.
#[derive(Default)]
struct Names {
    people: BTreeMap<String, PartyId>,
    numbers: BTreeSet<Number>,
    groups: BTreeSet<String>,
}

impl Names {
    fn take_number(&mut self, reader: &Reader<'_>, key: &str, number: Number, faults: &mut Vec<Fault>) {
        if !self.numbers.insert(number) {
            faults.push(reader.fault(key, format!("{number} is given to somebody else already")));
        }
    }

    fn take_person(
        &mut self,
        reader: &Reader<'_>,
        name: &PartyName,
        party: PartyId,
        faults: &mut Vec<Fault>,
    ) {
        if name.as_str() == "none" {
            faults.push(reader.fault("name", "\"none\" says that there is nobody".to_owned()));
        }
        if self.people.insert(name.to_string(), party).is_some() {
            faults.push(reader.fault("name", format!("{name} is the name of somebody else already")));
        }
    }

    fn find(&self, reader: &Reader<'_>, key: &str, name: &str, faults: &mut Vec<Fault>) -> Option<PartyId> {
        let found = self.people.get(name).copied();
        if found.is_none() {
            let hint = nearest(name, self.people.keys().map(String::as_str));
            let hint = hint.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            faults.push(reader.fault(key, format!("there is no {name}{hint}")));
        }
        found
    }
}

fn add_user(
    config: &mut TenantConfig,
    reader: &Reader<'_>,
    names: &mut Names,
    around: Around<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(name) = reader.parsed::<PartyName>("name") else { return };
    let party = (around.party)(&name);
    names.take_person(reader, &name, party, faults);
    let extension = reader.parsed("extension");
    let number: Option<PhoneNumber> = reader.parsed("number");
    if let Some(extension) = extension {
        names.take_number(reader, "extension", Number::Short(extension), faults);
        if config.country.emergency.contains(&extension) {
            faults.push(reader.fault("extension", format!("{extension} is an emergency number")));
        }
    }
    if let Some(number) = number {
        names.take_number(reader, "number", Number::E164(number), faults);
    }
    let user = User {
        display_name: reader.text("display_name").unwrap_or_default(),
        name,
        extension,
        number,
        mobile: reader.parsed("mobile"),
        language: reader.language(config.language),
        call_waiting: reader.truth("call_waiting"),
        calls_max: reader.whole("calls_max"),
        admin: reader.has_word("roles", "admin"),
        supervisor: reader.has_word("roles", "supervisor"),
        title: reader.text("title").unwrap_or_default(),
        department: reader.text("department").unwrap_or_default(),
        keywords: reader.texts("keywords"),
        // Groups are not known yet: `references` has the last word.
        show_number: ShowNumber::Own,
    };
    config.users.insert(party, user);
}

fn add_outside(
    config: &mut TenantConfig,
    reader: &Reader<'_>,
    names: &mut Names,
    around: Around<'_>,
    faults: &mut Vec<Fault>,
) {
    let (Some(name), Some(number)) = (reader.parsed::<PartyName>("name"), reader.parsed("number")) else {
        return;
    };
    let party = (around.party)(&name);
    names.take_person(reader, &name, party, faults);
    let language = reader.language(config.language);
    config.outside.insert(party, Outside { name, number, language });
}

fn add_prompts(config: &mut TenantConfig, list: &[Node], faults: &mut Vec<Fault>) {
    let (mut places, mut prompts) = (Vec::new(), Vec::new());
    for (at, node) in list.iter().enumerate() {
        let reader = Reader::new(Some(node), PROMPT, entry_path("prompt", "name", at, node));
        let language = reader.text("language").as_deref().and_then(Language::from_code);
        let (Some(name), Some(language)) = (reader.parsed::<PromptName>("name"), language) else { continue };
        if name.as_str() == "none" {
            faults.push(reader.fault("name", "\"none\" says that nothing is played".to_owned()));
        }
        let kind = PromptKind::of(reader.text("kind").as_deref());
        let text = reader.text("text");
        if reader.text("hash").is_none() {
            let fault = match (&text, kind) {
                (None, _) => Some("has no sound: give a file (`file = \"x.wav\"`) or a `text` to be spoken"),
                (Some(_), PromptKind::Music) => {
                    Some("music cannot be spoken: give a file (`file = \"x.ogg\"`)")
                }
                (Some(_), PromptKind::Speech) => None,
            };
            faults.extend(fault.map(|fault| reader.fault("file", fault.to_owned())));
        }
        let text = text.unwrap_or_else(|| match kind {
            PromptKind::Speech => name.to_string(),
            PromptKind::Music => String::new(),
        });
        places.push((language, kind));
        prompts.push((name, PromptText { text: Arc::from(text) }));
    }
    for (language, at) in heard_in(&places) {
        let (name, text) = &prompts[at];
        config.prompts.0.entry(name.clone()).or_default().insert(language, text.clone());
    }
}
