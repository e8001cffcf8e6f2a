//! The one writer of what switchboards decide: commits of all companies go together, one disk write for many.
//!
//! Invariants: a commit is on disk whole or not at all; a company's facts follow on without a gap; commits of
//! one company are written in the order in which they were submitted; one company's fault costs no other
//! company a fact; a database that fails for a while costs time only.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use model::fact::Fact;
use model::id::TenantId;
use model::record::Folded;
use model::saved::SavedState;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::commit::{self, Ends, Line};
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
}

impl Writer {
    /// Starts the writer's task.
    pub fn start(store: Store) -> Writer {
        let (commits, inbox) = mpsc::unbounded_channel();
        tokio::spawn(run(store, inbox));
        Writer { commits }
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

async fn run(store: Store, mut inbox: mpsc::UnboundedReceiver<Waiting>) {
    let mut ends = Ends::default();
    let mut line: Option<Line> = None;
    let mut batch: Vec<Waiting> = Vec::new();
    let mut next = Instant::now();
    loop {
        let count = tokio::select! {
            biased;
            // A store that closes waits for every connection to come back.
            () = store.closing(), if line.is_some() => {
                line = None;
                continue;
            }
            count = inbox.recv_many(&mut batch, TOGETHER_MAX) => count,
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
        let (commits, tickets): (Vec<Commit>, Vec<_>) = batch.drain(..).unzip();
        let results = match commit::write(&store, &mut line, &commits, &mut ends).await {
            Ok(()) => commits.iter().map(|_| Ok(())).collect(),
            Err(fault) => one_by_one(&store, &mut line, &commits, (&mut ends, &fault)).await,
        };
        for (ticket, result) in tickets.into_iter().zip(results) {
            // Who waited may have gone.
            let _ = ticket.send(result);
        }
    }
}

/// Writes each commit alone, so that the one that cannot be written fails alone, and tries again while the
/// database may recover: a company whose commit is lost has a gap in its facts and can write no more.
async fn one_by_one(
    store: &Store,
    line: &mut Option<Line>,
    commits: &[Commit],
    (ends, fault): (&mut Ends, &StoreError),
) -> Vec<Result<(), StoreError>> {
    let give_up = Instant::now() + PATIENCE;
    if !fault.is_lasting() {
        tracing::error!(%fault, commits = commits.len(), "the database takes nothing; trying again: is the disk full?");
    }
    let mut results = Vec::with_capacity(commits.len());
    for commit in commits {
        results.push(stubbornly(store, line, commit, (ends, give_up)).await);
    }
    results
}

async fn stubbornly(
    store: &Store,
    line: &mut Option<Line>,
    commit: &Commit,
    (ends, give_up): (&mut Ends, Instant),
) -> Result<(), StoreError> {
    loop {
        let fault = match commit::write(store, line, std::slice::from_ref(commit), ends).await {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        if fault.is_lasting() || Instant::now() >= give_up {
            return Err(fault);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Between the beginnings of two writes; what a caller's 200 waits at most besides the disk. Nobody hears 10 ms, and a
/// write costs as much as half a call.
const TOGETHER_EVERY: Duration = Duration::from_millis(10);

/// Commits written together at most.
const TOGETHER_MAX: usize = 4_096;

/// How long a database may fail before commits are given up; a platform that is told to stop ends by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);
