//! baresip, steered and heard by its `ctrl_tcp` and `sndfile` modules.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Client;
use super::tape::{Tape, wav};
use crate::process::{Helin, PATIENCE};

/// Where Debian's baresip has its modules.
const MODULES: &str = "/usr/lib/baresip/modules";

/// A baresip that answers by itself and speaks a tone.
pub(super) struct Baresip {
    _client: Client,
    name: String,
    control: TcpStream,
    told: Receiver<Value>,
    events: Vec<Value>,
    tape: Tape,
}

impl Baresip {
    /// A user's phone, registered.
    #[track_caller]
    pub(super) fn user(helin: &Helin, user: &str, hertz: f64) -> Self {
        Self::registered(helin, user, "auto", hertz)
    }

    /// A user's phone, registered, that nobody answers.
    #[track_caller]
    pub(super) fn user_who_lets_it_ring(helin: &Helin, user: &str, hertz: f64) -> Self {
        Self::registered(helin, user, "manual", hertz)
    }

    #[track_caller]
    fn registered(helin: &Helin, user: &str, answers: &str, hertz: f64) -> Self {
        let at = helin.access();
        let account = format!("<sip:{user}@{at};transport=udp>;auth_pass=demo-{user};answermode={answers}\n");
        let phone = Self::start(helin, user, &account, None, hertz);
        super::until_registered(helin, user);
        phone
    }

    /// A phone of the carrier's, at an address of its own, with a number.
    #[track_caller]
    pub(super) fn outside(helin: &Helin, number: &str, at: SocketAddr, hertz: f64) -> Self {
        let account = format!("<sip:{number}@{at};transport=udp>;regint=0;answermode=auto\n");
        Self::start(helin, number, &account, Some(at), hertz)
    }

    #[track_caller]
    fn start(helin: &Helin, name: &str, account: &str, at: Option<SocketAddr>, hertz: f64) -> Self {
        let folder = helin.folder().join(format!("baresip-{name}"));
        let heard = folder.join("heard");
        std::fs::create_dir_all(&heard).unwrap();
        let tone = folder.join("tone.wav");
        std::fs::write(&tone, wav(hertz)).unwrap();
        std::fs::write(folder.join("accounts"), account).unwrap();
        std::fs::write(folder.join("contacts"), "").unwrap();
        let control = SocketAddr::from(([127, 0, 0, 1], helin.spare_ports(1)));
        let mut config = format!(
            "audio_source aufile,{}\naudio_player aufile,\naudio_alert aufile,\nmodule_path {MODULES}\n\
             module g711.so\nmodule aufile.so\nmodule sndfile.so\nsnd_path {}\nmodule_tmp uuid.so\n\
             module_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen {control}\n",
            tone.display(),
            heard.display()
        );
        if let Some(at) = at {
            writeln!(config, "sip_listen {at}").unwrap();
        }
        std::fs::write(folder.join("config"), config).unwrap();
        let mut child = Command::new("baresip")
            .arg("-f")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("baresip is installed by scripts/install-tools.sh test");
        let mut stdout = child.stdout.take().unwrap();
        let client = Client(child);
        // It has said that it is ready once the last of its modules is.
        let mut said = String::new();
        let mut buffer = [0; 1_024];
        while !said.contains("baresip is ready") {
            let count = stdout.read(&mut buffer).unwrap();
            assert!(count > 0, "baresip of {name} ended: {said}");
            said.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        let control = TcpStream::connect(control).unwrap();
        let (sender, told) = std::sync::mpsc::channel();
        let mut reading = control.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut octets = Vec::new();
            let mut buffer = [0; 4_096];
            while let Ok(count @ 1..) = reading.read(&mut buffer) {
                octets.extend_from_slice(&buffer[..count]);
                while let Some(event) = netstring(&mut octets) {
                    if sender.send(event).is_err() {
                        return;
                    }
                }
            }
        });
        let tape = Tape { folder: heard, ending: "-dec.wav" };
        Self { _client: client, name: name.to_owned(), control, told, events: Vec::new(), tape }
    }

    #[track_caller]
    pub(super) fn says(&mut self, command: &str, parameter: &str) {
        let text = json!({"command": command, "params": parameter}).to_string();
        write!(self.control, "{}:{text},", text.len()).unwrap();
    }

    /// Waits for an event of a call.
    #[track_caller]
    pub(super) fn until(&mut self, kind: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.events.iter().position(|event| event["type"] == kind) {
                self.events.drain(..=at);
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.told.recv_timeout(left) {
                Ok(event) => self.events.push(event),
                Err(_) => panic!("{} never told {kind}: {:?}", self.name, self.events),
            }
        }
    }

    #[track_caller]
    pub(super) fn hears(&mut self, hertz: f64) {
        let (tape, told, events) = (&self.tape, &self.told, &mut self.events);
        tape.hears(hertz, |pause: Duration| {
            if let Ok(event) = told.recv_timeout(pause) {
                events.push(event);
            }
        });
    }
}

/// Takes one `length:text,` off the front.
fn netstring(octets: &mut Vec<u8>) -> Option<Value> {
    let colon = octets.iter().position(|octet| *octet == b':')?;
    let length: usize = std::str::from_utf8(&octets[..colon]).ok()?.trim().parse().ok()?;
    let text = octets.get(colon + 1..colon + 1 + length)?.to_vec();
    octets.get(colon + 1 + length)?;
    octets.drain(..colon + length + 2);
    Some(serde_json::from_slice(&text).unwrap_or(Value::Null))
}
