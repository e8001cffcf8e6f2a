//! Pictures of a day (SVG): per group the waits and calls by time of day and the curve of answers, then the agents.
//!
//! Text stands beside what it names and never on lines of data; both sides have one scale.

mod agents;
mod chart;
mod sheet;

use api::simulations::{SimulatedGroup, SimulationReport};
use model::language::Language;

use super::words::{Words, in_language};
use sheet::{Anchor, Sheet};

/// As it is, and changed: apart for those who see few colours, too.
pub(super) const COLOURS: [&str; 2] = ["#0b5cad", "#d95f02"];

pub(super) const WIDTH: f64 = 1_000.0;

/// One group as a picture of its own.
pub(crate) fn of_group(group: &SimulatedGroup, language: Language) -> String {
    let mut sheet = Sheet::default();
    draw_group(&mut sheet, 0.0, group, &in_language(language));
    sheet.finish(WIDTH, chart::HEIGHT)
}

/// Everything as one picture.
pub(crate) fn of_report(report: &SimulationReport, language: Language) -> String {
    let words = in_language(language);
    let mut sheet = Sheet::default();
    let mut top = 0.0;
    for group in &report.groups {
        draw_group(&mut sheet, top, group, &words);
        top += chart::HEIGHT;
    }
    top += agents::draw(&mut sheet, top, &report.agents, &words);
    sheet.finish(WIDTH, top.max(40.0))
}

fn draw_group(sheet: &mut Sheet, top: f64, group: &SimulatedGroup, words: &Words) {
    let title = format!("{} {}", group.number, group.name);
    sheet.heading(20.0, top + 28.0, &title);
    if group.changed.is_some() {
        legend(sheet, top + 28.0, words);
    }
    chart::waits(sheet, top, group, words);
    chart::answers(sheet, top, group, words);
}

fn legend(sheet: &mut Sheet, y: f64, words: &Words) {
    let sides = [words.base, words.changed];
    // Box, text, gap.
    let all: f64 = sides.iter().map(|text| sheet::width(text) + 40.0).sum();
    let mut x = WIDTH - all;
    for (text, colour) in sides.into_iter().zip(COLOURS) {
        sheet.bar(x, y - 10.0, (14.0, 10.0), colour);
        sheet.text((x + 20.0, y), Anchor::Start, colour, text);
        x += sheet::width(text) + 40.0;
    }
}
