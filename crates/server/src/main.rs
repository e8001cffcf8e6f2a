//! The binary `helin`: command line, starting and stopping.

mod asks;
mod builtin;
mod cli;
mod client;
mod demo;
mod names;
mod node;
mod platform;
mod replay;
mod router;
mod routing;
mod settings;
mod setup;
mod simulate;
mod token;
mod watch;

use std::io::{IsTerminal, Write};

use anyhow::Context;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use cli::{Cli, Command, Serve};
use settings::Settings;

/// The system's allocator gives each thread a heap of its own and keeps what one of them freed: after a change to
/// ten thousand users it holds twice what is in use. How this one gives back is set in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Serve(serve) => run(serve),
        Command::Apply(apply) => client::apply(apply),
        Command::Export(export) => client::export(export),
        Command::Explain(explain) => client::explain(explain),
        Command::Watch(watch) => watch::watch(watch),
        Command::Token(command) => token::run(command),
        Command::Replay(replay) => replay::run(replay),
        Command::Simulate(simulate) => simulate::run(simulate),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The last word of the program goes to who started it.
            let _ = writeln!(std::io::stderr(), "helin: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(serve: &Serve) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    let settings = match &serve.config {
        Some(path) => Settings::read(path)?,
        None => Settings::default(),
    };
    let settings = if serve.demo { settings.with_demo() } else { settings };
    let settings = settings.overlaid(serve.overlay())?;
    // Calls have threads of their own: nothing that the API is asked holds them up. Few, because the SIP thread,
    // the sound threads and the database want cores, too, and more of them only wake each other.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let calls = tokio::runtime::Builder::new_multi_thread()
        .worker_threads((cores / 2).max(1))
        .thread_name("calls")
        .enable_all()
        .build()
        .context("no threads to run on")?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads to run on")?;
    runtime.block_on(serve_until_signal(&settings, serve.demo, calls.handle()))
}

async fn serve_until_signal(
    settings: &Settings,
    demo: bool,
    calls: &tokio::runtime::Handle,
) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let running = platform::start(settings, demo, calls).await?;
    greet(settings, demo, running.set_up.as_deref())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: new calls are refused, live ones may finish");
    running.stop().await;
    Ok(())
}

/// Where to look and how to log in, for who started it by hand.
fn greet(settings: &Settings, demo: bool, set_up: Option<&str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Helin takes calls. API and reference: http://{}/", settings.web)?;
    if let Some(path) = set_up {
        writeln!(
            out,
            "Nobody has a token yet. Open this once for the operator's: http://{}{path}",
            settings.web
        )?;
    }
    for listener in &settings.listener {
        let who = match listener.side {
            settings::Side::Access => "phones",
            settings::Side::Trunk => "carriers",
        };
        writeln!(out, "  {who}: SIP on {}", listener.bind)?;
    }
    if demo {
        writeln!(out, "Demo company Sinilind (everything here is public):")?;
        writeln!(out, "  phones    mari, juri, kati ... password demo-mari, demo-juri, demo-kati ...")?;
        writeln!(out, "  number    +3726001000 from the trunk, echo 8099")?;
        writeln!(
            out,
            "  API       Authorization: Bearer demo-admin-token (all companies: demo-operator-token)"
        )?;
        writeln!(out, "  live      helin watch --token demo-admin-token")?;
    }
    out.flush()?;
    Ok(())
}
