//! Audio without sockets: RTP and RTCP, G.711, keys, tones, clips, and the stream a leg sends.
//!
//! Pure: packets and times come in as arguments. Invariant: a leg's outgoing stream is one stream for life,
//! whatever its source (`stream`). SRTP, Opus, jitter buffer, mixing and recording have their files here when
//! their work comes.

pub mod clip;
pub mod decode;
pub mod dtmf;
pub mod endless;
pub mod g711;
pub mod inband;
mod resample;
pub mod rtcp;
pub mod rtp;
pub mod stats;
pub mod stream;
pub mod tone;
