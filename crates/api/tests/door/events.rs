//! The live stream: a snapshot first, then changes with rising ids; `Last-Event-ID` resumes.

use std::sync::Arc;
use std::time::Duration;

use api::gateway::{CallsToday, Changed, LiveView};
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use model::live::LiveGroup;
use tokio_stream::StreamExt;

use crate::house::{GROUP, House, MEMBER, OTHER_GROUP, SINILIND, call_id};

#[tokio::test]
async fn a_snapshot_comes_first_then_changes() {
    let house = House::build().await;
    let mut stream = listen(&house, SINILIND, None).await;
    let (first, second) = (stream.next().await, stream.next().await);
    assert_eq!((first.number.as_str(), second.number.as_str()), (GROUP, "101"));
    assert_eq!(first.kind, "group");
    assert!(second.id > first.id, "{second:?} after {first:?}");
    publish(&house, "sinilind", GROUP, "changed");
    let change = stream.next().await;
    assert_eq!((change.number.as_str(), change.name.as_str()), (GROUP, "changed"));
    assert!(change.id > second.id, "{change:?} after {second:?}");
}

#[tokio::test]
async fn who_comes_again_gets_what_he_missed_and_no_snapshot() {
    let house = House::build().await;
    let mut stream = listen(&house, SINILIND, None).await;
    publish(&house, "sinilind", GROUP, "one");
    publish(&house, "sinilind", GROUP, "two");
    let mut seen = stream.next().await;
    while seen.name != "one" {
        seen = stream.next().await;
    }
    drop(stream);
    publish(&house, "sinilind", GROUP, "three");
    let mut again = listen(&house, SINILIND, Some(seen.id)).await;
    assert_eq!(again.next().await.name, "two");
    let three = again.next().await;
    assert_eq!((three.name.as_str(), three.id), ("three", seen.id + 2));
}

#[tokio::test]
async fn who_is_cut_off_in_the_middle_of_a_snapshot_gets_another() {
    let house = House::build().await;
    for changes in 0..3 {
        let mut stream = listen(&house, SINILIND, None).await;
        let (first, last) = (stream.next().await, stream.next().await);
        drop(stream);
        assert!(first.id < last.id);
        let mut again = listen(&house, SINILIND, Some(first.id)).await;
        assert_eq!(again.next().await.number, GROUP, "after {changes} changes");
        assert_eq!(again.next().await.number, "101", "after {changes} changes");
        publish(&house, "sinilind", GROUP, "a change");
    }
}

#[tokio::test]
async fn an_id_of_an_earlier_run_gets_a_snapshot() {
    let (before, after) = (House::build().await, House::build().await);
    publish(&before, "sinilind", GROUP, "before the restart");
    let mut stream = listen(&before, SINILIND, Some(0)).await;
    let snapshot = stream.next().await;
    for nth in 0..5 {
        publish(&after, "sinilind", GROUP, &format!("after {nth}"));
    }
    let mut stream = listen(&after, SINILIND, Some(snapshot.id)).await;
    let first = stream.next().await;
    assert_eq!(first.name, "sinilind +3726001000", "resumed over a restart: {first:?}");
    assert!(first.id > snapshot.id);
}

#[tokio::test]
async fn nothing_of_another_company_or_of_a_foreign_group_is_streamed() {
    let house = House::build().await;
    let mut company = listen(&house, SINILIND, None).await;
    let mut member = listen(&house, MEMBER, None).await;
    publish(&house, "kuldnokk", OTHER_GROUP, "foreign");
    publish(&house, "sinilind", "101", "not his");
    let record = house.store.call(&"sinilind".parse().unwrap(), call_id(1)).await.unwrap().unwrap();
    house.hub.publish(&"sinilind".parse().unwrap(), Changed::Call(Arc::new(record)));
    publish(&house, "sinilind", GROUP, "last");
    for (stream, expected) in [
        (&mut company, vec!["sinilind +3726001000", "sinilind 101", "not his", "a call", "last"]),
        // Mari is no member of 101 and did not take part in the call.
        (&mut member, vec!["sinilind +3726001000", "last"]),
    ] {
        let mut names = Vec::new();
        while names.last().is_none_or(|name| name != "last") {
            names.push(stream.next().await.name);
        }
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn who_falls_too_far_behind_is_cut_off_and_loses_nothing_when_he_comes_again() {
    let house = House::build().await;
    let mut stream = listen(&house, SINILIND, None).await;
    stream.next().await;
    let first = stream.next().await;
    // More than are kept for one who does not read, fewer than are kept for one who comes again.
    for nth in 0..600 {
        publish(&house, "sinilind", GROUP, &format!("{nth}"));
    }
    let mut last = first.id;
    while let Some(event) = stream.next_or_end().await {
        last = event.id;
    }
    let mut again = listen(&house, SINILIND, Some(last)).await;
    for nth in last - first.id..600 {
        let event = again.next().await;
        assert_eq!((event.name, event.id), (nth.to_string(), first.id + nth + 1));
    }
}

#[tokio::test]
async fn who_has_gone_is_listened_for_no_longer() {
    let house = House::build().await;
    let sinilind = "sinilind".parse().unwrap();
    let stream = listen(&house, SINILIND, None).await;
    assert!(house.hub.has_listeners(&sinilind));
    drop(stream);
    let gone = async {
        while house.hub.has_listeners(&sinilind) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("nobody listens");
}

fn publish(house: &House, company: &str, number: &str, name: &str) {
    let group = LiveGroup {
        number: number.parse().unwrap(),
        name: name.to_owned(),
        open: true,
        closed_reason: None,
        members: Vec::new(),
        waiting: Vec::new(),
    };
    let view = LiveView { group, today: CallsToday::default() };
    house.hub.publish(&company.parse().unwrap(), Changed::Group(Arc::new(view)));
}

/// One server-sent event.
#[derive(Debug)]
struct Event {
    id: u64,
    kind: String,
    number: String,
    /// A group's name; `a call` for a call.
    name: String,
}

struct Events {
    body: BodyDataStream,
    text: String,
}

async fn listen(house: &House, token: &str, after: Option<u64>) -> Events {
    let mut request =
        Request::builder().uri("/api/v1/events").header("authorization", format!("Bearer {token}"));
    if let Some(after) = after {
        request = request.header("last-event-id", after.to_string());
    }
    let response = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    Events { body: response.into_body().into_data_stream(), text: String::new() }
}

impl Events {
    async fn next(&mut self) -> Event {
        self.next_or_end().await.expect("the stream goes on")
    }

    async fn next_or_end(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if event.contains("data:") {
                    return Some(read(&event));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await;
            let chunk = chunk.expect("an event comes within 10 s")?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

fn read(event: &str) -> Event {
    let field = |name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {event}")).trim().to_owned()
    };
    let data: serde_json::Value = serde_json::from_str(&field("data")).unwrap();
    let text = |name: &str| data[name].as_str().unwrap_or("a call").to_owned();
    Event {
        id: field("id").parse().unwrap(),
        kind: field("event"),
        number: text("number"),
        name: text("name"),
    }
}
