//! Two companies in a SQLite file, a node that answers for them, and the router in front.

use std::sync::{Arc, Mutex};

use api::gateway::{Gateway, Hub};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use model::fact::{Called, Outcome, Peer, Role, VisitOutcome};
use model::id::{CallId, FactSeq, LegId, PartyId};
use model::input::Command;
use model::leg::Ingress;
use model::output::Reply;
use model::record::{CallRecord, Folded, LegRecord, VisitRecord};
use model::time::Utc;
use store::{Commit, NewParty, NewToken, NewVersion, PartyKey, Store, TokenScope, Writer};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::node::{self, Heard};

/// 2026-03-02T09:00:00Z.
pub(crate) const NINE: Utc = Utc(1_772_442_000_000_000);

/// 2026-03-03T00:00:00Z, the node's present.
pub(crate) const MIDNIGHT: Utc = Utc(1_772_496_000_000_000);

/// Sinilind: Mari and Juri are members of `GROUP`, Kati supervises it, Ants administers the company, Liis is
/// member of 101 only, Viivi may see `GROUP` and not log in, Taavi the other way round. Kuldnokk: Mari (another one) and Ülo, group +35810200010 and a 101 of its own.
pub(crate) const GROUP: &str = "+3726001000";
/// Kuldnokk's group.
pub(crate) const OTHER_GROUP: &str = "+35810200010";
/// Who called Sinilind.
pub(crate) const CALLER: &str = "+3725551234";

/// Sinilind's people, and who called it.
pub(crate) const MARI: PartyId = PartyId(1);
pub(crate) const JURI: PartyId = PartyId(2);
pub(crate) const KATI: PartyId = PartyId(3);
pub(crate) const TAAVI: PartyId = PartyId(7);
pub(crate) const CUSTOMER: PartyId = PartyId(8);

/// Tokens.
pub(crate) const OPERATOR: &str = "operator";
pub(crate) const SINILIND: &str = "sinilind";
pub(crate) const ADMIN: &str = "sinilind-ants";
pub(crate) const SUPERVISOR: &str = "sinilind-kati";
pub(crate) const MEMBER: &str = "sinilind-mari";
/// A member who may see the group, but not log in.
pub(crate) const ONLOOKER: &str = "sinilind-viivi";
/// A member who may log in, but not see the group.
pub(crate) const BLIND: &str = "sinilind-taavi";
pub(crate) const LIIS: &str = "sinilind-liis";
pub(crate) const KULDNOKK: &str = "kuldnokk";
pub(crate) const FOREIGN_ADMIN: &str = "kuldnokk-mari";
pub(crate) const FOREIGN_PERSON: &str = "kuldnokk-person";
pub(crate) const EXPIRED: &str = "expired";
pub(crate) const REVOKED: &str = "revoked";

/// Everything behind one door.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) heard: Arc<Mutex<Heard>>,
    router: Router,
    _folder: TempDir,
}

/// An answer read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|fault| panic!("no JSON ({fault}): {}", self.text))
    }

    /// A problem document of this status and kind.
    pub(crate) fn problem(&self, status: u16, kind: &str) -> serde_json::Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{}", self.text);
        assert_eq!(problem["type"], kind, "{}", self.text);
        assert!(problem["title"].is_string(), "{}", self.text);
        problem
    }
}

impl House {
    pub(crate) async fn build() -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_folder(folder.path()).await.unwrap();
        fill(&store).await;
        let hub = Hub::default();
        let (gateway, asks) = Gateway::new(hub.clone());
        let heard = Arc::new(Mutex::new(Heard::default()));
        tokio::spawn(node::run(store.clone(), asks, heard.clone()));
        House { store, hub, heard, router: api::router(gateway), _folder: folder }
    }

    /// The same house behind another door.
    pub(crate) fn with_router(self, router: Router) -> House {
        House { router, ..self }
    }

    /// A request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> axum::http::Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A request with a token; empty: none.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.read(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask("GET", path, token, "").await
    }

    pub(crate) async fn read(&self, request: Request<Body>) -> Answer {
        let response = self.send(request).await;
        let (parts, body) = response.into_parts();
        let octets = axum::body::to_bytes(body, 1 << 24).await.unwrap();
        let text = String::from_utf8_lossy(&octets).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// What the node was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap().asked)
    }

    /// Adds what facts completed.
    pub(crate) async fn add(&self, company: &str, folded: Vec<Folded>) {
        let commit = Commit {
            tenant: company.parse().unwrap(),
            facts: Vec::new(),
            journal: None,
            folded,
            checkpoint: None,
            parties: Vec::new(),
        };
        Writer::start(self.store.clone()).submit(commit).await.unwrap();
    }

    /// A call of Sinilind that waits in `GROUP`; nobody rings yet.
    pub(crate) fn waiting_call(&self, nth: u64) -> CallId {
        let mut open = record(nth, CUSTOMER, GROUP);
        (open.answered, open.ended, open.outcome) = (None, None, None);
        open.legs.truncate(1);
        (open.legs[0].answered, open.legs[0].ended) = (None, None);
        (open.visits[0].to, open.visits[0].outcome, open.visits[0].served_by) = (None, None, None);
        open.visits[0].position = Some(1);
        self.heard.lock().unwrap().open.push(open);
        call_id(nth)
    }

    /// A call of Sinilind to `GROUP` for which Juri is rung.
    pub(crate) fn ringing_call(&self, nth: u64) -> CallId {
        let call = self.waiting_call(nth);
        let mut heard = self.heard.lock().unwrap();
        let open = heard.open.last_mut().unwrap();
        let mut leg = record(nth, CUSTOMER, GROUP).legs.remove(1);
        (leg.answered, leg.ended) = (None, None);
        open.legs.push(leg);
        call
    }

    /// A call of Sinilind to `GROUP` in which Mari talks.
    pub(crate) fn talking_call(&self, nth: u64) -> CallId {
        let mut open = record(nth, CUSTOMER, GROUP);
        (open.ended, open.outcome) = (None, None);
        open.legs[0].ended = None;
        (open.legs[1].ended, open.legs[1].peer) = (None, Peer::Party(MARI));
        open.visits[0].served_by = Some(MARI);
        self.heard.lock().unwrap().open.push(open);
        call_id(nth)
    }

    /// What the switchboard says to the next command.
    pub(crate) fn reply_next(&self, reply: Reply) {
        self.heard.lock().unwrap().replies.push_back(reply);
    }

    /// The commands that reached a switchboard since this was last called.
    pub(crate) fn commands(&self) -> Vec<Command> {
        std::mem::take(&mut self.heard.lock().unwrap().commands)
    }
}

/// Ids in order of `nth`, as UUIDv7 are in order of time.
pub(crate) fn call_id(nth: u64) -> CallId {
    CallId(Uuid::from_u64_pair(0x019c_ab00_0000_7000 + (nth << 16), 0x8000_0000_0000_0000 | nth))
}

/// Sinilind has calls 1 to 7, Kuldnokk call 100.
async fn fill(store: &Store) {
    let writer = Writer::start(store.clone());
    for (company, people, caller, calls, group) in [
        (
            "sinilind",
            ["mari", "juri", "kati", "ants", "liis", "viivi", "taavi"].as_slice(),
            CALLER,
            1..=7,
            GROUP,
        ),
        ("kuldnokk", ["mari", "ülo"].as_slice(), "+35850555000", 100..=100, OTHER_GROUP),
    ] {
        let tenant = company.parse().unwrap();
        let people = people.iter().map(|name| PartyKey::Person(name.parse().unwrap()));
        let parties = people.chain([PartyKey::Number(caller.parse().unwrap())]);
        let parties: Vec<NewParty> =
            parties.zip(1..).map(|(key, id)| NewParty { id: PartyId(id), key }).collect();
        let caller = parties.last().unwrap().id;
        let new = NewVersion {
            tenant,
            from: 0,
            document: format!(r#"{{"company":"{company}"}}"#),
            by: "operator".to_owned(),
            at: NINE,
            claims: Vec::new(),
            secrets: Vec::new(),
            parties,
        };
        let tenant = new.tenant.clone();
        store.put_version(new).await.unwrap();
        let folded = calls.map(|nth| Folded::Call(Box::new(record(nth, caller, group)))).collect();
        let commit = Commit {
            tenant,
            facts: Vec::new(),
            journal: None,
            folded,
            checkpoint: None,
            parties: Vec::new(),
        };
        writer.submit(commit).await.unwrap();
    }
    tokens(store).await;
}

async fn tokens(store: &Store) {
    let person =
        |company: &str, name: &str| TokenScope::Person(company.parse().unwrap(), name.parse().unwrap());
    for (token, scope) in [
        (REVOKED, TokenScope::Operator),
        (OPERATOR, TokenScope::Operator),
        (SINILIND, TokenScope::Company("sinilind".parse().unwrap())),
        (ADMIN, person("sinilind", "ants")),
        (SUPERVISOR, person("sinilind", "kati")),
        (MEMBER, person("sinilind", "mari")),
        (ONLOOKER, person("sinilind", "viivi")),
        (BLIND, person("sinilind", "taavi")),
        (LIIS, person("sinilind", "liis")),
        (KULDNOKK, TokenScope::Company("kuldnokk".parse().unwrap())),
        (FOREIGN_ADMIN, person("kuldnokk", "mari")),
        (FOREIGN_PERSON, person("kuldnokk", "ülo")),
    ] {
        store.put_token(&NewToken { token: token.to_owned(), scope, expires: None }).await.unwrap();
    }
    let scope = TokenScope::Operator;
    store.put_token(&NewToken { token: EXPIRED.to_owned(), scope, expires: Some(NINE) }).await.unwrap();
    let first = store.tokens().await.unwrap()[0].id;
    assert!(store.revoke_token(first, NINE).await.unwrap());
}

/// A call of one minute that Juri (or who is second) took after ten seconds; `nth` minutes after nine.
pub(crate) fn record(nth: u64, caller: PartyId, group: &str) -> CallRecord {
    let call = call_id(nth);
    let started = Utc(NINE.0 + i64::try_from(nth).unwrap() * 60_000_000);
    let answered = Utc(started.0 + 10_000_000);
    let ended = Utc(started.0 + 60_000_000);
    let group = group.parse().unwrap();
    let leg = |n: u16, role: Role, peer: PartyId| LegRecord {
        leg: LegId { call, n },
        role,
        peer: Peer::Party(peer),
        group: (role == Role::Member).then_some(group),
        started,
        alerting: Some(started),
        answered: Some(answered),
        ended: Some(ended),
        cause: None,
        media: None,
        charge: None,
    };
    CallRecord {
        call,
        first: FactSeq(nth),
        last: FactSeq(nth),
        from: caller,
        hidden: false,
        to: Called::Group(group),
        via: Ingress::Trunk("demo".parse().unwrap()),
        started,
        answered: Some(answered),
        ended: Some(ended),
        outcome: Some(Outcome::Answered),
        legs: vec![leg(0, Role::Caller, caller), leg(1, Role::Member, JURI)],
        heard: Vec::new(),
        visits: vec![VisitRecord {
            group,
            from: started,
            to: Some(answered),
            outcome: Some(VisitOutcome::Served),
            served_by: Some(JURI),
            position: None,
        }],
        fallback: Vec::new(),
    }
}
