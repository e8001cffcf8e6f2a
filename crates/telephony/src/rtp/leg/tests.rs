//! A leg on real sockets, at times of our own.

use super::super::RtpRange;
use super::super::ports::Ports;
use super::*;

fn leg(send_to: &str, trusted: &str) -> Leg {
    // As all legs have them: bound to ports that were asked for.
    let range = RtpRange { bind: [127, 0, 0, 1].into(), first: 45_000, last: 49_999 };
    let pair = Ports::new(range).take().unwrap();
    let setup = Setup { ssrc: 1, sequence: 1, timestamp: 1, timeout: 30_000 };
    let mut leg = Leg::new(UdpSocket::from_std(pair.rtp), UdpSocket::from_std(pair.rtcp), setup, 0);
    let remote = Remote {
        send_to: Some(send_to.parse().unwrap()),
        trusted: trusted.parse().unwrap(),
        formats: Vec::new(),
        sends_as: Vec::new(),
        law: None,
        talks: true,
        ptime: 20,
    };
    leg.set_remote(remote, 0);
    leg
}

fn hears(leg: &mut Leg, from: &str) -> bool {
    let octets = [0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0xd5];
    let packet = Packet::read(&octets).unwrap();
    leg.hear(&packet, from.parse().unwrap(), 5) != Heard::Stranger
}

/// Helin on the loopback, a phone of the same machine that knows itself by the machine's address.
#[test]
fn a_phone_on_this_machine_is_heard_under_either_address() {
    let mut leg = leg("192.0.2.2:11220", "192.0.2.2");
    assert!(hears(&mut leg, "127.0.0.1:11220"));
    assert_eq!(leg.target(), Some("192.0.2.2:11220".parse().unwrap()), "it goes where the phone said");
    assert!(!hears(&mut leg, "127.0.0.1:11222"), "another port is a stranger's once it is heard");
}

#[test]
fn who_sends_no_sound_and_reports_what_it_hears_is_there() {
    let mut leg = leg("127.0.0.1:11220", "127.0.0.1");
    leg.timeout = 1_000;
    assert!(!leg.is_dead(1_000));
    let report = |about: u32| {
        let mut heard = media::stats::Received::new(8_000);
        heard.packet(about, 1, 0, 0);
        let mut octets = Vec::new();
        let own = rtcp::Report { ssrc: 9, ntp: 0, timestamp: 0, packets: 0, octets: 0 };
        rtcp::write(&mut octets, own, Some(&heard));
        octets
    };
    leg.take_report(&report(1), 900);
    assert!(!leg.is_dead(1_900));
    leg.take_report(&report(2), 1_500);
    assert!(leg.is_dead(1_901), "what they say of another stream tells nothing");
    assert!(!leg.is_dead(9_000), "told once");
    leg.is_there(9_000);
    assert!(!leg.is_dead(10_000) && leg.is_dead(10_001), "from when it was heard of otherwise");
}

#[test]
fn of_who_holds_or_is_held_the_silence_may_be_long() {
    let mut leg = leg("127.0.0.1:4000", "127.0.0.1");
    leg.timeout = 1_000;
    let remote = leg.remote.clone().unwrap();
    leg.set_remote(Remote { talks: false, ..remote.clone() }, 0);
    assert!(!leg.is_dead(4_000) && leg.is_dead(4_001));
    leg.set_remote(remote, 5_000);
    assert!(!leg.is_dead(6_000) && leg.is_dead(6_001), "in a talk it is expected again");
}

#[test]
fn where_addresses_tell_machines_apart_a_stranger_stays_one() {
    let mut leg = leg("127.0.0.1:11220", "127.0.0.1");
    assert!(hears(&mut leg, "127.0.0.1:11220"));
    assert!(!hears(&mut leg, "192.0.2.9:11220"));
}

/// A packet of a stream, from a port, at a time; whether it is the leg's.
fn comes(leg: &mut Leg, (ssrc, sequence): (u8, u8), from: &str, now: u64) -> bool {
    let octets = [0x80, 8, 0, sequence, 0, 0, 0, 0, 0, 0, 0, ssrc, 0xd5];
    let packet = Packet::read(&octets).unwrap();
    leg.hear(&packet, from.parse().unwrap(), now) != Heard::Stranger
}

const OLD: &str = "127.0.0.1:11220";
const NEW: &str = "127.0.0.1:40000";

#[test]
fn a_stream_that_goes_on_from_another_port_is_followed_once_the_old_one_is_silent() {
    let mut leg = leg(OLD, "127.0.0.1");
    assert!(comes(&mut leg, (9, 10), OLD, 20));
    assert!(!comes(&mut leg, (9, 11), NEW, 40), "the old port may still speak");
    assert!(comes(&mut leg, (9, 12), OLD, 60));
    let late = 60 + MOVED_AFTER;
    assert!(!comes(&mut leg, (7, 13), NEW, late), "another stream");
    assert!(!comes(&mut leg, (9, 12), NEW, late), "a packet that was there already");
    assert!(!comes(&mut leg, (9, 13), "192.0.2.9:40000", late), "another address");
    assert_eq!(leg.target(), Some(OLD.parse().unwrap()));
    assert!(comes(&mut leg, (9, 22), NEW, late), "ten packets were lost on the way");
    assert_eq!(leg.target(), Some(NEW.parse().unwrap()), "what it hears follows");
    assert!(comes(&mut leg, (9, 23), NEW, late + 20));
    assert!(!comes(&mut leg, (9, 24), OLD, late + 40), "nor does it jump back");
    assert_eq!(leg.figures().lost_in, 10);
}

#[test]
fn behind_a_translation_of_addresses_a_new_stream_takes_the_place_of_a_long_silent_one() {
    let mut leg = leg("10.0.0.7:4000", "127.0.0.1");
    assert!(comes(&mut leg, (9, 10), OLD, 20));
    assert_eq!(leg.target(), Some(OLD.parse().unwrap()), "where it comes from, not where it says");
    assert!(!comes(&mut leg, (7, 80), NEW, 40), "no stray packet takes the sound away");
    assert!(!comes(&mut leg, (7, 81), NEW, 20 + MOVED_AFTER));
    assert!(comes(&mut leg, (9, 20), NEW, 20 + MOVED_AFTER), "the same stream");
    assert!(comes(&mut leg, (7, 82), OLD, 20 + MOVED_AFTER + REPLACED_AFTER), "another, much later");
}

/// Whose keys are tones in his sound is read whole.
#[test]
fn nothing_is_sampled_of_who_knows_no_telephone_events() {
    let (mut leg, _theirs) = listener();
    assert!(leg.sampled);
    let mut remote = leg.remote.clone().unwrap();
    remote.sends_as.pop();
    leg.set_remote(remote, 20);
    assert!(!leg.sampled);
}

/// While only a sample of what it says comes, a short silence tells nothing.
#[test]
fn of_a_sampled_leg_the_silence_is_longer() {
    let (mut leg, theirs) = listener();
    let (at, now) = (theirs.local_addr().unwrap().to_string(), 20);
    assert!(comes(&mut leg, (9, 16), &at, now));
    assert!(leg.sampled);
    assert!(!comes(&mut leg, (9, 32), NEW, now + 320));
    assert!(!leg.is_dead(now + SAMPLED_MAX + 1));
    assert!(!leg.sampled, "all is read again");
    assert!(comes(&mut leg, (9, 120), NEW, now + SAMPLED_MAX + 1));
    assert_eq!(leg.target(), Some(NEW.parse().unwrap()));
}

/// A leg that is sent music in a law, and the socket where it arrives.
fn listener() -> (Leg, UdpSocket) {
    let theirs = UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let at = theirs.local_addr().unwrap();
    let mut leg = leg(&at.to_string(), "127.0.0.1");
    let sound = Format { payload_type: 8, name: "pcma/8000".into(), clock_rate: 8_000, law: Some(Law::A) };
    let keys =
        Format { payload_type: 101, name: "telephone-event/8000".into(), clock_rate: 8_000, law: None };
    let remote = leg.remote.clone().unwrap();
    let formats = vec![sound, keys];
    leg.set_remote(Remote { formats: formats.clone(), sends_as: formats, law: Some(Law::A), ..remote }, 0);
    let clip = std::sync::Arc::new(media::tone::clip(media::tone::Tone::Ringing));
    leg.set_feed(Feed::Endless(Endless::new(clip, 0)), 0);
    (leg, theirs)
}

/// Sequence, timestamp and marker of what has come.
fn came(theirs: &UdpSocket) -> Vec<(u16, u32, bool)> {
    let mut octets = [0; 2_048];
    let mut came = Vec::new();
    while let Ok(size) = theirs.recv(&mut octets) {
        let packet = Packet::read(&octets[..size]).unwrap();
        came.push((packet.sequence, packet.timestamp, packet.marker));
    }
    came
}

#[test]
fn a_late_shard_catches_up_on_little_and_passes_over_much() {
    let (mut leg, theirs) = listener();
    let (mut payload, mut buffer) = (Vec::new(), Vec::new());
    for now in [0, 20, 75] {
        leg.play(now, &mut payload, &mut buffer);
    }
    let beats: Vec<_> = came(&theirs);
    assert_eq!(beats.iter().map(|(_, at, _)| at - beats[0].1).collect::<Vec<_>>(), [0, 160, 320, 480]);
    // Half a second in which the machine stood still.
    for now in [575, 595] {
        leg.play(now, &mut payload, &mut buffer);
    }
    let after = came(&theirs);
    let (sequence, at, _) = beats[3];
    assert_eq!(after, [(sequence + 1, at + 500 * 8, true), (sequence + 2, at + 520 * 8, false)]);
}

/// Of a far end that is known, nothing comes from elsewhere while only a sample of it is wanted.
#[test]
fn a_socket_is_tied_while_nobody_hears_it() {
    let (mut leg, theirs) = listener();
    let ours = leg.rtp.local_addr().unwrap();
    let stream = |ssrc, sequence: u8| [0x80, 8, 0, sequence, 0, 0, 0, 0, 0, 0, 0, ssrc, 0xd5];
    let (packet, strange) = (|sequence| stream(9, sequence), |sequence| stream(7, sequence));
    let stranger = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let heard = |leg: &mut Leg, now| {
        let mut octets = [0; 64];
        let mut count = 0;
        while let Ok((size, from)) = leg.rtp.recv_from(&mut octets) {
            leg.hear(&Packet::read(&octets[..size]).unwrap(), from, now);
            count += 1;
        }
        count
    };
    assert!(leg.sampled && leg.tied.is_none(), "it may be behind a translation of addresses");
    theirs.send_to(&packet(16), ours).unwrap();
    assert_eq!(heard(&mut leg, 5), 1);
    assert_eq!(leg.tied, Some(theirs.local_addr().unwrap()));
    stranger.send_to(&strange(32), ours).unwrap();
    theirs.send_to(&packet(32), ours).unwrap();
    assert_eq!(heard(&mut leg, 25), 1, "the kernel passes over the stranger");
    leg.play(25, &mut Vec::new(), &mut Vec::new());
    assert!(!came(&theirs).is_empty(), "it still sends");
    assert!(!leg.is_dead(25 + SAMPLED_MAX + 1));
    assert_eq!(leg.tied, None, "after a silence it hears whoever speaks");
    stranger.send_to(&strange(48), ours).unwrap();
    assert_eq!(heard(&mut leg, 3_000), 1);
    leg.play(3_000, &mut Vec::new(), &mut Vec::new());
    assert!(!came(&theirs).is_empty(), "it sends from the same port as before");
    assert_eq!(leg.rtp.local_addr().unwrap(), ours);
}
