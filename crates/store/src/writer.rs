//! The one writer of what switchboards decide: commits of all companies go together, one disk write for many.
//!
//! Invariants: a commit is on disk whole or not at all; a company's facts follow on without a gap; commits of
//! one company are written in the order in which they were submitted; one company's fault costs no other
//! company a fact; a database that fails costs time only, however long: commits are given up when Helin ends, not before.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use model::fact::Fact;
use model::id::TenantId;
use model::record::Folded;
use model::saved::SavedState;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::commit::{self, Line, OnDisk};
use crate::{NewParty, Store, StoreError};

/// What one company wants on disk, together.
#[derive(Debug)]
pub struct Commit {
    /// Whose.
    pub tenant: TenantId,
    /// In order, following on from the last commit's.
    pub facts: Vec<Fact>,
    /// A batch of inputs as the host packed it.
    pub journal: Option<Vec<u8>>,
    /// What the facts completed.
    pub folded: Vec<Folded>,
    /// The state after the facts.
    pub checkpoint: Option<SavedState>,
    /// People seen for the first time.
    pub parties: Vec<NewParty>,
}

/// Resolves when a commit is on disk, or has failed.
#[derive(Debug)]
pub struct CommitTicket(oneshot::Receiver<Result<(), StoreError>>);

impl Future for CommitTicket {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|result| result.unwrap_or(Err(StoreError::Closed)))
    }
}

type Waiting = (Commit, oneshot::Sender<Result<(), StoreError>>);

/// Takes commits.
#[derive(Debug, Clone)]
pub struct Writer {
    commits: mpsc::UnboundedSender<Waiting>,
    /// Until when a database that fails is tried again; `None`: until it takes what it shall.
    until: watch::Sender<Option<Instant>>,
    pulse: Arc<Mutex<Pulse>>,
}

/// How the writing goes.
#[derive(Debug, Default)]
struct Pulse {
    /// Since when something is to be written and nothing was.
    since: Option<Instant>,
    /// Why not, where the database says so.
    refused: Option<String>,
}

impl Writer {
    /// Starts the writer's task.
    pub fn start(store: Store) -> Writer {
        let (commits, inbox) = mpsc::unbounded_channel();
        let (until, told) = watch::channel(None);
        let pulse = Arc::new(Mutex::new(Pulse::default()));
        let disk = Disk {
            store,
            line: None,
            on_disk: OnDisk::default(),
            until: told,
            pulse: pulse.clone(),
            kept: Vec::new(),
            told: None,
        };
        tokio::spawn(run(disk, inbox));
        Writer { commits, until, pulse }
    }

    /// Helin ends: what a failing database does not take within this time is given up, and its ticket says so.
    pub fn end_within(&self, patience: Duration) {
        self.until.send_replace(Some(Instant::now() + patience));
    }

    /// Why nothing can be written now; `None`: as far as is known, it can.
    pub fn trouble(&self) -> Option<String> {
        let pulse = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = pulse.since.map(|since| since.elapsed()).filter(|waits| *waits >= SLOW)?.as_secs();
        Some(match &pulse.refused {
            Some(fault) => {
                format!("the database has taken nothing for {waits} s ({fault}): is the disk full?")
            }
            None => format!("the database has not answered a write for {waits} s"),
        })
    }

    /// Hands over a commit. Each company has at most one under way, so what waits is bounded by companies.
    pub fn submit(&self, commit: Commit) -> CommitTicket {
        let (done, ticket) = oneshot::channel();
        if let Err(refused) = self.commits.send((commit, done)) {
            let _ = refused.0.1.send(Err(StoreError::Closed));
        }
        CommitTicket(ticket)
    }
}

async fn run(mut disk: Disk, mut inbox: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch: Vec<Waiting> = Vec::new();
    let mut next = Instant::now();
    loop {
        let count = tokio::select! {
            biased;
            // A store that closes waits for every connection to come back.
            () = disk.store.closing(), if disk.line.is_some() => {
                disk.line = None;
                continue;
            }
            count = inbox.recv_many(&mut batch, TOGETHER_MAX), if !inbox.is_closed() || disk.kept.is_empty() => count,
            () = tokio::time::sleep(PAUSE), if !disk.kept.is_empty() => disk.kept.len(),
        };
        if count == 0 {
            return;
        }
        // Under load whatever comes within the time goes together; a commit after a quiet time goes at once.
        if next > Instant::now() {
            tokio::time::sleep_until(next).await;
            // The store takes what came meanwhile, too.
            while batch.len() < TOGETHER_MAX
                && let Ok(waiting) = inbox.try_recv()
            {
                batch.push(waiting);
            }
        }
        next = Instant::now() + TOGETHER_EVERY;
        disk.try_again().await;
        disk.take(std::mem::take(&mut batch)).await;
    }
}

/// What the writer's task writes on.
struct Disk {
    store: Store,
    line: Option<Line>,
    on_disk: OnDisk,
    until: watch::Receiver<Option<Instant>>,
    pulse: Arc<Mutex<Pulse>>,
    /// What it has not taken yet but may: one commit a company, as there is one under way.
    kept: Vec<Waiting>,
    /// When the log was last told so.
    told: Option<Instant>,
}

impl Disk {
    async fn write(&mut self, commits: &[Commit]) -> Result<(), StoreError> {
        self.note(|pulse| {
            pulse.since.get_or_insert_with(Instant::now);
        });
        let written = commit::write(&self.store, &mut self.line, commits, &mut self.on_disk).await;
        if written.is_ok() {
            // Where others' facts are taken, one company's are no fault of the disk.
            self.note(|pulse| *pulse = Pulse::default());
        }
        written
    }

    fn note(&self, change: impl FnOnce(&mut Pulse)) {
        change(&mut self.pulse.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes commits together; where that fails, each alone, so that the one that cannot be written fails alone.
    async fn take(&mut self, batch: Vec<Waiting>) {
        let (commits, tickets): (Vec<Commit>, Vec<_>) = batch.into_iter().unzip();
        let together = if commits.is_empty() { Ok(()) } else { self.write(&commits).await };
        for waiting in commits.into_iter().zip(tickets) {
            match together {
                Ok(()) => resolve(waiting, Ok(())),
                Err(_) => self.take_alone(waiting).await,
            }
        }
    }

    /// Keeps a commit that the database may take later: a company whose commit is lost has a gap in its facts and can
    /// write no more.
    async fn take_alone(&mut self, waiting: Waiting) {
        match self.write(std::slice::from_ref(&waiting.0)).await {
            Err(fault) if !fault.is_lasting() && !self.is_over() => {
                self.tell(&fault);
                self.note(|pulse| pulse.refused = Some(fault.to_string()));
                self.kept.push(waiting);
            }
            result => {
                if self.kept.is_empty() {
                    self.note(|pulse| *pulse = Pulse::default());
                }
                resolve(waiting, result);
            }
        }
    }

    async fn try_again(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        for waiting in std::mem::take(&mut self.kept) {
            self.take_alone(waiting).await;
        }
        if self.kept.is_empty() && self.told.take().is_some() && !self.is_over() {
            tracing::warn!("the database takes facts again");
        }
    }

    fn is_over(&self) -> bool {
        self.until.borrow().is_some_and(|until| Instant::now() >= until)
    }

    fn tell(&mut self, fault: &StoreError) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            tracing::error!(%fault, "the database does not take facts; they are kept and tried again: is the disk full?");
        }
    }
}

fn resolve((_, ticket): Waiting, result: Result<(), StoreError>) {
    // Who waited may have gone.
    let _ = ticket.send(result);
}

/// Between the beginnings of two writes; what a caller's 200 waits at most besides the disk. Nobody hears 10 ms, and a
/// write costs as much as half a call.
const TOGETHER_EVERY: Duration = Duration::from_millis(10);

/// Commits written together at most.
const TOGETHER_MAX: usize = 4_096;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Where nothing is taken for so long, calls had better go elsewhere.
const SLOW: Duration = Duration::from_secs(2);

/// Between two words of the log about a database that fails.
const TELL_EVERY: Duration = Duration::from_secs(30);
