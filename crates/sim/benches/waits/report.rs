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

/// One figure: its goal, if it has one, and a note.
struct Told {
    name: String,
    value: f64,
    unit: &'static str,
    goal: Option<(f64, bool)>,
    note: String,
}

impl Told {
    fn of(name: &str, value: f64, unit: &'static str) -> Told {
        Told { name: name.to_owned(), value, unit, goal: None, note: String::new() }
    }

    fn at_most(self, goal: f64) -> Told {
        Told { goal: Some((goal, false)), ..self }
    }

    fn at_least(self, goal: f64) -> Told {
        Told { goal: Some((goal, true)), ..self }
    }

    fn note(self, note: String) -> Told {
        Told { note, ..self }
    }

    fn json(&self) -> String {
        let Told { name, value, unit, goal, note } = self;
        let goal = goal
            .map_or(String::new(), |(goal, at_least)| format!(",\"goal\":{goal:.1},\"at_least\":{at_least}"));
        format!("{{\"name\":\"{name}\",\"value\":{value:.1},\"unit\":\"{unit}\"{goal},\"note\":\"{note}\"}}")
    }
}

/// All figures: of all days together, then of each kind.
pub(crate) fn json(all: &Figures, each: &[(&str, Figures)]) -> String {
    let [helin, oracle, others @ ..] = &all.errors;
    let best = others.iter().copied().fold(f64::MAX, f64::min);
    let errors: Vec<String> =
        ERRORS.iter().zip(&all.errors).map(|(name, error)| format!("{name} {error:.1}")).collect();
    let mut told = vec![
        Told::of("P50 within 25 % or 30 s", all.near, "%").note(format!("{} callers", all.callers)),
        Told::of("the same, behind an oracle", all.behind_oracle(), "points")
            .at_most(5.0)
            .note(format!("the oracle {:.1} %", all.near_oracle)),
        Told::of("wait below P90", all.below_p90, "%")
            .at_least(88.0)
            .note(format!("the oracle {:.1} %", all.below_p90_oracle)),
        Told::of("wait below P90, not too often", all.below_p90, "%").at_most(92.0),
        Told::of("callers who are told something", all.told, "%").at_least(50.0),
        Told::of("mean absolute error of P50", *helin, "s")
            .at_most(best)
            .note(format!("the goal is the best of the simple ways; {}", errors.join(", "))),
        Told::of("mean absolute error, by how much an oracle is better", helin - oracle, "s"),
        Told::of("time of one estimate, as it comes in the day", all.cost, "us").at_most(20.0),
    ];
    for (name, of) in each {
        told.push(
            Told::of(&format!("{name}: behind an oracle"), of.behind_oracle(), "points")
                .at_most(5.0)
                .note(format!("{:.1} % to {:.1} %, {} callers", of.near, of.near_oracle, of.callers)),
        );
        told.push(
            Told::of(&format!("{name}: wait below P90, from 90 %"), (of.below_p90 - 90.0).abs(), "points")
                .at_most(2.0)
                .note(format!("{:.1} %; the oracle {:.1} %", of.below_p90, of.below_p90_oracle)),
        );
    }
    let told: Vec<String> = told.iter().map(Told::json).collect();
    format!("{{\"figures\":[{}]}}", told.join(","))
}
