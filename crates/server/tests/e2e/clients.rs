//! Real clients: SIPp as the carrier, baresip and linphonec as phones, each a process of its own. What they say to
//! each other is asserted by the figures of the record and by what linphonec writes down.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use serde_json::Value;

use crate::call::Dial;
use crate::phone::Phone;
use crate::process::{Helin, PATIENCE};
use crate::sound::{Sound, is_tone};

const INFO: &str = "+3726001000";

/// Where Debian's baresip has its modules.
const MODULES: &str = "/usr/lib/baresip/modules";

/// A client that ends with the test.
struct Client(Child);

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// baresip as a user who answers by himself and speaks a tone.
fn baresip(helin: &Helin, user: &str, hertz: f64) -> Client {
    let folder = helin.folder().join(format!("baresip-{user}"));
    std::fs::create_dir_all(&folder).unwrap();
    let tone = folder.join("tone.wav");
    std::fs::write(&tone, wav(hertz)).unwrap();
    let account =
        format!("<sip:{user}@{};transport=udp>;auth_pass=demo-{user};answermode=auto\n", helin.access());
    std::fs::write(folder.join("accounts"), account).unwrap();
    std::fs::write(folder.join("contacts"), "").unwrap();
    let config = format!(
        "audio_source aufile,{}\naudio_player aufile,\naudio_alert aufile,\nmodule_path {MODULES}\n\
         module g711.so\nmodule aufile.so\nmodule_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n",
        tone.display()
    );
    std::fs::write(folder.join("config"), config).unwrap();
    let child = Command::new("baresip")
        .arg("-f")
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let client = Client(child.expect("baresip is installed by scripts/install-tools.sh test"));
    helin.until_member(INFO, user, "available");
    client
}

/// A minute of a tone as a WAV file: baresip hangs up when its file ends.
fn wav(hertz: f64) -> Vec<u8> {
    let samples = (0..480_000).map(|n| {
        let value = (f64::from(n) * hertz * std::f64::consts::TAU / 8_000.0).sin() * 12_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within 16 bits by its factor")]
        let value = value as i16;
        value
    });
    crate::companies::wav(&samples.collect::<Vec<i16>>())
}

fn legs(call: &Value) -> &Vec<Value> {
    call["legs"].as_array().unwrap()
}

fn packets(leg: &Value, way: &str) -> u64 {
    leg["media"][way].as_u64().unwrap_or(0)
}

/// The README's call from the carrier, as it stands there.
#[test]
fn sipp_as_the_carrier_reaches_baresip() {
    let helin = Helin::demo();
    let _mari = baresip(&helin, "mari", 1_000.0);
    let sipp = Command::new("sipp")
        .args(["-sn", "uac", "-s", INFO, "-i", "127.0.0.1", "-m", "1", "-d", "2000"])
        .arg(helin.trunk().to_string())
        .current_dir(helin.folder())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status();
    assert!(sipp.expect("sipp is installed by scripts/install-tools.sh test").success());
    let call = helin.ended_call();
    assert_eq!(call["outcome"], "answered", "{call:#}");
    let (caller, member) = (&legs(&call)[0], &legs(&call)[1]);
    assert_eq!((&member["user"], &member["end_cause"]), (&"mari".into(), &"answered".into()), "{call:#}");
    assert!(packets(member, "packets_in") > 25, "Mari is heard: {call:#}");
    assert!(packets(caller, "packets_out") > 25, "the caller hears her: {call:#}");
    helin.until_quiet();
}

/// Sound both ways with a phone whose every packet is looked at, before and after it holds.
#[test]
fn baresip_speaks_and_hears() {
    let helin = Helin::demo();
    let _mari = baresip(&helin, "mari", 1_000.0);
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_as(INFO, &sound, Dial { from: Some("+3725551234"), ..Dial::default() });
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(1_000.0);
    assert_eq!(call.reinvite(&mut carrier, &sound, "sendonly").status(), Some(200));
    assert_eq!(call.reinvite(&mut carrier, &sound, "sendrecv").status(), Some(200));
    sound.forget();
    sound.hears(1_000.0);
    call.hang_up(&mut carrier);
    let call = helin.ended_call();
    assert!(packets(&legs(&call)[1], "packets_out") > 5, "{call:#}");
    helin.until_quiet();
}

/// The README's first call: linphonec calls baresip by extension, holds, takes back, and dials a code.
#[test]
fn linphonec_calls_baresip_holds_and_leaves_the_group_by_code() {
    let helin = Helin::demo();
    let _mari = baresip(&helin, "mari", 1_000.0);
    let mut juri = Linphonec::start(&helin);
    juri.says(&format!("register sip:juri@{0} {0} demo-juri", helin.access()));
    helin.until_member(INFO, "juri", "available");
    let heard = helin.folder().join("heard.wav");
    juri.says(&format!("record {}", heard.display()));
    juri.says("call 101");
    let open = |call: &Value| call["answered"].is_string() && call["ended"].is_null();
    let list = helin.until("/api/v1/calls", |list| open(&list["items"][0]));
    assert_eq!(list["items"][0]["to"], "+3725550101");
    until_sound_flows(&helin);
    juri.says("pause");
    juri.until("is now paused");
    let after = helin.folder().join("after.wav");
    juri.says(&format!("record {}", after.display()));
    juri.says("resume");
    juri.until("Media streams established");
    until_sound_flows(&helin);
    juri.says("terminate");
    let call = helin.ended_call();
    juri.until("ended");
    assert!(holds_tone(&heard, 1_000.0), "before the hold");
    assert!(holds_tone(&after, 1_000.0), "after the hold");
    for (leg, way) in [(0, "packets_in"), (0, "packets_out"), (1, "packets_in"), (1, "packets_out")] {
        assert!(packets(&legs(&call)[leg], way) > 25, "{leg} {way}: {call:#}");
    }
    assert_eq!(legs(&call)[0]["end_cause"], "hangup", "{call:#}");

    juri.says("call *961*0#");
    juri.until("Infotelefon: oled välja logitud.");
    helin.until_member(INFO, "juri", "logged_out");
    helin.ended_calls(2);
    juri.says("call *961*1#");
    juri.until("Infotelefon: oled sisse logitud, koht nimekirjas 3.");
    helin.until_member(INFO, "juri", "available");
    juri.says("quit");
    helin.until_quiet();
}

/// A second of sound goes both ways: the figure that counts packets has no event.
#[track_caller]
fn until_sound_flows(helin: &Helin) {
    let enough = helin.metric("helin_rtp_packets_total") + 100.0;
    let deadline = Instant::now() + PATIENCE;
    while helin.metric("helin_rtp_packets_total") < enough {
        assert!(Instant::now() < deadline, "no sound flows:\n{}", helin.log());
        std::thread::yield_now();
    }
}

/// Whether a recording holds a fifth of a second of the tone.
fn holds_tone(file: &Path, hertz: f64) -> bool {
    let octets = std::fs::read(file).unwrap();
    let law = media::g711::Law::A;
    let samples = octets.get(44..).unwrap_or_default().chunks_exact(2);
    let alaw: Vec<u8> = samples.map(|two| law.encode(i16::from_le_bytes([two[0], two[1]]))).collect();
    alaw.chunks_exact(1_600).any(|piece| is_tone(piece, hertz))
}

/// linphonec without a sound card, steered by its commands.
struct Linphonec {
    client: Client,
    output: Receiver<Vec<u8>>,
    said: String,
}

impl Linphonec {
    fn start(helin: &Helin) -> Self {
        let folder = helin.folder().join("linphone");
        std::fs::create_dir_all(folder.join(".local/share/linphone")).unwrap();
        let port = helin.spare_port();
        let config = folder.join("rc");
        std::fs::write(&config, format!("[sip]\nsip_port={port}\nsip_tcp_port={port}\n")).unwrap();
        let tone = folder.join("tone.wav");
        std::fs::write(&tone, wav(440.0)).unwrap();
        let child = Command::new("linphonec")
            .arg("-c")
            .arg(&config)
            .env("HOME", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut client = Client(child.expect("linphonec is installed by scripts/install-tools.sh test"));
        let mut stdout = client.0.stdout.take().unwrap();
        let (sender, output) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut linphonec = Self { client, output, said: String::new() };
        linphonec.says("soundcard use files");
        linphonec.until("Using wav files");
        linphonec.says(&format!("play {}", tone.display()));
        linphonec
    }

    fn says(&mut self, command: &str) {
        let stdin = self.client.0.stdin.as_mut().expect("it is steered");
        writeln!(stdin, "{command}").unwrap();
    }

    /// Waits until it says this, after what was waited for before.
    #[track_caller]
    fn until(&mut self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.said.find(words) {
                self.said.drain(..at + words.len());
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(octets) = self.output.recv_timeout(left) else {
                panic!("linphonec never said `{words}`; last:\n{}", self.said);
            };
            self.said.push_str(&String::from_utf8_lossy(&octets));
        }
    }
}
