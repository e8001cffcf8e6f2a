//! linphonec without a sound card, steered by its commands.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::Client;
use super::tape::{Tape, wav};
use crate::process::{Helin, PATIENCE};

/// For the calls that it has at once.
const SOUND_PORTS: u16 = 6;

/// A linphonec that answers by itself, speaks a tone, and writes down what it hears.
pub(super) struct Linphonec {
    client: Client,
    output: Receiver<Vec<u8>>,
    said: String,
    tape: Tape,
}

impl Linphonec {
    /// A user's phone, registered.
    #[track_caller]
    pub(super) fn user(helin: &Helin, user: &str, hertz: f64) -> Self {
        let mut phone = Self::start(helin, user, helin.spare_ports(1), hertz, "");
        phone.says(&format!("register sip:{user}@{0} {0} demo-{user}", helin.access()));
        super::until_registered(helin, user);
        phone
    }

    /// A phone of the carrier's, with a number, at a port of its own.
    #[track_caller]
    pub(super) fn outside(helin: &Helin, number: &str, port: u16, hertz: f64) -> Self {
        Self::start(helin, number, port, hertz, "")
    }

    /// A phone of the carrier's whose calls all go to Helin, whatever address it dials.
    #[track_caller]
    pub(super) fn behind_the_trunk(helin: &Helin, number: &str, port: u16, hertz: f64) -> Self {
        let (proxy, identity) = (format!("<sip:{};lr>", helin.trunk()), format!("sip:{number}@127.0.0.1"));
        let route = format!(
            "default_proxy=0\n[proxy_0]\nreg_proxy={proxy}\nreg_route={proxy}\nreg_identity={identity}\n\
             reg_sendregister=0\n"
        );
        Self::start(helin, number, port, hertz, &route)
    }

    #[track_caller]
    fn start(helin: &Helin, name: &str, port: u16, hertz: f64, route: &str) -> Self {
        let folder = helin.folder().join(format!("linphone-{name}"));
        std::fs::create_dir_all(folder.join(".local/share/linphone")).unwrap();
        let config = folder.join("rc");
        let contact = format!("sip:{name}@127.0.0.1:{port}");
        let sound = helin.spare_ports(SOUND_PORTS);
        let settings = format!(
            "[sip]\nsip_port={port}\nsip_tcp_port={port}\ncontact={contact}\n{route}\
             [rtp]\naudio_rtp_port={sound}-{}\n",
            sound + SOUND_PORTS - 1
        );
        std::fs::write(&config, settings).unwrap();
        let tone = folder.join("tone.wav");
        std::fs::write(&tone, wav(hertz)).unwrap();
        let child = Command::new("linphonec")
            .arg("-a")
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
        let tape = Tape { folder: folder.clone(), ending: "heard.wav" };
        let mut linphonec = Self { client, output, said: String::new(), tape };
        linphonec.says("soundcard use files");
        linphonec.until("Using wav files");
        linphonec.says(&format!("play {}", tone.display()));
        linphonec.says(&format!("record {}", folder.join("heard.wav").display()));
        linphonec
    }

    #[track_caller]
    pub(super) fn says(&mut self, command: &str) {
        let stdin = self.client.0.stdin.as_mut().expect("it is steered");
        writeln!(stdin, "{command}").unwrap();
    }

    /// Waits until it says this, after what was waited for before.
    #[track_caller]
    pub(super) fn until(&mut self, words: &str) {
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

    #[track_caller]
    pub(super) fn hears(&mut self, hertz: f64) {
        let (tape, output, said) = (&self.tape, &self.output, &mut self.said);
        tape.hears(hertz, |pause: Duration| {
            if let Ok(octets) = output.recv_timeout(pause) {
                said.push_str(&String::from_utf8_lossy(&octets));
            }
        });
    }
}
