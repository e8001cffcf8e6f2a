//! The charts of a group: mean wait over calls by time of day, and how many are answered within which time.

use api::simulations::{GroupFigures, SimulatedGroup};

use super::sheet::{Anchor, FAINT, GRID, INK, Sheet, Stroke};
use super::{COLOURS, WIDTH};
use crate::simulate::words::Words;

/// Of a group.
pub(super) const HEIGHT: f64 = 370.0;

/// From the group's top: the title of the charts, the charts, the hours below.
const TITLE: f64 = 58.0;
const TOP: f64 = 72.0;
const WAITS: f64 = 170.0;
const CALLS_TITLE: f64 = 274.0;
const CALLS_TOP: f64 = 284.0;
const CALLS: f64 = 46.0;

/// Left and right of the chart by time of day, and of the curve.
const DAY: (f64, f64) = (80.0, 620.0);
const CURVE: (f64, f64) = (710.0, WIDTH - 30.0);

/// Steps of a scale of time, seconds.
const STEPS: [f64; 16] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0,
    28_800.0,
];

/// The first is broader, so that it is seen below the other where the two are the same.
const STROKES: [Stroke; 2] =
    [Stroke { colour: COLOURS[0], width: 4.0 }, Stroke { colour: COLOURS[1], width: 1.8 }];

/// Sides that there are, with their lines.
fn sides(group: &SimulatedGroup) -> impl Iterator<Item = (&GroupFigures, Stroke)> + Clone {
    std::iter::once(&group.base).chain(group.changed.as_ref()).zip(STROKES)
}

/// A step with which `highest` has at most this many.
fn step(highest: f64, parts: f64) -> f64 {
    STEPS.into_iter().find(|step| highest <= step * parts).unwrap_or(28_800.0)
}

/// Seconds as people say them on a scale.
fn told(seconds: f64, words: &Words) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0 => "0".to_owned(),
        1..60 => format!("{whole} s"),
        60..3_600 if whole.is_multiple_of(60) => format!("{} {}", whole / 60, words.minute),
        3_600.. if whole.is_multiple_of(3_600) => format!("{} {}", whole / 3_600, words.hour),
        _ => format!("{}:{:02} {}", whole / 60, whole % 60, words.minute),
    }
}

fn quarter(clock: &str) -> Option<u64> {
    let (hours, minutes) = clock.split_once(':')?;
    Some(hours.parse::<u64>().ok()? * 4 + minutes.parse::<u64>().ok()? / 15)
}

/// Mean wait as lines, calls as bars below, over the hours of the day.
pub(super) fn waits(sheet: &mut Sheet, top: f64, group: &SimulatedGroup, words: &Words) {
    sheet.text((DAY.0, top + TITLE), Anchor::Start, INK, words.wait);
    sheet.text((DAY.0, top + CALLS_TITLE), Anchor::Start, INK, words.calls);
    let quarters = || sides(group).flat_map(|(figures, _)| &figures.quarters);
    let times = || quarters().filter_map(|at| quarter(&at.at));
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return };
    // Whole hours, so that the first and the last have a name.
    let (first, last) = (first / 4 * 4, (last / 4 + 1) * 4);
    let x = |at: f64| DAY.0 + (DAY.1 - DAY.0) * (at - first as f64) / (last - first) as f64;
    let highest = quarters().filter_map(|at| at.wait_s).fold(1.0, f64::max);
    let step = step(highest, 5.0);
    let ceiling = (highest / step).ceil() * step;
    let y = |wait: f64| top + TOP + WAITS * (1.0 - wait / ceiling);
    for part in 0..=(ceiling / step).round() as u64 {
        let wait = part as f64 * step;
        sheet.line((DAY.0, y(wait)), (DAY.1, y(wait)), GRID);
        sheet.text((DAY.0 - 8.0, y(wait) + 4.0), Anchor::End, FAINT, &told(wait, words));
    }
    hours(sheet, top, (first, last), &x);
    calls(sheet, top, group, &x);
    for (figures, stroke) in sides(group) {
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut before = None;
        for at in &figures.quarters {
            let (Some(n), Some(wait)) = (quarter(&at.at), at.wait_s) else { continue };
            // Where nobody was answered for a while, the line has a gap.
            if before.is_some_and(|before| n > before + 2) {
                sheet.curve(&points, stroke);
                points.clear();
            }
            before = Some(n);
            points.push((x(n as f64 + 0.5), y(wait)));
        }
        if !points.is_empty() {
            sheet.curve(&points, stroke);
        }
    }
}

fn hours(sheet: &mut Sheet, top: f64, (first, last): (u64, u64), x: &dyn Fn(f64) -> f64) {
    let every = match last - first {
        0..=48 => 4,
        49..=72 => 8,
        _ => 12,
    };
    let bottom = top + CALLS_TOP + CALLS;
    for at in (first..=last).filter(|at| at.is_multiple_of(every)) {
        let x = x(at as f64);
        sheet.line((x, top + TOP + WAITS), (x, top + TOP + WAITS + 5.0), GRID);
        sheet.line((x, bottom), (x, bottom + 4.0), GRID);
        sheet.text((x, bottom + 17.0), Anchor::Middle, FAINT, &format!("{:02}:00", at / 4));
    }
}

/// Who comes does not depend on the settings, but for calls that go on from another group: the bars are of the day as
/// it is.
fn calls(sheet: &mut Sheet, top: f64, group: &SimulatedGroup, x: &dyn Fn(f64) -> f64) {
    let most = group.base.quarters.iter().map(|at| at.offered).max().unwrap_or(0).max(1);
    let bottom = top + CALLS_TOP + CALLS;
    sheet.line((DAY.0, bottom - CALLS), (DAY.1, bottom - CALLS), GRID);
    sheet.line((DAY.0, bottom), (DAY.1, bottom), GRID);
    sheet.text((DAY.0 - 8.0, bottom - CALLS + 4.0), Anchor::End, FAINT, &most.to_string());
    sheet.text((DAY.0 - 8.0, bottom + 4.0), Anchor::End, FAINT, "0");
    for at in &group.base.quarters {
        let Some(n) = quarter(&at.at) else { continue };
        let (left, right) = (x(n as f64), x(n as f64 + 1.0));
        let height = CALLS * at.offered as f64 / most as f64;
        sheet.bar(left + 1.0, bottom - height, ((right - left - 2.0).max(0.5), height), "#aab4c0");
    }
}

/// Which part of all calls is answered within which time; the group's goal is a dashed line.
pub(super) fn answers(sheet: &mut Sheet, top: f64, group: &SimulatedGroup, words: &Words) {
    sheet.text((CURVE.0, top + TITLE), Anchor::Start, INK, words.answered_within);
    let height = CALLS_TOP + CALLS - TOP;
    let y = |percent: f64| top + TOP + height * (1.0 - percent / 100.0);
    for percent in [0.0, 20.0, 40.0, 60.0, 80.0, 100.0] {
        sheet.line((CURVE.0, y(percent)), (CURVE.1, y(percent)), GRID);
        sheet.text((CURVE.0 - 8.0, y(percent) + 4.0), Anchor::End, FAINT, &format!("{percent:.0} %"));
    }
    let longest = sides(group).filter_map(|(figures, _)| figures.wait.p95_s).fold(f64::NAN, f64::max);
    if longest.is_nan() {
        sheet.text((f64::midpoint(CURVE.0, CURVE.1), y(50.0)), Anchor::Middle, FAINT, words.nobody);
        return;
    }
    let goal = group.base.within_s;
    // As far as nearly all have waited, and the goal well inside.
    let far = longest.max(goal * 1.5).max(10.0);
    let step = step(far, 5.0);
    let end = (far / step).ceil() * step;
    let x = |s: f64| CURVE.0 + (CURVE.1 - CURVE.0) * s / end;
    for part in 0..=(end / step).round() as u64 {
        let s = part as f64 * step;
        let bottom = y(0.0);
        sheet.line((x(s), bottom), (x(s), bottom + 4.0), GRID);
        sheet.text((x(s), bottom + 17.0), Anchor::Middle, FAINT, &told(s, words));
    }
    sheet.dashed((x(goal), y(0.0)), (x(goal), y(100.0)));
    // Where the curves are not: below those that have risen by then, else above.
    let risen = sides(group).all(|(figures, _)| figures.service_level > 30.0);
    let beside = if risen { y(0.0) - 7.0 } else { y(100.0) + 13.0 };
    sheet.text((x(goal) + 5.0, beside), Anchor::Start, FAINT, &told(goal, words));
    for (figures, stroke) in sides(group) {
        let inside = figures.answered_within.iter().filter(|point| point.s as f64 <= end);
        let points: Vec<(f64, f64)> = inside.map(|point| (x(point.s as f64), y(point.percent))).collect();
        let Some((_, last)) = points.last().copied() else { continue };
        // Nobody waited longer than the last point tells: from there on the curve stays.
        let stays = [points, vec![(CURVE.1, last)]].concat();
        sheet.curve(&stays, stroke);
    }
}
