//! What the terminal shows, folded from the stream: the newest state of each group and the latest calls.

use std::collections::BTreeMap;

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
    pub(crate) waiting: Vec<String>,
    pub(crate) today: String,
}

#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) user: String,
    pub(crate) state: String,
    pub(crate) since: String,
    pub(crate) duty: bool,
    pub(crate) missed: u64,
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
            waiting: list("waiting")
                .iter()
                .map(|call| {
                    format!(
                        "{} {} since {}",
                        text(&call["caller"]),
                        text(&call["state"]),
                        clock(&call["since"])
                    )
                })
                .collect(),
            today: format!(
                "today: {} offered, {} answered, {} abandoned, {} overflowed",
                count("offered"),
                count("answered"),
                count("abandoned"),
                count("overflowed")
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
}
