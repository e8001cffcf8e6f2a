//! The command line of `helin`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use model::time::Span;

use crate::settings::{Overlay, Settings};

/// Helin answers a company's number and brings every caller to the right person.
#[derive(Debug, Parser)]
#[command(name = "helin", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take calls until SIGINT or SIGTERM.
    Serve(Serve),
    /// Write a company file into a running Helin.
    Apply(Apply),
    /// Print a company's settings as TOML.
    Export(Export),
    /// Tell why a call went as it went.
    Explain(Explain),
    /// Watch groups, members and calls live in the terminal.
    Watch(Watch),
    /// Make, list and revoke API tokens on the data folder.
    Token(TokenCommand),
    /// Run a company's journal again and compare every fact with the one written then.
    Replay(Replay),
    /// Live through a day of a company, and try a change on the same callers and agents.
    Simulate(Simulate),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Start with the demo company; its passwords and tokens are public.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Settings of the platform (helin.toml).
    #[arg(long, env = "HELIN_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of database, keys and audio.
    #[arg(long, env = "HELIN_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Address of portal and API.
    #[arg(long, env = "HELIN_WEB")]
    pub(crate) web: Option<SocketAddr>,
    /// Address for phones, UDP and TCP.
    #[arg(long, env = "HELIN_ACCESS")]
    pub(crate) access: Option<SocketAddr>,
    /// Address for carriers, UDP and TCP.
    #[arg(long, env = "HELIN_TRUNK")]
    pub(crate) trunk: Option<SocketAddr>,
    /// Where calls to the first trunk go.
    #[arg(long, env = "HELIN_CARRIER")]
    pub(crate) carrier: Option<SocketAddr>,
    /// UDP ports for sound, as 20000-39999.
    #[arg(long, env = "HELIN_RTP", value_parser = port_range)]
    pub(crate) rtp: Option<(u16, u16)>,
    /// No sound for this long ends a call, as 30s.
    #[arg(long, env = "HELIN_MEDIA_TIMEOUT")]
    pub(crate) media_timeout: Option<Span>,
    /// Live calls may go on for this long after SIGTERM, as 10s.
    #[arg(long, env = "HELIN_SHUTDOWN_GRACE")]
    pub(crate) shutdown_grace: Option<Span>,
}

impl Serve {
    pub(crate) fn overlay(&self) -> Overlay {
        Overlay {
            data: self.data.clone(),
            web: self.web,
            access: self.access,
            trunk: self.trunk,
            carrier: self.carrier,
            rtp: self.rtp,
            media_timeout: self.media_timeout,
            shutdown_grace: self.shutdown_grace,
        }
    }
}

fn port_range(text: &str) -> Result<(u16, u16), String> {
    let fault = || format!("`{text}` is no port range, as 20000-39999");
    let (first, last) = text.split_once('-').ok_or_else(fault)?;
    Ok((first.trim().parse().map_err(|_| fault())?, last.trim().parse().map_err(|_| fault())?))
}

/// The running Helin to speak to.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// Its address.
    #[arg(long, env = "HELIN_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// API token.
    #[arg(long, env = "HELIN_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The company file.
    pub(crate) file: PathBuf,
    /// Print the differences only.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove what the file does not mention.
    #[arg(long)]
    pub(crate) prune: bool,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The company's id.
    pub(crate) company: String,
    /// Also what has its default value.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The call's id.
    pub(crate) call: String,
    /// Language of the sentences: et, fi, sv, en, ru.
    #[arg(long, default_value = "en")]
    pub(crate) language: String,
    /// Whose call; needed with an operator's token.
    #[arg(long)]
    pub(crate) company: Option<String>,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Which company; needed with an operator's token.
    #[arg(long)]
    pub(crate) company: Option<String>,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[derive(Debug, Args)]
pub(crate) struct TokenCommand {
    #[command(subcommand)]
    pub(crate) what: TokenWhat,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where the database is: what `helin serve` was given.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Settings of the platform (helin.toml): they name the database.
    #[arg(long, env = "HELIN_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Folder of database and keys.
    #[arg(long, env = "HELIN_DATA", global = true)]
    pub(crate) data: Option<PathBuf>,
}

impl Place {
    /// The settings as far as they name a database.
    ///
    /// # Errors
    /// The settings file cannot be read.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        let settings = self.config.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
        settings.overlaid(Overlay { data: self.data.clone(), ..Overlay::default() })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The company's id.
    pub(crate) company: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  helin simulate company.toml --day 2026-03-02 --rate 8000=60
  helin simulate company.toml --day 2026-03-02 --rate 8000=60 --change 'group[8000].parallel=2'
  helin simulate company.toml --day 2026-03-02 --data data --svg day.svg
How to read what it prints: docs/simulator.md")]
pub(crate) struct Simulate {
    /// The company file: the settings as they are.
    pub(crate) file: PathBuf,
    /// Which day, by the company's clock, as 2026-03-02. With --data alone it must be a recorded one; of today
    /// there are the calls until now.
    #[arg(long)]
    pub(crate) day: String,
    /// Calls of a CSV file: lines of time, group, talk in seconds, as 09:30:15,8000,120; only the time is needed.
    #[arg(long, value_name = "FILE", conflicts_with = "rate")]
    pub(crate) calls: Option<PathBuf>,
    /// Calls by chance, so many in the busiest hour: of every group as 60, of one as 8000=60. May be repeated.
    #[arg(long, value_name = "[GROUP=]CALLS")]
    pub(crate) rate: Vec<String>,
    /// Data folder of Helin. Its records give the calls of the day (without --calls and --rate), and how people talk,
    /// answer, wait and work.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Settings of the platform (helin.toml), where they name the data folder or a PostgreSQL database.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A setting to try, as `group[8000].parallel=2`: a path into the company file, and a value as in TOML. May be
    /// repeated; all of them are tried together.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) change: Vec<String>,
    /// When agents are at work: 08:00-17:00 for all, aino=09:00-15:00 for one, aino=none: not at all. May be repeated.
    /// [default, also for whoever is not named: as recorded on the day, else 08:00-17:00]
    #[arg(long, value_name = "[USER=]FROM-TO")]
    pub(crate) shift: Vec<String>,
    /// Half of the talks are shorter than this. [default: as recorded, else 150s]
    #[arg(long, value_name = "TIME")]
    pub(crate) talk: Option<Span>,
    /// Half of the answers come within it. [default: as recorded, else 4s]
    #[arg(long, value_name = "TIME")]
    pub(crate) answer: Option<Span>,
    /// Callers wait this long on the mean before they give up. [default: as recorded, else 5min]
    #[arg(long, value_name = "TIME")]
    pub(crate) patience: Option<Span>,
    /// Percent of the offers that ring in vain. [default: as recorded, else 3]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..=100))]
    pub(crate) misses: Option<u64>,
    /// Percent of the calls after which an agent takes a break.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    pub(crate) breaks: u64,
    /// Half of the breaks are shorter than this.
    #[arg(long, value_name = "TIME", default_value = "5min")]
    pub(crate) rest: Span,
    /// Percent of the callers who take an offer to be called back. [default: as recorded, else 50]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..=100))]
    pub(crate) accepts: Option<u64>,
    /// The same seed, the same people: what differs is the settings' doing.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write the day as a picture: waits, calls, answers and agents.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Language of the picture: et, fi, sv, en, ru.
    #[arg(long, default_value = "en")]
    pub(crate) language: String,
    /// Print the report as JSON, as the API gives it.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenWhat {
    /// Make a token and print it once.
    Create {
        /// For a company's administrator.
        #[arg(long, conflicts_with_all = ["operator", "user"])]
        company: Option<String>,
        /// For the operator: all companies.
        #[arg(long, conflicts_with = "user")]
        operator: bool,
        /// With a person's rights, as sirje@sinilind.
        #[arg(long)]
        user: Option<String>,
        /// Ends by itself after this time, as 30d.
        #[arg(long)]
        expires: Option<Span>,
    },
    /// List tokens without their secrets.
    List,
    /// End a token.
    Revoke {
        /// Its id from the list.
        id: i64,
    },
}
