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
    pub(crate) today: String,
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
            since: value["since"].as_str().and_then(|iso| iso.parse().ok()),
            estimate_s: value["estimated_wait_s"].as_u64(),
            estimate_p90_s: value["estimated_wait_p90_s"].as_u64(),
        }
    }

    /// As `1. +3725551234 waiting 1:05, about 0:40 more (9 in 10: 1:15)`.
    pub(crate) fn line(&self, now: Timestamp) -> String {
        let Waiting { position, caller, mark, state, .. } = self;
        let waited = self.since.map_or(0, |since| now.duration_since(since).as_secs().max(0).unsigned_abs());
        let estimate = match (self.estimate_s, self.estimate_p90_s) {
            (Some(p50), Some(p90)) => format!(", about {} more (9 in 10: {})", minutes(p50), minutes(p90)),
            (Some(p50), None) => format!(", about {} more", minutes(p50)),
            (None, Some(_) | None) => String::new(),
        };
        format!("{position}. {caller} {mark}{state} {}{estimate}", minutes(waited))
    }
}

/// As `1:05`.
fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) user: String,
    pub(crate) state: String,
    pub(crate) since: String,
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

/// The time of day of an ISO time.
fn clock(value: &Value) -> String {
    value.as_str().and_then(|iso| iso.get(11..19)).unwrap_or_default().to_owned()
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
            today: format!(
                "today: {} offered, {} answered, {} abandoned, {} overflowed, {} called back",
                count("offered"),
                count("answered"),
                count("abandoned"),
                count("overflowed"),
                count("called_back")
            ),
        }
    }
}

impl Member {
    fn of(value: &Value) -> Member {
        Member {
            user: text(&value["user"]),
            state: text(&value["state"]),
            since: clock(&value["since"]),
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
        let lines: Vec<String> = group.waiting.iter().map(|waiting| waiting.line(now)).collect();
        assert_eq!(
            lines,
            [
                "1. +3725551234 callback ringing 1:05",
                "2. anonymous waiting 0:35, about 0:40 more (9 in 10: 1:15)"
            ]
        );
        assert_eq!(group.closed.as_deref(), Some("by hand"));
        assert!(group.today.ends_with("1 called back"), "{}", group.today);
    }
}
