//! Telephone numbers: E.164 and short numbers, and the dialling rules that turn what was typed into them.
//!
//! A `PhoneNumber` is always a whole international number; national forms are read and written only here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::table::{Key, spread};

/// An E.164 number, `+` and 4 to 15 digits, the first not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(u64);

/// Digits without a country: an extension, a test number (8000-8099) or an emergency number. 1 to 8 digits,
/// leading zeros kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortNumber {
    digits: u32,
    length: u8,
}

/// Why a text is no telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not `+` and 4 to 15 digits.
    #[error("no E.164 number: `+` and 4 to 15 digits are needed, as +3726001000")]
    NotE164,
    /// Not 1 to 8 digits.
    #[error("no short number: 1 to 8 digits are needed, as 101")]
    NotShort,
    /// Neither of the two.
    #[error("no number: either `+` and 4 to 15 digits, or 1 to 8 digits")]
    NotNumber,
}

impl FromStr for PhoneNumber {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let digits = text.strip_prefix('+').ok_or(NumberError::NotE164)?;
        let good = (4..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if !good {
            return Err(NumberError::NotE164);
        }
        digits.parse().map(PhoneNumber).map_err(|_| NumberError::NotE164)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl PhoneNumber {
    /// For logs: the first four and the last two digits, the rest as `*`.
    pub fn masked(self) -> String {
        let text = self.to_string();
        let keep_from = text.len().saturating_sub(2).max(5);
        text.char_indices().map(|(i, c)| if i < 5 || i >= keep_from { c } else { '*' }).collect()
    }
}

impl FromStr for ShortNumber {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let good = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let digits = text.parse().map_err(|_| NumberError::NotShort)?;
        let length = u8::try_from(text.len()).map_err(|_| NumberError::NotShort)?;
        if good { Ok(ShortNumber { digits, length }) } else { Err(NumberError::NotShort) }
    }
}

impl fmt::Display for ShortNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.digits, width = usize::from(self.length))
    }
}

/// A number that can be called: the key of a group, the address of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Number {
    /// From anywhere.
    E164(PhoneNumber),
    /// From within the company only.
    Short(ShortNumber),
}

impl Key for Number {
    fn spread(&self) -> u32 {
        match self {
            Number::E164(number) => spread(number.0),
            Number::Short(number) => spread(u64::from(number.digits) << 8 | u64::from(number.length)),
        }
    }
}

impl FromStr for Number {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if text.starts_with('+') {
            text.parse().map(Number::E164)
        } else {
            text.parse().map(Number::Short).map_err(|_| NumberError::NotNumber)
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::E164(number) => number.fmt(f),
            Number::Short(number) => number.fmt(f),
        }
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = NumberError;
            fn try_from(text: String) -> Result<Self, NumberError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(number: $name) -> String {
                number.to_string()
            }
        }
    )*};
}
as_text!(PhoneNumber, ShortNumber, Number);

/// Countries whose rules are known.
const COUNTRIES: [&str; 8] = ["EE", "FI", "SE", "LV", "LT", "NO", "DK", "GB"];

/// A country's dialling rules, as far as Helin reads numbers by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// ISO 3166-1 code, as `EE`.
    pub code: String,
    /// Digits after `+`, as `372`.
    pub calling_code: String,
    /// What is dialled before a foreign number, as `00`.
    pub international_prefix: String,
    /// What is dialled before a national number and dropped from it; empty where there is none.
    pub trunk_prefix: String,
    /// Always reach the outside, whatever limits stand in the way.
    pub emergency: Vec<ShortNumber>,
    /// Digits of the shortest national number; fewer are a short number.
    pub national_digits_min: u8,
    /// Digits of the longest one that is not dialled behind the trunk prefix. What is longer and begins with the
    /// calling code is a whole number: a caller who types his number on the keys has no `+`.
    pub national_digits_max: u8,
    /// How numbers of this country begin that cost whoever calls them, after the calling code.
    pub premium: Vec<String>,
}

impl Country {
    /// The rules of a known country; `None` for one we have no rules of.
    pub fn of(code: &str) -> Option<Country> {
        // Behind a trunk prefix any length is national; without it nothing of this country is.
        let (calling_code, trunk_prefix, (national_digits_min, national_digits_max), premium) = match code {
            "EE" => ("372", "", (7, 8), &["900", "901", "903", "907", "909"][..]),
            "FI" => ("358", "0", (6, 0), &["600", "606", "700", "708"][..]),
            "SE" => ("46", "0", (7, 0), &["900", "939", "944", "969", "99"][..]),
            "LV" => ("371", "", (8, 8), &["90"][..]),
            "LT" => ("370", "0", (8, 8), &["900", "901", "902", "903", "904", "905", "909"][..]),
            "NO" => ("47", "", (8, 8), &["82"][..]),
            "DK" => ("45", "", (8, 8), &["90"][..]),
            "GB" => ("44", "0", (9, 0), &["871", "872", "873", "9"][..]),
            _ => return None,
        };
        let emergency = if code == "GB" { &["112", "999"][..] } else { &["112"][..] };
        Some(Country {
            code: code.to_owned(),
            calling_code: calling_code.to_owned(),
            international_prefix: "00".to_owned(),
            trunk_prefix: trunk_prefix.to_owned(),
            emergency: emergency.iter().filter_map(|digits| digits.parse().ok()).collect(),
            national_digits_min,
            national_digits_max,
            premium: premium.iter().map(|&digits| digits.to_owned()).collect(),
        })
    }

    /// Reads a number as typed or as a carrier writes it: `+...`, international prefix, national form, or
    /// short digits. White space, `-`, `.`, `(` and `)` are passed over. `None` when it is no number at all.
    pub fn read(&self, typed: &str) -> Option<Number> {
        let bare: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')')).collect();
        if bare.starts_with('+') {
            return bare.parse().ok();
        }
        if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        if let Some(foreign) = bare.strip_prefix(self.international_prefix.as_str())
            && let Ok(number) = format!("+{foreign}").parse()
        {
            return Some(Number::E164(number));
        }
        if bare.len() < usize::from(self.national_digits_min) {
            return bare.parse().ok().map(Number::Short);
        }
        let whole = bare.starts_with(&self.calling_code)
            && bare.len() >= self.calling_code.len() + usize::from(self.national_digits_min)
            && bare.len() > usize::from(self.national_digits_max);
        if whole && let Ok(number) = format!("+{bare}").parse() {
            return Some(Number::E164(number));
        }
        let national = bare
            .strip_prefix(self.trunk_prefix.as_str())
            .filter(|_| !self.trunk_prefix.is_empty())
            .unwrap_or(bare.as_str());
        format!("+{}{national}", self.calling_code).parse().ok().map(Number::E164)
    }

    /// Whether whoever calls a number pays its owner: a premium number of this or any known country, or an
    /// international one (ITU-T E.169.2).
    pub fn is_premium(&self, number: PhoneNumber) -> bool {
        let text = number.to_string();
        let within = |country: &Country| {
            let national = text[1..].strip_prefix(country.calling_code.as_str());
            national.is_some_and(|rest| country.premium.iter().any(|begins| rest.starts_with(begins)))
        };
        text.starts_with("+979") || within(self) || Country::known().any(|country| within(&country))
    }

    /// Every country whose rules are known.
    fn known() -> impl Iterator<Item = Country> {
        COUNTRIES.iter().filter_map(|code| Country::of(code))
    }

    /// A number of this country in national form; a foreign one with the international prefix.
    pub fn national(&self, number: PhoneNumber) -> String {
        let text = number.to_string();
        match text[1..].strip_prefix(self.calling_code.as_str()) {
            Some(rest) => format!("{}{rest}", self.trunk_prefix),
            None => format!("{}{}", self.international_prefix, &text[1..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ee() -> Country {
        Country::of("EE").unwrap()
    }

    #[test]
    fn estonian_forms_of_one_number_read_alike() {
        for typed in ["+3726001000", "003726001000", "6001000", "600 1000", "(600)-10.00"] {
            assert_eq!(ee().read(typed).unwrap().to_string(), "+3726001000", "{typed}");
        }
        assert_eq!(ee().read("101").unwrap().to_string(), "101");
        assert_eq!(ee().read("112").unwrap().to_string(), "112");
        assert_eq!(ee().read("*961*1#"), None);
        assert_eq!(ee().read(""), None);
    }

    /// req V-55: on the keys of a telephone there is no `+`.
    #[test]
    fn a_whole_number_may_be_typed_without_its_sign() {
        for (country, typed, read) in [
            ("EE", "3726001000", "+3726001000"),
            ("EE", "37255512345", "+37255512345"),
            ("EE", "3725551", "+3723725551"),
            ("FI", "358401234567", "+358401234567"),
            ("SE", "46701234567", "+46701234567"),
            ("NO", "4722334455", "+4722334455"),
            ("NO", "47223344", "+4747223344"),
            ("GB", "442071234567", "+442071234567"),
        ] {
            assert_eq!(
                Country::of(country).unwrap().read(typed).unwrap().to_string(),
                read,
                "{country} {typed}"
            );
        }
    }

    /// req F-01
    #[test]
    fn premium_numbers_are_known_by_how_they_begin() {
        for number in ["+3729001234", "+35860012345", "+46900123456", "+97912345678"] {
            assert!(ee().is_premium(number.parse().unwrap()), "{number}");
        }
        for number in ["+3725551234", "+3726001000", "+358401234567", "+4681001000"] {
            assert!(!ee().is_premium(number.parse().unwrap()), "{number}");
        }
        assert!(COUNTRIES.iter().all(|code| Country::of(code).is_some()));
    }

    #[test]
    fn national_form_follows_the_country() {
        let number: PhoneNumber = "+3726001000".parse().unwrap();
        assert_eq!(ee().national(number), "6001000");
        let fi = Country::of("FI").unwrap();
        assert_eq!(fi.national("+35810200010".parse().unwrap()), "010200010");
        assert_eq!(fi.national(number), "003726001000");
        assert_eq!(fi.read("010200010").unwrap().to_string(), "+35810200010");
    }

    #[test]
    fn a_masked_number_does_not_tell_the_person() {
        assert_eq!("+3725550101".parse::<PhoneNumber>().unwrap().masked(), "+3725****01");
    }

    #[test]
    fn short_numbers_keep_leading_zeros() {
        assert_eq!("007".parse::<ShortNumber>().unwrap().to_string(), "007");
        assert_ne!("07".parse::<ShortNumber>().unwrap(), "007".parse::<ShortNumber>().unwrap());
    }
}
