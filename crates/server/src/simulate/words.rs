//! The words in the pictures, in the languages of the portal.

use model::language::Language;

/// The words of one language.
pub(crate) struct Words {
    pub(crate) base: &'static str,
    pub(crate) changed: &'static str,
    pub(crate) wait: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) answered_within: &'static str,
    pub(crate) occupancy: &'static str,
    pub(crate) share: &'static str,
    pub(crate) minute: &'static str,
    pub(crate) hour: &'static str,
    pub(crate) nobody: &'static str,
}

/// In a language.
pub(crate) const fn in_language(language: Language) -> Words {
    match language {
        Language::Et => Words {
            base: "praegu",
            changed: "muudetuna",
            wait: "Keskmine ooteaeg enne vastamist",
            calls: "Kõnesid veerandtunnis",
            answered_within: "Vastatud kõigist kõnedest aja jooksul",
            occupancy: "Hõivatus",
            share: "Osa kõnedest (joon: õiglane osa)",
            minute: "min",
            hour: "h",
            nobody: "keegi ei saanud vastust",
        },
        Language::Fi => Words {
            base: "nykyisin",
            changed: "muutettuna",
            wait: "Keskimääräinen odotus ennen vastausta",
            calls: "Puheluja vartissa",
            answered_within: "Vastattu kaikista puheluista ajassa",
            occupancy: "Käyttöaste",
            share: "Osuus puheluista (viiva: reilu osuus)",
            minute: "min",
            hour: "h",
            nobody: "kenellekään ei vastattu",
        },
        Language::Sv => Words {
            base: "i dag",
            changed: "ändrat",
            wait: "Genomsnittlig väntan före svar",
            calls: "Samtal per kvart",
            answered_within: "Besvarade av alla samtal inom",
            occupancy: "Beläggning",
            share: "Andel av samtalen (streck: rättvis andel)",
            minute: "min",
            hour: "h",
            nobody: "ingen fick svar",
        },
        Language::En => Words {
            base: "as it is",
            changed: "changed",
            wait: "Mean wait before the answer",
            calls: "Calls per quarter of an hour",
            answered_within: "Answered, of all calls, within",
            occupancy: "Occupancy",
            share: "Share of the calls (mark: fair share)",
            minute: "min",
            hour: "h",
            nobody: "nobody was answered",
        },
        Language::Ru => Words {
            base: "сейчас",
            changed: "с изменением",
            wait: "Среднее ожидание до ответа",
            calls: "Звонков за четверть часа",
            answered_within: "Отвечено от всех звонков за время",
            occupancy: "Занятость",
            share: "Доля звонков (черта: справедливая доля)",
            minute: "мин",
            hour: "ч",
            nobody: "никому не ответили",
        },
    }
}
