//! Sentences that explain decisions to a supervisor, in five languages.

use model::fact::{CallbackState, OverflowCause};
use model::language::Language;
use model::live::PassReason;

macro_rules! sentence {
    ($name:ident ( $arg:ident ) et $et:literal fi $fi:literal sv $sv:literal en $en:literal ru $ru:literal) => {
        pub(crate) fn $name(language: Language, $arg: &str) -> String {
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

sentence!(offered(who) et "Pakuti: {who}" fi "Tarjottiin: {who}" sv "Erbjöds {who}" en "Offered to {who}" ru "Предложен: {who}");
sentence!(offered_duty(who) et "Pakuti esimesele: {who}" fi "Tarjottiin ensimmäiselle: {who}" sv "Erbjöds den första: {who}" en "Offered to {who}, who goes first" ru "Предложен первому: {who}");
sentence!(offered_taken(who) et "Anti juhendaja poolt: {who}" fi "Valvoja antoi puhelun: {who}" sv "Gavs av handledaren till {who}" en "Given by a supervisor to {who}" ru "Передан супервизором: {who}");
sentence!(waits(position) et "Keegi ei saa praegu vastata: ootab kohal {position}" fi "Kukaan ei voi vastata nyt: odottaa sijalla {position}" sv "Ingen kan svara nu: väntar på plats {position}" en "Nobody can take it now: waits at position {position}" ru "Никто не может ответить: ожидает на месте {position}");
sentence!(aged(level) et "Ootas kaua: tase {level}" fi "Odotti pitkään: taso {level}" sv "Har väntat länge: nivå {level}" en "Has waited long: level {level}" ru "Долгое ожидание: уровень {level}");
sentence!(put_at(position) et "Juhendaja tõstis kohale {position}" fi "Valvoja siirsi sijalle {position}" sv "Flyttades av handledaren till plats {position}" en "Moved by a supervisor to position {position}" ru "Перемещён супервизором на место {position}");
sentence!(camped(who) et "Ootab, kuni {who} vabaneb" fi "Odottaa, että {who} vapautuu" sv "Väntar tills {who} blir ledig" en "Waits until {who} is free" ru "Ожидает, пока освободится {who}");
sentence!(recalled_busy(who) et "Tuli tagasi, kolleeg oli kogu aeg hõivatud: {who}" fi "Palasi, kollega oli koko ajan varattu: {who}" sv "Kom tillbaka, kollegan var upptagen hela tiden: {who}" en "Came back to {who}: the colleague was busy all the time" ru "Вернулся, коллега был всё время занят: {who}");
sentence!(recalled_no_answer(who) et "Tuli tagasi, kolleeg ei vastanud: {who}" fi "Palasi, kollega ei vastannut: {who}" sv "Kom tillbaka, kollegan svarade inte: {who}" en "Came back to {who}: the colleague did not answer" ru "Вернулся, коллега не ответил: {who}");
sentence!(transferred(who) et "Suunas edasi: {who}" fi "Siirsi: {who}" sv "Kopplades vidare av {who}" en "Transferred by {who}" ru "Перевёл: {who}");
sentence!(parked(slot) et "Pargiti kohale {slot}" fi "Pysäköitiin paikalle {slot}" sv "Parkerades på plats {slot}" en "Parked in slot {slot}" ru "Припаркован на месте {slot}");
sentence!(wrap_up(who) et "{who} teeb kõnejärgset tööd" fi "{who} tekee jälkikäsittelyä" sv "{who} har efterbearbetning" en "{who} is wrapping up a call" ru "{who}: обработка после вызова");
sentence!(resting(who) et "{who}: eelmine pakkumine ebaõnnestus kohe" fi "{who}: edellinen tarjous epäonnistui heti" sv "{who}: förra erbjudandet misslyckades genast" en "{who}: the last offer failed at once" ru "{who}: прошлое предложение сразу сорвалось");
sentence!(moved_answered(who) et "{who} vastas ja läks nimekirja lõppu" fi "{who} vastasi ja siirtyi listan loppuun" sv "{who} svarade och flyttades sist" en "{who} answered and went to the end of the list" ru "{who}: ответ, перемещение в конец списка");
sentence!(moved_no_answer(who) et "{who} ei vastanud ja läks nimekirja lõppu" fi "{who} ei vastannut ja siirtyi listan loppuun" sv "{who} svarade inte och flyttades sist" en "{who} did not answer and went to the end of the list" ru "{who}: нет ответа, перемещение в конец списка");
sentence!(moved_unreachable(who) et "{who} polnud kättesaadav ja läks nimekirja lõppu" fi "{who} ei ollut tavoitettavissa ja siirtyi listan loppuun" sv "{who} kunde inte nås och flyttades sist" en "{who} could not be reached and went to the end of the list" ru "{who}: недоступен, перемещение в конец списка");
sentence!(moved_rejected(who) et "{who} keeldus ja läks nimekirja lõppu" fi "{who} hylkäsi puhelun ja siirtyi listan loppuun" sv "{who} avvisade och flyttades sist" en "{who} rejected the call and went to the end of the list" ru "{who}: отклонён, перемещение в конец списка");
sentence!(fallback_tried(target) et "Edasi: {target}" fi "Jatkui: {target}" sv "Gick vidare: {target}" en "Went on to {target}" ru "Далее: {target}");
sentence!(fallback_failed(target) et "{target} ei vastanud" fi "{target} ei vastannut" sv "{target} svarade inte" en "{target} did not take the call" ru "{target}: нет ответа");
sentence!(fallback_passed_over(target) et "{target} jäeti vahele: seda ei saa praegu kasutada" fi "{target} ohitettiin: ei käytettävissä" sv "{target} hoppades över: kan inte användas nu" en "{target} was passed over: it cannot be used now" ru "{target} пропущен: сейчас недоступен");
sentence!(voicemail(number) et "kõnepost {number}" fi "vastaaja {number}" sv "röstbrevlådan {number}" en "the voicemail of {number}" ru "голосовая почта {number}");
sentence!(flow(name) et "menüü {name}" fi "valikko {name}" sv "menyn {name}" en "the menu {name}" ru "меню {name}");
sentence!(announcement(name) et "teade „{name}“" fi "tiedote ”{name}”" sv "meddelandet ”{name}”" en "the announcement “{name}”" ru "объявление «{name}»");
sentence!(logged_out(who) et "{who} on välja logitud" fi "{who} on kirjautunut ulos" sv "{who} är utloggad" en "{who} is logged out" ru "{who}: вне группы");
sentence!(tried(who) et "{who}: seda kõnet on juba pakutud" fi "{who} sai jo tämän puhelun" sv "{who} har redan erbjudits samtalet" en "{who} was offered this call already" ru "{who}: вызов уже предлагался");
sentence!(busy(who) et "{who} on teises kõnes" fi "{who} on toisessa puhelussa" sv "{who} är i ett annat samtal" en "{who} is in another call" ru "{who}: занят другим разговором");
sentence!(ringing(who) et "{who} telefon heliseb teise kõne jaoks" fi "{who}: puhelin soi toista puhelua varten" sv "{who} rings upp för ett annat samtal" en "{who} is being rung for another call" ru "{who}: звонит другой вызов");
sentence!(paused(who) et "{who} on pausil" fi "{who} on tauolla" sv "{who} har paus" en "{who} is on a pause" ru "{who}: перерыв");
sentence!(away(who) et "{who} pole kättesaadav" fi "{who} ei ole tavoitettavissa" sv "{who} kan inte nås" en "{who} has no phone to reach" ru "{who}: недоступен");
sentence!(kept_away(who) et "{who} on märkinud, et teda ei saa praegu segada" fi "{who} on merkinnyt, ettei häntä voi nyt häiritä" sv "{who} har angett att han eller hon är upptagen" en "{who} does not take calls by his presence" ru "{who}: отмечено, что сейчас не отвечает");
sentence!(later(who) et "{who} on järjekorras tagapool" fi "{who} on jonossa myöhemmin" sv "{who} står längre ner i ordningen" en "{who} is later in order" ru "{who}: позже в очереди");

/// The group's own line, as a target.
pub(crate) const fn own_line(language: Language) -> &'static str {
    match language {
        Language::Et => "rühma oma liin",
        Language::Fi => "ryhmän oma linja",
        Language::Sv => "gruppens egen linje",
        Language::En => "the group's own line",
        Language::Ru => "собственная линия группы",
    }
}

/// Busy, as a target.
pub(crate) const fn busy_tone(language: Language) -> &'static str {
    match language {
        Language::Et => "kinnine toon",
        Language::Fi => "varattu-ääni",
        Language::Sv => "upptagetton",
        Language::En => "the busy tone",
        Language::Ru => "сигнал «занято»",
    }
}

/// Hanging up, as a target.
pub(crate) const fn hang_up(language: Language) -> &'static str {
    match language {
        Language::Et => "kõne lõpetamine",
        Language::Fi => "puhelun katkaisu",
        Language::Sv => "nedkoppling",
        Language::En => "hanging up",
        Language::Ru => "завершение вызова",
    }
}

/// Nobody could be offered the call.
pub(crate) const fn nobody(language: Language) -> &'static str {
    match language {
        Language::Et => "Kedagi polnud enam pakkuda",
        Language::Fi => "Ketään ei ollut enää tarjolla",
        Language::Sv => "Ingen fanns kvar att erbjuda",
        Language::En => "Nobody was left to offer it to",
        Language::Ru => "Предложить больше некому",
    }
}

/// Why a member was passed over.
pub(crate) fn reason(language: Language, reason: PassReason, who: &str) -> String {
    match reason {
        PassReason::LoggedOut => logged_out(language, who),
        PassReason::Tried => tried(language, who),
        PassReason::Busy => busy(language, who),
        PassReason::Ringing => ringing(language, who),
        PassReason::Paused => paused(language, who),
        PassReason::WrapUp => wrap_up(language, who),
        PassReason::Resting => resting(language, who),
        PassReason::Away => away(language, who),
        PassReason::LaterInOrder => later(language, who),
    }
}

/// One sentence in five languages: et, fi, sv, en, ru.
const fn of(language: Language, texts: [&'static str; 5]) -> &'static str {
    match language {
        Language::Et => texts[0],
        Language::Fi => texts[1],
        Language::Sv => texts[2],
        Language::En => texts[3],
        Language::Ru => texts[4],
    }
}

/// By which limit a call left a group.
pub(crate) const fn overflow(language: Language, why: OverflowCause) -> &'static str {
    let texts = match why {
        OverflowCause::Full => {
            ["Järjekord on täis", "Jono on täynnä", "Kön är full", "The queue is full", "Очередь заполнена"]
        }
        OverflowCause::Wait => [
            "Pikim lubatud ooteaeg sai täis",
            "Enimmäisodotusaika täyttyi",
            "Den längsta väntetiden är slut",
            "The longest wait is over",
            "Истекло предельное время ожидания",
        ],
        OverflowCause::Nobody => [
            "Kedagi pole tööl",
            "Ketään ei ole paikalla",
            "Ingen är på plats",
            "Nobody is there to answer",
            "Никого нет на месте",
        ],
        OverflowCause::Attempts => [
            "Kõiki lubatud pakkumisi on proovitud",
            "Kaikki sallitut yritykset on käytetty",
            "Alla tillåtna försök är gjorda",
            "All allowed offers were missed",
            "Все попытки исчерпаны",
        ],
        OverflowCause::Closed => [
            "Rühm on uutele kõnedele suletud",
            "Ryhmä on suljettu uusilta puheluilta",
            "Gruppen är stängd för nya samtal",
            "The group is closed to new calls",
            "Группа закрыта для новых вызовов",
        ],
        OverflowCause::Exit => [
            "Helistaja lahkus järjekorrast klahviga",
            "Soittaja poistui jonosta näppäimellä",
            "Den som ringde lämnade kön med en knapp",
            "The caller left the queue by a key",
            "Звонящий покинул очередь кнопкой",
        ],
    };
    of(language, texts)
}

/// Somebody who is no member of the company's groups sent the call elsewhere, by the API.
pub(crate) const fn transferred_by_supervisor(language: Language) -> &'static str {
    of(
        language,
        [
            "Juhendaja suunas edasi",
            "Valvoja siirsi",
            "Kopplades vidare av handledaren",
            "Transferred by a supervisor",
            "Переведён супервизором",
        ],
    )
}

/// A caller who was cut off has his place again.
/// Who sent the call cannot take it back.
pub(crate) const fn recalled_busy_to_nobody(language: Language) -> &'static str {
    match language {
        Language::Et => {
            "Tuli tagasi, aga edasisuunaja ei saa seda vastu võtta; kolleeg oli kogu aeg hõivatud"
        }
        Language::Fi => "Palasi, mutta siirtäjä ei voi ottaa sitä; kollega oli koko ajan varattu",
        Language::Sv => {
            "Kom tillbaka, men den som kopplade kan inte ta det; kollegan var upptagen hela tiden"
        }
        Language::En => "Came back, but who sent it cannot take it; the colleague was busy all the time",
        Language::Ru => "Вернулся, но переводивший не может его принять; коллега был всё время занят",
    }
}

/// Who sent the call cannot take it back.
pub(crate) const fn recalled_no_answer_to_nobody(language: Language) -> &'static str {
    match language {
        Language::Et => "Tuli tagasi, aga edasisuunaja ei saa seda vastu võtta; kolleeg ei vastanud",
        Language::Fi => "Palasi, mutta siirtäjä ei voi ottaa sitä; kollega ei vastannut",
        Language::Sv => "Kom tillbaka, men den som kopplade kan inte ta det; kollegan svarade inte",
        Language::En => "Came back, but who sent it cannot take it; the colleague did not answer",
        Language::Ru => "Вернулся, но переводивший не может его принять; коллега не ответил",
    }
}

pub(crate) const fn place_again(language: Language) -> &'static str {
    of(
        language,
        [
            "Sai oma koha tagasi",
            "Sai paikkansa takaisin",
            "Fick tillbaka sin plats",
            "Got its place again",
            "Получил своё место обратно",
        ],
    )
}

/// A caller was offered to be called back.
pub(crate) const fn callback_offered(language: Language) -> &'static str {
    of(
        language,
        [
            "Pakuti tagasihelistamist",
            "Tarjottiin takaisinsoittoa",
            "Återuppringning erbjöds",
            "A callback was offered",
            "Предложен обратный звонок",
        ],
    )
}

/// He wanted it.
pub(crate) const fn callback_requested(language: Language) -> &'static str {
    of(
        language,
        [
            "Soovis tagasihelistamist; koht jääb alles",
            "Pyysi takaisinsoittoa; paikka säilyy",
            "Bad om återuppringning; platsen behålls",
            "Asked for a callback; the place is kept",
            "Запросил обратный звонок; место сохранено",
        ],
    )
}

/// An attempt has ended without the customer.
pub(crate) const fn callback_not_reached(language: Language) -> &'static str {
    of(
        language,
        [
            "Klienti ei saadud kätte",
            "Asiakasta ei tavoitettu",
            "Kunden kunde inte nås",
            "The customer was not reached",
            "До клиента не дозвонились",
        ],
    )
}

/// What a callback does now.
pub(crate) const fn callback_step(language: Language, state: CallbackState) -> &'static str {
    let texts = match state {
        CallbackState::Pending => [
            "Tagasihelistamine ootab",
            "Takaisinsoitto odottaa",
            "Återuppringningen väntar",
            "The callback waits",
            "Обратный звонок ожидает",
        ],
        CallbackState::RingingAgent => [
            "Tagasihelistamine: heliseb teenindajal",
            "Takaisinsoitto: soi asiakaspalvelijalla",
            "Återuppringning: ringer hos agenten",
            "Callback: the agent rings",
            "Обратный звонок: звонит оператору",
        ],
        CallbackState::RingingCaller => [
            "Tagasihelistamine: heliseb kliendil",
            "Takaisinsoitto: soi asiakkaalla",
            "Återuppringning: ringer hos kunden",
            "Callback: the customer rings",
            "Обратный звонок: звонит клиенту",
        ],
        CallbackState::Done => [
            "Tagasihelistamine õnnestus",
            "Takaisinsoitto onnistui",
            "Återuppringningen lyckades",
            "The callback succeeded",
            "Обратный звонок состоялся",
        ],
        CallbackState::Expired => [
            "Tagasihelistamine aegus",
            "Takaisinsoitto vanheni",
            "Återuppringningen gick ut",
            "The callback expired",
            "Обратный звонок истёк",
        ],
        CallbackState::Cancelled => [
            "Tagasihelistamine tühistati",
            "Takaisinsoitto peruttiin",
            "Återuppringningen ställdes in",
            "The callback was cancelled",
            "Обратный звонок отменён",
        ],
    };
    of(language, texts)
}
