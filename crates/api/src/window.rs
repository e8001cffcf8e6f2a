//! From when to when: ISO 8601 times of a query. A day begins when it does at the company.

use model::time::Utc;

use crate::ApiState;
use crate::gateway::Ask;
use crate::principal::Scope;
use crate::problem::Problem;
use crate::shape::iso;

/// What a moment looks like.
const ALLOWED: &str = "ISO 8601, as 2026-03-02 (midnight in the company's time zone), 2026-03-02T00:00:00Z or 2026-03-02T00:00:00+02:00";

/// All time.
pub(crate) const ALWAYS: (Utc, Utc) = (Utc(0), Utc(i64::MAX));

/// The window of `from` and `to`; `None` when both are left out.
///
/// # Errors
/// One cannot be read, or the end is before the beginning: 400. The platform does not answer: 503.
pub(crate) async fn read(
    state: &ApiState,
    scope: &Scope,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<Option<(Utc, Utc)>, Problem> {
    let written = |name: &'static str, text: Option<&str>| {
        let read = |text| read_iso(text).ok_or_else(|| Problem::bad_field(name, ALLOWED));
        text.map(read).transpose()
    };
    let (from, to) = (written("from", from)?, written("to", to)?);
    let from = moment(state, scope, from).await?;
    let to = moment(state, scope, to).await?;
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(Problem::bad_field("to", "not before `from`"));
    }
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    Ok(Some((from.unwrap_or(ALWAYS.0), to.unwrap_or(ALWAYS.1))))
}

async fn moment(
    state: &ApiState,
    scope: &Scope,
    written: Option<(Utc, Zone)>,
) -> Result<Option<Utc>, Problem> {
    match written {
        Some((wall, Zone::Own)) => {
            let tenant = scope.tenant.clone();
            Ok(Some(state.gateway.ask(|answer| Ask::OwnTime { tenant, wall, answer }).await?))
        }
        Some((at, Zone::Given)) => Ok(Some(at)),
        None => Ok(None),
    }
}

/// Whose clocks show a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// The company's: none is written.
    Own,
    /// It is written which, and the moment is reckoned with it.
    Given,
}

/// Reads a date, or a date and time in UTC, with the zone's offset or without; the inverse of `iso`.
///
/// By hand: the project's date library ends on the second last day of 9999, before what links write for "no end".
fn read_iso(text: &str) -> Option<(Utc, Zone)> {
    let (date_text, time) = text.trim().split_once(['T', ' ']).unwrap_or((text.trim(), "00:00:00"));
    let (time, ahead) = split_offset(time)?;
    let zone = if ahead.is_some() { Zone::Given } else { Zone::Own };
    let ahead = ahead.unwrap_or(0);
    let mut date = date_text.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute) = (clock.next()?.ok()?, clock.next()?.ok()?);
    let second = clock.next().unwrap_or(Ok(0)).ok()?;
    let sane = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && fraction.len() <= 9
        && fraction.bytes().all(|b| b.is_ascii_digit());
    if !sane {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}")[..6].parse().ok()?;
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = shifted_year.div_euclid(400) * 146_097 + day_of_era - 719_468;
    let at = Utc(((days * 24 + hour) * 60 + minute - ahead) * 60_000_000 + second * 1_000_000 + micros);
    // The 31st of February would come out as another day.
    iso(Utc(days * 86_400_000_000)).starts_with(date_text).then_some((at, zone))
}

/// A time of day without its zone, and the minutes by which that zone is ahead of UTC, where one is written. A `+` that
/// was not escaped in the query arrives as a space.
fn split_offset(time: &str) -> Option<(&str, Option<i64>)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, Some(0)));
    }
    let Some(at) = time.find(['+', '-', ' ']) else { return Some((time, None)) };
    let (time, offset) = time.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let sane = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    sane.then_some((time, Some(sign * (hours * 60 + minutes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_times_read_as_they_print() {
        for text in [
            "9999-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00.000Z",
            "2000-02-29T12:34:56.789Z",
            "2026-12-31T23:59:59.000Z",
        ] {
            assert_eq!(
                read_iso(text).map(|(at, zone)| (iso(at), zone)),
                Some((text.to_owned(), Zone::Given))
            );
        }
        for own in ["2026-03-02", "2026-03-02T00:00", "2026-03-02 00:00:00"] {
            let wall = read_iso("2026-03-02T00:00:00Z").map(|(at, _)| (at, Zone::Own));
            assert_eq!(read_iso(own), wall, "{own}");
        }
        for (local, utc) in [
            ("2026-03-29T00:00:00+02:00", "2026-03-28T22:00:00Z"),
            ("2026-03-30T00:00+03:00", "2026-03-29T21:00:00Z"),
            ("2026-03-29T00:00:00 02:00", "2026-03-28T22:00:00Z"),
            ("2026-03-02T20:30:00.250-03:30", "2026-03-03T00:00:00.250Z"),
        ] {
            assert_eq!(read_iso(local), read_iso(utc), "{local}");
        }
        for bad in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "2026-3-2",
            "2026-03-02T25:00:00Z",
            "2026-03",
            "2026-03-02T10:00:00+2",
            "2026-03-02T10:00:00+99:00",
            "2026-03-02T+02:00",
        ] {
            assert_eq!(read_iso(bad), None, "{bad}");
        }
    }
}
