//! Sockets, registrar, trunks, SIP legs and sound.
mod rtp;
