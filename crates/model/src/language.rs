//! The languages Helin speaks and writes.

use serde::{Deserialize, Serialize};

/// A language of prompts and texts. What has no text in a language falls back to English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Estonian.
    Et,
    /// Finnish.
    Fi,
    /// Swedish.
    Sv,
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// All of them, in the order of lists shown to people.
    pub const ALL: [Language; 5] = [Language::Et, Language::Fi, Language::Sv, Language::En, Language::Ru];

    /// The two-letter code of ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Language::Et => "et",
            Language::Fi => "fi",
            Language::Sv => "sv",
            Language::En => "en",
            Language::Ru => "ru",
        }
    }

    /// The language of an ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }
}
