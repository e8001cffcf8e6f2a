//! Sockets of SIP: UDP and TCP listeners, connections, and who is woken for what.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Interest, Registry, Token};
use sip_proto::dialog::{Flow, Transport};
use sip_proto::message::{Framed, StreamBuffer};

use crate::ListenerConfig;

/// Connections at most; further ones are closed at once.
const CONNECTIONS_MAX: usize = 10_000;
/// Octets that may wait for a slow connection.
const BACKLOG_MAX: usize = 256 * 1_024;
/// A datagram at most.
const DATAGRAM_MAX: usize = 65_535;

/// Why telephony cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be bound.
    #[error(
        "cannot listen on {what} {bind} ({fault}): another program has this port, or the address is not this machine's; change `bind` of this listener (or --access, --trunk)"
    )]
    Bind {
        /// UDP or TCP.
        what: &'static str,
        /// Which.
        bind: SocketAddr,
        /// Why.
        fault: io::Error,
    },
    /// The system refuses threads or polls.
    #[error("the system refuses what telephony needs: {0}")]
    System(#[from] io::Error),
}

#[derive(Debug)]
struct Listener {
    udp: Option<UdpSocket>,
    tcp: Option<TcpListener>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    flow: Flow,
    frames: StreamBuffer,
    backlog: Vec<u8>,
    connected: bool,
}

/// All sockets of SIP.
#[derive(Debug)]
pub(crate) struct Sockets {
    listeners: Vec<Listener>,
    connections: HashMap<usize, Connection>,
    by_flow: HashMap<Flow, usize>,
    next: usize,
    datagram: Vec<u8>,
}

/// What a readable socket brought.
pub(crate) enum Arrived<'a> {
    Datagram(u16, SocketAddr, &'a [u8]),
    Frame(Flow, Framed),
    /// A connection has gone, or could not be made.
    Gone(Flow),
}

impl Sockets {
    pub(crate) fn bind(configs: &[ListenerConfig], registry: &Registry) -> Result<Sockets, StartError> {
        let mut listeners = Vec::new();
        for (at, config) in configs.iter().enumerate() {
            let fault = |what| move |fault| StartError::Bind { what, bind: config.bind, fault };
            let mut listener = Listener { udp: None, tcp: None };
            if config.udp {
                let socket = socket2::Socket::new(
                    socket2::Domain::for_address(config.bind),
                    socket2::Type::DGRAM,
                    Some(socket2::Protocol::UDP),
                )?;
                // Bursts of thousands of messages wait in the kernel while one is worked on.
                let _ = socket.set_recv_buffer_size(8 * 1_024 * 1_024);
                let _ = socket.set_send_buffer_size(4 * 1_024 * 1_024);
                socket.bind(&config.bind.into()).map_err(fault("UDP"))?;
                socket.set_nonblocking(true)?;
                let mut udp = UdpSocket::from_std(socket.into());
                registry.register(&mut udp, Token(at * 2), Interest::READABLE)?;
                listener.udp = Some(udp);
            }
            if config.tcp {
                let mut tcp = TcpListener::bind(config.bind).map_err(fault("TCP"))?;
                registry.register(&mut tcp, Token(at * 2 + 1), Interest::READABLE)?;
                listener.tcp = Some(tcp);
            }
            listeners.push(listener);
        }
        let next = listeners.len() * 2 + 16;
        Ok(Sockets {
            listeners,
            connections: HashMap::new(),
            by_flow: HashMap::new(),
            next,
            datagram: vec![0; DATAGRAM_MAX],
        })
    }

    /// Takes everything a socket has, up to a bound that lets the others have their turn; `true`: there may be
    /// more.
    pub(crate) fn ready(
        &mut self,
        token: usize,
        registry: &Registry,
        take: &mut dyn FnMut(Arrived<'_>),
    ) -> bool {
        if token < self.listeners.len() * 2 {
            if token.is_multiple_of(2) {
                return self.read_udp(token / 2, take);
            }
            self.accept(token / 2, registry);
            return false;
        }
        self.read_tcp(token, registry, take);
        false
    }

    fn read_udp(&mut self, at: usize, take: &mut dyn FnMut(Arrived<'_>)) -> bool {
        let Some(udp) = self.listeners.get(at).and_then(|listener| listener.udp.as_ref()) else {
            return false;
        };
        let listener = u16::try_from(at).unwrap_or(u16::MAX);
        for _ in 0..256 {
            match udp.recv_from(&mut self.datagram) {
                Ok((size, from)) => take(Arrived::Datagram(listener, from, &self.datagram[..size])),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                // A far port that is closed answers by an error on ours.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) => {
                    tracing::warn!(%error, "a SIP socket failed to read");
                    return false;
                }
            }
        }
        true
    }

    fn accept(&mut self, at: usize, registry: &Registry) {
        loop {
            let Some(tcp) = self.listeners.get(at).and_then(|listener| listener.tcp.as_ref()) else { return };
            match tcp.accept() {
                Ok((stream, remote)) if self.connections.len() < CONNECTIONS_MAX => {
                    let listener = u16::try_from(at).unwrap_or(u16::MAX);
                    let flow = Flow { listener, transport: Transport::Tcp, remote };
                    self.keep(stream, flow, true, registry);
                }
                Ok(_) => tracing::warn!("too many SIP connections; a new one was closed"),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::warn!(%error, "a SIP connection could not be taken");
                    return;
                }
            }
        }
    }

    fn keep(&mut self, mut stream: TcpStream, flow: Flow, connected: bool, registry: &Registry) -> bool {
        let token = self.next;
        self.next += 1;
        if registry.register(&mut stream, Token(token), Interest::READABLE | Interest::WRITABLE).is_err() {
            return false;
        }
        let _ = stream.set_nodelay(true);
        let connection =
            Connection { stream, flow, frames: StreamBuffer::default(), backlog: Vec::new(), connected };
        self.connections.insert(token, connection);
        self.by_flow.insert(flow, token);
        true
    }

    fn read_tcp(&mut self, token: usize, registry: &Registry, take: &mut dyn FnMut(Arrived<'_>)) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        let flow = connection.flow;
        if !connection.connected {
            match connection.stream.peer_addr() {
                Ok(_) => connection.connected = true,
                Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                    if connection.stream.take_error().ok().flatten().is_some() {
                        self.drop_connection(token, registry);
                        take(Arrived::Gone(flow));
                    }
                    return;
                }
                Err(_) => {
                    self.drop_connection(token, registry);
                    return take(Arrived::Gone(flow));
                }
            }
        }
        let mut gone = !flush(connection);
        let mut octets = [0; 16 * 1_024];
        while !gone {
            match connection.stream.read(&mut octets) {
                Ok(0) => gone = true,
                Ok(size) => {
                    connection.frames.push(&octets[..size]);
                    while let Some(frame) = connection.frames.next_frame() {
                        gone |= matches!(frame, Framed::Broken(_));
                        take(Arrived::Frame(flow, frame));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => gone = true,
            }
        }
        if gone {
            // What answers a broken stream goes out before it is closed.
            self.closing(token);
            take(Arrived::Gone(flow));
        }
    }

    /// No more is read; the connection is dropped by `sweep` after its last answers were sent.
    fn closing(&mut self, token: usize) {
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.connected = false;
        }
    }

    /// Drops connections that are closing.
    pub(crate) fn sweep(&mut self, flow: Flow, registry: &Registry) {
        if let Some(token) = self.by_flow.get(&flow).copied() {
            self.drop_connection(token, registry);
        }
    }

    fn drop_connection(&mut self, token: usize, registry: &Registry) {
        if let Some(mut connection) = self.connections.remove(&token) {
            let _ = registry.deregister(&mut connection.stream);
            if self.by_flow.get(&connection.flow) == Some(&token) {
                self.by_flow.remove(&connection.flow);
            }
        }
    }

    /// Sends one message. `false`: it cannot be sent by this flow.
    pub(crate) fn send(&mut self, flow: Flow, octets: &Arc<[u8]>, registry: &Registry) -> bool {
        match flow.transport {
            Transport::Udp => {
                let listener = self.listeners.get(usize::from(flow.listener));
                let Some(udp) = listener.and_then(|listener| listener.udp.as_ref()) else { return false };
                match udp.send_to(octets, flow.remote) {
                    Ok(_) => true,
                    // A full buffer loses the message as the network may; it is sent again.
                    Err(error) => {
                        matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionRefused)
                    }
                }
            }
            Transport::Tcp => self.send_tcp(flow, octets, registry),
        }
    }

    fn send_tcp(&mut self, flow: Flow, octets: &[u8], registry: &Registry) -> bool {
        if !self.by_flow.contains_key(&flow) {
            let opened =
                TcpStream::connect(flow.remote).is_ok_and(|stream| self.keep(stream, flow, false, registry));
            if !opened {
                return false;
            }
        }
        let token = self.by_flow.get(&flow).copied();
        let Some(connection) = token.and_then(|token| self.connections.get_mut(&token)) else { return false };
        if connection.backlog.len() + octets.len() > BACKLOG_MAX {
            return false;
        }
        connection.backlog.extend_from_slice(octets);
        !connection.connected && connection.stream.peer_addr().is_err() || flush(connection)
    }
}

/// Writes what waits; `false`: the connection is broken.
fn flush(connection: &mut Connection) -> bool {
    while !connection.backlog.is_empty() {
        match connection.stream.write(&connection.backlog) {
            Ok(size) => {
                connection.backlog.drain(..size);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
            Err(_) => return false,
        }
    }
    true
}
