//! Swedish: a number below a thousand is one word; minutes and hours are common gender (`en`, `tjugoen`), a
//! number alone is neuter (`ett`, `tjugoett`); only the last word of an ordinal is one.

use super::words::{Around, Noun, Signs, Words, nth};

pub(super) const SIGNS: Signs = Signs {
    digits: ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"],
    plus: "plus",
    star: "stjärna",
    hash: "fyrkant",
    offer: Around { before: "Tryck", after: ", så ringer vi upp dig. Du behåller din plats i kön." },
    hidden: Around {
        before: "Vi kan inte ringa upp numret som du ringer från. Tryck",
        after: "och ange numret som vi ska ringa upp.",
    },
    read_back: "Du angav numret",
};

pub(super) const WORDS: Words = Words {
    number,
    opening: number,
    counted,
    ordinal,
    stem: number,
    minute: Noun { one: "minut", many: "minuter" },
    hour: Noun { one: "timme", many: "timmar" },
    and: "och",
    under_minute: "mindre än en minut",
    over_day: "mer än ett dygn",
    position: Around { before: "Din plats i kön är nummer", after: "" },
    wait: "Beräknad väntetid i kön är",
};

const TEENS: [&str; 10] =
    ["tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"];

const TENS: [&str; 10] =
    ["", "tio", "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"];

const ORDINALS: [&str; 13] = [
    "", "första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde",
    "elfte", "tolfte",
];

fn number(n: u32) -> String {
    let digit = |n| nth(&SIGNS.digits, n);
    match (n / 100, n / 10 % 10, n % 10) {
        (0, 0, unit) => digit(unit).to_owned(),
        (0, 1, unit) => nth(&TEENS, unit).to_owned(),
        (0, ten, 0) => nth(&TENS, ten).to_owned(),
        (0, ten, unit) => format!("{}{}", nth(&TENS, ten), digit(unit)),
        (hundred, _, _) => format!("{}hundra", digit(hundred)),
    }
}

fn counted(n: u32) -> String {
    match (n / 10, n % 10) {
        (1, _) => number(n),
        (ten, 1) => format!("{}en", nth(&TENS, ten)),
        (_, _) => number(n),
    }
}

fn ordinal(n: u32) -> String {
    match n {
        0..=12 => nth(&ORDINALS, n).to_owned(),
        13..100 => format!("{}de", number(n).replace("tio", "tion").replace("tjugo", "tjugon")),
        _ => format!("{}de", number(n)),
    }
}
