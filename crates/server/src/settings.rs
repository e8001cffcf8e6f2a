//! Platform settings: `helin.toml`, overlaid by environment and flags. A company's own settings are elsewhere
//! (`model::config`). Every key is read; an unknown one is refused with its line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use model::time::Span;
use serde::Deserialize;

/// The whole of `helin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Folder of database, keys and audio.
    pub(crate) data: PathBuf,
    /// Database URL; SQLite in `data` when left out.
    pub(crate) database: Option<String>,
    /// Portal, API, metrics and health.
    pub(crate) web: SocketAddr,
    /// SIP listeners.
    pub(crate) listener: Vec<ListenerSettings>,
    /// Carriers.
    pub(crate) trunk: Vec<TrunkSettings>,
    /// UDP ports for sound.
    pub(crate) rtp: RtpSettings,
    /// No sound for this long ends a call.
    pub(crate) media_timeout: Span,
    /// Live calls may go on for this long after SIGTERM.
    pub(crate) shutdown_grace: Span,
}

/// One SIP listener.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerSettings {
    /// Address and port.
    pub(crate) bind: SocketAddr,
    /// Address written into messages; `bind`'s when left out.
    pub(crate) advertise: Option<IpAddr>,
    /// What it speaks.
    #[serde(default = "both_transports")]
    pub(crate) transport: Vec<TransportName>,
    /// Digest algorithms offered, in this order.
    #[serde(default = "md5")]
    pub(crate) digest: Vec<DigestName>,
    /// Who is there.
    pub(crate) side: Side,
}

/// A transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TransportName {
    Udp,
    Tcp,
}

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum DigestName {
    #[serde(rename = "md5")]
    Md5,
    #[serde(rename = "sha-256")]
    Sha256,
}

/// Who is on a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// Phones: challenged.
    Access,
    /// Carriers: known by their address.
    Trunk,
}

/// One carrier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkSettings {
    pub(crate) name: String,
    /// Networks its calls come from, as `127.0.0.0/8`.
    #[serde(default)]
    pub(crate) accept_from: Vec<String>,
    /// Where calls to it go, tried in order.
    #[serde(default)]
    pub(crate) send_to: Vec<SocketAddr>,
    /// How it writes numbers: `e164`, or the country code whose national form it uses, as `EE`.
    #[serde(default = "e164")]
    pub(crate) number_format: String,
    #[serde(default)]
    pub(crate) identity: IdentityTrust,
    /// It takes a group's prefix or suffix around a shown number (V-18).
    #[serde(default)]
    pub(crate) number_affix: bool,
    /// It takes numbers in From that are not ours (X-07).
    #[serde(default = "yes")]
    pub(crate) foreign_from: bool,
    /// Simultaneous calls; unlimited when left out. Over it 503.
    #[serde(default)]
    pub(crate) calls_max: Option<u32>,
}

/// Whether its P-Asserted-Identity proves the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IdentityTrust {
    Trusted,
    #[default]
    Untrusted,
}

/// Ports for sound.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RtpSettings {
    /// Address to bind.
    pub(crate) bind: IpAddr,
    /// Address written into SDP; `bind` when left out.
    pub(crate) advertise: Option<IpAddr>,
    /// First port.
    pub(crate) first: u16,
    /// Last port.
    pub(crate) last: u16,
}

fn both_transports() -> Vec<TransportName> {
    vec![TransportName::Udp, TransportName::Tcp]
}

fn md5() -> Vec<DigestName> {
    vec![DigestName::Md5]
}

fn yes() -> bool {
    true
}

fn e164() -> String {
    "e164".to_owned()
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Default for RtpSettings {
    fn default() -> Self {
        RtpSettings { bind: LOOPBACK, advertise: None, first: 20_000, last: 39_999 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            data: PathBuf::from("data"),
            database: None,
            web: SocketAddr::new(LOOPBACK, 8080),
            listener: vec![
                ListenerSettings::plain(SocketAddr::new(LOOPBACK, 5060), Side::Access),
                ListenerSettings::plain(SocketAddr::new(LOOPBACK, 5080), Side::Trunk),
            ],
            trunk: Vec::new(),
            rtp: RtpSettings::default(),
            media_timeout: Span::seconds(30),
            shutdown_grace: Span::seconds(10),
        }
    }
}

impl ListenerSettings {
    fn plain(bind: SocketAddr, side: Side) -> Self {
        ListenerSettings { bind, advertise: None, transport: both_transports(), digest: md5(), side }
    }
}

/// What environment and flags lay over the file; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overlay {
    pub(crate) data: Option<PathBuf>,
    pub(crate) web: Option<SocketAddr>,
    pub(crate) access: Option<SocketAddr>,
    pub(crate) trunk: Option<SocketAddr>,
    pub(crate) carrier: Option<SocketAddr>,
    pub(crate) rtp: Option<(u16, u16)>,
    pub(crate) media_timeout: Option<Span>,
    pub(crate) shutdown_grace: Option<Span>,
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// The file cannot be read, or a key is unknown or wrong; the message says which line.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Settings> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings file {}", path.display()))?;
        toml_edit::de::from_str(&text).with_context(|| format!("{} is not right", path.display()))
    }

    /// What the demo adds (demo.md): the demo trunk and a short grace.
    pub(crate) fn with_demo(mut self) -> Settings {
        if self.trunk.is_empty() {
            self.trunk.push(TrunkSettings {
                name: "demo-carrier".to_owned(),
                accept_from: vec!["127.0.0.0/8".to_owned()],
                send_to: vec![SocketAddr::new(LOOPBACK, 5090)],
                number_format: e164(),
                number_affix: false,
                foreign_from: true,
                identity: IdentityTrust::Trusted,
                calls_max: None,
            });
        }
        self.shutdown_grace = Span::seconds(2);
        self
    }

    /// Lays environment and flags over the file and checks the whole.
    ///
    /// # Errors
    /// A combination that cannot work, named.
    pub(crate) fn overlaid(mut self, overlay: Overlay) -> anyhow::Result<Settings> {
        if let Some(data) = overlay.data {
            self.data = data;
        }
        if let Some(web) = overlay.web {
            self.web = web;
        }
        for (side, bind) in [(Side::Access, overlay.access), (Side::Trunk, overlay.trunk)] {
            if let Some(bind) = bind {
                self.listener.retain(|listener| listener.side != side);
                self.listener.push(ListenerSettings::plain(bind, side));
            }
        }
        if let Some(carrier) = overlay.carrier {
            let Some(trunk) = self.trunk.first_mut() else {
                bail!("a carrier address was given, but there is no [[trunk]] to use it for");
            };
            trunk.send_to = vec![carrier];
        }
        if let Some((first, last)) = overlay.rtp {
            self.rtp.first = first;
            self.rtp.last = last;
        }
        if let Some(timeout) = overlay.media_timeout {
            self.media_timeout = timeout;
        }
        if let Some(grace) = overlay.shutdown_grace {
            self.shutdown_grace = grace;
        }
        if self.rtp.first >= self.rtp.last || self.rtp.first < 1024 {
            bail!("rtp: ports {}-{} are no range above 1023", self.rtp.first, self.rtp.last);
        }
        if self.listener.is_empty() {
            bail!("there is no [[listener]]: nobody could call");
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let fault = toml_edit::de::from_str::<Settings>("web = \"127.0.0.1:1\"\nwebb = 1\n").unwrap_err();
        assert!(fault.to_string().contains("line 2"), "{fault}");
    }

    #[test]
    fn the_example_of_the_settings_page_can_be_used() {
        let page = include_str!("../../../docs/settings.md");
        let example = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let example = example.filter(|text| text.contains("[[listener]]")).collect::<String>();
        let settings = toml_edit::de::from_str::<Settings>(&example).unwrap();
        assert_eq!(settings.trunk[0].send_to, ["198.51.100.10:5060".parse().unwrap()]);
        assert_eq!(settings.listener.len(), 2);
    }

    #[test]
    fn flags_win_over_the_file() {
        let access: SocketAddr = "127.0.0.1:6060".parse().unwrap();
        let overlay = Overlay { access: Some(access), rtp: Some((30_000, 30_100)), ..Overlay::default() };
        let settings = Settings::default().with_demo().overlaid(overlay).unwrap();
        assert_eq!(settings.listener.iter().find(|l| l.side == Side::Access).unwrap().bind, access);
        assert_eq!(settings.listener.len(), 2);
        assert_eq!(settings.rtp.first, 30_000);
        assert_eq!(settings.trunk[0].name, "demo-carrier");
    }
}
