//! Estonian: tens and hundreds are one word, what follows them stands apart; after every number but one the
//! partitive; in a compound ordinal all but the last word are genitives.

use super::words::{Around, Noun, Signs, Words, nth};

pub(super) const SIGNS: Signs = Signs {
    digits: ["null", "üks", "kaks", "kolm", "neli", "viis", "kuus", "seitse", "kaheksa", "üheksa"],
    plus: "pluss",
    star: "tärn",
    hash: "trellid",
    offer: Around {
        before: "Vajutage",
        after: ", ja me helistame teile tagasi. Teie koht järjekorras säilib.",
    },
    hidden: Around {
        before: "Numbrile, millelt helistate, ei saa me tagasi helistada. Vajutage",
        after: "ja sisestage number, millele tagasi helistame.",
    },
    read_back: "Sisestasite numbri",
};

pub(super) const WORDS: Words = Words {
    number,
    opening: |n| format!("{} ", number(n)),
    counted: number,
    ordinal,
    stem: |n| format!("{} ", genitive(n)),
    minute: Noun { one: "minut", many: "minutit" },
    hour: Noun { one: "tund", many: "tundi" },
    and: "ja",
    under_minute: "alla ühe minuti",
    over_day: "üle ööpäeva",
    position: Around { before: "Teie koht järjekorras on", after: "" },
    wait: "Hinnanguline ooteaeg on",
};

const ORDINALS: [&str; 11] = [
    "", "esimene", "teine", "kolmas", "neljas", "viies", "kuues", "seitsmes", "kaheksas", "üheksas", "kümnes",
];

/// With these, teens, tens and hundreds of ordinals are made.
const GENITIVES: [&str; 10] =
    ["", "ühe", "kahe", "kolme", "nelja", "viie", "kuue", "seitsme", "kaheksa", "üheksa"];

fn number(n: u32) -> String {
    let digit = |n| nth(&SIGNS.digits, n);
    match (n / 100, n / 10 % 10, n % 10) {
        (0, 0, unit) => digit(unit).to_owned(),
        (0, 1, 0) => "kümme".to_owned(),
        (0, 1, unit) => format!("{}teist", digit(unit)),
        (0, ten, 0) => format!("{}kümmend", digit(ten)),
        (0, ten, unit) => format!("{}kümmend {}", digit(ten), digit(unit)),
        (1, _, _) => "sada".to_owned(),
        (hundred, _, _) => format!("{}sada", digit(hundred)),
    }
}

fn ordinal(n: u32) -> String {
    match n {
        0..=10 => nth(&ORDINALS, n).to_owned(),
        11..20 => format!("{}teistkümnes", nth(&GENITIVES, n - 10)),
        _ => format!("{}s", genitive(n)),
    }
}

/// Of tens and whole hundreds.
fn genitive(n: u32) -> String {
    match n {
        0..100 => format!("{}kümne", nth(&GENITIVES, n / 10)),
        100..200 => "saja".to_owned(),
        _ => format!("{}saja", nth(&GENITIVES, n / 100)),
    }
}
