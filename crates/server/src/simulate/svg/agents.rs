//! The agents as bars: how occupied each was, and which part of the calls he took beside the fair one.

use api::simulations::{AgentFigures, SimulatedAgent};

use super::sheet::{Anchor, FAINT, GRID, INK, Sheet, width};
use super::{COLOURS, WIDTH};
use crate::simulate::words::Words;

/// Agents drawn at most.
const DRAWN_MAX: usize = 60;

const ROW: f64 = 40.0;
const BAR: f64 = 14.0;

/// Behind the bars, for their figures.
const GAP: f64 = 66.0;

/// Draws them; how high it is.
pub(super) fn draw(sheet: &mut Sheet, top: f64, agents: &[SimulatedAgent], words: &Words) -> f64 {
    if agents.is_empty() {
        return 0.0;
    }
    let agents = &agents[..agents.len().min(DRAWN_MAX)];
    let names = agents.iter().map(|agent| width(&agent.user)).fold(40.0, f64::max).min(240.0);
    let left = 40.0 + names;
    let each = (WIDTH - 30.0 - left - 2.0 * GAP) / 2.0;
    let (occupied, share) = (left, left + each + GAP);
    sheet.text((occupied, top + 24.0), Anchor::Start, INK, words.occupancy);
    sheet.text((share, top + 24.0), Anchor::Start, INK, words.share);
    let both = |agent: &SimulatedAgent| [Some(agent.base.clone()), agent.changed.clone()];
    let shares = agents.iter().flat_map(both).flatten().map(|day| day.share.max(day.fair_share));
    let most = shares.fold(1.0, f64::max);
    let mut y = top + 36.0;
    for agent in agents {
        sheet.text((left - 12.0, y + ROW / 2.0 - 1.0), Anchor::End, INK, &agent.user);
        let days = both(agent);
        let count = days.iter().flatten().count() as f64;
        let begin = y + (ROW - 10.0 - count * BAR) / 2.0;
        for (nth, (day, colour)) in days.iter().flatten().zip(COLOURS).enumerate() {
            let at = begin + nth as f64 * BAR;
            one(sheet, (occupied, at), (each, day.occupancy / 100.0, day.occupancy), colour);
            one(sheet, (share, at), (each, day.share / most, day.share), colour);
        }
        fair(sheet, (share, begin), each / most, (days[0].as_ref(), count));
        y += ROW;
    }
    for x in [occupied, share] {
        sheet.line((x, top + 32.0), (x, y), GRID);
    }
    y - top + 16.0
}

fn one(sheet: &mut Sheet, (x, y): (f64, f64), (full, part, percent): (f64, f64, f64), colour: &str) {
    let length = full * part.clamp(0.0, 1.0);
    sheet.bar(x, y, (length, BAR - 2.0), colour);
    // In a column of their own, where no bar ends.
    sheet.text((x + full + 8.0, y + BAR - 3.0), Anchor::Start, FAINT, &format!("{percent:.1} %"));
}

fn fair(sheet: &mut Sheet, (x, y): (f64, f64), scale: f64, (day, count): (Option<&AgentFigures>, f64)) {
    let Some(day) = day else { return };
    let at = x + day.fair_share * scale;
    sheet.bar(at - 1.0, y - 3.0, (2.0, count * BAR + 4.0), INK);
}
