//! Names that refer to what stands elsewhere in the company: targets, prompts, numbers that a user may show.

use std::collections::BTreeSet;

use super::super::ShowNumber;
use super::super::TenantConfig;
use super::super::document::entry_path;
use super::super::fault::{Fault, nearest};
use super::super::kind::{Kind, targets};
use super::super::schema::{GROUP, USER};
use super::super::tree::{Node, Shape};
use super::reader::Reader;
use crate::id::PartyName;
use crate::number::Number;
use crate::target::Target;

/// Every target and prompt that a group names exists; voicemail and flows may be named before they exist.
pub(super) fn check_groups(config: &TenantConfig, list: &[Node], faults: &mut Vec<Fault>) {
    for (at, node) in list.iter().enumerate() {
        let reader = Reader::new(Some(node), GROUP, entry_path("group", "number", at, node));
        check_table(config, &reader, faults);
    }
}

fn check_table(config: &TenantConfig, reader: &Reader<'_>, faults: &mut Vec<Fault>) {
    for (key, node) in reader.given() {
        match reader.kind(key) {
            Kind::Table(inner) => check_table(config, &reader.inner(key.name, inner), faults),
            Kind::Targets | Kind::TargetsOrNone => {
                let list = matches!(node.value, Shape::List(_));
                for (at, text) in targets(node).into_iter().enumerate() {
                    let Some(wrong) = text.parse().ok().and_then(|target| dangling(config, &target)) else {
                        continue;
                    };
                    let place = if list { format!("{}[{at}]", key.name) } else { key.name.to_owned() };
                    let line = node.list().and_then(|list| list.get(at)?.line).or(node.line);
                    let fault = reader.fault(&place, wrong);
                    faults.push(Fault { line: line.or(fault.line), ..fault });
                }
            }
            Kind::Prompt => {
                if let Some(name) = node.text().filter(|name| *name != "none")
                    && name.parse().is_ok_and(|name| !config.prompts.0.contains_key(&name))
                {
                    let hint = near_prompt(config, name);
                    faults.push(reader.fault(key.name, format!("there is no prompt {name}{hint}")));
                }
            }
            Kind::Text(..)
            | Kind::Name
            | Kind::NameOrNone
            | Kind::Id
            | Kind::Span(..)
            | Kind::SpanOrNone(..)
            | Kind::Whole(..)
            | Kind::WholeOr(..)
            | Kind::Truth
            | Kind::Word(_)
            | Kind::Words(..)
            | Kind::Number
            | Kind::Phone
            | Kind::PhoneOrNone
            | Kind::ShortOrNone
            | Kind::Prefix
            | Kind::Affix
            | Kind::ShowNumber
            | Kind::Texts(..)
            | Kind::Secret
            | Kind::Tables(_)
            | Kind::Rows(_) => {}
        }
    }
}

/// What is wrong with a target that names nothing.
fn dangling(config: &TenantConfig, target: &Target) -> Option<String> {
    let hint = match target {
        Target::User(name) => {
            let known = config.party_by_name(name.as_str()).and_then(|party| config.users.get(&party));
            if known.is_some() {
                return None;
            }
            let names = config.users.values().map(|user| user.name.as_str());
            hint("user:", nearest(name.as_str(), names))
        }
        Target::Group(number) if !config.groups.contains_key(number) => near_group(config, *number),
        Target::Announcement(name) if !config.prompts.0.contains_key(name) => {
            near_prompt(config, name.as_str())
        }
        Target::OwnLine
        | Target::Group(_)
        | Target::Outside(_)
        | Target::Voicemail(_)
        | Target::Flow(_)
        | Target::Announcement(_)
        | Target::Busy
        | Target::HangUp => return None,
    };
    Some(format!("`{target}` names nothing that exists{hint}"))
}

fn hint(kind: &str, near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean {kind}{near}?")).unwrap_or_default()
}

fn near_prompt(config: &TenantConfig, name: &str) -> String {
    hint("", nearest(name, config.prompts.0.keys().map(crate::id::PromptName::as_str)))
}

fn near_group(config: &TenantConfig, number: Number) -> String {
    let known: Vec<String> = config.groups.keys().map(Number::to_string).collect();
    hint("group:", nearest(&number.to_string(), known.iter().map(String::as_str)))
}

/// The company shows no number that is another's (req V-16).
pub(super) fn check_own_number(
    config: &TenantConfig,
    company: &Reader<'_>,
    given: &BTreeSet<Number>,
    faults: &mut Vec<Fault>,
) {
    let Some(number) = config.number else { return };
    if !given.contains(&Number::E164(number)) {
        faults
            .push(company.fault("number", format!("{number} is the number of none of its groups and users")));
    }
}

/// The numbers that users show: only what they are entitled to (req V-16).
pub(super) fn take_shown_numbers(config: &mut TenantConfig, list: &[Node], faults: &mut Vec<Fault>) {
    for (at, node) in list.iter().enumerate() {
        let reader = Reader::new(Some(node), USER, entry_path("user", "name", at, node));
        let Some(name) = reader.parsed::<PartyName>("name") else { continue };
        // Nearly everybody shows his own: no search for him.
        let Some(text) = reader.text("show_number").filter(|text| text != "own") else { continue };
        match shown_number(config, &name, &text) {
            Ok(show) => {
                let party = config.party_by_name(name.as_str());
                if let Some(user) = party.and_then(|party| config.users.get_mut(&party)) {
                    user.show_number = show;
                }
            }
            Err(text) => faults.push(reader.fault("show_number", text)),
        }
    }
}

fn shown_number(config: &TenantConfig, name: &PartyName, text: &str) -> Result<ShowNumber, String> {
    if text == "company" {
        return match config.number {
            Some(_) => Ok(ShowNumber::Company),
            None => Err("the company has no number to show: set `number` of [company]".to_owned()),
        };
    }
    let Some(number) = text.strip_prefix("group:").and_then(|number| number.parse().ok()) else {
        return Ok(ShowNumber::Own);
    };
    let Some(group) = config.groups.get(&number) else {
        return Err(format!("`{text}` names nothing that exists{}", near_group(config, number)));
    };
    let party = config.party_by_name(name.as_str());
    if !group.members.iter().any(|member| Some(member.party) == party) {
        return Err(format!("{name} is no member of {}", group.name));
    }
    if !group.members_may_show {
        return Err(format!("{} does not allow it (members_may_show)", group.name));
    }
    Ok(ShowNumber::Group(number))
}
