//! Live changes of all companies, for those who listen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use model::id::TenantId;
use model::record::CallRecord;
use tokio::sync::broadcast;

use super::LiveView;

/// Changes kept per company for those who come back with `Last-Event-ID`.
const CHANGES_KEPT: usize = 1_024;

/// One change, to be streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Rises by one within a company, and over restarts.
    pub id: u64,
    /// What changed.
    pub what: Changed,
}

/// What changed; its present state is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A group.
    Group(Arc<LiveView>),
    /// A call, under way or just ended.
    Call(Arc<CallRecord>),
}

/// Live changes of all companies, for streams.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    companies: Arc<Mutex<BTreeMap<TenantId, Channel>>>,
}

/// What a listener begins with.
#[derive(Debug)]
pub struct Listening {
    /// What came since the last id seen; `None`: a snapshot is needed.
    pub missed: Option<Vec<Change>>,
    /// What comes from now on.
    pub changes: broadcast::Receiver<Change>,
    /// The id of the newest change.
    pub newest: u64,
    /// The lowest id that is still kept, or the next one.
    pub first_kept: u64,
}

#[derive(Debug)]
struct Channel {
    next: u64,
    kept: VecDeque<Change>,
    sender: broadcast::Sender<Change>,
}

impl Hub {
    /// Tells the company's listeners. Cheap when there are none.
    pub fn publish(&self, tenant: &TenantId, what: Changed) {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = companies.entry(tenant.clone()).or_insert_with(Channel::new);
        let change = Change { id: channel.next, what };
        channel.next += 1;
        if channel.kept.len() == CHANGES_KEPT {
            channel.kept.pop_front();
        }
        channel.kept.push_back(change.clone());
        // Nobody listening is no fault.
        let _ = channel.sender.send(change);
    }

    /// Whether anybody listens.
    pub fn has_listeners(&self, tenant: &TenantId) -> bool {
        let companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        companies.get(tenant).is_some_and(|channel| channel.sender.receiver_count() > 0)
    }

    /// Listens from now on. `after`: the last id seen; what came since is given first if all of it is still
    /// kept, else the listener takes a snapshot.
    pub fn listen(&self, tenant: &TenantId, after: Option<u64>) -> Listening {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = companies.entry(tenant.clone()).or_insert_with(Channel::new);
        let newest = channel.next - 1;
        let first_kept = channel.kept.front().map_or(channel.next, |change| change.id);
        let missed = after.filter(|seen| *seen <= newest).and_then(|seen| {
            (seen + 1 >= first_kept)
                .then(|| channel.kept.iter().filter(|change| change.id > seen).cloned().collect())
        });
        Listening { missed, changes: channel.sender.subscribe(), newest, first_kept }
    }
}

impl Channel {
    fn new() -> Channel {
        // Above every id of an earlier run, so that who resumes from one of those gets a snapshot.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next = u64::try_from(since.as_micros()).unwrap_or(u64::MAX / 2);
        Channel { next, kept: VecDeque::new(), sender: broadcast::Sender::new(256) }
    }
}
