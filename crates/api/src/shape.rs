//! How things look in the API: the JSON of `api.md`, made from the platform's own types.

mod call;
mod explanation;
mod live;
mod words;

use std::collections::BTreeMap;

use model::id::PartyId;
use model::time::Utc;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gateway::PartyView;
use crate::problem::Problem;

pub use call::{CallFull, CallHead, anonymous, parties, shown, visit_word};
pub use explanation::{DecisionShape, Explanation};
pub use live::GroupLive;
pub use words::{ActivityWord, CallbackStateWord};

/// Names and numbers of the parties of what is shown.
pub type Names = BTreeMap<PartyId, PartyView>;

/// A list of newest first, in pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// One page.
    pub items: Vec<T>,
    /// `cursor` of the next page; null at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page of a list that is whole: what follows the item of `cursor`, at most `limit`.
    ///
    /// # Errors
    /// `limit` is out of range, or no item has the cursor's key: 400.
    pub fn of(
        all: Vec<T>,
        limit: Option<u32>,
        cursor: Option<&str>,
        key: impl Fn(&T) -> String,
    ) -> Result<Page<T>, Problem> {
        let limit = limit_of(limit)? as usize;
        let begin = match cursor {
            None => 0,
            Some(cursor) => {
                let last = all.iter().position(|item| key(item) == cursor);
                last.ok_or_else(|| Problem::bad_field("cursor", "the `next` of the page before"))? + 1
            }
        };
        let more = all.len() > begin + limit;
        let items: Vec<T> = all.into_iter().skip(begin).take(limit).collect();
        let next = items.last().filter(|_| more).map(&key);
        Ok(Page { items, next })
    }
}

/// Items on a page: 50 when nothing was asked for.
///
/// # Errors
/// Not 1 to 500: 400.
pub fn limit_of(limit: Option<u32>) -> Result<u32, Problem> {
    let limit = limit.unwrap_or(50);
    if (1..=500).contains(&limit) { Ok(limit) } else { Err(Problem::bad_field("limit", "1 to 500")) }
}

/// ISO 8601 UTC with milliseconds and `Z`.
pub fn iso(at: Utc) -> String {
    let days = at.0.div_euclid(86_400_000_000);
    let micros = at.0.rem_euclid(86_400_000_000);
    // Civil date from days since 1970-01-01, after Howard Hinnant's public-domain algorithm.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (micros / 1_000_000, micros % 1_000_000 / 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_iso_8601_utc() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (1_767_225_599_999_000, "2025-12-31T23:59:59.999Z"),
            (1_772_409_600_123_456, "2026-03-02T00:00:00.123Z"),
            (-1_000, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso(Utc(micros)), text);
        }
    }
}
