//! English: `and` after the hundreds, a hyphen after the tens; only the last word of an ordinal is one.

use super::words::{Around, Noun, Signs, Words, nth};

pub(super) const SIGNS: Signs = Signs {
    digits: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    plus: "plus",
    star: "star",
    hash: "hash",
    offer: Around { before: "Press", after: "and we will call you back. You keep your place in the queue." },
    hidden: Around {
        before: "We cannot call back the number you are calling from. Press",
        after: "and enter the number we should call back.",
    },
    read_back: "You entered",
};

pub(super) const WORDS: Words = Words {
    number,
    opening,
    counted: number,
    ordinal,
    stem: opening,
    minute: Noun { one: "minute", many: "minutes" },
    hour: Noun { one: "hour", many: "hours" },
    and: "and",
    under_minute: "less than a minute",
    over_day: "more than a day",
    position: Around { before: "You are number", after: "in the queue" },
    wait: "The estimated waiting time is",
};

const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] =
    ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const ORDINALS: [&str; 13] = [
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];

fn number(n: u32) -> String {
    let digit = |n| nth(&SIGNS.digits, n);
    match (n / 100, n / 10 % 10, n % 10) {
        (0, 0, unit) => digit(unit).to_owned(),
        (0, 1, unit) => nth(&TEENS, unit).to_owned(),
        (0, ten, 0) => nth(&TENS, ten).to_owned(),
        (0, ten, unit) => format!("{}-{}", nth(&TENS, ten), digit(unit)),
        (hundred, _, _) => format!("{} hundred", digit(hundred)),
    }
}

fn ordinal(n: u32) -> String {
    match n {
        0..=12 => nth(&ORDINALS, n).to_owned(),
        13..20 => format!("{}th", number(n)),
        20..100 => format!("{}ieth", number(n).trim_end_matches('y')),
        _ => format!("{}th", number(n)),
    }
}

fn opening(n: u32) -> String {
    if n < 100 { format!("{}-", number(n)) } else { format!("{} and ", number(n)) }
}
