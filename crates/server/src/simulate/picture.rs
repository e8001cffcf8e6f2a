//! The report for a terminal: figures side by side, and the waits of the day as bars.

use std::fmt::Write;

use model::number::Number;
use sim::whatif::erlang::erlang_a;
use sim::whatif::{AgentDay, GroupDay, Question, Report, Side};

/// Heights of a bar.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One figure of a group.
type Figure = (&'static str, fn(&GroupDay) -> String);

const FIGURES: [Figure; 11] = [
    ("calls", |day| day.offered.to_string()),
    ("answered", |day| day.served.to_string()),
    ("gave up", |day| format!("{} ({:.1} %)", day.abandoned, day.abandonment())),
    ("overflowed", |day| day.overflowed.to_string()),
    ("called back", |day| day.called_back.to_string()),
    ("answered in time", |day| format!("{:.1} %", day.service_level())),
    ("mean wait", |day| seconds(day.wait_mean())),
    ("half waited less than", |day| seconds(day.wait_at(50))),
    ("nine tenths", |day| seconds(day.wait_at(90))),
    ("95 of 100", |day| seconds(day.wait_at(95))),
    ("longest", |day| seconds(day.wait_at(100))),
];

/// The whole report.
pub(crate) fn of(question: &Question, report: &Report, told: &str) -> String {
    let mut text = format!("{told}; {} agents\n", question.plan.agents.len());
    for (number, group) in &question.plan.config.groups {
        let Some(base) = report.base.groups.get(number) else { continue };
        let changed = report.changed.as_ref().and_then(|side| side.groups.get(number));
        let _ = writeln!(text, "\n{} {}", number, group.name);
        let heading = changed.map_or("", |_| "changed");
        let _ = writeln!(text, "  {:<24}{:>16}{:>16}", "", "as it is", heading);
        for (name, figure) in FIGURES {
            let other = changed.map_or(String::new(), figure);
            let _ = writeln!(text, "  {name:<24}{:>16}{other:>16}", figure(base));
        }
        bars(&mut text, base, changed);
        by_formula(&mut text, question, *number, base);
    }
    agents(&mut text, question, &report.base, report.changed.as_ref());
    text
}

fn seconds(milliseconds: u64) -> String {
    let whole = milliseconds / 1_000;
    if whole < 60 {
        format!("{:.1} s", milliseconds as f64 / 1_000.0)
    } else {
        format!("{}:{:02}", whole / 60, whole % 60)
    }
}

/// Mean waits by quarter of an hour, the highest of both as the full height.
fn bars(text: &mut String, base: &GroupDay, changed: Option<&GroupDay>) {
    let sides = [Some(("as it is", base)), changed.map(|day| ("changed", day))];
    let quarters = || sides.iter().flatten().flat_map(|(_, day)| day.quarters.iter());
    let highest = quarters().map(|(_, (sum, count))| sum / count.max(&1)).max().unwrap_or(0).max(1_000);
    let (Some(first), Some(last)) =
        (quarters().map(|(at, _)| *at).min(), quarters().map(|(at, _)| *at).max())
    else {
        return;
    };
    let _ = writeln!(
        text,
        "  mean wait from {:02}:{:02} to {:02}:{:02}, full height {}",
        first / 4,
        first % 4 * 15,
        (last + 1) / 4,
        (last + 1) % 4 * 15,
        seconds(highest)
    );
    for (name, day) in sides.iter().flatten() {
        let bar = |at: u64| {
            let mean = day.quarters.get(&at).map_or(0, |(sum, count)| sum / (*count).max(1));
            BARS[usize::try_from((mean * 8).div_ceil(highest)).unwrap_or(8).min(8)]
        };
        let _ = writeln!(text, "  {name:<9}|{}|", (first..=last).map(bar).collect::<String>());
    }
}

/// Erlang A for the busiest hour, where one group has agents of its own: a check that the figures are in reason.
fn by_formula(text: &mut String, question: &Question, number: Number, day: &GroupDay) {
    let plan = &question.plan;
    let Some(group) = plan.config.groups.get(&number).filter(|_| plan.config.groups.len() == 1) else {
        return;
    };
    let calls: Vec<_> = plan.calls.iter().filter(|call| call.group == number).collect();
    let mut hours = [0_u32; 25];
    for call in &calls {
        hours[usize::try_from(call.at / 3_600_000).unwrap_or(24).min(24)] += 1;
    }
    let busiest = f64::from(hours.iter().copied().max().unwrap_or(0));
    let count = calls.len().max(1) as f64;
    let handle = calls.iter().map(|call| call.talk).sum::<u64>() as f64 / count / 1_000.0;
    let handle = handle + group.wrap_up.map_or(0, |wrap_up| wrap_up.whole_seconds()) as f64;
    let patience =
        calls.iter().map(|call| call.patience.min(86_400_000)).sum::<u64>() as f64 / count / 1_000.0;
    let agents = u32::try_from(group.members.len()).unwrap_or(0);
    if agents == 0 || busiest < 1.0 || day.offered == 0 {
        return;
    }
    let told = erlang_a(agents, busiest / 3_600.0, handle, patience.max(1.0));
    let _ = writeln!(
        text,
        "  by Erlang A the busiest hour ({busiest:.0} calls, {agents} agents) has a mean wait of {:.1} s, {:.1} % give up",
        told.mean_wait_s,
        told.gives_up * 100.0
    );
}

fn agents(text: &mut String, question: &Question, base: &Side, changed: Option<&Side>) {
    let _ = writeln!(
        text,
        "\n{:<18}{:>8}{:>10}{:>9}{:>9}{}",
        "agent",
        "calls",
        "occupied",
        "share",
        "fair",
        if changed.is_some() { "   changed: calls  occupied    share" } else { "" }
    );
    for (at, day) in base.agents.iter().enumerate() {
        let name = question.plan.config.party_name(day.party).map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, "{name:<18}{}{:>8.1}%", line(day), day.fair_share);
        if let Some(other) = changed.and_then(|side| side.agents.get(at)) {
            let _ =
                write!(text, "   {:>14}{:>9.1}%{:>8.1}%", other.worked.calls, other.occupancy(), other.share);
        }
        text.push('\n');
    }
}

fn line(day: &AgentDay) -> String {
    format!("{:>8}{:>9.1}%{:>8.1}%", day.worked.calls, day.occupancy(), day.share)
}
