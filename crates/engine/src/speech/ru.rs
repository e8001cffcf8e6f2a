//! Russian: digits and the sentences around them; whole numbers are said in English.

use super::words::{Around, Signs};

pub(super) const SIGNS: Signs = Signs {
    digits: ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"],
    plus: "плюс",
    star: "звёздочка",
    hash: "решётка",
    offer: Around {
        before: "Нажмите", after: ", и мы вам перезвоним. Ваше место в очереди сохранится."
    },
    hidden: Around {
        before: "Мы не можем перезвонить на номер, с которого вы звоните. Нажмите",
        after: "и введите номер, по которому вам перезвонить.",
    },
    read_back: "Вы ввели номер",
};
