//! Draws the picture: a box per group, the latest calls below.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

use super::picture::{Call, Group, Picture};

pub(super) fn draw(frame: &mut Frame<'_>, picture: &Picture) {
    let now = Timestamp::now();
    let tallest = picture.groups.values().map(height).max().unwrap_or(3);
    let [groups, calls, foot] =
        Layout::vertical([Constraint::Length(tallest), Constraint::Min(4), Constraint::Length(1)])
            .areas(frame.area());
    let columns = vec![Constraint::Fill(1); picture.groups.len().max(1)];
    let areas = Layout::horizontal(columns).split(groups);
    for ((number, group), area) in picture.groups.iter().zip(areas.iter()) {
        let closed = group.closed.as_deref().map(|why| format!("(closed: {why}) ")).unwrap_or_default();
        let title = format!(" {} {number} {closed}", group.name);
        frame.render_widget(
            Paragraph::new(group_lines(group, now)).block(Block::bordered().title(title)),
            *area,
        );
    }
    let lines: Vec<Line<'_>> = picture.calls.iter().map(call_line).collect();
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Calls ")), calls);
    let foot_text = match &picture.ended {
        Some(reason) => Line::from(format!("{reason} - press q")).fg(Color::Red),
        None => Line::from("q quits").dim(),
    };
    frame.render_widget(foot_text, foot);
}

fn height(group: &Group) -> u16 {
    u16::try_from(group.members.len() + group.waiting.len()).unwrap_or(u16::MAX).saturating_add(3)
}

fn group_lines(group: &Group, now: Timestamp) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for member in &group.members {
        let mark = if member.duty { "*" } else { " " };
        let missed = if member.missed > 0 { format!(" missed {}", member.missed) } else { String::new() };
        lines.push(Line::from(vec![
            Span::raw(format!("{mark}{:12} ", member.user)),
            Span::styled(format!("{:10}", member.state), colour(&member.state)),
            Span::raw(format!(" {} {}{missed}", member.since, member.reason).trim_end().to_owned()).dim(),
        ]));
    }
    lines.extend(group.waiting.iter().map(|waiting| Line::from(waiting.line(now)).fg(Color::Yellow)));
    lines.push(Line::from(group.today.as_str()).dim());
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
