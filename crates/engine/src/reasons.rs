//! Sentences that explain decisions to a supervisor, in five languages.

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
sentence!(moved_answered(who) et "{who} vastas ja läks nimekirja lõppu" fi "{who} vastasi ja siirtyi listan loppuun" sv "{who} svarade och flyttades sist" en "{who} answered and went to the end of the list" ru "{who}: ответ, перемещение в конец списка");
sentence!(moved_no_answer(who) et "{who} ei vastanud ja läks nimekirja lõppu" fi "{who} ei vastannut ja siirtyi listan loppuun" sv "{who} svarade inte och flyttades sist" en "{who} did not answer and went to the end of the list" ru "{who}: нет ответа, перемещение в конец списка");
sentence!(moved_unreachable(who) et "{who} polnud kättesaadav ja läks nimekirja lõppu" fi "{who} ei ollut tavoitettavissa ja siirtyi listan loppuun" sv "{who} kunde inte nås och flyttades sist" en "{who} could not be reached and went to the end of the list" ru "{who}: недоступен, перемещение в конец списка");
sentence!(moved_rejected(who) et "{who} keeldus ja läks nimekirja lõppu" fi "{who} hylkäsi puhelun ja siirtyi listan loppuun" sv "{who} avvisade och flyttades sist" en "{who} rejected the call and went to the end of the list" ru "{who}: отклонён, перемещение в конец списка");
sentence!(fallback_tried(target) et "Edasi: {target}" fi "Jatkui: {target}" sv "Gick vidare: {target}" en "Went on to {target}" ru "Далее: {target}");
sentence!(fallback_failed(target) et "{target} ei vastanud" fi "{target} ei vastannut" sv "{target} svarade inte" en "{target} did not take the call" ru "{target}: нет ответа");
sentence!(fallback_passed_over(target) et "{target} jäeti vahele: seda ei saa praegu kasutada" fi "{target} ohitettiin: ei käytettävissä" sv "{target} hoppades över: kan inte användas nu" en "{target} was passed over: it cannot be used now" ru "{target} пропущен: сейчас недоступен");
sentence!(logged_out(who) et "{who} on välja logitud" fi "{who} on kirjautunut ulos" sv "{who} är utloggad" en "{who} is logged out" ru "{who}: вне группы");
sentence!(tried(who) et "{who}: seda kõnet on juba pakutud" fi "{who} sai jo tämän puhelun" sv "{who} har redan erbjudits samtalet" en "{who} was offered this call already" ru "{who}: вызов уже предлагался");
sentence!(busy(who) et "{who} on teises kõnes" fi "{who} on toisessa puhelussa" sv "{who} är i ett annat samtal" en "{who} is in another call" ru "{who}: занят другим разговором");
sentence!(ringing(who) et "{who} telefon heliseb teise kõne jaoks" fi "{who}: puhelin soi toista puhelua varten" sv "{who} rings upp för ett annat samtal" en "{who} is being rung for another call" ru "{who}: звонит другой вызов");
sentence!(paused(who) et "{who} on pausil" fi "{who} on tauolla" sv "{who} har paus" en "{who} is on a pause" ru "{who}: перерыв");
sentence!(away(who) et "{who} pole kättesaadav" fi "{who} ei ole tavoitettavissa" sv "{who} kan inte nås" en "{who} has no phone to reach" ru "{who}: недоступен");
sentence!(later(who) et "{who} on järjekorras tagapool" fi "{who} on jonossa myöhemmin" sv "{who} står längre ner i ordningen" en "{who} is later in order" ru "{who}: позже в очереди");

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
        PassReason::Away => away(language, who),
        PassReason::LaterInOrder => later(language, who),
    }
}
