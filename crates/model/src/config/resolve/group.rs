//! A group's settings from its table: defaults of its preset filled in, its people resolved.

use std::sync::Arc;

use super::super::document::{entry_path, member_by};
use super::super::fault::Fault;
use super::super::schema::{ANNOUNCEMENTS, CALLBACK, MEMBER, PRIORITY, QUEUE, TRANSFER};
use super::super::tree::Node;
use super::super::{Announcements, Callback, Group, Member, PriorityRule, Queue, TenantConfig, Transfer};
use super::Names;
use super::reader::Reader;
use crate::id::PartyId;
use crate::leg::Devices;
use crate::number::Number;

/// The key by which a caller asks for being called back at another number (behaviour, "Callback").
const OTHER_NUMBER: u8 = 2;

pub(super) fn add_group(
    config: &mut TenantConfig,
    reader: &Reader<'_>,
    names: &mut Names,
    faults: &mut Vec<Fault>,
) {
    let Some(number) = reader.parsed::<Number>("number") else { return };
    names.take_number(reader, "number", number, faults);
    let name = reader.text("name").unwrap_or_default();
    if !names.groups.insert(name.clone()) {
        faults.push(reader.fault("name", format!("\"{name}\" is the name of another group")));
    }
    let mut group = plain(config, reader, number);
    group.own_line = own_line(config, reader, names, faults);
    group.supervisors = supervisors(config, reader, names, faults);
    group.members = members(reader, names, faults);
    if group.members.len() > group.members_max as usize {
        let text = format!(
            "{} members, at most {} are allowed (members_max)",
            group.members.len(),
            group.members_max
        );
        faults.push(reader.fault("member", text));
    }
    check(&group, reader, faults);
    config.groups.insert(number, Arc::new(group));
}

/// What names nobody.
fn plain(config: &TenantConfig, reader: &Reader<'_>, number: Number) -> Group {
    let preset = reader.preset();
    Group {
        number,
        name: reader.text("name").unwrap_or_default(),
        language: reader.language(config.language),
        preset,
        distribution: reader.word("distribution"),
        duty: reader.truth("duty"),
        parallel: reader.whole("parallel"),
        ring_time: reader.span("ring_time"),
        alerting_max: reader.span("alerting_max"),
        // Where it is not available, `offers_max` bounds the rounds.
        passes: reader.limit("passes").unwrap_or(1),
        reject_counts_as: reader.word("reject_counts_as"),
        exclusive: reader.truth("exclusive"),
        misses_before_logout: reader.limit("misses_before_logout"),
        confirm_outside: reader.truth("confirm_outside"),
        passed_on_notice: reader.truth("passed_on_notice"),
        label: reader.text("label").unwrap_or_default(),
        own_line: None,
        own_line_ring_time: reader.span("own_line_ring_time"),
        fallback: reader.targets("fallback"),
        members_max: reader.whole("members_max"),
        members: Vec::new(),
        supervisors: Vec::new(),
        ties: reader.word("ties"),
        offers_max: reader.limit("offers_max"),
        retry_after: reader.parsed("retry_after"),
        service_level: reader.span("service_level"),
        wrap_up: reader.parsed("wrap_up"),
        miss_resets_idle: reader.truth("miss_resets_idle"),
        presence_blocks: reader.truth("presence_blocks"),
        devices: Devices {
            app: reader.has_word("devices", "app"),
            mobile: reader.has_word("devices", "mobile"),
            desk: reader.has_word("devices", "desk"),
        },
        show: reader.word("show"),
        show_prefix: reader.text("show_prefix").unwrap_or_default(),
        show_suffix: reader.text("show_suffix").unwrap_or_default(),
        in_directory: reader.truth("in_directory"),
        members_may_show: reader.truth("members_may_show"),
        billing_id: reader.text("billing_id").filter(|id| !id.is_empty()),
        queue: preset.has_queue().then(|| queue(&reader.inner("queue", QUEUE))),
        announcements: announcements(&reader.inner("announcements", ANNOUNCEMENTS)),
        callback: callback(&reader.inner("callback", CALLBACK)),
        transfer: transfer(&reader.inner("transfer", TRANSFER)),
    }
}

fn queue(reader: &Reader<'_>) -> Queue {
    Queue {
        size_max: reader.limit("size_max"),
        wait_max: reader.parsed("wait_max"),
        wait_strict: reader.truth("wait_strict"),
        on_full: reader.targets("on_full"),
        on_wait: reader.targets("on_wait"),
        on_nobody: reader.targets("on_nobody"),
        on_attempts: reader.targets("on_attempts"),
        close_at_waiting: reader.limit("close_at_waiting"),
        close_at_wait: reader.parsed("close_at_wait"),
        reopen_below: reader.whole("reopen_below"),
        reopen_after: reader.span("reopen_after"),
        on_closed: reader.targets("on_closed"),
        priority: priority(reader),
        priority_ageing: reader.span("priority_ageing"),
        exit_key: reader.small("exit_key"),
        on_exit: reader.targets("on_exit"),
        recall_hold: reader.span("recall_hold"),
    }
}

fn priority(reader: &Reader<'_>) -> Vec<PriorityRule> {
    let rows = reader.table.get("priority").and_then(Node::list).unwrap_or_default();
    let rules = rows.iter().filter_map(|row| {
        let row = Reader::new(Some(row), PRIORITY, String::new());
        Some(PriorityRule { caller: row.text("caller")?, level: row.small("level")? })
    });
    rules.collect()
}

fn announcements(reader: &Reader<'_>) -> Announcements {
    Announcements {
        welcome: reader.prompt("welcome"),
        welcome_whole: reader.truth("welcome_whole"),
        entry: reader.prompt("entry"),
        entry_always: reader.text("entry_when").as_deref() == Some("always"),
        music: reader.prompt("music"),
        repeat: reader.prompt("repeat"),
        repeat_every: reader.parsed("repeat_every"),
        position: reader.truth("position"),
        wait: reader.truth("wait"),
        wait_method: reader.word("wait_method"),
        ringback: reader.truth("ringback"),
    }
}

fn callback(reader: &Reader<'_>) -> Callback {
    Callback {
        enabled: reader.truth("enabled"),
        ring_time: reader.span("ring_time"),
        attempts: reader.whole("attempts"),
        pause: reader.span("pause"),
        valid: reader.span("valid"),
        agent_text: reader.text("agent_text"),
        agent_prompt: reader.prompt("agent_prompt"),
        offer_prompt: reader.prompt("offer_prompt"),
        key: reader.small("key").unwrap_or_default(),
        offer_after_open: reader.span("offer_after_open"),
        offer_waiting_over: reader.limit("offer_waiting_over"),
        offer_longest_wait: reader.parsed("offer_longest_wait"),
        offer_estimate_over: reader.parsed("offer_estimate_over"),
        stop_before_closing: reader.span("stop_before_closing"),
        pending_max: reader.whole("pending_max"),
    }
}

fn transfer(reader: &Reader<'_>) -> Transfer {
    Transfer {
        camp_on_busy: reader.truth("camp_on_busy"),
        camp_max: reader.span("camp_max"),
        ring_max: reader.span("ring_max"),
        message: reader.prompt("message"),
    }
}

fn own_line(
    config: &TenantConfig,
    reader: &Reader<'_>,
    names: &Names,
    faults: &mut Vec<Fault>,
) -> Option<PartyId> {
    let name = reader.text("own_line").filter(|name| name != "none")?;
    let line = names.find(reader, "own_line", &name, faults)?;
    if !config.users.contains_key(&line) {
        faults.push(reader.fault("own_line", "must be a user, with phones of its own".to_owned()));
    }
    Some(line)
}

fn supervisors(
    config: &TenantConfig,
    reader: &Reader<'_>,
    names: &Names,
    faults: &mut Vec<Fault>,
) -> Vec<PartyId> {
    let mut found = Vec::new();
    for name in reader.texts("supervisors") {
        let Some(party) = names.find(reader, "supervisors", &name, faults) else { continue };
        if found.contains(&party) {
            faults.push(reader.fault("supervisors", format!("{name} stands here twice")));
        } else if !config.users.contains_key(&party) {
            faults.push(reader.fault("supervisors", format!("{name} is no user and has no log-in")));
        }
        found.push(party);
    }
    found
}

fn members(group: &Reader<'_>, names: &Names, faults: &mut Vec<Fault>) -> Vec<Member> {
    let list = group.table.get("member").and_then(Node::list).unwrap_or_default();
    let mut members: Vec<Member> = Vec::new();
    for (at, node) in list.iter().enumerate() {
        let by = member_by(node);
        let path = format!("{}.{}", group.path, entry_path("member", by, at, node));
        let reader = Reader::new(Some(node), MEMBER, path);
        let name = match (reader.text("user"), reader.text("outside")) {
            (Some(name), None) | (None, Some(name)) => name,
            (_, _) => {
                let text = "a member is either a `user` or an `outside` person".to_owned();
                faults.push(reader.fault("user", text));
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
            skill: reader.small("skill").unwrap_or_default(),
            may_see: reader.has_word("rights", "see"),
            may_log_in: reader.has_word("rights", "log_in"),
        });
    }
    members
}

/// Settings that do not go together.
fn check(group: &Group, reader: &Reader<'_>, faults: &mut Vec<Fault>) {
    // req V-18
    if !group.show_prefix.is_empty() && !group.show_suffix.is_empty() {
        let text = "either `show_prefix` or `show_suffix`, not both".to_owned();
        faults.push(reader.fault("show_suffix", text));
    }
    let Some(queue) = &group.queue else { return };
    let inner = reader.inner("queue", QUEUE);
    if queue.exit_key.is_some() && queue.on_exit.is_empty() {
        let text = "leads nowhere: say in `on_exit` where the caller goes".to_owned();
        faults.push(inner.fault("exit_key", text));
    }
    let callback = &group.callback;
    if !callback.enabled {
        return;
    }
    if queue.exit_key == Some(callback.key) {
        let text = format!("{} already accepts the callback (callback.key)", callback.key);
        faults.push(inner.fault("exit_key", text));
    } else if queue.exit_key == Some(OTHER_NUMBER) {
        let text = format!("{OTHER_NUMBER} already asks for a callback to another number");
        faults.push(inner.fault("exit_key", text));
    }
    if callback.key == OTHER_NUMBER {
        let text = format!("{OTHER_NUMBER} asks for a callback to another number; take another key");
        faults.push(reader.inner("callback", CALLBACK).fault("key", text));
    }
}
