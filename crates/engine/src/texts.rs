//! Texts for screens, in five languages: at most 160 characters, whatever is filled in is cut to fit.

use model::language::Language;
use model::leg::RecallReason;
use model::output::Notice;

/// To phones that are in no group (K-47); the same in every language.
pub(crate) const UNKNOWN_APPLICATION: &str = "UNKNOWN APPLICATION";

/// Where the host writes the time of day (K-30).
const CLOCK: char = Notice::CLOCK;

/// Characters of a name inside a text.
const NAME_MAX: usize = 40;

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect()
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident ( $($arg:ident),* ) et $et:literal fi $fi:literal sv $sv:literal en $en:literal ru $ru:literal) => {
        $(#[$doc])*
        pub(crate) fn $name(language: Language $(, $arg: &str)*) -> String {
            $(let $arg = cut($arg);)*
            match language {
                Language::Et => format!($et),
                Language::Fi => format!($fi),
                Language::Sv => format!($sv),
                Language::En => format!($en),
                Language::Ru => format!($ru),
            }
        }
    };
}

text!(
    /// The slot of a parked call.
    parked_in(slot)
    et "Kõne ootab kohas {slot}. Tagasi: *7{slot}"
    fi "Puhelu odottaa paikassa {slot}. Takaisin: *7{slot}"
    sv "Samtalet väntar på plats {slot}. Hämta med *7{slot}"
    en "The call waits in slot {slot}. Take it back with *7{slot}"
    ru "Вызов ожидает на месте {slot}. Вернуть: *7{slot}"
);
text!(
    /// A call comes back: the colleague was busy (I-18).
    recall_busy(name)
    et "{name}: kinni"
    fi "{name}: varattu"
    sv "{name}: upptagen"
    en "{name}: busy"
    ru "{name}: занят"
);
text!(
    /// A call comes back: the colleague did not answer (I-18).
    recall_no_answer(name)
    et "{name}: ei vasta"
    fi "{name}: ei vastaa"
    sv "{name}: svarar inte"
    en "{name}: does not answer"
    ru "{name}: не отвечает"
);
text!(
    /// The call went on to the next (K-29); names group, caller and time (K-30). `from` is `from_number` or
    /// `from_hidden`.
    passed_on(group, from)
    et "{group}: kõne {from} kell {CLOCK} suunati järgmisele. Tagasi helistada pole vaja."
    fi "{group}: puhelu {from} klo {CLOCK} siirtyi seuraavalle. Ei tarvitse soittaa takaisin."
    sv "{group}: samtalet {from} kl. {CLOCK} gick vidare till nästa. Du behöver inte ringa tillbaka."
    en "{group}: the call {from} at {CLOCK} went on to the next. No need to call back."
    ru "{group}: вызов {from} в {CLOCK} передан следующему. Перезванивать не нужно."
);
text!(
    /// From a caller with a number.
    from_number(caller)
    et "numbrilt {caller}"
    fi "numerosta {caller}"
    sv "från {caller}"
    en "from {caller}"
    ru "от {caller}"
);
text!(
    /// A foreign forwarding was seen (K-33).
    diversion_seen(group)
    et "{group}: sinu telefon suunab kõned edasi. Lülita suunamine välja, et saada grupi kõnesid."
    fi "{group}: puhelimesi siirtää puhelut. Poista siirto, jotta saat ryhmän puhelut."
    sv "{group}: din telefon vidarekopplar. Stäng av vidarekopplingen för att få gruppens samtal."
    en "{group}: your phone forwards calls. Switch the forwarding off to get the group's calls."
    ru "{group}: ваш телефон переадресует вызовы. Отключите переадресацию, чтобы получать вызовы группы."
);
text!(
    /// Too many misses in a row (V-40).
    logged_out_by_rule(group)
    et "{group}: vastamata kõnede tõttu oled grupist välja logitud."
    fi "{group}: sinut kirjattiin ulos vastaamattomien puhelujen vuoksi."
    sv "{group}: du har loggats ut på grund av obesvarade samtal."
    en "{group}: you were logged out because of missed calls."
    ru "{group}: вы выведены из группы из-за пропущенных вызовов."
);
text!(
    /// Another member took the duty (K-20).
    duty_taken(group, name)
    et "{group}: {name} on nüüd esimene. Jääd nimekirja lõppu."
    fi "{group}: {name} on nyt ensimmäinen. Jäät listan loppuun."
    sv "{group}: {name} är nu först. Du står kvar sist i listan."
    en "{group}: {name} is now the first. You stay at the end of the list."
    ru "{group}: первым теперь стоит {name}. Вы остаётесь в конце списка."
);
text!(
    /// Logged out by code (K-44).
    logged_out(group)
    et "{group}: oled välja logitud."
    fi "{group}: olet kirjautunut ulos."
    sv "{group}: du är utloggad."
    en "{group}: you are logged out."
    ru "{group}: вы вышли из группы."
);
text!(
    /// Was out already.
    already_out(group)
    et "{group}: oled juba välja logitud."
    fi "{group}: olet jo kirjautunut ulos."
    sv "{group}: du är redan utloggad."
    en "{group}: you are logged out already."
    ru "{group}: вы уже вышли из группы."
);
text!(
    /// Logged in as the first (K-43).
    logged_in_first(group)
    et "{group}: oled sisse logitud esimesena."
    fi "{group}: olet kirjautunut ensimmäiseksi."
    sv "{group}: du är inloggad som första."
    en "{group}: you are logged in as the first."
    ru "{group}: вы вошли первым."
);
text!(
    logged_in_at(group, position)
    et "{group}: oled sisse logitud, koht nimekirjas {position}."
    fi "{group}: olet kirjautunut sisään, sija {position}."
    sv "{group}: du är inloggad, plats {position}."
    en "{group}: you are logged in, position {position}."
    ru "{group}: вы вошли, место в списке {position}."
);
text!(
    already_in_at(group, position)
    et "{group}: oled juba sisse logitud, koht nimekirjas {position}."
    fi "{group}: olet jo kirjautunut sisään, sija {position}."
    sv "{group}: du är redan inloggad, plats {position}."
    en "{group}: you are logged in already, position {position}."
    ru "{group}: вы уже вошли, место в списке {position}."
);

/// Logged in at the tail (K-42).
pub(crate) fn logged_in(language: Language, group: &str, position: usize) -> String {
    logged_in_at(language, group, &position.to_string())
}

/// Was in already; the place is kept (K-42).
pub(crate) fn already_in(language: Language, group: &str, position: usize) -> String {
    already_in_at(language, group, &position.to_string())
}

/// No permission, or no duty in this group (K-06).
pub(crate) const fn not_allowed(language: Language) -> &'static str {
    match language {
        Language::Et => "Pole lubatud. Midagi ei muudetud.",
        Language::Fi => "Ei sallittu. Mitään ei muutettu.",
        Language::Sv => "Inte tillåtet. Inget har ändrats.",
        Language::En => "Not allowed. Nothing was changed.",
        Language::Ru => "Не разрешено. Ничего не изменено.",
    }
}

/// A service that does not exist yet.
pub(crate) const fn not_available(language: Language) -> &'static str {
    match language {
        Language::Et => "See teenus pole veel saadaval. Midagi ei muudetud.",
        Language::Fi => "Palvelu ei ole vielä käytettävissä. Mitään ei muutettu.",
        Language::Sv => "Tjänsten är inte tillgänglig ännu. Inget har ändrats.",
        Language::En => "This service is not available yet. Nothing was changed.",
        Language::Ru => "Эта услуга пока недоступна. Ничего не изменено.",
    }
}

/// From a caller without a number, or who hides it.
pub(crate) const fn from_hidden(language: Language) -> &'static str {
    match language {
        Language::Et => "peidetud numbrilt",
        Language::Fi => "salatusta numerosta",
        Language::Sv => "från dolt nummer",
        Language::En => "from a hidden number",
        Language::Ru => "со скрытого номера",
    }
}

/// The slot of a parked call.
pub(crate) fn parked(language: Language, slot: u8) -> String {
    parked_in(language, &slot.to_string())
}

/// Why a call comes back, beside the caller's number (I-18).
pub(crate) fn recall(language: Language, name: &str, why: RecallReason) -> String {
    match why {
        RecallReason::Busy => recall_busy(language, name),
        RecallReason::NoAnswer => recall_no_answer(language, name),
    }
}

/// What an agent sees of a callback where the settings say nothing (V-53).
pub(crate) const fn callback(language: Language) -> &'static str {
    match language {
        Language::Et => "Tagasihelistamine",
        Language::Fi => "Takaisinsoitto",
        Language::Sv => "Återuppringning",
        Language::En => "Callback",
        Language::Ru => "Обратный звонок",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// req K-45
    #[test]
    fn every_text_fits_one_screen_in_every_language() {
        let long = "Ä".repeat(200);
        for language in Language::ALL {
            for text in [
                passed_on(language, &long, &from_number(language, "+123456789012345")),
                passed_on(language, &long, from_hidden(language)),
                diversion_seen(language, &long),
                logged_out_by_rule(language, &long),
                duty_taken(language, &long, &long),
                logged_out(language, &long),
                already_out(language, &long),
                logged_in_first(language, &long),
                logged_in(language, &long, 1000),
                already_in(language, &long, 1000),
                not_allowed(language).to_owned(),
                not_available(language).to_owned(),
            ] {
                let text = text.replace(CLOCK, "23:59");
                assert!(text.chars().count() <= 160, "{language:?}: {text}");
            }
        }
    }
}
