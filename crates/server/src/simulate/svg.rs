//! The waits of the day as a picture: one chart per group, mean wait by quarter of an hour, both sides as lines.

use std::fmt::Write;

use sim::whatif::{GroupDay, Question, Report};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;
const PLOT: (f64, f64) = (WIDTH - LEFT - 20.0, HEIGHT - TOP - 40.0);
const COLOURS: [&str; 2] = ["#1f6feb", "#d9480f"];

/// The picture.
pub(crate) fn of(question: &Question, report: &Report) -> String {
    let groups = &question.plan.config.groups;
    let shown: Vec<_> = groups.iter().filter(|(number, _)| report.base.groups.contains_key(number)).collect();
    let height = HEIGHT * shown.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (row, (number, group)) in shown.into_iter().enumerate() {
        let base = report.base.groups.get(number);
        let changed = report.changed.as_ref().and_then(|side| side.groups.get(number));
        let title = format!("{number} {}: mean wait", group.name);
        chart(&mut svg, row, &title, [base, changed]);
    }
    svg.push_str("</svg>\n");
    svg
}

fn chart(svg: &mut String, row: usize, title: &str, sides: [Option<&GroupDay>; 2]) {
    let top = HEIGHT * row as f64;
    let points = |day: &GroupDay| {
        day.quarters
            .iter()
            .map(|(at, (sum, count))| (*at, *sum as f64 / (*count).max(1) as f64 / 1_000.0))
            .collect::<Vec<_>>()
    };
    let all: Vec<(u64, f64)> = sides.iter().flatten().flat_map(|day| points(day)).collect();
    let highest = all.iter().map(|(_, wait)| *wait).fold(10.0, f64::max);
    let first = all.iter().map(|(at, _)| *at).min().unwrap_or(0);
    let last = all.iter().map(|(at, _)| *at).max().unwrap_or(0).max(first + 1);
    let x = |at: u64| LEFT + PLOT.0 * (at - first) as f64 / (last - first) as f64;
    let y = |wait: f64| top + TOP + PLOT.1 * (1.0 - wait / highest);
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{}</text>",
        top + 20.0,
        escaped(title)
    );
    for part in 0..=4 {
        let wait = highest * f64::from(part) / 4.0;
        let (at, end) = (y(wait), LEFT + PLOT.0);
        let _ =
            writeln!(svg, "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{end}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>");
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{wait:.0} s</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    for at in (first..=last).filter(|at| at.is_multiple_of(4)) {
        let bottom = top + TOP + PLOT.1 + 18.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{bottom}\" text-anchor=\"middle\">{:02}:00</text>",
            x(at),
            at / 4
        );
    }
    for (side, (day, colour)) in sides.iter().zip(COLOURS).enumerate() {
        let Some(day) = day else { continue };
        let line: Vec<String> =
            points(day).into_iter().map(|(at, wait)| format!("{:.1},{:.1}", x(at), y(wait))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            line.join(" ")
        );
        let name = if side == 0 { "as it is" } else { "changed" };
        let at = WIDTH - 20.0 - 90.0 * (1 - side) as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{at}\" y=\"{}\" text-anchor=\"end\" fill=\"{colour}\">{name}</text>",
            top + 20.0
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
