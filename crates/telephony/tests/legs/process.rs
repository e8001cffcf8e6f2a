//! Telephony alone, with the test in the engine's place.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use media::clip::Clip;
use model::id::{LegId, PartyId, TenantId};
use model::language::Language;
use model::leg::{Dial, DialTo, LegCommand, LegEvent, PromptRef, Release, Show};
use telephony::{
    Account, Accounts, Algorithm, Config, Durable, Handle, Incoming, ListenerConfig, Prompts, RtpRange,
    Secret, Side, TelephonyEvent, TrunkConfig,
};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Hertz of the prompt `music` and of the prompt `hello` (a second long).
pub(crate) const MUSIC: f64 = 700.0;
pub(crate) const HELLO: f64 = 1_300.0;

const USERS: [&str; 4] = ["mari", "juri", "kati", "liis"];
static RTP: AtomicU16 = AtomicU16::new(0);

/// Telephony with two sound shards.
pub(crate) struct Helin {
    handle: Handle,
    events: Receiver<Vec<TelephonyEvent>>,
    waiting: RefCell<Vec<TelephonyEvent>>,
    access: SocketAddr,
    trunk: SocketAddr,
    carrier: SocketAddr,
}

impl Helin {
    pub(crate) fn new() -> Helin {
        Helin::beside(true)
    }

    /// With a carrier that takes numbers of others in From, or not.
    pub(crate) fn beside(foreign_from: bool) -> Helin {
        let helin = Helin::made(60_000, foreign_from);
        helin.begin();
        helin
    }

    /// That waits for sound no longer than this, in milliseconds.
    pub(crate) fn waiting_for_sound(media_timeout: u64) -> Helin {
        let helin = Helin::made(media_timeout, true);
        helin.begin();
        helin
    }

    pub(crate) fn begin(&self) {
        self.handle.begin();
    }

    /// With its ports, but without companies yet.
    pub(crate) fn not_begun() -> Helin {
        Helin::made(60_000, true)
    }

    fn made(media_timeout: u64, foreign_from: bool) -> Helin {
        let (access, trunk, carrier) = (free(), free(), free());
        let listener = |bind: SocketAddr, side| ListenerConfig {
            bind,
            advertise: bind.ip(),
            udp: true,
            tcp: true,
            digest: vec![Algorithm::Md5],
            side,
        };
        // Each instance of this process has its own ports for sound.
        let first = 12_000 + RTP.fetch_add(1, Ordering::Relaxed) * 80;
        let config = Config {
            listeners: vec![listener(access, Side::Access), listener(trunk, Side::Trunk)],
            trunks: vec![TrunkConfig {
                name: "carrier".parse().unwrap(),
                accept_from: vec![(IpAddr::from([127, 0, 0, 0]), 8)],
                send_to: vec![carrier],
                national: None,
                trusted: true,
                affix: false,
                foreign_from,
                calls_max: None,
            }],
            rtp: RtpRange { bind: access.ip(), first, last: first + 79 },
            rtp_advertise: access.ip(),
            shards: 2,
            media_timeout,
            seed: 7,
            nonce_key: [3; 32],
            realm: "helin".to_owned(),
        };
        let accounts = USERS.iter().zip(1..).map(|(user, n)| Account {
            tenant: tenant(),
            party: PartyId(n),
            user: user.parse().unwrap(),
            password: Secret::new(format!("demo-{user}")),
        });
        let accounts = Accounts::new(accounts.collect(), []);
        let built_in = [("music", MUSIC, 4), ("hello", HELLO, 1)].map(|(name, hertz, seconds)| {
            ((name.parse().unwrap(), Language::En), Arc::new(tone(hertz, seconds)))
        });
        let mut built_in = HashMap::from(built_in);
        built_in.insert(("places".parse().unwrap(), Language::En), Arc::new(Clip::of_octets(places())));
        let prompts = Prompts::new(Arc::new(built_in), HashMap::new());
        let (sender, events) = channel();
        let handle =
            telephony::start(config, Arc::new(accounts), Arc::new(prompts), Vec::new(), move |batch| {
                // The test may be over.
                let _ = sender.send(batch);
            });
        Helin { handle: handle.unwrap(), events, waiting: RefCell::default(), access, trunk, carrier }
    }

    pub(crate) fn access(&self) -> SocketAddr {
        self.access
    }

    pub(crate) fn trunk(&self) -> SocketAddr {
        self.trunk
    }

    pub(crate) fn carrier(&self) -> SocketAddr {
        self.carrier
    }

    pub(crate) fn command(&self, leg: LegId, command: LegCommand) {
        self.handle.leg(&tenant(), leg, command);
    }

    pub(crate) fn release(&self, leg: LegId) {
        self.command(leg, LegCommand::Release(Release::Normal));
        self.until(leg, "Closed", |event| matches!(event, LegEvent::Closed { .. }));
    }

    /// The next event that fits, now or later; others wait for their turn.
    #[track_caller]
    pub(crate) fn event(&self, what: &str, fits: impl Fn(&TelephonyEvent) -> bool) -> TelephonyEvent {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut waiting = self.waiting.borrow_mut();
            if let Some(at) = waiting.iter().position(&fits) {
                return waiting.remove(at);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(batch) = self.events.recv_timeout(left) else {
                panic!("{what} never came; there is {:#?}", *waiting)
            };
            waiting.extend(batch);
        }
    }

    /// Contacts that changed are taken as written.
    pub(crate) fn registers(&self, register: impl FnOnce() + Send) {
        std::thread::scope(|scope| {
            let done = scope.spawn(register);
            let event =
                self.event("a registration", |event| matches!(event, TelephonyEvent::Registration { .. }));
            if let TelephonyEvent::Registration { ticket, .. } = event {
                self.handle.registered(ticket, Durable::Yes);
            }
            done.join().unwrap();
        });
    }

    #[track_caller]
    pub(crate) fn incoming(&self) -> Incoming {
        let event = self.event("a call", |event| matches!(event, TelephonyEvent::Incoming(_)));
        let TelephonyEvent::Incoming(incoming) = event else { panic!("{event:?}") };
        incoming
    }

    /// An event of a leg.
    #[track_caller]
    pub(crate) fn until(&self, leg: LegId, what: &str, good: impl Fn(&LegEvent) -> bool) -> LegEvent {
        let fits = |event: &TelephonyEvent| matches!(event, TelephonyEvent::Leg(of, event) if *of == leg && good(event));
        let event = self.event(what, fits);
        let TelephonyEvent::Leg(_, event) = event else { panic!("{event:?}") };
        event
    }

    /// Nothing was told of a leg so far.
    pub(crate) fn nothing_of(&self, leg: LegId) {
        self.waiting.borrow_mut().extend(self.events.try_iter().flatten());
        let waiting = self.waiting.borrow();
        let told = waiting.iter().find(|event| matches!(event, TelephonyEvent::Leg(of, _) if *of == leg));
        assert!(told.is_none(), "{told:?}");
    }
}

impl Drop for Helin {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

pub(crate) fn tenant() -> TenantId {
    "sinilind".parse().unwrap()
}

pub(crate) fn user(n: u64) -> DialTo {
    DialTo::User(PartyId(n))
}

pub(crate) fn dial(to: DialTo, caller: Option<LegId>) -> LegCommand {
    LegCommand::Dial(dialling(to, caller))
}

pub(crate) fn dialling(to: DialTo, caller: Option<LegId>) -> Dial {
    let show = Show {
        number: Some("+3725551234".parse().unwrap()),
        name: None,
        hidden: false,
        row: None,
        affix: model::leg::Affix::default(),
        instead: None,
    };
    Dial { to, caller, show, diverted_by: None, no_diversion: false, confirm: false, recall: None }
}

pub(crate) fn prompt(name: &str) -> PromptRef {
    PromptRef { name: name.parse().unwrap(), language: Language::En }
}

fn tone(hertz: f64, seconds: usize) -> Clip {
    let sample = |n: usize| {
        let angle = std::f64::consts::TAU * hertz * f64::from(u32::try_from(n).unwrap()) / 8_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "at most 8,000")]
        let sample = (angle.sin() * 8_000.0) as i16;
        sample
    };
    Clip::of_samples(&(0..seconds * 8_000).map(sample).collect::<Vec<i16>>())
}

/// The octets of the prompt `places`: three of them in a row say where in it they stand.
pub(crate) fn places() -> Vec<u8> {
    let digits = (0_u16..2_400).flat_map(|n| [n / 256, n % 256, 0xff].map(|part| part.to_le_bytes()[0]));
    digits.collect()
}

/// A port that UDP and TCP have free.
fn free() -> SocketAddr {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
