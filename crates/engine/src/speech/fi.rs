//! Finnish: a number below a thousand is one word; after every number but one the partitive; every part of an
//! ordinal is an ordinal.

use super::words::{Around, Noun, Signs, Words, nth};

pub(super) const SIGNS: Signs = Signs {
    digits: [
        "nolla",
        "yksi",
        "kaksi",
        "kolme",
        "neljä",
        "viisi",
        "kuusi",
        "seitsemän",
        "kahdeksan",
        "yhdeksän",
    ],
    plus: "plus",
    star: "tähti",
    hash: "risuaita",
    offer: Around {
        before: "Painakaa", after: ", niin soitamme teille takaisin. Paikkanne jonossa säilyy."
    },
    hidden: Around {
        before: "Emme voi soittaa takaisin numeroon, josta soitatte. Painakaa",
        after: "ja näppäilkää numero, johon soitamme takaisin.",
    },
    read_back: "Näppäilitte numeron",
};

pub(super) const WORDS: Words = Words {
    number,
    opening: number,
    counted: number,
    ordinal,
    stem: ordinal,
    minute: Noun { one: "minuutti", many: "minuuttia" },
    hour: Noun { one: "tunti", many: "tuntia" },
    and: "ja",
    under_minute: "alle minuutin",
    over_day: "yli vuorokauden",
    position: Around { before: "Olette jonossa sijalla", after: "" },
    wait: "Arvioitu odotusaika on",
};

const ORDINALS: [&str; 11] = [
    "",
    "ensimmäinen",
    "toinen",
    "kolmas",
    "neljäs",
    "viides",
    "kuudes",
    "seitsemäs",
    "kahdeksas",
    "yhdeksäs",
    "kymmenes",
];

/// As they are inside teens, tens and hundreds.
const INNER: [&str; 10] =
    ["", "yhdes", "kahdes", "kolmas", "neljäs", "viides", "kuudes", "seitsemäs", "kahdeksas", "yhdeksäs"];

fn number(n: u32) -> String {
    let digit = |n| nth(&SIGNS.digits, n);
    match (n / 100, n / 10 % 10, n % 10) {
        (0, 0, unit) => digit(unit).to_owned(),
        (0, 1, 0) => "kymmenen".to_owned(),
        (0, 1, unit) => format!("{}toista", digit(unit)),
        (0, ten, 0) => format!("{}kymmentä", digit(ten)),
        (0, ten, unit) => format!("{}kymmentä{}", digit(ten), digit(unit)),
        (1, _, _) => "sata".to_owned(),
        (hundred, _, _) => format!("{}sataa", digit(hundred)),
    }
}

fn ordinal(n: u32) -> String {
    match n {
        0..=10 => nth(&ORDINALS, n).to_owned(),
        11..20 => format!("{}toista", nth(&INNER, n - 10)),
        20..100 => format!("{}kymmenes", nth(&INNER, n / 10)),
        100..200 => "sadas".to_owned(),
        _ => format!("{}sadas", nth(&INNER, n / 100)),
    }
}
