//! `helin watch`: groups, members and calls live in the terminal, fed by the event stream.
//!
//! A thread reads the stream, and begins it anew where it breaks off; the terminal's thread folds changes into a
//! picture and draws it. Nothing is polled.

mod picture;
mod screen;

use std::io::{BufRead, IsTerminal};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::bail;
use crossterm::event::{Event, KeyCode, KeyModifiers};
use serde_json::Value;

use crate::cli::Watch;
use crate::client::{Client, escape};
use picture::Picture;

/// Before a stream that broke off is asked for again.
const PAUSE: Duration = Duration::from_secs(1);

/// What the stream's thread tells.
#[derive(Debug)]
enum News {
    /// A stream has begun: everything comes that is to be shown.
    Began,
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
    if !std::io::stdout().is_terminal() {
        bail!("`watch` draws on a terminal, and this is none; for programs there is GET /api/v1/events");
    }
    let client = Client::new(&watch.remote)?;
    let company = watch.company.as_deref().map_or_else(String::new, |id| format!("?company={}", escape(id)));
    let path = format!("/events{company}");
    let stream = client.stream(&path)?;
    let (sender, news) = channel();
    std::thread::spawn(move || follow(&client, &path, stream, &sender));
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

/// Nobody reads the news any more.
struct Gone;

/// Reads one stream after the other, until the terminal has gone.
fn follow(client: &Client, path: &str, first: impl BufRead, sender: &Sender<News>) {
    let told = |news: News| sender.send(news).map_err(|_| Gone);
    let mut ended = read(first, sender);
    while let Ok(reason) = ended {
        if told(News::Ended(format!("{reason}; trying again"))).is_err() {
            return;
        }
        std::thread::sleep(PAUSE);
        ended = match client.stream(path) {
            Ok(stream) => told(News::Began).and_then(|()| read(stream, sender)),
            Err(fault) => Ok(format!("{fault:#}")),
        };
    }
}

/// Reads server-sent events until the stream ends (WHATWG HTML 9.2.6: `event` and `data` lines, blank line ends); why it
/// did.
fn read(stream: impl BufRead, sender: &Sender<News>) -> Result<String, Gone> {
    let mut event = String::new();
    let mut data = String::new();
    for line in stream.lines() {
        let line = match line {
            Ok(line) => line,
            Err(fault) => return Ok(fault.to_string()),
        };
        if let Some(name) = line.strip_prefix("event:") {
            name.trim().clone_into(&mut event);
        } else if let Some(part) = line.strip_prefix("data:") {
            data.push_str(part.trim_start());
        } else if line.is_empty() && !data.is_empty() {
            let value = serde_json::from_str(&data).unwrap_or(Value::Null);
            let news = if event == "group" { News::Group(value) } else { News::Call(value) };
            sender.send(news).map_err(|_| Gone)?;
            data.clear();
        }
    }
    Ok("Helin ended the stream".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::cli::Remote;

    /// A Helin that stops twice after its first words.
    fn stops_after_a_group(door: &TcpListener) {
        for name in ["before", "after"] {
            let (mut line, _) = door.accept().unwrap();
            let mut request = BufReader::new(line.try_clone().unwrap());
            let mut text = String::new();
            while text != "\r\n" {
                text.clear();
                request.read_line(&mut text).unwrap();
            }
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            write!(line, "{head}id: 1\nevent: group\ndata: {{\"name\":\"{name}\"}}\n\n").unwrap();
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_followed_by_the_next() {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", door.local_addr().unwrap());
        let helin = std::thread::spawn(move || stops_after_a_group(&door));
        let client = Client::new(&Remote { url, token: Some("token".to_owned()) }).unwrap();
        let (sender, news) = channel();
        let first = client.stream("/events").unwrap();
        std::thread::spawn(move || follow(&client, "/events", first, &sender));
        let next = || news.recv_timeout(Duration::from_secs(30)).unwrap();
        let mut picture = Picture::default();
        for expected in ["before", "after"] {
            let News::Group(group) = next() else { panic!("no group") };
            assert_eq!(group["name"], expected);
            picture.take(News::Group(group));
            let News::Ended(reason) = next() else { panic!("it did not end") };
            assert_eq!(reason, "Helin ended the stream; trying again");
            picture.take(News::Ended(reason));
            assert_eq!((picture.groups.len(), picture.ended.is_some()), (1, true));
            if expected == "before" {
                let News::Began = next() else { panic!("it did not begin again") };
                // What was shown may have gone meanwhile: a call that ended, a group that was deleted.
                picture.take(News::Began);
                assert_eq!((picture.groups.len(), picture.ended.is_some()), (0, false));
            }
        }
        helin.join().unwrap();
        let News::Ended(reason) = next() else { panic!("there is nobody") };
        assert!(reason.contains("cannot reach Helin"), "{reason}");
    }
}
