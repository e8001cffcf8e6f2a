//! Load by SIPp: a company with many members whose phones SIPp plays, and callers from the trunk.

use std::collections::BTreeSet;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::message::Message;
use crate::phone::{Phone, fresh};
use crate::process::Helin;

/// Number of the group under load.
pub(crate) const GROUP: &str = "+3726009000";

/// Makes a company `load` with this many members, all logged in and registered at one address.
pub(crate) fn company(helin: &Helin, members: usize, contact: SocketAddr) {
    let mut text = String::from("[company]\nid = \"load\"\nname = \"Load\"\n\n");
    for n in 0..members {
        text.push_str(&format!("[[user]]\nname = \"load{n}\"\nsip_password = \"demo-load{n}\"\n\n"));
    }
    text.push_str(&format!(
        "[[group]]\nnumber = \"{GROUP}\"\nname = \"Load\"\npreset = \"ring_even\"\nmembers_max = 1000\n"
    ));
    for n in 0..members {
        text.push_str(&format!("[[group.member]]\nuser = \"load{n}\"\nlogged_in = true\n"));
    }
    let file = helin.folder().join("load.toml");
    std::fs::write(&file, text).unwrap();
    let applied = helin.run("demo-operator-token", &["apply", file.to_str().unwrap()]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    for n in 0..members {
        register(helin, &format!("load{n}"), contact);
    }
}

/// Registers a user at an address that is not this test's.
pub(crate) fn register(helin: &Helin, user: &str, contact: SocketAddr) {
    let mut phone = Phone::of(helin, user);
    let address = format!("<sip:{user}@{}>", helin.access());
    let request = Message::new(format!("REGISTER sip:{} SIP/2.0", helin.access()))
        .with("From", format!("{address};tag=r{}", fresh()))
        .with("To", address)
        .with("Call-ID", format!("load-{}", fresh()))
        .with("CSeq", "1 REGISTER")
        .with("Contact", format!("<sip:{user}@{contact}>"))
        .with("Expires", "3600");
    let answer = phone.ask(request);
    assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
}

/// A free UDP port for SIPp.
pub(crate) fn free_port() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// SIPp as a process, in a folder of its own.
pub(crate) struct Sipp {
    child: Child,
    folder: PathBuf,
}

impl Sipp {
    /// Phones that answer every call.
    pub(crate) fn members(folder: &Path, at: SocketAddr) -> Self {
        Self::start(folder, "member", at, &[])
    }

    /// `count` callers, `rate` a second, who talk for `talk_ms`.
    pub(crate) fn callers(helin: &Helin, folder: &Path, (count, rate, talk_ms): (u32, u32, u32)) -> Self {
        // A caller whose call broke off in a crash may wait for ever: SIPp ends with those still open.
        let patience = (count / rate + talk_ms / 1_000 + 4).to_string();
        let (count, rate, talk) = (count.to_string(), rate.to_string(), talk_ms.to_string());
        let trunk = helin.trunk().to_string();
        let flags = ["-s", GROUP, "-m", &count, "-r", &rate, "-d", &talk, "-l", "5000", "-trace_logs"];
        let flags = [&flags[..], &["-timeout", &patience, &trunk]].concat();
        Self::start(folder, "caller", free_port(), &flags)
    }

    fn start(folder: &Path, role: &str, at: SocketAddr, flags: &[&str]) -> Self {
        let folder = folder.join(format!("sipp-{role}-{}", fresh()));
        std::fs::create_dir_all(&folder).unwrap();
        let scenario = format!("{}/tests/sipp/{role}.xml", env!("CARGO_MANIFEST_DIR"));
        let child = Command::new("sipp")
            .args(["-sf", &scenario, "-i", "127.0.0.1", "-p", &at.port().to_string(), "-nostdin"])
            .args(["-trace_err", "-nd"])
            .args(flags)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("SIPp is installed by `make test`");
        Self { child, folder }
    }

    /// Waits until all callers are done.
    pub(crate) fn wait(&mut self) {
        self.child.wait().unwrap();
    }

    fn file(&self, ending: &str) -> String {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        let path = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(ending));
        path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    }

    /// What SIPp complained of.
    pub(crate) fn faults(&self) -> String {
        self.file("_errors.log")
    }

    /// Numbers of the callers who got a 200.
    pub(crate) fn answered(&self) -> BTreeSet<String> {
        let log = self.file("_logs.log");
        log.lines().filter_map(|line| line.trim().strip_prefix("answered ")).map(str::to_owned).collect()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
