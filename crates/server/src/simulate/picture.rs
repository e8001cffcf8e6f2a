//! The report for a terminal: figures side by side, the waits of the day as bars, and the agents. At most 80 columns.

use std::fmt::Write;

use api::simulations::{
    AgentFigures, Formulas, GroupFigures, People, SimulatedAgent, SimulatedGroup, SimulationReport,
};

/// Heights of the top of a bar.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Lines of a chart.
const CHART: u64 = 4;

/// Columns of a chart at most.
const COLUMNS_MAX: usize = 64;

/// How a figure is written.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Percent,
    Seconds,
}

type Figure = (&'static str, Unit, fn(&GroupFigures) -> Option<f64>);

const FIGURES: [Figure; 13] = [
    ("calls", Unit::Count, |day| Some(day.offered as f64)),
    ("answered", Unit::Count, |day| Some(day.answered as f64)),
    ("gave up", Unit::Count, |day| Some(day.abandoned as f64)),
    ("  of all calls", Unit::Percent, |day| Some(day.abandonment)),
    ("left by a limit", Unit::Count, |day| Some(day.overflowed as f64)),
    ("called back", Unit::Count, |day| Some(day.called_back as f64)),
    ("answered in time", Unit::Percent, |day| Some(day.service_level)),
    ("  without early leavers", Unit::Percent, |day| Some(day.service_level_without_abandoned_in_time)),
    ("mean wait", Unit::Seconds, |day| day.wait.average_s),
    ("half waited at most", Unit::Seconds, |day| day.wait.p50_s),
    ("9 in 10 at most", Unit::Seconds, |day| day.wait.p90_s),
    ("95 in 100 at most", Unit::Seconds, |day| day.wait.p95_s),
    ("longest wait", Unit::Seconds, |day| day.wait.longest_s),
];

/// The whole report.
pub(crate) fn of(report: &SimulationReport) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}, {}: {}", report.day, report.time_zone, from_where(&report.people));
    for change in &report.changes {
        let _ = writeln!(text, "changed: {change}");
    }
    for group in &report.groups {
        of_group(&mut text, group);
    }
    agents(&mut text, &report.agents);
    text
}

fn from_where(people: &People) -> String {
    let calls = match people.source {
        "rates" => "calls by chance",
        "calls" => "listed calls",
        _ => "recorded calls",
    };
    let all = [
        ("talks", people.talks_seen),
        ("answers", people.offers_seen),
        ("patience", people.given_up_seen),
        ("times at work", people.shifts_seen),
    ];
    let mut text = format!("{} {calls}, {} agents", people.calls, people.agents);
    let usual: Vec<&str> = all.iter().filter(|(_, seen)| *seen == 0).map(|(what, _)| *what).collect();
    let seen: Vec<String> =
        all.iter().filter(|(_, seen)| *seen > 0).map(|(what, seen)| format!("{what} ({seen})")).collect();
    if !seen.is_empty() {
        let _ = write!(text, "\nas recorded: {}", seen.join(", "));
    }
    if !usual.is_empty() {
        let _ = write!(text, "\nas given or usual: {}", usual.join(", "));
    }
    text
}

fn of_group(text: &mut String, group: &SimulatedGroup) {
    let heading = if group.changed.is_some() { ["changed", "difference"] } else { ["", ""] };
    let _ = writeln!(text, "\n{} {}", group.number, group.name);
    line(text, &format!("  {:<26}{:>14}{:>14}{:>14}", "", "as it is", heading[0], heading[1]));
    for (name, unit, figure) in FIGURES {
        let base = figure(&group.base);
        let name = if name == "answered in time" {
            format!("{name} ({})", shown(Unit::Seconds, group.base.within_s))
        } else {
            name.to_owned()
        };
        let (mut changed, mut differs) = (String::new(), String::new());
        if let Some(other) = &group.changed {
            changed = or_dash(unit, figure(other));
            differs = difference(unit, base, figure(other));
        }
        line(text, &format!("  {name:<26}{:>14}{changed:>14}{differs:>14}", or_dash(unit, base)));
    }
    charts(text, group);
    if let Some(formulas) = &group.formulas {
        by_formula(text, formulas);
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

fn or_dash(unit: Unit, value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| shown(unit, value))
}

fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count => format!("{value:.0}"),
        Unit::Percent => format!("{value:.1} %"),
        Unit::Seconds if value < 59.95 => format!("{value:.1} s"),
        Unit::Seconds => {
            let whole = value.round() as u64;
            match whole {
                0..3_600 => format!("{}:{:02} min", whole / 60, whole % 60),
                _ => format!("{}:{:02}:{:02} h", whole / 3_600, whole / 60 % 60, whole % 60),
            }
        }
    }
}

/// What a change makes of a figure; nothing to say where the two look alike.
fn difference(unit: Unit, base: Option<f64>, changed: Option<f64>) -> String {
    let (Some(base), Some(changed)) = (base, changed) else { return String::new() };
    if shown(unit, base) == shown(unit, changed) {
        return "=".to_owned();
    }
    let sign = if changed < base { '-' } else { '+' };
    let by = (changed - base).abs();
    match unit {
        Unit::Percent => format!("{sign}{by:.1} points"),
        Unit::Count | Unit::Seconds => format!("{sign}{}", shown(unit, by)),
    }
}

/// Mean waits by time of day, one chart for each side, both of one scale.
fn charts(text: &mut String, group: &SimulatedGroup) {
    let sides: Vec<(&str, &GroupFigures)> = std::iter::once(("as it is", &group.base))
        .chain(group.changed.as_ref().map(|changed| ("changed", changed)))
        .collect();
    let quarters = || sides.iter().flat_map(|(_, day)| &day.quarters);
    let hours = || quarters().filter_map(|at| at.at.get(..2)?.parse::<usize>().ok());
    let (Some(first), Some(last)) = (hours().min(), hours().max()) else { return };
    let highest = quarters().filter_map(|at| at.wait_s).fold(0.0, f64::max);
    // As many minutes in a column as it takes to fit.
    let wide =
        [15, 30, 60].into_iter().find(|wide| (last + 1 - first) * 60 / wide <= COLUMNS_MAX).unwrap_or(60);
    let columns = (last + 1 - first) * 60 / wide;
    for (name, day) in &sides {
        let _ = writeln!(text, "\n  mean wait by time of day, {wide} minutes a column, {name}");
        let mut bars = vec![None; columns];
        for at in &day.quarters {
            let Some((column, wait)) = column(&at.at, first, wide).zip(at.wait_s) else { continue };
            let bar: &mut Option<(f64, u64)> = &mut bars[column];
            let (sum, count) = bar.unwrap_or((0.0, 0));
            *bar = Some((sum + wait * at.answered as f64, count + at.answered));
        }
        for row in (0..CHART).rev() {
            let label = if row == CHART - 1 { shown(Unit::Seconds, highest) } else { String::new() };
            let cells: String = bars.iter().map(|bar| cell(*bar, highest, row)).collect();
            line(text, &format!("  {label:>10} │{cells}"));
        }
        let _ = writeln!(text, "  {:>10} └{}", "0 s", "─".repeat(columns));
        hours_below(text, first, last, 60 / wide);
    }
}

fn column(clock: &str, first: usize, wide: usize) -> Option<usize> {
    let (hours, minutes) = clock.split_once(':')?;
    let minutes = hours.parse::<usize>().ok()? * 60 + minutes.parse::<usize>().ok()?;
    Some((minutes - first * 60) / wide)
}

/// One place of a bar; a bar of nought stands on the axis as the lowest there is, nobody answered is blank.
fn cell(bar: Option<(f64, u64)>, highest: f64, row: u64) -> char {
    let Some((sum, count)) = bar else { return ' ' };
    let mean = sum / count.max(1) as f64;
    let eighths = (mean / highest.max(0.001) * (CHART * 8) as f64).ceil().max(1.0) as u64;
    EIGHTHS[usize::try_from(eighths.saturating_sub(row * 8).min(8)).unwrap_or(8)]
}

fn hours_below(text: &mut String, first: usize, last: usize, each: usize) {
    // A name takes three columns.
    let every = 3_usize.div_ceil(each).max(1);
    let names = (first..=last).step_by(every).map(|hour| format!("{hour:02}"));
    let hours: String = names.map(|name| format!("{name:<width$}", width = each * every)).collect();
    line(text, &format!("  {:>10}  {hours}", ""));
}

fn by_formula(text: &mut String, told: &Formulas) {
    let c =
        told.erlang_c_wait_s.map_or_else(|| "grows for ever".to_owned(), |wait| shown(Unit::Seconds, wait));
    let _ = writeln!(
        text,
        "\n  a check: the hour from {} ({} calls, {} agents, {} a call)",
        told.at,
        told.calls,
        told.agents,
        shown(Unit::Seconds, told.handle_s)
    );
    line(text, &format!("  {:<26}{:>14}{:>14}{:>18}", "", "simulated", "Erlang A", "Erlang C"));
    line(
        text,
        &format!(
            "  {:<26}{:>14}{:>14}{c:>18}",
            "mean wait, all callers",
            shown(Unit::Seconds, told.simulated_wait_s),
            shown(Unit::Seconds, told.erlang_a_wait_s)
        ),
    );
    line(
        text,
        &format!(
            "  {:<26}{:>14}{:>14}{:>18}",
            "gave up",
            shown(Unit::Percent, told.simulated_abandonment),
            shown(Unit::Percent, told.erlang_a_abandonment),
            "nobody"
        ),
    );
}

/// Both sides under one another: a line of 80 columns has no room for both.
fn agents(text: &mut String, agents: &[SimulatedAgent]) {
    if agents.is_empty() {
        return;
    }
    let wide = agents.iter().map(|agent| agent.user.chars().count()).max().unwrap_or(0).clamp(5, 20);
    let changed = agents.iter().any(|agent| agent.changed.is_some());
    text.push('\n');
    let side = if changed { "          " } else { "" };
    line(
        text,
        &format!(
            "{:<wide$}  {side}{:>9}{:>7}{:>8}{:>10}{:>9}{:>9}",
            "agent", "at work", "calls", "missed", "occupied", "share", "fair"
        ),
    );
    for agent in agents {
        let name: String = agent.user.chars().take(20).collect();
        let side = if changed { "as it is  " } else { "" };
        line(text, &format!("{name:<wide$}  {side}{}", of_agent(&agent.base)));
        if let Some(other) = &agent.changed {
            line(text, &format!("{:<wide$}  changed   {}", "", of_agent(other)));
        }
    }
}

fn of_agent(day: &AgentFigures) -> String {
    let (hours, minutes) = (day.at_work_s / 3_600, day.at_work_s / 60 % 60);
    format!(
        "{:>9}{:>7}{:>8}{:>10}{:>9}{:>9}",
        format!("{hours}:{minutes:02} h"),
        day.answered,
        day.missed,
        shown(Unit::Percent, day.occupancy),
        shown(Unit::Percent, day.share),
        shown(Unit::Percent, day.fair_share)
    )
}

#[cfg(test)]
mod tests;
