//! The bed: endpoints, a clock and a network. Same seed, same story. Time moves only to the next arrival or
//! deadline, so a story of minutes takes no time.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use sip_proto::Millis;
use sip_proto::dialog::{Flow, Transport};
use sip_proto::endpoint::{
    ClientId, Config, Endpoint, Event, Limits, Listener, OutRequest, Reply, ServerId, Transmit,
};
use sip_proto::message::{Method, Parsed, parse_datagram};

/// The side that calls.
pub(crate) const CALLER: usize = 0;
/// The side that is called.
pub(crate) const CALLEE: usize = 1;

/// Longest time a message is under way in a network that reorders, milliseconds.
const DELAY_MAX: u64 = 900;
/// Deadlines and arrivals one story may have.
const STEPS_MAX: usize = 10_000;

/// What the network does to datagrams, in percent.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Weather {
    pub(crate) loss: u64,
    pub(crate) doubling: u64,
    pub(crate) reordering: u64,
}

struct Message {
    to: usize,
    flow: Flow,
    octets: Vec<u8>,
}

/// Everything of one story.
pub(crate) struct Bed {
    pub(crate) now: Millis,
    pub(crate) weather: Weather,
    pub(crate) sides: Vec<Endpoint>,
    /// Start lines in the order of sending: `0>1 INVITE`, `1>0 200 INVITE`, and what is lost by `lose`.
    pub(crate) sent: Vec<(Millis, String)>,
    /// The next messages of this kind are lost.
    lose: Vec<String>,
    under_way: BTreeMap<(Millis, u64), Message>,
    count: u64,
    chance: u64,
}

impl Bed {
    pub(crate) fn new(seed: u64, weather: Weather) -> Bed {
        let sides = [CALLER, CALLEE].map(|side| Endpoint::new(config(seed, side))).into();
        Bed {
            now: Millis(1_000),
            weather,
            sides,
            sent: Vec::new(),
            lose: Vec::new(),
            under_way: BTreeMap::new(),
            count: 0,
            chance: seed,
        }
    }

    pub(crate) fn calm() -> Bed {
        Bed::new(7, Weather::default())
    }

    /// The next message that is logged like this is lost; once for each time it is asked for.
    pub(crate) fn lose(&mut self, kind: &str) {
        self.lose.push(kind.to_owned());
    }

    pub(crate) fn request(&mut self, method: &Method) -> ClientId {
        let flow = Flow { listener: 0, transport: Transport::Udp, remote: address(CALLEE) };
        let out = OutRequest {
            method,
            uri: "sip:callee@10.0.0.2",
            flow,
            from: "<sip:caller@10.0.0.1>",
            to: "<sip:callee@10.0.0.2>",
            max_forwards: 70,
            headers: &[],
            body: None,
            patience: None,
        };
        self.sides[CALLER].request(self.now, out)
    }

    pub(crate) fn reply(&mut self, side: usize, server: ServerId, status: u16) {
        self.sides[side].respond(self.now, server, Reply { status, ..Reply::default() });
    }

    /// A new process takes the side's place; it knows nothing and has another seed.
    pub(crate) fn restart(&mut self, side: usize) {
        self.sides[side] = Endpoint::new(config(self.chance(), side));
    }

    /// Lets the network and the clock run until one side has an event; `None` when all is quiet.
    pub(crate) fn next_event(&mut self) -> Option<(usize, Event)> {
        for _ in 0..STEPS_MAX {
            self.collect();
            for (side, endpoint) in self.sides.iter_mut().enumerate() {
                if let Some(event) = endpoint.poll_event() {
                    return Some((side, event));
                }
            }
            if !self.step() {
                return None;
            }
        }
        panic!("the story does not end");
    }

    /// Runs until all is quiet and asserts that nothing is left and nothing more is told.
    pub(crate) fn ends_empty(&mut self) {
        if let Some((side, event)) = self.next_event() {
            panic!("side {side} is told of {event:?}");
        }
        for (side, endpoint) in self.sides.iter().enumerate() {
            assert_eq!(endpoint.transaction_count(), 0, "transactions of side {side}");
            assert_eq!(endpoint.dialog_count(), 0, "dialogs of side {side}");
            assert_eq!(endpoint.next_deadline(), None, "deadlines of side {side}");
        }
    }

    /// What was sent, one line for each message.
    pub(crate) fn log(&self) -> Vec<&str> {
        self.sent.iter().map(|(_, line)| line.as_str()).collect()
    }

    /// Milliseconds between the sendings of one kind of message.
    pub(crate) fn gaps(&self, kind: &str) -> Vec<u64> {
        let times: Vec<Millis> =
            self.sent.iter().filter(|(_, line)| line == kind).map(|(at, _)| *at).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// One arrival or deadline; arrivals first.
    fn step(&mut self) -> bool {
        let arrival = self.under_way.keys().next().copied();
        let due = self.sides.iter().filter_map(Endpoint::next_deadline).min();
        match (arrival, due) {
            (None, None) => return false,
            (Some(key), due) if due.is_none_or(|due| key.0 <= due) => {
                self.now = self.now.max(key.0);
                let message = self.under_way.remove(&key).expect("the key was just read");
                let parsed = parse_datagram(&message.octets);
                self.sides[message.to].handle_parsed(self.now, message.flow, parsed);
            }
            (_, due) => {
                self.now = self.now.max(due.expect("one of both is there"));
                for endpoint in &mut self.sides {
                    endpoint.handle_timeout(self.now);
                }
            }
        }
        true
    }

    fn collect(&mut self) {
        for side in 0..self.sides.len() {
            while let Some(transmit) = self.sides[side].poll_transmit() {
                self.carry(side, transmit);
            }
        }
    }

    fn carry(&mut self, from: usize, transmit: Transmit) {
        let to = usize::from(transmit.flow.remote == address(CALLEE));
        let kind = format!("{from}>{to} {}", kind(&transmit.octets));
        self.sent.push((self.now, kind.clone()));
        if let Some(at) = self.lose.iter().position(|lost| *lost == kind) {
            self.lose.remove(at);
            return;
        }
        let flow = Flow { remote: address(from), ..transmit.flow };
        let copies = if self.percent(self.weather.doubling) { 2 } else { 1 };
        for _ in 0..copies {
            if self.percent(self.weather.loss) {
                continue;
            }
            let delay = if self.percent(self.weather.reordering) { self.chance() % DELAY_MAX } else { 10 };
            self.count += 1;
            let message = Message { to, flow, octets: transmit.octets.to_vec() };
            self.under_way.insert((self.now + delay, self.count), message);
        }
    }

    fn percent(&mut self, of_hundred: u64) -> bool {
        self.chance() % 100 < of_hundred
    }

    /// splitmix64.
    fn chance(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn address(side: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1 + u8::try_from(side).expect("there are two sides")], 5060))
}

fn config(seed: u64, side: usize) -> Config {
    Config {
        seed: (u128::from(seed) << 8) | u128::try_from(side).expect("there are two sides"),
        listeners: vec![Listener { address: address(side).to_string(), symmetric: false }],
        limits: Limits::default(),
        product: "bed".to_owned(),
    }
}

fn kind(octets: &[u8]) -> String {
    match parse_datagram(octets) {
        Parsed::Request(request) => request.method().to_string(),
        Parsed::Response(response) => format!("{} {}", response.status(), response.cseq().method),
        Parsed::Refused(refusal) => panic!("an endpoint wrote a bad request: {refusal:?}"),
        Parsed::Dropped(dropped) => panic!("an endpoint wrote no message: {dropped:?}"),
    }
}
