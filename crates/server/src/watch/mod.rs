//! `helin watch`: groups, members and calls live in the terminal, fed by the event stream.
//!
//! A thread reads the stream; the terminal's thread folds changes into a picture and draws it. Nothing is
//! polled and nothing is asked twice.

mod picture;
mod screen;

use std::io::BufRead;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyModifiers};
use serde_json::Value;

use crate::cli::Watch;
use crate::client::{Client, escape};
use picture::Picture;

/// What the stream's thread tells.
enum News {
    Group(Value),
    Call(Value),
    /// The stream broke off.
    Ended(String),
}

/// Watches until `q`, Escape or Ctrl-C; the arrows show further groups.
///
/// # Errors
/// Helin cannot be reached or refuses, or the terminal cannot be used.
pub(crate) fn watch(watch: &Watch) -> anyhow::Result<()> {
    let client = Client::new(&watch.remote)?;
    let company = watch.company.as_deref().map_or_else(String::new, |id| format!("?company={}", escape(id)));
    let stream = client.stream(&format!("/events{company}"))?;
    let (sender, news) = channel();
    std::thread::spawn(move || read(stream, &sender));
    let mut terminal = ratatui::try_init()?;
    let result = run(&mut terminal, &news);
    ratatui::restore();
    result
}

fn run(terminal: &mut ratatui::DefaultTerminal, news: &Receiver<News>) -> anyhow::Result<()> {
    let mut picture = Picture::default();
    // The first row of groups that is shown.
    let mut row: usize = 0;
    loop {
        while let Ok(item) = news.try_recv() {
            picture.take(item);
        }
        let mut rows = 0;
        terminal.draw(|frame| (rows, row) = screen::draw(frame, &picture, row))?;
        if crossterm::event::poll(Duration::from_millis(100))?
            && let Event::Key(key) = crossterm::event::read()?
        {
            let interrupt = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
            if interrupt || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                return Ok(());
            }
            if matches!(key.code, KeyCode::Up | KeyCode::PageUp) {
                row = row.saturating_sub(1);
            } else if matches!(key.code, KeyCode::Down | KeyCode::PageDown) {
                row = (row + 1).min(rows.saturating_sub(1));
            }
        }
    }
}

/// Reads server-sent events until the stream ends (WHATWG HTML 9.2.6: `event` and `data` lines, blank line ends).
fn read(stream: impl BufRead, sender: &Sender<News>) {
    let mut event = String::new();
    let mut data = String::new();
    for line in stream.lines() {
        let line = match line {
            Ok(line) => line,
            Err(fault) => {
                // Nobody to tell: the terminal has gone.
                let _ = sender.send(News::Ended(fault.to_string()));
                return;
            }
        };
        if let Some(name) = line.strip_prefix("event:") {
            name.trim().clone_into(&mut event);
        } else if let Some(part) = line.strip_prefix("data:") {
            data.push_str(part.trim_start());
        } else if line.is_empty() && !data.is_empty() {
            let value = serde_json::from_str(&data).unwrap_or(Value::Null);
            let news = if event == "group" { News::Group(value) } else { News::Call(value) };
            if sender.send(news).is_err() {
                return;
            }
            data.clear();
        }
    }
    let _ = sender.send(News::Ended("Helin ended the stream".to_owned()));
}
