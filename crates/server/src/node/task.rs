//! The task of one switchboard: takes mail, decides, sends out, commits.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::gateway::{Changed, Hub};
use engine::switchboard::Switchboard;
use model::config::TenantConfig;
use model::id::{CallId, FactSeq, LegId, RequestId, Seed, TenantId};
use model::input::Input;
use model::leg::{DialTo, LegCommand, Release};
use model::number::Number;
use model::output::{Output, Reply};
use model::record::Folded;
use model::saved::SavedState;
use model::time::Now;
use store::{Commit, CommitTicket, NewParty, Writer};
use telephony::Handle;
use tokio::sync::{mpsc, oneshot, watch};

use super::clock::Clock;
use super::gate::Gate;
use super::journal::{self, Entry, Pending};
use super::view::View;
use super::{Mail, Node};
use crate::names::Names;

/// A commit that takes longer is an alarm, and calls go on without it (design section 3).
const STALL: Duration = Duration::from_millis(200);

/// Inputs handled before the outside is looked at again.
const TURN_MAX: usize = 256;

/// Facts between two checkpoints of the saved state.
const CHECKPOINT_EVERY: u64 = 5_000;

/// Changes are told to listeners this often at most.
const TELL_EVERY: Duration = Duration::from_millis(40);

/// What a node begins from.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) config: Arc<TenantConfig>,
    pub(crate) saved: SavedState,
    pub(crate) seed: Seed,
    pub(crate) view: View,
    pub(crate) names: Arc<Names>,
}

/// What all nodes share.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    pub(crate) clock: Clock,
    /// Where their tasks run.
    pub(crate) calls_on: tokio::runtime::Handle,
    pub(crate) writer: Writer,
    pub(crate) telephony: Handle,
    pub(crate) hub: Hub,
    pub(crate) calls: crate::router::CallMap,
    /// Numbers that callers typed, to be looked up.
    pub(crate) typed: mpsc::UnboundedSender<crate::router::Typed>,
}

/// Starts a company's task.
pub(crate) fn start(tenant: TenantId, begin: Begin, around: Around) -> Node {
    let (mail, mailbox) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let view = Arc::new(Mutex::new(begin.view));
    let now = around.clock.now();
    let saved = begin.saved.version;
    let switchboard = Switchboard::new(begin.config.clone(), begin.saved, begin.seed, now);
    let (written, facts) = watch::channel(saved);
    let entry = Entry::begin(now, saved, begin.config.version, begin.seed);
    let node = Node { tenant: tenant.clone(), mail, waiting: waiting.clone(), view: view.clone(), facts };
    let calls_on = around.calls_on.clone();
    let task = Task {
        node: node.clone(),
        tenant,
        config: begin.config,
        seed: begin.seed,
        switchboard,
        mailbox,
        waiting: waiting.clone(),
        view: view.clone(),
        names: begin.names,
        gate: Gate::default(),
        pending: Pending { entries: vec![entry], facts: Vec::new() },
        parties: Vec::new(),
        folded: Vec::new(),
        batch: 1,
        durable: 0,
        checkpoint_at: saved,
        written,
        asked: BTreeMap::new(),
        next_request: 1,
        told: Instant::now(),
        around,
    };
    calls_on.spawn(task.run());
    node
}

struct Task {
    /// For calls of ours, whose events must find the way back here.
    node: Node,
    tenant: TenantId,
    config: Arc<TenantConfig>,
    seed: Seed,
    switchboard: Switchboard,
    mailbox: mpsc::UnboundedReceiver<Mail>,
    waiting: Arc<AtomicUsize>,
    view: Arc<Mutex<View>>,
    names: Arc<Names>,
    gate: Gate,
    pending: Pending,
    parties: Vec<NewParty>,
    folded: Vec<Folded>,
    /// The batch now being filled.
    batch: u64,
    /// The last batch on disk.
    durable: u64,
    checkpoint_at: FactSeq,
    /// The last fact on disk.
    written: watch::Sender<FactSeq>,
    asked: BTreeMap<RequestId, oneshot::Sender<Reply>>,
    next_request: u64,
    told: Instant,
    around: Around,
}

/// A commit under way.
struct UnderWay {
    ticket: CommitTicket,
    batch: u64,
    /// Calls that ended in it.
    ended: Vec<CallId>,
    /// Its last fact.
    last: Option<FactSeq>,
    since: Instant,
    stalled: bool,
}

impl Task {
    async fn run(mut self) {
        let mut mail = Vec::with_capacity(TURN_MAX);
        let mut under_way: Option<UnderWay> = None;
        self.drain_outputs();
        loop {
            if under_way.is_none() && !self.pending.is_empty() {
                under_way = Some(self.commit());
            }
            let deadline = self.switchboard.next_deadline().map(|(tick, _)| self.around.clock.instant(tick));
            let tell = self.view_is_dirty().then(|| self.told + TELL_EVERY);
            let stall =
                under_way.as_ref().filter(|commit| !commit.stalled).map(|commit| commit.since + STALL);
            tokio::select! {
                biased;
                result = settled(&mut under_way) => self.settle(&mut under_way, result),
                () = until(stall) => self.go_on_without_disk(&mut under_way),
                () = until(deadline) => self.take(Input::Timeout),
                count = self.mailbox.recv_many(&mut mail, TURN_MAX) => {
                    if count == 0 {
                        break;
                    }
                    self.waiting.fetch_sub(count, Ordering::Relaxed);
                    for item in mail.drain(..) {
                        if let Mail::Stop(done) = item {
                            self.finish(under_way.take()).await;
                            let _ = done.send(());
                            return;
                        }
                        self.open(item);
                    }
                }
                () = until(tell) => self.tell(),
            }
        }
        self.finish(under_way).await;
    }

    fn open(&mut self, mail: Mail) {
        match mail {
            Mail::Input(input) => self.take(input),
            Mail::Arrival(leg, event, parties) => {
                self.parties.extend(parties);
                self.take(Input::Leg(leg, event));
            }
            Mail::Ask(command, answer) => {
                let request = self.ask(answer);
                self.take(Input::Command(request, command));
            }
            Mail::Config(config, taken) => {
                self.config = config.clone();
                let now = self.around.clock.now();
                self.lock_view().take_config(config.clone(), now.utc);
                self.take(Input::Config(config));
                // Whoever has stopped waiting need not know.
                let _ = taken.send(());
            }
            Mail::Identified(call, found, parties) => {
                self.parties.extend(parties);
                self.take(Input::Identified(call, found));
            }
            Mail::Parties(parties) => self.parties.extend(parties),
            Mail::Stop(_) => {}
        }
    }

    fn ask(&mut self, answer: oneshot::Sender<Reply>) -> RequestId {
        let request = RequestId(self.next_request);
        self.next_request += 1;
        self.asked.insert(request, answer);
        request
    }

    /// Hands one input to the switchboard, writes it down, and sends out what it decides.
    fn take(&mut self, input: Input) {
        let now = self.around.clock.now();
        self.pending.entries.push(match &input {
            Input::Config(config) => Entry::Config { now, config: config.version },
            Input::Leg(..)
            | Input::Command(..)
            | Input::Reach(..)
            | Input::Identified(..)
            | Input::Timeout => Entry::Input { now, input: input.clone() },
        });
        if self.handle(now, input.clone()).is_err() {
            tracing::error!(tenant = %self.tenant, "the switchboard broke on an input; it is rebuilt and tried again");
            self.rebuild(now);
            if self.handle(now, input).is_err() {
                tracing::error!(tenant = %self.tenant, "the input broke the switchboard twice and is set aside; please report it");
                self.rebuild(now);
            }
        }
        self.drain_outputs();
    }

    fn handle(&mut self, now: Now, input: Input) -> Result<(), ()> {
        let switchboard = &mut self.switchboard;
        catch_unwind(AssertUnwindSafe(|| switchboard.handle(now, input))).map_err(|_| ())
    }

    /// A fresh switchboard from the facts so far; calls that were open end with it.
    fn rebuild(&mut self, now: Now) {
        self.drain_outputs();
        let saved = self.lock_view().state.clone();
        for record in saved.calls.values() {
            for leg in record.legs.iter().filter(|leg| leg.ended.is_none()) {
                self.around.telephony.leg(&self.tenant, leg.leg, LegCommand::Release(Release::Fault));
            }
        }
        let version = saved.version;
        self.switchboard = Switchboard::new(self.config.clone(), saved, self.seed, now);
        self.pending.entries.push(Entry::begin(now, version, self.config.version, self.seed));
    }

    fn drain_outputs(&mut self) {
        while let Some(output) = self.switchboard.poll_output() {
            if let Output::Fact(fact) = output {
                let folded = self.lock_view().apply(&fact);
                if let Some(folded) = folded {
                    if let Folded::Call(record) = &folded {
                        self.around.calls.forget(record.call);
                    }
                    self.folded.push(folded);
                }
                self.pending.facts.push(fact);
            } else if let Some(output) = self.gate.pass(self.batch, output) {
                self.send(output);
            }
        }
    }

    /// Lets one output leave.
    fn send(&mut self, output: Output) {
        match output {
            Output::Leg(leg, command) => {
                self.keep_track(leg, &command);
                let command = self.with_number(command);
                self.around.telephony.leg(&self.tenant, leg, command);
            }
            Output::Identify { call, digits } => {
                let typed = crate::router::Typed { tenant: self.tenant.clone(), call, digits };
                // Gone only when Helin ends.
                let _ = self.around.typed.send(typed);
            }
            Output::Notice(notice) => {
                // req K-30
                let time_of_day = self.lock_view().time_of_day(self.around.clock.now().utc);
                self.around.telephony.notice(&self.tenant, notice.at(&time_of_day));
            }
            Output::Reply(request, reply) => {
                if let Some(answer) = self.asked.remove(&request) {
                    // Who asked may have gone.
                    let _ = answer.send(reply);
                }
            }
            Output::Fact(_) => {}
        }
    }

    /// A call of ours is this company's like any that came in.
    fn keep_track(&self, leg: LegId, command: &LegCommand) {
        if matches!(command, LegCommand::Dial(dial) if dial.caller.is_none()) {
            self.around.calls.ours(leg.call, &self.node);
        }
    }

    /// Who is known by his row alone is called, and shown, by his number.
    fn with_number(&self, command: LegCommand) -> LegCommand {
        let LegCommand::Dial(mut dial) = command else { return command };
        if let DialTo::Row(party) = dial.to
            && let Some(number) = self.names.number_of(party)
        {
            dial.to = DialTo::Outside(number);
        }
        if let Some(party) = dial.show.row.take() {
            dial.show.number = dial.show.number.or(self.names.number_of(party).map(Number::E164));
        }
        LegCommand::Dial(dial)
    }

    fn commit(&mut self) -> UnderWay {
        let pending = std::mem::take(&mut self.pending);
        let batch = self.batch;
        self.batch += 1;
        let last = pending.facts.last().map(|fact| fact.seq);
        let due = last.is_some_and(|last| last.0 >= self.checkpoint_at.0 + CHECKPOINT_EVERY);
        let checkpoint = due.then(|| self.lock_view().state.clone());
        if let Some(state) = &checkpoint {
            self.checkpoint_at = state.version;
        }
        let folded = std::mem::take(&mut self.folded);
        let ended = folded
            .iter()
            .filter_map(|folded| match folded {
                Folded::Call(record) => Some(record.call),
                Folded::Session(_) | Folded::Time(_) | Folded::Callback(_) => None,
            })
            .collect();
        let journal = journal::pack(&pending.entries);
        let ticket = self.around.writer.submit(Commit {
            tenant: self.tenant.clone(),
            facts: pending.facts,
            journal: Some(journal),
            folded,
            checkpoint,
            parties: std::mem::take(&mut self.parties),
        });
        UnderWay { ticket, batch, ended, last, since: Instant::now(), stalled: false }
    }

    fn settle(&mut self, under_way: &mut Option<UnderWay>, result: Result<(), store::StoreError>) {
        let Some(done) = under_way.take() else { return };
        if let Err(error) = result {
            tracing::error!(tenant = %self.tenant, %error, "facts could not be written; calls go on, their records may be lost");
        }
        self.lock_view().written(&done.ended);
        if let Some(last) = done.last {
            self.written.send_replace(last);
        }
        self.let_out(done.batch);
    }

    fn go_on_without_disk(&mut self, under_way: &mut Option<UnderWay>) {
        let Some(slow) = under_way else { return };
        slow.stalled = true;
        tracing::error!(tenant = %self.tenant, "the disk has not taken facts for 200 ms; calls go on without waiting for it");
        let batch = self.batch;
        self.let_out(batch);
    }

    fn let_out(&mut self, batch: u64) {
        self.durable = self.durable.max(batch);
        while let Some(output) = self.gate.release(self.durable) {
            self.send(output);
        }
    }

    async fn finish(&mut self, under_way: Option<UnderWay>) {
        if let Some(last) = under_way {
            let batch = last.batch;
            if let Err(error) = last.ticket.await {
                tracing::error!(tenant = %self.tenant, %error, "facts could not be written at the end");
            }
            self.let_out(batch);
        }
        self.checkpoint_at = FactSeq(0);
        if !self.pending.is_empty() {
            let last = self.commit();
            if let Err(error) = last.ticket.await {
                tracing::error!(tenant = %self.tenant, %error, "facts could not be written at the end");
            }
            self.let_out(last.batch);
        }
    }

    fn lock_view(&self) -> std::sync::MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view_is_dirty(&self) -> bool {
        self.lock_view().is_touched()
    }

    /// Tells listeners what changed.
    fn tell(&mut self) {
        self.told = Instant::now();
        let now = self.around.clock.now();
        let names = self.names.clone();
        let mut view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = view.take_touched();
        if !self.around.hub.has_listeners(&self.tenant) {
            return;
        }
        for group in touched.groups {
            if let Some(live) = view.live(group, now.utc, &|party| names.view(party)) {
                self.around.hub.publish(&self.tenant, Changed::Group(Arc::new(live)));
            }
        }
        let open = touched.calls.iter().filter_map(|call| view.state.calls.get(call).cloned().map(Arc::from));
        for record in open.chain(touched.ended) {
            self.around.hub.publish(&self.tenant, Changed::Call(record));
        }
    }
}

/// Resolves when the commit under way is on disk; never while there is none.
async fn settled(under_way: &mut Option<UnderWay>) -> Result<(), store::StoreError> {
    match under_way {
        Some(commit) => (&mut commit.ticket).await,
        None => std::future::pending().await,
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
