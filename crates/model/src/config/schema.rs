//! The company file's keys: name, type, range, default per preset. The one list from which files are checked,
//! defaults are filled in and settings are printed. A key that nothing reads is not in it.

use super::kind::Kind;
use super::tree::Node;

/// What a key has when it is left out, with one preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// Nothing is set.
    Unset,
    /// As it would be written; list items without quotes.
    Written(&'static str),
    /// The text of another key of the table, cut to this one's length.
    Like(&'static str),
    /// The key is not available: giving it is a fault.
    Absent,
}

/// The presets, in the order of the columns of `Key::defaults`.
pub(crate) const PRESETS: [&str; 4] = ["ring_even", "ring_duty", "customer_service", "attendant"];

/// One of `PRESETS`. Tables outside groups have the same defaults in all columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column(usize);

impl Column {
    /// For tables that know no preset.
    pub(crate) const ANY: Column = Column(0);

    /// The column of a group's preset; `None` where it has none, or none that is known.
    pub(crate) fn of_group(group: &Node) -> Option<Column> {
        let preset = group.table()?.get("preset")?.text()?;
        PRESETS.iter().position(|name| *name == preset).map(Column)
    }
}

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    kind: Kind,
    /// Of customer-service and attendant groups, where it differs.
    kind_in_queues: Option<Kind>,
    /// By preset.
    pub(crate) defaults: [LeftOut; 4],
    /// Must be there.
    pub(crate) needed: bool,
}

impl Key {
    /// What it may hold; without a preset the widest.
    pub(crate) fn kind(&self, column: Option<Column>) -> Kind {
        let queue = column.is_none_or(|column| column.0 >= 2);
        self.kind_in_queues.filter(|_| queue).unwrap_or(self.kind)
    }

    pub(crate) fn default(&self, column: Column) -> LeftOut {
        self.defaults[column.0]
    }

    /// The presets with which it can be given.
    pub(crate) fn presets(&self) -> impl Iterator<Item = &'static str> + '_ {
        let known = PRESETS.iter().zip(&self.defaults);
        known.filter(|(_, default)| **default != LeftOut::Absent).map(|(preset, _)| *preset)
    }
}

const fn all(name: &'static str, kind: Kind, default: LeftOut) -> Key {
    Key { name, kind, kind_in_queues: None, defaults: [default; 4], needed: false }
}

const fn key(name: &'static str, kind: Kind, default: &'static str) -> Key {
    all(name, kind, LeftOut::Written(default))
}

const fn unset(name: &'static str, kind: Kind) -> Key {
    all(name, kind, LeftOut::Unset)
}

const fn needed(name: &'static str, kind: Kind) -> Key {
    Key { needed: true, ..unset(name, kind) }
}

/// One default for ring groups, one for queues.
const fn split(name: &'static str, kind: Kind, ring: LeftOut, queue: LeftOut) -> Key {
    Key { name, kind, kind_in_queues: None, defaults: [ring, ring, queue, queue], needed: false }
}

const fn each(name: &'static str, kind: Kind, defaults: [&'static str; 4]) -> Key {
    let [even, duty, service, attendant] = defaults;
    let defaults = [
        LeftOut::Written(even),
        LeftOut::Written(duty),
        LeftOut::Written(service),
        LeftOut::Written(attendant),
    ];
    Key { name, kind, kind_in_queues: None, defaults, needed: false }
}

use self::LeftOut::{Absent, Like, Unset, Written};

const LANGUAGES: Kind = Kind::Word(&["et", "fi", "sv", "en", "ru"]);
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

pub(crate) const COMPANY: &[Key] = &[
    needed("id", Kind::Id),
    all("name", Kind::Text(1, 80), Like("id")),
    key("number", Kind::PhoneOrNone, "none"),
    key("domains", Kind::Texts(1_000, 255), "[]"),
    key("time_zone", Kind::Text(1, 64), "Europe/Tallinn"),
    key("language", LANGUAGES, "et"),
    key("country", Kind::Word(&["EE", "FI", "SE", "LV", "LT", "NO", "DK", "GB"]), "EE"),
    key("calls_max", Kind::WholeOr(1, 1_000_000, "unlimited"), "unlimited"),
    key("presence_red", Kind::Words(&["busy", "dnd", "meeting", "away"], 0), "[busy, dnd, meeting]"),
    key("pause_reasons", Kind::Texts(100, 80), "[]"),
];

pub(crate) const USER: &[Key] = &[
    needed("name", Kind::Name),
    all("display_name", Kind::Text(1, 80), Like("name")),
    key("extension", Kind::ShortOrNone, "none"),
    key("number", Kind::PhoneOrNone, "none"),
    key("mobile", Kind::PhoneOrNone, "none"),
    unset("password", Kind::Secret),
    unset("sip_password", Kind::Secret),
    unset("language", LANGUAGES),
    key("title", Kind::Text(0, 80), ""),
    key("department", Kind::Text(0, 80), ""),
    key("keywords", Kind::Texts(100, 80), "[]"),
    key("roles", Kind::Words(&["admin", "supervisor"], 0), "[]"),
    key("show_number", Kind::ShowNumber, "own"),
    key("call_waiting", Kind::Truth, "true"),
    key("calls_max", Kind::Whole(1, 100), "2"),
];

pub(crate) const OUTSIDE: &[Key] =
    &[needed("name", Kind::Name), needed("number", Kind::Phone), unset("language", LANGUAGES)];

pub(crate) const PROMPT: &[Key] = &[
    needed("name", Kind::Name),
    needed("language", LANGUAGES),
    unset("file", Kind::Text(1, 255)),
    unset("hash", Kind::Text(64, 64)),
    unset("text", Kind::Text(1, 2_000)),
    key("kind", Kind::Word(&["speech", "music"]), "speech"),
];

pub(crate) const MEMBER: &[Key] = &[
    unset("user", Kind::Name),
    unset("outside", Kind::Name),
    unset("order", Kind::Whole(1, 1_000)),
    key("skill", Kind::Whole(1, 9), "3"),
    key("may_take_duty", Kind::Truth, "false"),
    key("logged_in", Kind::Truth, "false"),
    key("rights", Kind::Words(&["see", "log_in"], 0), "[see, log_in]"),
];

/// Keys of a group that are tables stand last, as TOML wants it.
pub(crate) const GROUP: &[Key] = &[
    needed("number", Kind::Number),
    needed("name", Kind::Text(1, 80)),
    needed("preset", Kind::Word(&PRESETS)),
    unset("language", LANGUAGES),
    each(
        "distribution",
        Kind::Word(&["rotation", "ordered", "skill", "longest_idle", "balanced", "random"]),
        ["rotation", "rotation", "ordered", "longest_idle"],
    ),
    key("ties", Kind::Word(&["longest_idle", "random"]), "longest_idle"),
    Key {
        name: "duty",
        kind: Kind::Truth,
        kind_in_queues: None,
        defaults: [Written("false"), Written("true"), Absent, Absent],
        needed: false,
    },
    key("parallel", Kind::Whole(1, 50), "1"),
    each("members_max", Kind::Whole(1, 1_000), ["30", "30", "500", "500"]),
    split("retry_after", Kind::Span(SECOND, MINUTE), Absent, Written("5s")),
    key("service_level", Kind::Span(SECOND, HOUR), "20s"),
    Key {
        // req K-28, V-38
        kind_in_queues: Some(Kind::Span(5 * SECOND, 120 * SECOND)),
        ..each("ring_time", Kind::Span(5 * SECOND, 15 * SECOND), ["15s", "15s", "20s", "20s"])
    },
    key("alerting_max", Kind::Span(SECOND, 30 * SECOND), "8s"),
    split("passes", Kind::Whole(1, 3), Written("1"), Absent),
    split("offers_max", Kind::WholeOr(1, 1_000, "unlimited"), Absent, Written("unlimited")),
    key("reject_counts_as", Kind::Word(&["no_answer", "busy"]), "no_answer"),
    split("exclusive", Kind::Truth, Written("true"), Written("false")),
    key("wrap_up", Kind::SpanOrNone(SECOND, HOUR), "none"),
    key("misses_before_logout", Kind::WholeOr(1, 100, "never"), "never"),
    split("miss_resets_idle", Kind::Truth, Absent, Written("false")),
    key("presence_blocks", Kind::Truth, "false"),
    key("devices", Kind::Words(&["app", "mobile", "desk"], 1), "[app, desk]"),
    key("confirm_outside", Kind::Truth, "false"),
    split("passed_on_notice", Kind::Truth, Written("true"), Written("false")),
    all("label", Kind::Text(0, 20), Like("name")),
    key("show", Kind::Word(&["caller", "group"]), "caller"),
    key("show_prefix", Kind::Affix, ""),
    key("show_suffix", Kind::Affix, ""),
    key("in_directory", Kind::Truth, "true"),
    key("members_may_show", Kind::Truth, "false"),
    key("billing_id", Kind::Text(0, 80), ""),
    key("own_line", Kind::NameOrNone, "none"),
    key("own_line_ring_time", Kind::Span(5 * SECOND, MINUTE), "20s"),
    split("fallback", Kind::Targets, Written("[own_line, announcement:unreachable]"), Absent),
    key("supervisors", Kind::Texts(1_000, 64), "[]"),
    split("queue", Kind::Table(QUEUE), Absent, Unset),
    split("announcements", Kind::Table(ANNOUNCEMENTS), Absent, Unset),
    split("callback", Kind::Table(CALLBACK), Absent, Unset),
    unset("transfer", Kind::Table(TRANSFER)),
    unset("member", Kind::Tables(MEMBER)),
];

pub(crate) const QUEUE: &[Key] = &[
    key("size_max", Kind::WholeOr(0, 1_000, "unlimited"), "unlimited"),
    key("wait_max", Kind::SpanOrNone(10 * SECOND, DAY), "none"),
    key("wait_strict", Kind::Truth, "false"),
    key("on_full", Kind::Targets, "[announcement:queue_full]"),
    key("on_wait", Kind::Targets, "[announcement:queue_full]"),
    key("on_nobody", Kind::Targets, "[announcement:nobody_here]"),
    key("on_attempts", Kind::Targets, "[announcement:nobody_here]"),
    key("close_at_waiting", Kind::WholeOr(1, 1_000, "none"), "none"),
    key("close_at_wait", Kind::SpanOrNone(SECOND, DAY), "none"),
    key("reopen_below", Kind::Whole(1, 100), "80"),
    key("reopen_after", Kind::Span(0, DAY), "60s"),
    key("on_closed", Kind::Targets, "busy"),
    key("priority", Kind::Rows(PRIORITY), "[]"),
    key("priority_ageing", Kind::Span(SECOND, DAY), "60s"),
    key("exit_key", Kind::WholeOr(0, 9, "none"), "none"),
    key("on_exit", Kind::TargetsOrNone, "none"),
    key("recall_hold", Kind::SpanOrNone(SECOND, DAY), "5min"),
];

pub(crate) const PRIORITY: &[Key] = &[needed("caller", Kind::Prefix), needed("level", Kind::Whole(1, 9))];

pub(crate) const ANNOUNCEMENTS: &[Key] = &[
    key("welcome", Kind::Prompt, "none"),
    key("welcome_whole", Kind::Truth, "true"),
    unset("entry", Kind::Prompt),
    key("entry_when", Kind::Word(&["only_if_waiting", "always"]), "only_if_waiting"),
    unset("music", Kind::Prompt),
    unset("repeat", Kind::Prompt),
    key("repeat_every", Kind::SpanOrNone(SECOND, HOUR), "30s"),
    key("position", Kind::Truth, "false"),
    key("wait", Kind::Truth, "false"),
    key("wait_method", Kind::Word(&["predicted", "legacy_talk", "legacy_avg"]), "predicted"),
    key("ringback", Kind::Truth, "true"),
];

pub(crate) const CALLBACK: &[Key] = &[
    key("enabled", Kind::Truth, "false"),
    key("ring_time", Kind::Span(5 * SECOND, 120 * SECOND), "30s"),
    key("attempts", Kind::Whole(1, 10), "3"),
    key("pause", Kind::Span(10 * SECOND, DAY), "120s"),
    key("valid", Kind::Span(5 * MINUTE, 30 * DAY), "120min"),
    unset("agent_text", Kind::Text(1, 200)),
    unset("agent_prompt", Kind::Prompt),
    unset("offer_prompt", Kind::Prompt),
    key("key", Kind::Whole(0, 9), "1"),
    key("offer_after_open", Kind::Span(0, DAY), "0min"),
    key("offer_waiting_over", Kind::WholeOr(1, 1_000, "none"), "none"),
    key("offer_longest_wait", Kind::SpanOrNone(SECOND, DAY), "none"),
    key("offer_estimate_over", Kind::SpanOrNone(SECOND, DAY), "none"),
    key("stop_before_closing", Kind::Span(0, DAY), "0min"),
    key("pending_max", Kind::Whole(1, 1_000), "200"),
];

pub(crate) const TRANSFER: &[Key] = &[
    each("camp_on_busy", Kind::Truth, ["false", "false", "false", "true"]),
    key("camp_max", Kind::Span(5 * SECOND, HOUR), "60s"),
    key("ring_max", Kind::Span(5 * SECOND, 120 * SECOND), "20s"),
    key("message", Kind::Prompt, "none"),
];

/// Keys that come with later work: named as such, so that nobody looks for a misspelling.
pub(crate) const LATER: &[&str] = &["hours", "schedule", "flow", "voicemail", "recording"];
