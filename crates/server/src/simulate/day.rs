//! The day that is simulated, by the company's clock: 23 or 25 hours where the clocks change.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::config::TenantConfig;
use model::time::Utc;

use super::fault::{Fault, Field};

/// A day of a company.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) zone: TimeZone,
    /// Its midnight.
    pub(crate) begin: Utc,
    /// The next one.
    pub(crate) end: Utc,
}

impl Day {
    /// The day of a text, as `2026-03-02`.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn of(text: &str, config: &TenantConfig) -> Result<Day, Fault> {
        let fault = || Fault::of(Field::Day, format!("`{text}` is no day, as 2026-03-02"));
        // Only the form that is documented: the year first, all of it.
        let date: Date = Some(text)
            .filter(|text| text.len() == 10)
            .and_then(|text| text.parse().ok())
            .ok_or_else(fault)?;
        let zone = TimeZone::get(&config.time_zone).map_err(|_| {
            Fault::of(Field::Company, format!("`{}` is no time zone, as Europe/Tallinn", config.time_zone))
        })?;
        let tomorrow = date.tomorrow().map_err(|_| fault())?;
        let begin = midnight(&zone, date).ok_or_else(fault)?;
        let end = midnight(&zone, tomorrow).ok_or_else(fault)?;
        Ok(Day { date, zone, begin, end })
    }

    /// Its length in milliseconds.
    pub(crate) fn length(&self) -> u64 {
        (self.end - self.begin).0
    }

    /// Milliseconds from the begin of the day at which its clock shows this time, `HH:MM` or `HH:MM:SS`; 24:00 is its
    /// end.
    pub(crate) fn at(&self, text: &str) -> Option<u64> {
        let mut parts = text.trim().split(':').map(|part| {
            let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<i8>().ok().filter(|_| digits)
        });
        let (hours, minutes) = (parts.next()??, parts.next()??);
        let seconds = match parts.next() {
            Some(seconds) => seconds?,
            None => 0,
        };
        if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 59 {
            return None;
        }
        if hours == 24 {
            return (minutes == 0 && seconds == 0).then(|| self.length());
        }
        let shown = self.zone.to_ambiguous_timestamp(self.date.at(hours, minutes, seconds, 0));
        let at = Utc(shown.compatible().ok()?.as_microsecond());
        Some((at - self.begin).0.min(self.length()))
    }

    /// What the clock shows, `09:15`.
    pub(crate) fn clock(&self, at: u64) -> String {
        let (hour, minute) = self.shown(at);
        format!("{hour:02}:{minute:02}")
    }

    /// The hour that the clock shows.
    pub(crate) fn hour(&self, at: u64) -> i8 {
        self.shown(at).0
    }

    fn shown(&self, at: u64) -> (i8, i8) {
        let micros = i64::try_from(at.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let moment = Timestamp::from_microsecond(self.begin.0.saturating_add(micros)).unwrap_or_default();
        let shown = self.zone.to_datetime(moment);
        (shown.hour(), shown.minute())
    }
}

fn midnight(zone: &TimeZone, date: Date) -> Option<Utc> {
    let midnight = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok()?;
    Some(Utc(midnight.as_microsecond()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn day(text: &str) -> Day {
        let zone = TimeZone::get("Europe/Tallinn").unwrap();
        let date: Date = text.parse().unwrap();
        let (begin, end) =
            (midnight(&zone, date).unwrap(), midnight(&zone, date.tomorrow().unwrap()).unwrap());
        Day { date, zone, begin, end }
    }

    #[test]
    fn times_of_day_are_read() {
        let day = day("2026-03-02");
        assert_eq!(day.at("09:30"), Some(34_200_000));
        assert_eq!(day.at(" 00:00:01"), Some(1_000));
        assert_eq!(day.at("24:00"), Some(86_400_000));
        for bad in
            ["", "9", "25:00", "09:60", "09:00:00:00", "time", "24:01", "-1:00", "+9:00", "009:00", "09:"]
        {
            assert_eq!(day.at(bad), None, "{bad}");
        }
        assert_eq!((day.clock(34_200_000), day.hour(34_200_000)), ("09:30".to_owned(), 9));
    }

    #[test]
    fn days_on_which_the_clocks_change_are_shorter_and_longer() {
        let (short, long) = (day("2026-03-29"), day("2026-10-25"));
        assert_eq!((short.length(), long.length()), (23 * 3_600_000, 25 * 3_600_000));
        // Nine o'clock is eight hours after midnight in spring, and ten in autumn.
        assert_eq!((short.at("09:00"), long.at("09:00")), (Some(8 * 3_600_000), Some(10 * 3_600_000)));
        assert_eq!(
            (short.clock(8 * 3_600_000), long.clock(10 * 3_600_000)),
            ("09:00".to_owned(), "09:00".to_owned())
        );
    }
}
