//! From a document to the settings the engine reads: defaults filled in, names resolved, the whole checked.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use super::document::entry_path;
use super::fault::{Fault, nearest};
use super::schema::{COMPANY, GROUP, Key, MEMBER, USER};
use super::tree::{Node, Shape};
use super::{Distribution, Group, Member, Outside, Preset, Prompts, RejectCountsAs, TenantConfig, User};
use crate::id::{ConfigVersion, PartyId, PartyName, TenantId};
use crate::language::Language;
use crate::number::{Country, Number, PhoneNumber};
use crate::target::Target;
use crate::time::Span;

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

/// A table being read, with its place and its keys' defaults.
struct Reader<'a> {
    table: &'a BTreeMap<String, Node>,
    keys: &'static [Key],
    path: String,
    line: Option<u32>,
}

static EMPTY: BTreeMap<String, Node> = BTreeMap::new();

impl<'a> Reader<'a> {
    fn new(node: &'a Node, keys: &'static [Key], path: String) -> Reader<'a> {
        Reader { table: node.table().unwrap_or(&EMPTY), keys, path, line: node.line }
    }

    fn default(&self, name: &str) -> Option<&'static str> {
        self.keys.iter().find(|key| key.name == name).and_then(|key| key.default)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.table.get(name).and_then(Node::text).or_else(|| self.default(name))
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    fn truth(&self, name: &str) -> bool {
        match self.table.get(name).map(|node| &node.value) {
            Some(Shape::Truth(truth)) => *truth,
            Some(_) | None => self.default(name) == Some("true"),
        }
    }

    /// A number; `None` where a word says that there is no limit.
    fn limit(&self, name: &str) -> Option<u32> {
        match self.table.get(name).map(|node| &node.value) {
            Some(Shape::Whole(number)) => u32::try_from(*number).ok(),
            Some(_) => None,
            None => self.default(name).and_then(|text| text.parse().ok()),
        }
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let list = self.table.get(name).and_then(Node::list).unwrap_or_default();
        list.iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    fn language(&self, otherwise: Language) -> Language {
        self.text("language").and_then(Language::from_code).unwrap_or(otherwise)
    }

    fn fault(&self, name: &str, text: String) -> Fault {
        let line = self.table.get(name).and_then(|node| node.line).or(self.line);
        Fault { line, path: format!("{}.{name}", self.path), text }
    }
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
    let nothing = Node::of(Shape::Table(BTreeMap::new()));
    let table = document.table().unwrap_or(&EMPTY);
    let company = Reader::new(table.get("company").unwrap_or(&nothing), COMPANY, "company".to_owned());
    let Some(id) = company.parsed::<TenantId>("id") else {
        return Err(vec![company.fault("id", "is missing: it says whose settings these are".to_owned())]);
    };
    let zone = company.text("time_zone").unwrap_or("UTC").to_owned();
    if !(around.time_zone)(&zone) {
        faults.push(company.fault("time_zone", format!("\"{zone}\" is no time zone, as Europe/Tallinn")));
    }
    let country =
        Country::of(company.text("country").unwrap_or("EE")).expect("the schema allows known countries");
    let language = company.language(Language::Et);
    let mut config = TenantConfig {
        name: company.text("name").unwrap_or(id.as_str()).to_owned(),
        id,
        version,
        time_zone: zone,
        language,
        country,
        calls_max: company.limit("calls_max"),
        presence_red: vec![
            crate::input::Activity::Busy,
            crate::input::Activity::Dnd,
            crate::input::Activity::Meeting,
        ],
        pause_reasons: company.texts("pause_reasons"),
        domains: company.texts("domains").iter().map(|domain| domain.to_ascii_lowercase()).collect(),
        users: BTreeMap::new(),
        outside: BTreeMap::new(),
        groups: BTreeMap::new(),
        prompts: around.prompts.clone(),
    };
    let list = |name: &str| table.get(name).and_then(Node::list).unwrap_or_default();
    let mut names = Names::default();
    for (at, node) in list("user").iter().enumerate() {
        let reader = Reader::new(node, USER, entry_path("user", "name", at, node));
        add_user(&mut config, &reader, &mut names, around, &mut faults);
    }
    for (at, node) in list("outside").iter().enumerate() {
        let reader = Reader::new(node, super::schema::OUTSIDE, entry_path("outside", "name", at, node));
        add_outside(&mut config, &reader, &mut names, around, &mut faults);
    }
    add_prompts(&mut config, list("prompt"), &mut faults);
    for (at, node) in list("group").iter().enumerate() {
        let reader = Reader::new(node, GROUP, entry_path("group", "number", at, node));
        add_group(&mut config, node, &reader, &mut names, &mut faults);
    }
    check_targets(&config, list("group"), &mut faults);
    if faults.is_empty() { Ok(config) } else { Err(faults) }
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
    for role in reader.texts("roles") {
        if !matches!(role.as_str(), "admin" | "supervisor") {
            faults.push(reader.fault("roles", format!("\"{role}\" is no role: admin, supervisor")));
        }
    }
    let roles = reader.texts("roles");
    let user = User {
        display_name: reader.text("display_name").unwrap_or(name.as_str()).to_owned(),
        name,
        extension,
        number,
        mobile: reader.parsed("mobile"),
        language: reader.language(config.language),
        call_waiting: reader.truth("call_waiting"),
        calls_max: reader.limit("calls_max").unwrap_or(2),
        admin: roles.iter().any(|role| role == "admin"),
        supervisor: roles.iter().any(|role| role == "supervisor"),
        title: reader.text("title").unwrap_or_default().to_owned(),
        department: reader.text("department").unwrap_or_default().to_owned(),
        keywords: reader.texts("keywords"),
        show_number: super::ShowNumber::Own,
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
    for (at, node) in list.iter().enumerate() {
        let reader = Reader::new(node, super::schema::PROMPT, entry_path("prompt", "name", at, node));
        let (Some(name), Some(language)) =
            (reader.parsed("name"), reader.text("language").and_then(Language::from_code))
        else {
            continue;
        };
        if reader.text("hash").is_none() {
            let text = "has no audio: send a WAV file with `helin apply` (`file = \"x.wav\"`); spoken text comes with a later version".to_owned();
            faults.push(reader.fault("file", text));
        }
        let text = reader.text("text").or(reader.text("name")).unwrap_or_default();
        let prompt = super::PromptText { text: Arc::from(text) };
        config.prompts.0.entry(name).or_default().insert(language, prompt);
    }
}

fn add_group(
    config: &mut TenantConfig,
    node: &Node,
    reader: &Reader<'_>,
    names: &mut Names,
    faults: &mut Vec<Fault>,
) {
    let Some(number) = reader.parsed::<Number>("number") else { return };
    names.take_number(reader, "number", number, faults);
    let name = reader.text("name").unwrap_or_default().to_owned();
    if !names.groups.insert(name.clone()) {
        faults.push(reader.fault("name", format!("\"{name}\" is the name of another group")));
    }
    let preset = if reader.text("preset") == Some("ring_duty") { Preset::RingDuty } else { Preset::RingEven };
    let duty = match reader.table.get("duty").map(|node| &node.value) {
        Some(Shape::Truth(duty)) => *duty,
        Some(_) | None => preset == Preset::RingDuty,
    };
    let own_line = reader.text("own_line").and_then(|name| names.find(reader, "own_line", name, faults));
    if own_line.is_some_and(|line| !config.users.contains_key(&line)) {
        faults.push(reader.fault("own_line", "must be a user, with phones of its own".to_owned()));
    }
    let supervisors = reader.texts("supervisors");
    let supervisors =
        supervisors.iter().filter_map(|name| names.find(reader, "supervisors", name, faults)).collect();
    let label = reader.table.get("label").and_then(Node::text).map(str::to_owned);
    let span = |key: &str| reader.parsed::<Span>(key).unwrap_or_default();
    let group = Group {
        number,
        label: label.unwrap_or_else(|| name.chars().take(20).collect()),
        name,
        language: reader.language(config.language),
        preset,
        distribution: Distribution::Rotation,
        duty,
        parallel: reader.limit("parallel").unwrap_or(1),
        ring_time: span("ring_time"),
        alerting_max: span("alerting_max"),
        passes: reader.limit("passes").unwrap_or(1),
        reject_counts_as: if reader.text("reject_counts_as") == Some("busy") {
            RejectCountsAs::Busy
        } else {
            RejectCountsAs::NoAnswer
        },
        exclusive: reader.truth("exclusive"),
        misses_before_logout: reader.limit("misses_before_logout"),
        confirm_outside: reader.truth("confirm_outside"),
        passed_on_notice: reader.truth("passed_on_notice"),
        own_line,
        own_line_ring_time: span("own_line_ring_time"),
        fallback: targets(node, reader),
        members_max: reader.limit("members_max").unwrap_or(30),
        members: members(node, reader, names, faults),
        supervisors,
        ties: super::Ties::LongestIdle,
        offers_max: None,
        retry_after: None,
        service_level: Span::seconds(20),
        wrap_up: None,
        miss_resets_idle: false,
        presence_blocks: false,
        devices: crate::leg::Devices::CONTACTS,
        show: super::ShowOnOffer::Caller,
        show_prefix: String::new(),
        show_suffix: String::new(),
        in_directory: true,
        members_may_show: false,
        billing_id: None,
        queue: None,
        announcements: super::Announcements {
            welcome: super::PromptChoice::Silent,
            welcome_whole: true,
            entry: super::PromptChoice::BuiltIn,
            entry_always: false,
            music: super::PromptChoice::BuiltIn,
            repeat: super::PromptChoice::BuiltIn,
            repeat_every: Some(Span::seconds(30)),
            position: false,
            wait: false,
            wait_method: super::WaitMethod::Predicted,
            ringback: true,
        },
        callback: super::Callback {
            enabled: false,
            ring_time: Span::seconds(30),
            attempts: 3,
            pause: Span::seconds(120),
            valid: Span::seconds(7_200),
            agent_text: None,
            agent_prompt: super::PromptChoice::BuiltIn,
            offer_prompt: super::PromptChoice::BuiltIn,
            key: 1,
            offer_after_open: Span(0),
            offer_waiting_over: None,
            offer_longest_wait: None,
            offer_estimate_over: None,
            stop_before_closing: Span(0),
            pending_max: 200,
        },
        transfer: super::Transfer {
            camp_on_busy: false,
            camp_max: Span::seconds(60),
            ring_max: Span::seconds(20),
            message: super::PromptChoice::Silent,
        },
    };
    if group.members.len() > group.members_max as usize {
        let text = format!(
            "{} members, at most {} are allowed (members_max)",
            group.members.len(),
            group.members_max
        );
        faults.push(reader.fault("member", text));
    }
    config.groups.insert(number, Arc::new(group));
}

fn targets(node: &Node, reader: &Reader<'_>) -> Vec<Target> {
    let given = node.table().and_then(|table| table.get("fallback"));
    let texts: Vec<&str> = match given.map(|node| &node.value) {
        Some(Shape::Text(text)) => vec![text.as_str()],
        Some(Shape::List(list)) => list.iter().filter_map(Node::text).collect(),
        Some(_) | None => {
            let default = reader.default("fallback").unwrap_or_default();
            default.trim_matches(['[', ']']).split(", ").map(|text| text.trim_matches('"')).collect()
        }
    };
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn members(node: &Node, group: &Reader<'_>, names: &Names, faults: &mut Vec<Fault>) -> Vec<Member> {
    let list = node.table().and_then(|table| table.get("member")).and_then(Node::list).unwrap_or_default();
    let mut members: Vec<Member> = Vec::new();
    for (at, node) in list.iter().enumerate() {
        let by =
            if node.table().is_some_and(|table| table.contains_key("outside")) { "outside" } else { "user" };
        let path = format!("{}.{}", group.path, entry_path("member", by, at, node));
        let reader = Reader::new(node, MEMBER, path);
        let name = match (reader.text("user"), reader.text("outside")) {
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (_, _) => {
                faults.push(
                    reader.fault("user", "a member is either a `user` or an `outside` person".to_owned()),
                );
                continue;
            }
        };
        let Some(party) = names.find(&reader, by, &name, faults) else { continue };
        if members.iter().any(|member| member.party == party) {
            faults.push(reader.fault(by, format!("{name} is a member already")));
        }
        members.push(Member {
            party,
            may_take_duty: reader.truth("may_take_duty"),
            logged_in: reader.truth("logged_in"),
            order: reader.limit("order"),
            skill: 3,
            may_see: true,
            may_log_in: true,
        });
    }
    members
}

/// Every target names something; voicemail and flows may be named before they exist.
fn check_targets(config: &TenantConfig, list: &[Node], faults: &mut Vec<Fault>) {
    for (at, node) in list.iter().enumerate() {
        let reader = Reader::new(node, GROUP, entry_path("group", "number", at, node));
        let group = reader.parsed::<Number>("number").and_then(|number| config.groups.get(&number));
        for target in group.into_iter().flat_map(|group| &group.fallback) {
            let dangling = match target {
                Target::User(name) => config.party_by_name(name.as_str()).is_none(),
                Target::Group(number) => !config.groups.contains_key(number),
                Target::Announcement(name) => !config.prompts.0.contains_key(name),
                Target::OwnLine
                | Target::Outside(_)
                | Target::Voicemail(_)
                | Target::Flow(_)
                | Target::Busy
                | Target::HangUp => false,
            };
            if dangling {
                faults.push(reader.fault("fallback", format!("`{target}` names nothing that exists")));
            }
        }
    }
}
