//! The core: one thread, its sockets, its endpoint, its legs. Takes what comes in turn and dispatches.
//!
//! Invariants: everything that happens on one leg is told in order; nothing here waits for anybody but the
//! network and the clock.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mio::{Events, Poll, Token, Waker};
use model::id::{LegId, PartyId, TenantId};
use model::number::PhoneNumber;
use sip_proto::Millis;
use sip_proto::auth::Challenger;
use sip_proto::dialog::Flow;
use sip_proto::endpoint::{ClientId, DialogId, Endpoint, Event, ServerId};
use sip_proto::message::Framed;
use sip_proto::token::Tokens;

use crate::accounts::Accounts;
use crate::leg::{ClientUse, Leg};
use crate::prompts::Prompts;
use crate::registrar::{Binding, Places, Registrar};
use crate::rtp::{PortId, Sound, SoundEvent};
use crate::transport::{Arrived, Sockets, StartError};
use crate::trunk::Trunk;
use crate::{Config, Durable, Figures, Handle, TelephonyEvent, Wish};

const WAKE: Token = Token(usize::MAX);

/// How long what comes before `begin` waits in the sockets: until it would be sent again. After that it gets 503.
const BEGIN_PATIENCE: Duration = Duration::from_millis(sip_proto::transaction::T1);

/// Failed log-ins from one address in a window before it is no longer answered.
const FAILURES_MAX: u32 = 200;
/// The window, milliseconds.
const FAILURES_WINDOW: u64 = 10_000;

type Tell = Box<dyn Fn(Vec<TelephonyEvent>) + Send>;

/// Everything of SIP.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) endpoint: Endpoint,
    pub(crate) now: Millis,
    pub(crate) utc: i64,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) prompts: Arc<Prompts>,
    pub(crate) platform: Arc<BTreeSet<PhoneNumber>>,
    pub(crate) platform_secret: String,
    pub(crate) challengers: Vec<Challenger>,
    pub(crate) trunks: Vec<Trunk>,
    pub(crate) registrar: Registrar,
    pub(crate) sound: Sound,
    pub(crate) legs: HashMap<LegId, Leg>,
    pub(crate) servers: HashMap<ServerId, LegId>,
    pub(crate) clients: HashMap<ClientId, ClientUse>,
    pub(crate) dialogs: HashMap<DialogId, LegId>,
    pub(crate) ports: HashMap<PortId, crate::leg::PortUse>,
    /// REGISTERs that wait for the disk.
    pub(crate) waiting: HashMap<u64, (ServerId, TenantId, PartyId, Places)>,
    pub(crate) next_ticket: u64,
    /// Legs that are offered a new description again, and when.
    pub(crate) later: Vec<(Millis, LegId)>,
    pub(crate) tokens: Tokens,
    /// Accounts and companies are there.
    pub(crate) begun: bool,
    pub(crate) draining: bool,
    pub(crate) events: Vec<TelephonyEvent>,
    pub(crate) failures: HashMap<IpAddr, (u64, u32)>,
    pub(crate) figures: Arc<Figures>,
    sockets: Sockets,
    poll: Poll,
    wishes: Receiver<Wish>,
    sounds: Receiver<Vec<SoundEvent>>,
    woken: Arc<AtomicBool>,
    origin: Instant,
    origin_utc: i64,
}

pub(crate) fn start(
    config: Config,
    accounts: Arc<Accounts>,
    prompts: Arc<Prompts>,
    bindings: Vec<Binding>,
    tell: Tell,
) -> Result<Handle, StartError> {
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
    let sockets = Sockets::bind(&config.listeners, poll.registry())?;
    let (wishes, wish_box) = channel();
    let (sound_sender, sounds) = channel();
    let waker = Alarm { waker, woken: Arc::default() };
    let sound_waker = waker.clone();
    let sound = Sound::start(config.rtp, config.shards, config.media_timeout, move |events| {
        if sound_sender.send(events).is_ok() {
            sound_waker.wake();
        }
    })?;
    let figures = Arc::new(Figures::default());
    let mut tokens = Tokens::new(config.seed ^ 0x74_656c_6570_686f_6e79);
    let listeners = config
        .listeners
        .iter()
        .map(|listener| sip_proto::endpoint::Listener {
            address: std::net::SocketAddr::new(listener.advertise, listener.bind.port()).to_string(),
            symmetric: true,
        })
        .collect();
    let endpoint = Endpoint::new(sip_proto::endpoint::Config {
        seed: config.seed,
        listeners,
        limits: sip_proto::endpoint::Limits::default(),
        product: "Helin".to_owned(),
    });
    let challengers = config
        .listeners
        .iter()
        .map(|listener| Challenger::new(&config.realm, config.nonce_key, &listener.digest))
        .collect();
    let mut registrar = Registrar::default();
    registrar.restore(bindings);
    figures.set(&figures.contacts, registrar.count());
    let core = Core {
        endpoint,
        now: Millis(0),
        utc: 0,
        accounts,
        prompts,
        platform: Arc::default(),
        platform_secret: tokens.call_id(),
        challengers,
        trunks: config.trunks.iter().cloned().map(Trunk::new).collect(),
        registrar,
        sound,
        legs: HashMap::new(),
        servers: HashMap::new(),
        clients: HashMap::new(),
        dialogs: HashMap::new(),
        ports: HashMap::new(),
        waiting: HashMap::new(),
        next_ticket: 1,
        later: Vec::new(),
        tokens,
        begun: false,
        draining: false,
        events: Vec::new(),
        failures: HashMap::new(),
        figures: figures.clone(),
        sockets,
        poll,
        wishes: wish_box,
        sounds,
        woken: waker.woken.clone(),
        origin: Instant::now(),
        origin_utc: utc_now(),
        config,
    };
    std::thread::Builder::new().name("sip".to_owned()).spawn(move || core.run(&tell))?;
    Ok(Handle { wishes, waker, figures })
}

/// Wakes the core once for all that is sent before it looks: a wake-up is a system call on each side.
#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    waker: Arc<Waker>,
    woken: Arc<AtomicBool>,
}

impl Alarm {
    /// Called after something was sent.
    pub(crate) fn wake(&self) {
        if !self.woken.swap(true, Ordering::SeqCst) {
            // A core that has stopped is not there to be woken.
            let _ = self.waker.wake();
        }
    }
}

fn utc_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl Core {
    fn run(mut self, tell: &Tell) {
        if self.wait_for_begin() == Ended::Yes {
            return;
        }
        let mut ready = Events::with_capacity(1_024);
        let mut again: Vec<usize> = Vec::new();
        loop {
            self.look_at_clock();
            let wait = if again.is_empty() { self.wait() } else { Some(Duration::ZERO) };
            if let Err(error) = self.poll.poll(&mut ready, wait)
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "telephony cannot wait for the network and ends; restart Helin");
                return;
            }
            self.look_at_clock();
            let mut tokens = std::mem::take(&mut again);
            tokens.extend(ready.iter().map(|event| event.token().0).filter(|token| *token != WAKE.0));
            for token in tokens {
                if self.readable(token) {
                    again.push(token);
                }
            }
            // From here on whoever sends something wakes us again.
            self.woken.store(false, Ordering::SeqCst);
            self.hear_sounds();
            if self.take_wishes() == Ended::Yes {
                self.transmit();
                return;
            }
            self.timeouts();
            self.work();
            for port in self.sound.unused() {
                self.port_closed(port, None);
            }
            self.sound.wake();
            if !self.events.is_empty() {
                tell(std::mem::take(&mut self.events));
            }
        }
    }

    /// The ports are taken before the companies are read: a port that another program has is told at once, and a call
    /// that comes meanwhile is served a moment later instead of being refused.
    fn wait_for_begin(&mut self) -> Ended {
        let until = Instant::now() + BEGIN_PATIENCE;
        while !self.begun {
            let wish = self.wishes.recv_timeout(until.saturating_duration_since(Instant::now()));
            self.look_at_clock();
            let ended = match wish {
                Ok(wish) => self.take_wish(wish),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => Ended::Yes,
            };
            if ended == Ended::Yes {
                return Ended::Yes;
            }
        }
        self.work();
        self.sound.wake();
        Ended::No
    }

    fn look_at_clock(&mut self) {
        let elapsed = self.origin.elapsed();
        self.now = Millis(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        // Wall-clock time without asking the system each time; it may have been set, so it is asked now and then.
        if self.now.0.is_multiple_of(1_000) {
            self.origin_utc = utc_now() - i64::try_from(elapsed.as_micros()).unwrap_or(0);
        }
        self.utc = self.origin_utc + i64::try_from(elapsed.as_micros()).unwrap_or(0);
    }

    fn wait(&self) -> Option<Duration> {
        let again = self.later.iter().map(|(at, _)| *at).min();
        let next = self.endpoint.next_deadline().into_iter().chain(again).min();
        let deadline = next.map(|at| Duration::from_millis(at.0.saturating_sub(self.now.0)));
        let end = self.registrar.next_end().map(|at| {
            Duration::from_micros(u64::try_from(at.saturating_sub(self.utc)).unwrap_or(0))
                + Duration::from_millis(1)
        });
        match (deadline, end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn readable(&mut self, token: usize) -> bool {
        let now = self.now;
        let endpoint = &mut self.endpoint;
        let mut pings: Vec<Flow> = Vec::new();
        let mut gone: Vec<Flow> = Vec::new();
        let more = self.sockets.ready(token, self.poll.registry(), &mut |arrived| match arrived {
            Arrived::Datagram(listener, from, octets) => {
                tracing::trace!(%from, message = %first_line(octets), "in");
                endpoint.handle_datagram(now, listener, from, octets)
            }
            Arrived::Frame(flow, Framed::Message(parsed) | Framed::Broken(parsed)) => {
                endpoint.handle_parsed(now, flow, parsed);
            }
            Arrived::Frame(flow, Framed::Ping) => pings.push(flow),
            Arrived::Gone(flow) => gone.push(flow),
        });
        for flow in pings {
            self.sockets.send(flow, &Arc::from(&b"\r\n"[..]), self.poll.registry());
        }
        self.work();
        for flow in gone {
            self.endpoint.transport_failed(self.now, flow);
            self.sockets.sweep(flow, self.poll.registry());
        }
        more
    }

    fn timeouts(&mut self) {
        if self.endpoint.next_deadline().is_some_and(|at| at <= self.now) {
            self.endpoint.handle_timeout(self.now);
        }
        let now = self.now;
        for (_, leg) in self.later.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>() {
            self.renegotiate_now(leg);
        }
        for (tenant, party) in self.registrar.end_due(self.utc) {
            self.tell_registration(&tenant, party, 0);
        }
    }

    /// Works through events and sends until nothing is left to do.
    fn work(&mut self) {
        loop {
            self.transmit();
            let Some(event) = self.endpoint.poll_event() else { break };
            self.event(event);
        }
        self.figures.set(&self.figures.legs, self.legs.len());
        self.figures.set(&self.figures.packets, self.sound.packets());
        let repeated = self.endpoint.counters().repeated;
        self.figures.repeated.store(repeated, Ordering::Relaxed);
    }

    fn transmit(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            tracing::trace!(to = %transmit.flow.remote, message = %first_line(&transmit.octets), "out");
            if !self.sockets.send(transmit.flow, &transmit.octets, self.poll.registry()) {
                self.endpoint.transport_failed(self.now, transmit.flow);
                self.sockets.sweep(transmit.flow, self.poll.registry());
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Request { server, request, flow } => self.dispatch(server, &request, flow),
            Event::InDialog { dialog, server, request } => self.in_dialog(dialog, server, &request),
            Event::Cancelled { server, request } => self.caller_cancelled(server, &request),
            Event::Acknowledged { dialog, request } => self.acknowledged(dialog, &request),
            Event::NotAcknowledged { dialog } => self.not_acknowledged(dialog),
            Event::Response { client, dialog, response } => self.response(client, dialog, &response),
            Event::Failed { client, .. } => self.no_response(client),
        }
    }

    fn hear_sounds(&mut self) {
        while let Ok(events) = self.sounds.try_recv() {
            for event in events {
                self.sound_event(event);
            }
        }
    }

    fn take_wishes(&mut self) -> Ended {
        while let Ok(wish) = self.wishes.try_recv() {
            if self.take_wish(wish) == Ended::Yes {
                return Ended::Yes;
            }
        }
        Ended::No
    }

    fn take_wish(&mut self, wish: Wish) -> Ended {
        match wish {
            Wish::Leg(tenant, leg, command) => self.leg_command(&tenant, leg, command),
            Wish::Reject(leg, how) => self.release(leg, how),
            Wish::Notice(tenant, notice) => self.show(&tenant, &notice),
            Wish::Registered(ticket, durable) => self.registered(ticket, durable == Durable::Yes),
            Wish::TextReply(tenant, party, text) => self.show_to_user(&tenant, party, &text),
            Wish::Accounts(accounts) => self.accounts = accounts,
            Wish::Prompts(prompts) => self.prompts = prompts,
            Wish::Platform(numbers) => self.platform = numbers,
            Wish::Begin => self.begun = true,
            Wish::Drain => self.draining = true,
            Wish::Stop => return Ended::Yes,
        }
        Ended::No
    }

    /// Whether an address has failed to log in too often lately; counts one more failure if `failed`.
    pub(crate) fn too_many_failures(&mut self, source: IpAddr) -> bool {
        if self.failures.len() > 10_000 {
            let now = self.now.0;
            self.failures.retain(|_, (since, _)| now.saturating_sub(*since) < FAILURES_WINDOW);
        }
        let entry = self.failures.entry(source).or_insert((self.now.0, 0));
        if self.now.0.saturating_sub(entry.0) >= FAILURES_WINDOW {
            *entry = (self.now.0, 0);
        }
        entry.1 += 1;
        entry.1 > FAILURES_MAX
    }
}

#[derive(PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

/// What kind of message it is, without anybody's number.
fn first_line(octets: &[u8]) -> String {
    let line = octets.split(|octet| *octet == b'\r').next().unwrap_or_default();
    let text = String::from_utf8_lossy(&line[..line.len().min(100)]);
    match text.strip_prefix("SIP/2.0 ") {
        Some(status) => status.to_owned(),
        None => text.split(' ').next().unwrap_or_default().to_owned(),
    }
}
