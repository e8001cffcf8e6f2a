//! What the terminal shows, folded from the stream: the newest state of each group and the latest calls.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::News;

/// Calls kept on the screen.
const CALLS_MAX: usize = 50;

/// Everything on the screen.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    pub(crate) groups: BTreeMap<String, Group>,
    /// Newest first.
    pub(crate) calls: Vec<Call>,
    pub(crate) ended: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) members: Vec<Member>,
    /// First in line first.
    pub(crate) waiting: Vec<Waiting>,
    /// Why it takes no calls, if it does not.
    pub(crate) closed: Option<String>,
    /// What of today is counted, each as `3 answered`.
    today: Vec<String>,
}

/// A caller in the line, or a callback in his place.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    position: u64,
    caller: String,
    /// `callback`, or nothing for a caller.
    mark: &'static str,
    state: String,
    since: Option<Timestamp>,
    estimate_s: Option<u64>,
    estimate_p90_s: Option<u64>,
}

impl Waiting {
    fn of(value: &Value) -> Waiting {
        Waiting {
            position: value["position"].as_u64().unwrap_or_default(),
            caller: text(&value["caller"]),
            mark: if value["kind"] == "callback" { "callback " } else { "" },
            state: text(&value["state"]),
            since: moment(&value["since"]),
            estimate_s: value["estimated_wait_s"].as_u64(),
            estimate_p90_s: value["estimated_wait_p90_s"].as_u64(),
        }
    }

    /// As `1. +3725551234 waiting 1:05, about 0:40 more (9 in 10: 1:15)`; where that is too wide, as
    /// `1. +3725551234 1:05, ~0:40-1:15`.
    pub(crate) fn line(&self, now: Timestamp, width: usize) -> String {
        let Waiting { position, caller, mark, state, .. } = self;
        let waited = minutes(passed(self.since, now));
        let estimate = match (self.estimate_s, self.estimate_p90_s) {
            (Some(p50), Some(p90)) => format!(", about {} more (9 in 10: {})", minutes(p50), minutes(p90)),
            (Some(p50), None) => format!(", about {} more", minutes(p50)),
            (None, Some(_) | None) => String::new(),
        };
        let whole = format!("{position}. {caller} {mark}{state} {waited}{estimate}");
        if whole.chars().count() <= width {
            return whole;
        }
        let estimate = match (self.estimate_s, self.estimate_p90_s) {
            (Some(p50), Some(p90)) => format!(", ~{}-{}", minutes(p50), minutes(p90)),
            (Some(p50), None) => format!(", ~{}", minutes(p50)),
            (None, Some(_) | None) => String::new(),
        };
        let state = if state == "waiting" { String::new() } else { format!("{state} ") };
        format!("{position}. {caller} {mark}{state}{waited}{estimate}")
    }
}

/// Seconds since then.
fn passed(since: Option<Timestamp>, now: Timestamp) -> u64 {
    since.map_or(0, |since| now.duration_since(since).as_secs().max(0).unsigned_abs())
}

/// As `1:05`, and `2:01:05` from an hour on.
fn minutes(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) user: String,
    pub(crate) state: String,
    since: Option<Timestamp>,
    pub(crate) duty: bool,
    pub(crate) missed: u64,
    pub(crate) reason: String,
}

#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) started: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) outcome: Option<String>,
    pub(crate) legs: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(|iso| iso.parse().ok())
}

/// The time of day by the clock of who watches.
fn clock(value: &Value) -> String {
    moment(value).map_or_else(String::new, |at| {
        let here = jiff::tz::TimeZone::system().to_datetime(at);
        format!("{:02}:{:02}:{:02}", here.hour(), here.minute(), here.second())
    })
}

impl Picture {
    pub(super) fn take(&mut self, news: News) {
        match news {
            News::Group(value) => {
                self.groups.insert(text(&value["number"]), Group::of(&value));
            }
            News::Call(value) => {
                let call = Call::of(&value);
                match self.calls.iter_mut().find(|known| known.id == call.id) {
                    Some(known) => *known = call,
                    None => self.calls.insert(0, call),
                }
                self.calls.truncate(CALLS_MAX);
            }
            News::Began => *self = Picture::default(),
            News::Ended(reason) => self.ended = Some(reason),
        }
    }
}

impl Group {
    fn of(value: &Value) -> Group {
        let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        let count = |name: &str| value["calls_today"][name].as_u64().unwrap_or_default();
        Group {
            name: text(&value["name"]),
            members: list("members").iter().map(Member::of).collect(),
            waiting: list("waiting").iter().map(Waiting::of).collect(),
            closed: (value["open"] == false)
                .then(|| value["closed_reason"].as_str().unwrap_or("closed").replace('_', " ")),
            today: [
                ("offered", "today: "),
                ("answered", ""),
                ("abandoned", ""),
                ("overflowed", ""),
                ("called_back", ""),
            ]
            .map(|(name, before)| format!("{before}{} {}", count(name), name.replace('_', " ")))
            .into(),
        }
    }
}

impl Group {
    /// Today's counts in as many lines as the width takes.
    pub(crate) fn today(&self, width: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for part in &self.today {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 2 + part.chars().count() < width => {
                    line.push_str(", ");
                    line.push_str(part);
                }
                Some(_) | None => lines.push(part.clone()),
            }
        }
        lines
    }
}

impl Member {
    /// How long he has been in his state, as `1:05`.
    pub(crate) fn lasts(&self, now: Timestamp) -> String {
        minutes(passed(self.since, now))
    }

    fn of(value: &Value) -> Member {
        Member {
            user: text(&value["user"]),
            state: text(&value["state"]),
            since: moment(&value["since"]),
            duty: value["duty"].as_bool().unwrap_or_default(),
            missed: value["missed"].as_u64().unwrap_or_default(),
            reason: text(&value["reason"]),
        }
    }
}

impl Call {
    fn of(value: &Value) -> Call {
        let legs = value["legs"].as_array().cloned().unwrap_or_default();
        Call {
            id: text(&value["id"]),
            started: clock(&value["started"]),
            from: text(&value["from"]),
            to: text(&value["to"]),
            outcome: value["outcome"].as_str().map(str::to_owned),
            legs: legs.iter().skip(1).map(leg).collect(),
        }
    }
}

fn leg(leg: &Value) -> String {
    let who = leg["user"].as_str().or_else(|| leg["number"].as_str()).unwrap_or("?");
    let state = leg["end_cause"].as_str().unwrap_or_else(|| match (&leg["answered"], &leg["alerting"]) {
        (Value::String(_), _) => "talking",
        (_, Value::String(_)) => "ringing",
        _ => "calling",
    });
    format!("{who} {state}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_that_changes_stays_on_its_line() {
        let mut picture = Picture::default();
        for id in ["a", "b"] {
            picture.take(News::Call(json!({"id": id, "from": "+3725551234", "to": "+3726001000"})));
        }
        picture.take(News::Call(json!({"id": "a", "outcome": "answered",
            "legs": [{}, {"user": "mari", "alerting": "x", "answered": "y"}]})));
        assert_eq!(picture.calls.len(), 2);
        assert_eq!(picture.calls[1].outcome.as_deref(), Some("answered"));
        assert_eq!(picture.calls[1].legs, ["mari talking"]);
    }

    #[test]
    fn a_queue_shows_each_place_with_its_wait_and_what_is_to_come() {
        let mut picture = Picture::default();
        picture.take(News::Group(json!({"number": "+35810200010", "name": "Asiakaspalvelu", "open": false,
        "closed_reason": "by_hand", "calls_today": {"offered": 3, "called_back": 1}, "waiting": [
            {"position": 1, "caller": "+3725551234", "kind": "callback", "state": "ringing",
                "since": "2026-03-02T09:00:00.500Z", "estimated_wait_s": null, "estimated_wait_p90_s": null},
            {"position": 2, "caller": "anonymous", "kind": "call", "state": "waiting",
                "since": "2026-03-02T09:00:30.000Z", "estimated_wait_s": 40, "estimated_wait_p90_s": 75},
        ]})));
        let group = &picture.groups["+35810200010"];
        let now = "2026-03-02T09:01:05.600Z".parse().unwrap_or_default();
        let lines: Vec<String> = group.waiting.iter().map(|waiting| waiting.line(now, 80)).collect();
        assert_eq!(
            lines,
            [
                "1. +3725551234 callback ringing 1:05",
                "2. anonymous waiting 0:35, about 0:40 more (9 in 10: 1:15)"
            ]
        );
        assert_eq!(group.closed.as_deref(), Some("by hand"));
        assert_eq!(group.waiting[1].line(now, 38), "2. anonymous 0:35, ~0:40-1:15");
        assert_eq!(
            group.today(38),
            ["today: 3 offered, 0 answered", "0 abandoned, 0 overflowed", "1 called back"]
        );
    }
}
