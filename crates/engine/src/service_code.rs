//! The grammar of dialled codes: own service codes, then MMI (3GPP TS 22.030), else a call or nothing.
//!
//! The own codes are matched before the MMI grammar. Reading never changes anything and never fails:
//! what fits nothing is `Unknown` or a named `Fault`.

/// The service code of ring groups.
const OWN: &str = "961";

/// What a dialled text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialled {
    /// One of our own.
    Own(OwnCode),
    /// A supplementary service: forwarding, call waiting, ...
    Supplementary(Supplementary),
    /// An ordinary call, perhaps with the number hidden or shown for this call only.
    Call {
        /// What to call.
        number: String,
        /// `#31#` hides, `*31#` shows.
        hidden: Option<bool>,
    },
    /// A known service, but not used as its rules ask.
    Fault(CodeFault),
    /// Nobody's code.
    Unknown,
}

/// Codes of the ring-group service (mobile-interfaces 1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnCode {
    /// `*961*1#`: log in at the tail (K-42).
    LogIn,
    /// `*961*2#`: log in as the first (K-43).
    LogInFirst,
    /// `*961*0#`: log out (K-44).
    LogOut,
}

impl OwnCode {
    /// As dialled.
    pub const fn text(self) -> &'static str {
        match self {
            OwnCode::LogIn => "*961*1#",
            OwnCode::LogInFirst => "*961*2#",
            OwnCode::LogOut => "*961*0#",
        }
    }
}

/// What is to be done with a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Procedure {
    /// `*`: switch on.
    Activate,
    /// `**`, or `*` with a number: store and switch on.
    Register,
    /// `#`: switch off, keep the number.
    Deactivate,
    /// `##`: forget.
    Erase,
    /// `*#`: ask.
    Interrogate,
}

/// A supplementary-service code, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplementary {
    /// What is to be done.
    pub procedure: Procedure,
    /// `21`, `61`, `004`, `43`, ...
    pub service: String,
    /// SIA: the number, or for call waiting the basic service.
    pub number: Option<String>,
    /// SIB: the basic service.
    pub basic_service: Option<String>,
    /// SIC: seconds, 5-30.
    pub seconds: Option<u32>,
}

/// Why a code of a known service is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeFault {
    /// Registration without a number.
    NoNumber,
    /// Not 2 to 20 digits.
    BadNumber,
    /// Not 5 to 30 seconds, or not with this service.
    BadTimer,
    /// No known basic service.
    BadBasicService,
    /// More parts than the grammar has.
    TooManyParts,
    /// No final `#`.
    NotEnded,
}

const FORWARDING: [&str; 6] = ["21", "67", "61", "62", "002", "004"];
const OTHERS: [&str; 20] = [
    "43", "30", "31", "76", "77", "300", "33", "331", "332", "35", "351", "330", "333", "353", "96", "37",
    "66", "370", "371", "372",
];
const TIMED: [&str; 3] = ["61", "002", "004"];

/// Reads a dialled text. Spaces, `-`, `(`, `)` and `.` are passed over; `%23` is `#`, `%2A` is `*`.
pub fn read(dialled: &str) -> Dialled {
    let text = bare(dialled);
    if let Some(call) = clir_call(&text) {
        return call;
    }
    if !text.starts_with(['*', '#']) {
        let digits = text.strip_prefix('+').unwrap_or(&text);
        let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        return if number { Dialled::Call { number: text, hidden: None } } else { Dialled::Unknown };
    }
    let Some((procedure, service, parts)) = split(&text) else { return Dialled::Unknown };
    if service == OWN {
        return own(procedure, &parts);
    }
    if !FORWARDING.contains(&service) && !OTHERS.contains(&service) {
        return Dialled::Unknown;
    }
    if !text.ends_with('#') {
        return Dialled::Fault(CodeFault::NotEnded);
    }
    supplementary(procedure, service, &parts).map_or_else(Dialled::Fault, Dialled::Supplementary)
}

/// Whether a text names a supplementary service, well-formed or not.
pub fn is_supplementary(dialled: &str) -> bool {
    match read(dialled) {
        Dialled::Supplementary(_) | Dialled::Fault(_) => true,
        Dialled::Own(_) | Dialled::Call { .. } | Dialled::Unknown => false,
    }
}

fn bare(dialled: &str) -> String {
    let text: String =
        dialled.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    text.replace("%23", "#").replace("%2A", "*").replace("%2a", "*")
}

/// `*31#` or `#31#` and a number, without a final `#`: an ordinary call.
fn clir_call(text: &str) -> Option<Dialled> {
    let (rest, hidden) = text
        .strip_prefix("#31#")
        .map(|rest| (rest, true))
        .or_else(|| text.strip_prefix("*31#").map(|rest| (rest, false)))?;
    let digits = rest.strip_prefix('+').unwrap_or(rest);
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| Dialled::Call { number: rest.to_owned(), hidden: Some(hidden) })
}

/// Procedure, service code and parts; the final `#` may be missing.
fn split(text: &str) -> Option<(Procedure, &str, Vec<&str>)> {
    let starts = [
        ("**", Procedure::Register),
        ("##", Procedure::Erase),
        ("*#", Procedure::Interrogate),
        ("*", Procedure::Activate),
        ("#", Procedure::Deactivate),
    ];
    let (start, procedure) = starts.into_iter().find(|(start, _)| text.starts_with(start))?;
    let body = &text[start.len()..];
    let body = body.strip_suffix('#').unwrap_or(body);
    if body.contains('#') {
        return None;
    }
    let mut parts = body.split('*');
    let service = parts.next()?;
    let good = (2..=3).contains(&service.len()) && service.bytes().all(|b| b.is_ascii_digit());
    good.then(|| (procedure, service, parts.collect()))
}

/// Phones for which `#` means "send now" leave it out; own codes are read without it, too.
fn own(procedure: Procedure, parts: &[&str]) -> Dialled {
    match (procedure, parts) {
        (Procedure::Activate, ["1"]) => Dialled::Own(OwnCode::LogIn),
        (Procedure::Activate, ["2"]) => Dialled::Own(OwnCode::LogInFirst),
        (Procedure::Activate, ["0"]) => Dialled::Own(OwnCode::LogOut),
        _ => Dialled::Unknown,
    }
}

fn supplementary(procedure: Procedure, service: &str, parts: &[&str]) -> Result<Supplementary, CodeFault> {
    if parts.len() > 3 {
        return Err(CodeFault::TooManyParts);
    }
    let part = |at: usize| parts.get(at).copied().filter(|part| !part.is_empty());
    let forwarding = FORWARDING.contains(&service);
    let number = part(0);
    let registers = procedure == Procedure::Activate && number.is_some() && forwarding;
    let procedure = if registers { Procedure::Register } else { procedure };
    if forwarding {
        if procedure == Procedure::Register && number.is_none() {
            return Err(CodeFault::NoNumber);
        }
        if let Some(number) = number {
            let digits = number.strip_prefix('+').unwrap_or(number);
            let good = (2..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            if !good {
                return Err(CodeFault::BadNumber);
            }
        }
    }
    let basic_service = part(1);
    if let Some(code) = basic_service
        && !known_basic_service(code)
    {
        return Err(CodeFault::BadBasicService);
    }
    let seconds = match part(2) {
        None => None,
        Some(text) => Some(seconds(service, text)?),
    };
    Ok(Supplementary {
        procedure,
        service: service.to_owned(),
        number: number.map(str::to_owned),
        basic_service: basic_service.map(str::to_owned),
        seconds,
    })
}

/// mobile-interfaces 1.3
fn known_basic_service(code: &str) -> bool {
    matches!(code.parse::<u32>(), Ok(10..=13 | 16..=22 | 24..=26 | 99 | 50..=65 | 70..=85)) && code.len() == 2
}

fn seconds(service: &str, text: &str) -> Result<u32, CodeFault> {
    let value = text.parse::<u32>().ok().filter(|value| (5..=30).contains(value) && text.len() <= 2);
    value.filter(|_| TIMED.contains(&service)).ok_or(CodeFault::BadTimer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            Dialled::Own(own) => format!("own {own:?}"),
            Dialled::Supplementary(code) => format!(
                "{:?} {} {} {} {}",
                code.procedure,
                code.service,
                code.number.unwrap_or_default(),
                code.basic_service.unwrap_or_default(),
                code.seconds.map_or_else(String::new, |seconds| seconds.to_string())
            )
            .trim_end()
            .to_owned(),
            Dialled::Call { number, hidden } => format!("call {number} {hidden:?}"),
            Dialled::Fault(fault) => format!("fault {fault:?}"),
            Dialled::Unknown => "unknown".to_owned(),
        }
    }

    /// mobile-interfaces 1.10; req K-42, K-43, K-44, X-20
    #[test]
    fn the_test_vectors_read_as_printed() {
        let vectors = [
            ("**21*+3725123456#", "Register 21 +3725123456"),
            ("*21*5123456#", "Register 21 5123456"),
            ("*21#", "Activate 21"),
            ("#21#", "Deactivate 21"),
            ("##21#", "Erase 21"),
            ("*#21#", "Interrogate 21"),
            ("**61*5123456**05#", "Register 61 5123456  5"),
            ("**61*5123456*11*25#", "Register 61 5123456 11 25"),
            ("**61*5123456**30#", "Register 61 5123456  30"),
            ("**61*5123456**4#", "fault BadTimer"),
            ("**61*5123456**31#", "fault BadTimer"),
            ("**62*003725123456#", "Register 62 003725123456"),
            ("**67*5123456#", "Register 67 5123456"),
            ("**67*5123456**10#", "fault BadTimer"),
            ("*004*5123456#", "Register 004 5123456"),
            ("**004*5123456*11*20#", "Register 004 5123456 11 20"),
            ("##004#", "Erase 004"),
            ("##002#", "Erase 002"),
            ("*#004#", "Interrogate 004"),
            ("**002*5123456#", "Register 002 5123456"),
            ("*43#", "Activate 43"),
            ("#43#", "Deactivate 43"),
            ("*#43#", "Interrogate 43"),
            ("*31#5123456", "call 5123456 Some(false)"),
            ("#31#5123456", "call 5123456 Some(true)"),
            ("*961*1#", "own LogIn"),
            ("*961*2#", "own LogInFirst"),
            ("*961*0#", "own LogOut"),
            ("*961*9#", "unknown"),
            ("*961*1%23", "own LogIn"),
            ("*961*1", "own LogIn"),
            ("*961*1*#", "unknown"),
            ("**961*1#", "unknown"),
            ("*100#", "unknown"),
            ("**21#", "fault NoNumber"),
            ("**21*abc#", "fault BadNumber"),
            ("*21*5123456", "fault NotEnded"),
            ("5123456", "call 5123456 None"),
            ("", "unknown"),
            ("*", "unknown"),
            ("#", "unknown"),
        ];
        for (text, expected) in vectors {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn any_keys_read_without_panic(text in "[0-9*#+]{0,40}") {
            let _ = read(&text);
        }

        #[test]
        fn only_the_three_own_codes_are_own(text in "\\*961[0-9*#]{0,6}") {
            if let Dialled::Own(own) = read(&text) {
                prop_assert_eq!(own.text().trim_end_matches('#'), text.trim_end_matches('#'));
            }
        }
    }
}
