//! A Helin of one's own: the built binary as a process on free ports, with its own data folder.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longest wait for anything that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Ports of one Helin: this many in a row; the first ones for SIP and web, the last ones for clients of a test, the
/// rest for sound.
const BLOCK: u16 = 200;
const SPARE: u16 = 40;
const FIRST: u16 = 10_000;
const BLOCKS: u16 = 50;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A running Helin.
pub(crate) struct Helin {
    child: Option<Child>,
    stdout: Option<BufReader<ChildStdout>>,
    data: tempfile::TempDir,
    extra: Vec<String>,
    loud: bool,
    base: u16,
    spared: Cell<u16>,
}

impl Helin {
    /// With the demo company.
    pub(crate) fn demo() -> Self {
        Self::demo_with(&[])
    }

    /// With the demo company and further flags.
    pub(crate) fn demo_with(extra: &[&str]) -> Self {
        let mut flags = vec!["--demo".to_owned()];
        flags.extend(extra.iter().map(|&flag| flag.to_owned()));
        let mut helin = Self::made(flags);
        helin.start();
        helin
    }

    /// Without the demo: a platform with a settings file and nothing else.
    pub(crate) fn bare(settings: &str) -> Self {
        let mut helin = Self::made(vec!["--config".to_owned()]);
        let file = helin.folder().join("helin.toml");
        std::fs::write(&file, settings).unwrap();
        helin.extra.push(file.display().to_string());
        helin.start();
        helin
    }

    /// With the demo company, and a log of everything.
    pub(crate) fn loud() -> Self {
        let mut helin = Self::made(vec!["--demo".to_owned()]);
        helin.loud = true;
        helin.start();
        helin
    }

    fn made(extra: Vec<String>) -> Self {
        Self {
            child: None,
            stdout: None,
            data: tempfile::Builder::new().prefix("helin-e2e-").tempdir().unwrap(),
            extra,
            loud: false,
            base: free_block(),
            spared: Cell::new(0),
        }
    }

    /// The next line that it says on stdout.
    pub(crate) fn says(&mut self) -> String {
        let mut line = String::new();
        let stdout = self.stdout.as_mut().expect("it runs");
        assert!(stdout.read_line(&mut line).unwrap() > 0, "it has ended:\n{}", self.log());
        line.trim().to_owned()
    }

    /// Starts the process (again) and waits until it takes calls.
    pub(crate) fn start(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let mut child = self.command().stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        loop {
            line.clear();
            let count = stdout.read_line(&mut line).unwrap();
            assert!(count > 0, "helin ended before it took calls:\n{}", self.log());
            if line.starts_with("Helin takes calls") {
                break;
            }
        }
        self.child = Some(child);
        self.stdout = Some(stdout);
    }

    /// The command that starts it, for tests of starts that fail.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("serve").args(&self.extra);
        command.env("HELIN_DATA", self.data.path().join("data"));
        command.env("HELIN_WEB", self.web().to_string());
        command.env("HELIN_ACCESS", self.access().to_string());
        command.env("HELIN_TRUNK", self.trunk().to_string());
        command.env("HELIN_CARRIER", self.carrier().to_string());
        if !self.extra.iter().any(|flag| flag == "--rtp") {
            command.env("HELIN_RTP", format!("{}-{}", self.base + 10, self.base + BLOCK - SPARE - 1));
        }
        let level = if self.loud { "trace" } else { "info" };
        command.env("RUST_LOG", std::env::var("HELIN_TEST_LOG").unwrap_or_else(|_| level.to_owned()));
        command
    }

    /// `kill -9`, as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
        self.stdout = None;
    }

    /// SIGTERM; returns at once.
    pub(crate) fn terminate(&self) {
        let pid = self.pid();
        let done = Command::new("kill").arg(pid.to_string()).status().unwrap();
        assert!(done.success());
    }

    /// Waits for the process to end by itself.
    pub(crate) fn wait_end(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        if let Some(mut stdout) = self.stdout.take() {
            // The end of its output is the event to wait for.
            stdout.read_to_string(&mut String::new()).unwrap();
        }
        child.wait().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.data.path().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    fn log_file(&self) -> PathBuf {
        self.data.path().join("helin.log")
    }

    /// What it wrote on stderr.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    pub(crate) fn access(&self) -> SocketAddr {
        local(self.base)
    }

    pub(crate) fn trunk(&self) -> SocketAddr {
        local(self.base + 1)
    }

    /// Where calls to the carrier go: a scripted carrier listens there. The port after it is left free: baresip wants it
    /// for TLS.
    pub(crate) fn carrier(&self) -> SocketAddr {
        local(self.base + 2)
    }

    /// Ports in a row for a client of its own: the first of them, an even one.
    pub(crate) fn spare_ports(&self, count: u16) -> u16 {
        let first = self.spared.get();
        self.spared.set(first + count.next_multiple_of(2));
        assert!(self.spared.get() <= SPARE, "no more ports for clients");
        self.base + BLOCK - SPARE + first
    }

    pub(crate) fn web(&self) -> SocketAddr {
        local(self.base + 4)
    }

    /// A token of the operator, made on the data folder.
    pub(crate) fn operator(&self) -> String {
        let output = Command::new(binary())
            .args(["token", "create", "--operator", "--data"])
            .arg(self.data())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A subcommand as a person would give it.
    pub(crate) fn run(&self, token: &str, arguments: &[&str]) -> std::process::Output {
        Command::new(binary())
            .args(arguments)
            .env("HELIN_URL", format!("http://{}", self.web()))
            .env("HELIN_TOKEN", token)
            .output()
            .unwrap()
    }

    /// Status and body of one request.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        self.send(method, path, token, body.map(Value::to_string).unwrap_or_default())
    }

    /// The same with any text as its body; what is no JSON comes back as a string.
    pub(crate) fn send(&self, method: &str, path: &str, token: &str, body: String) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.web()))
            .header("Content-Type", "application/json");
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let response = agent.run(request.body(body).unwrap()).unwrap();
        let status = response.status().as_u16();
        let text = response.into_body().read_to_string().unwrap();
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, value)
    }

    /// A read as the company's administrator; must succeed.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, value) = self.request("GET", path, "demo-admin-token", None);
        assert_eq!(status, 200, "GET {path}: {value}");
        value
    }

    /// A command as the company's administrator; must succeed.
    #[track_caller]
    pub(crate) fn post(&self, path: &str) {
        let (status, value) = self.request("POST", path, "demo-admin-token", None);
        assert_eq!(status, 204, "POST {path}: {value}");
    }

    /// Reads `path` at each change that the event stream tells until `good`, at most as long as patience lasts.
    #[track_caller]
    pub(crate) fn until(&self, path: &str, good: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_recv_body(Some(PATIENCE)).build().into();
        let response = agent
            .get(format!("http://{}/api/v1/events", self.web()))
            .header("Authorization", "Bearer demo-admin-token")
            .call()
            .unwrap();
        let mut stream = BufReader::new(response.into_body().into_reader());
        let mut last = self.get(path);
        let mut line = String::new();
        while !good(&last) {
            line.clear();
            let told = stream.read_line(&mut line);
            assert!(
                Instant::now() < deadline && told.is_ok_and(|count| count > 0),
                "{path} never became right; last:\n{last:#}\nlog:\n{}",
                self.log()
            );
            if line.trim().is_empty() {
                last = self.get(path);
            }
        }
        last
    }

    /// The only call of the company, ended.
    #[track_caller]
    pub(crate) fn ended_call(&self) -> Value {
        self.ended_calls(1).remove(0)
    }

    /// All calls of the company, this many, all ended; the newest first.
    #[track_caller]
    pub(crate) fn ended_calls(&self, count: usize) -> Vec<Value> {
        let list = self.until("/api/v1/calls", |list| {
            list["items"].as_array().is_some_and(|items| {
                items.len() == count && items.iter().all(|call| !call["ended"].is_null())
            })
        });
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| self.get(&format!("/api/v1/calls/{}", item["id"].as_str().unwrap())))
            .collect()
    }

    /// Live state of a group.
    pub(crate) fn live(&self, number: &str) -> Value {
        self.get(&format!("/api/v1/groups/{number}/live"))
    }

    /// Waits until the named member of a group has a state.
    #[track_caller]
    pub(crate) fn until_member(&self, number: &str, user: &str, state: &str) -> Value {
        self.until(&format!("/api/v1/groups/{number}/live"), |live| member_state(live, user) == Some(state))
    }

    /// Nobody rings or talks, no leg is open: all was torn down.
    #[track_caller]
    pub(crate) fn until_quiet(&self) {
        for number in ["+3726001000", "+3726002000"] {
            self.until(&format!("/api/v1/groups/{number}/live"), |live| {
                live["members"].as_array().is_some_and(|members| {
                    members
                        .iter()
                        .all(|member| !matches!(member["state"].as_str(), Some("ringing" | "talking")))
                })
            });
        }
        // No event tells of a leg that has ended after its call; the figure must come to nought by itself.
        let deadline = Instant::now() + PATIENCE;
        while self.metric("helin_legs") > 0.0 {
            assert!(Instant::now() < deadline, "legs are left over:\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// One figure of /metrics.
    #[track_caller]
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = self.request("GET", "/metrics", "", None).1;
        let text = text.as_str().unwrap_or_default();
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
            .unwrap_or_else(|| panic!("no {name} in\n{text}"))
    }
}

impl Drop for Helin {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- log of helin ---\n{}", self.log());
        } else if let Some(line) = self.log().lines().find(|line| names_a_number(line)) {
            panic!("a telephone number stands in the log: {line}");
        }
    }
}

pub(crate) fn member_state<'a>(live: &'a Value, user: &str) -> Option<&'a str> {
    let members = live["members"].as_array()?;
    members.iter().find(|member| member["user"] == user)?["state"].as_str()
}

/// Members of a live view in their order.
pub(crate) fn order(live: &Value) -> Vec<String> {
    let members = live["members"].as_array().unwrap();
    members.iter().map(|member| member["user"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The binary under test: the one `make test` built with optimisation, else cargo's.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("HELIN_TEST_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_helin").into(), PathBuf::from)
}

/// Whether a telephone number can be read: `+` and seven digits, or one of the demo's country without `+`.
pub(crate) fn names_a_number(line: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    line.match_indices('+').any(|(at, _)| digits(&line[at + 1..]) >= 7)
        || line.match_indices("372").any(|(at, _)| {
            let word = line[..at].bytes().next_back().is_some_and(|b| b.is_ascii_alphanumeric());
            !word && digits(&line[at..]) >= 10
        })
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A block of ports of which the first ones are free now. Below the ephemeral range, so that clients that bind
/// to any port do not step into it.
fn free_block() -> u16 {
    let start = u16::try_from(std::process::id() % u32::from(BLOCKS)).unwrap();
    for _ in 0..BLOCKS {
        let block = (start + NEXT.fetch_add(1, Ordering::Relaxed)) % BLOCKS;
        let base = FIRST + block * BLOCK;
        let free = (base..base + 12)
            .all(|port| TcpListener::bind(local(port)).is_ok() && UdpSocket::bind(local(port)).is_ok());
        if free {
            return base;
        }
    }
    panic!("no {BLOCK} ports in a row are free between {FIRST} and 20000");
}
