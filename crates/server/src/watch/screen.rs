//! Draws the picture: boxes of groups side by side as far as they can be read, the latest calls below.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::picture::{Call, Group, Picture};

/// Columns in which a box can be read, its border among them.
const BOX_WIDTH: u16 = 40;
/// Lines that the calls have at least, where the terminal has more than twice as many.
const CALLS_HEIGHT: u16 = 6;

/// Draws from the `first` row of boxes on; gives how many rows there are, and the first one shown.
pub(super) fn draw(frame: &mut Frame<'_>, picture: &Picture, first: usize) -> (usize, usize) {
    let now = Timestamp::now();
    let area = frame.area();
    let beside = usize::from((area.width / BOX_WIDTH).max(1)).min(picture.groups.len().max(1));
    let width = (usize::from(area.width) / beside).saturating_sub(2);
    let boxes: Vec<(String, Vec<Line<'_>>)> = picture
        .groups
        .iter()
        .map(|(number, group)| (title(number, group), lines(group, now, width)))
        .collect();
    let rows: Vec<&[(String, Vec<Line<'_>>)]> = boxes.chunks(beside).collect();
    let room = area.height.saturating_sub(1 + CALLS_HEIGHT.min(area.height / 3));
    let first = first.min(last_first(&rows, room));
    let shown = shown(&rows[first..], room);
    let taken: u16 = shown.iter().sum();
    let [groups, calls, foot] =
        Layout::vertical([Constraint::Length(taken), Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let heights = Layout::vertical(shown.iter().copied().map(Constraint::Length)).split(groups);
    for (row, area) in rows[first..].iter().zip(heights.iter()) {
        draw_row(frame, row, beside, *area);
    }
    let lines: Vec<Line<'_>> = picture.calls.iter().map(call_line).collect();
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Calls ")), calls);
    let more = if shown.len() < rows.len() { "; up and down: more groups" } else { "" };
    let foot_text = match &picture.ended {
        Some(reason) => Line::from(format!("{reason} - q quits")).fg(Color::Red),
        None => Line::from(format!("q quits{more}")).dim(),
    };
    frame.render_widget(foot_text, foot);
    (rows.len(), first)
}

/// The heights of as many rows as there is room for; the first is cut where it alone is too tall.
fn shown(rows: &[&[(String, Vec<Line<'_>>)]], room: u16) -> Vec<u16> {
    let mut heights = Vec::new();
    let mut left = room;
    for row in rows {
        let height = tallest(row);
        if height > left && !heights.is_empty() {
            break;
        }
        heights.push(height.min(left));
        left = left.saturating_sub(height);
    }
    heights
}

/// The first row with which the last one is still seen.
fn last_first(rows: &[&[(String, Vec<Line<'_>>)]], room: u16) -> usize {
    (0..rows.len()).find(|first| shown(&rows[*first..], room).len() == rows.len() - first).unwrap_or_default()
}

fn tallest(row: &[(String, Vec<Line<'_>>)]) -> u16 {
    let most = row.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
    u16::try_from(most).unwrap_or(u16::MAX).saturating_add(2)
}

fn draw_row(frame: &mut Frame<'_>, row: &[(String, Vec<Line<'_>>)], beside: usize, area: Rect) {
    let columns = Layout::horizontal(vec![Constraint::Fill(1); beside]).split(area);
    for ((title, lines), area) in row.iter().zip(columns.iter()) {
        let room = usize::from(area.height.saturating_sub(2));
        let mut lines = lines.clone();
        if lines.len() > room && room > 0 {
            let hidden = lines.len() - room + 1;
            lines.truncate(room - 1);
            lines.push(Line::from(format!("... {hidden} more")).dim());
        }
        let block = Block::bordered().title(title.as_str());
        frame.render_widget(Paragraph::new(lines).block(block), *area);
    }
}

fn title(number: &str, group: &Group) -> String {
    let closed = group.closed.as_deref().map(|why| format!("(closed: {why}) ")).unwrap_or_default();
    format!(" {} {number} {closed}", group.name)
}

/// The callers first who wait: they must be seen where a box is cut.
fn lines(group: &Group, now: Timestamp, width: usize) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> =
        group.waiting.iter().map(|waiting| Line::from(waiting.line(now, width)).fg(Color::Yellow)).collect();
    for member in &group.members {
        let mark = if member.duty { "*" } else { " " };
        let missed = if member.missed > 0 { format!(" missed {}", member.missed) } else { String::new() };
        let rest = format!(" {} {}{missed}", member.lasts(now), member.reason);
        lines.push(Line::from(vec![
            Span::raw(format!("{mark}{:12} ", member.user)),
            Span::styled(format!("{:10}", member.state), colour(&member.state)),
            Span::raw(rest.trim_end().to_owned()).dim(),
        ]));
    }
    lines.extend(group.today(width).into_iter().map(|line| Line::from(line).dim()));
    lines
}

fn colour(state: &str) -> Style {
    let colour = match state {
        "talking" => Color::Cyan,
        "ringing" => Color::Yellow,
        "wrap_up" | "paused" => Color::Magenta,
        "available" => Color::Green,
        "away" => Color::Red,
        _ => Color::DarkGray,
    };
    Style::new().fg(colour)
}

fn call_line(call: &Call) -> Line<'_> {
    let state = call.outcome.as_deref().unwrap_or("under way");
    Line::from(vec![
        Span::raw(format!("{} ", call.started)).dim(),
        Span::raw(format!("{:>15} -> {:15} ", call.from, call.to)),
        Span::styled(format!("{state:10}"), colour(if call.outcome.is_some() { "" } else { "ringing" })),
        Span::raw(format!(" {}", call.legs.join(", "))),
    ])
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use serde_json::json;

    use super::super::News;
    use super::*;

    fn six_groups() -> Picture {
        let mut picture = Picture::default();
        for number in 8_000..8_006 {
            picture.take(News::Group(json!({"number": number.to_string(), "name": "Asiakaspalvelu",
                "calls_today": {"offered": 70, "answered": 48},
                "members": [{"user": "aino", "state": "talking", "since": "2026-03-02T09:00:00Z"},
                            {"user": "eero", "state": "logged_out", "since": "2026-03-02T09:00:00Z"}],
                "waiting": [{"position": 1, "caller": "+3725551234", "kind": "call", "state": "waiting",
                             "since": "2026-03-02T09:00:00Z", "estimated_wait_s": 40, "estimated_wait_p90_s": 75}]})));
        }
        picture
    }

    fn screen(picture: &Picture, (width, height): (u16, u16), first: usize) -> (String, (usize, usize)) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut rows = (0, 0);
        terminal.draw(|frame| rows = draw(frame, picture, first)).unwrap();
        (terminal.backend().to_string(), rows)
    }

    /// Two groups beside each other; the others come with the arrow, and nothing of a box is lost.
    #[test]
    fn a_small_terminal_shows_states_and_counts_whole() {
        let picture = six_groups();
        let (text, rows) = screen(&picture, (80, 24), 0);
        for part in [
            "Asiakaspalvelu 8000",
            "talking",
            "logged_out",
            "~0:40-1:15",
            "48 answered",
            "called back",
            "Calls",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(text.contains("more groups") && !text.contains("8005"), "{text}");
        assert_eq!(rows, (3, 0));
        let (text, rows) = screen(&picture, (80, 24), 99);
        assert!(text.contains("8005"), "{text}");
        assert_eq!(rows, (3, 1));
    }

    #[test]
    fn a_large_terminal_shows_all_groups() {
        let (text, rows) = screen(&six_groups(), (200, 60), 0);
        for number in 8_000..8_006 {
            assert!(text.contains(&number.to_string()), "{text}");
        }
        assert!(!text.contains("more groups"), "{text}");
        assert_eq!(rows, (2, 0));
    }

    /// Nothing to show, and hardly room for anything.
    #[test]
    fn the_smallest_terminal_is_drawn() {
        for size in [(1, 1), (10, 3), (40, 8)] {
            screen(&six_groups(), size, 5);
            screen(&Picture::default(), size, 5);
        }
    }
}
