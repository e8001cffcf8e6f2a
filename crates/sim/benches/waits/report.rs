//! The table, and the line of JSON that `make bench` reads.

use crate::figures::{ERRORS, Figures};

/// The names of the columns.
pub(crate) fn head() -> String {
    let errors: String = ERRORS.iter().map(|name| format!("{name:>10}")).collect();
    let over = format!(
        "{:<16}{:>8}{:>9}{:>26}{:>20}   mean absolute error, s",
        "", "", "", "P50 near, %", "wait below P90, %"
    );
    let names = format!(
        "{:<16}{:>8}{:>9}{:>9}{:>8}{:>9}{:>11}{:>9}{errors}{:>8}",
        "days", "callers", "told, %", "helin", "oracle", "behind", "helin", "oracle", "us each"
    );
    format!("{over}\n{names}")
}

/// One kind of day.
pub(crate) fn row(name: &str, figures: &Figures) -> String {
    let errors: String = figures.errors.iter().map(|error| format!("{error:>10.1}")).collect();
    format!(
        "{name:<16}{:>8}{:>9.1}{:>9.1}{:>8.1}{:>9.1}{:>11.1}{:>9.1}{errors}{:>8.1}",
        figures.callers,
        figures.told,
        figures.near,
        figures.near_oracle,
        figures.behind_oracle(),
        figures.below_p90,
        figures.below_p90_oracle,
        figures.cost,
    )
}

/// One figure with its goal.
fn figure(name: &str, (value, unit): (f64, &str), goal: &str) -> String {
    format!("{{\"name\":\"{name}\",\"value\":{value:.1},\"unit\":\"{unit}\"{goal}}}")
}

fn at_most(goal: f64) -> String {
    format!(",\"goal\":{goal:.1},\"at_least\":false")
}

fn at_least(goal: f64) -> String {
    format!(",\"goal\":{goal:.1},\"at_least\":true")
}

/// All figures: of all days together, and what is left behind the oracle by each kind.
pub(crate) fn json(all: &Figures, each: &[(&str, Figures)]) -> String {
    let [helin, oracle, others @ ..] = &all.errors;
    let best = others.iter().copied().fold(f64::MAX, f64::min);
    let mut figures = vec![
        figure("P50 within 25 % or 30 s", (all.near, "%"), ""),
        figure("the same, behind an oracle", (all.behind_oracle(), "points"), &at_most(5.0)),
        figure("wait below P90, at least", (all.below_p90, "%"), &at_least(88.0)),
        figure("wait below P90, at most", (all.below_p90, "%"), &at_most(92.0)),
        figure("callers who are told something", (all.told, "%"), &at_least(50.0)),
        figure("mean error of P50; goal: the best of four simple ways", (*helin, "s"), &at_most(best)),
        figure("mean error of an oracle", (*oracle, "s"), ""),
        figure("time of one estimate", (all.cost, "us"), &at_most(20.0)),
    ];
    for (name, error) in ERRORS.iter().zip(&all.errors).skip(2) {
        figures.push(figure(&format!("mean error of {name}"), (*error, "s"), ""));
    }
    for (name, of) in each {
        let name = |what: &str| format!("{name}: {what}");
        figures.push(figure(&name("behind an oracle"), (of.behind_oracle(), "points"), &at_most(5.0)));
        figures.push(figure(&name("wait below P90"), (of.below_p90, "%"), ""));
    }
    format!("{{\"figures\":[{}]}}", figures.join(","))
}
