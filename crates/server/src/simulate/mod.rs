//! `helin simulate` and the API's simulations: a day of a company with the very engine, and with a change tried on the
//! same people.
//!
//! Callers come from a recorded day, from a list of times, or by chance at a rate; talks, answers, patience and times
//! at work are those recorded where there are any, else those given. Nothing is changed anywhere.

pub(crate) mod answer;
mod change;
mod command;
mod day;
mod fault;
mod people;
mod picture;
mod recorded;
mod report;
mod svg;
mod words;

use std::sync::Arc;

use api::simulations::{Simulation, SimulationReport};
use model::config::TenantConfig;
use model::config::tree::Node;
use model::language::Language;
use model::time::Utc;
use sim::whatif::{Question, whatif_while};

use day::Day;
use fault::{Fault, Field};
use recorded::Recorded;

pub(crate) use command::run;

/// A day that can be lived through.
pub(crate) struct Prepared {
    question: Question,
    people: api::simulations::People,
    day: Day,
    language: Language,
}

/// A document with the wished changes; `None`: there are none.
pub(crate) fn changed(document: &Node, wish: &Simulation) -> Result<Option<Node>, Fault> {
    if wish.changes.is_empty() {
        return Ok(None);
    }
    let mut changed = document.clone();
    for change in &wish.changes {
        change::apply(&mut changed, change)?;
    }
    Ok(Some(changed))
}

/// What the settings say against a change.
pub(crate) fn faults_of_change(faults: &[model::config::fault::Fault]) -> Vec<Fault> {
    let told = |fault: &model::config::fault::Fault| {
        Fault::of(Field::Changes, format!("{}: {}", fault.path, fault.text))
    };
    faults.iter().map(told).collect()
}

/// A wish that needs a recorded day can have it; of today there is what has been until now.
pub(crate) fn check_begun(wish: &Simulation, day: &Day, now: Utc) -> Result<(), Fault> {
    let recorded = wish.rates.is_none() && wish.calls.is_none();
    if recorded && day.begin > now {
        let text = format!(
            "{} has not begun, so nothing of it is recorded: take a day before, or give calls or a rate",
            day.date
        );
        return Err(Fault::of(Field::Day, text));
    }
    Ok(())
}

/// Puts callers and agents together.
pub(crate) fn prepare(
    wish: &Simulation,
    (config, changed): (Arc<TenantConfig>, Option<Arc<TenantConfig>>),
    day: Day,
    recorded: Option<&Recorded>,
    calls_max: usize,
) -> Result<Prepared, Fault> {
    let language = match &wish.language {
        None => config.language,
        Some(code) => Language::from_code(code)
            .ok_or_else(|| Fault::of(Field::Language, format!("`{code}` is none of et, fi, sv, en, ru")))?,
    };
    let around = people::Around { wish, config: &config, day: &day, recorded, calls_max };
    let (plan, people) = people::plan(&around)?;
    Ok(Prepared { question: Question { plan, changed }, people, day, language })
}

impl Prepared {
    /// Lives through it, for as long as `goes_on` says so: it sees which side it is and how far, in thousandths.
    pub(crate) fn live(
        self,
        wish: &Simulation,
        goes_on: &mut dyn FnMut(usize, u64) -> bool,
    ) -> Option<SimulationReport> {
        let told = whatif_while(&self.question, goes_on)?;
        Some(report::of(wish, &self.day, self.people, (&self.question, &told), self.language))
    }
}
