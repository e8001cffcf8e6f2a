//! Diversion marks: those with which a call came, and those with which it goes on (RFC 5806, RFC 7044, RFC 7544;
//! mobile-interfaces 7). Both kinds always tell the same.

use model::leg::DIVERSIONS_MAX;
use model::number::{Number, PhoneNumber};
use sip_proto::headers::{
    Address, Diversion, DiversionPrivacy, Diverted, HistoryEntry, Privacy, PrivacyValue, add_history,
    diversion_count, history_from_diversions, join, received,
};
use sip_proto::message::{HeaderName, Request};
use sip_proto::uri::Uri;

use crate::trunk::user_part;

/// Stands for who must not be shown (RFC 3323 4.1.1.3).
const ANONYMOUS: &str = "sip:anonymous@anonymous.invalid";

/// Who sent a call on, on its way to us: the oldest first in `history`, which ends with what it came to; the newest
/// first in `diversions`.
#[derive(Debug, Clone, Default)]
pub(crate) struct CameBy {
    history: Vec<HistoryEntry>,
    /// Of each entry of the history the number, if it has one.
    numbers: Vec<Option<PhoneNumber>>,
    diversions: Vec<Diversion>,
}

/// Who is to see the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A side that keeps secrets: a trusted trunk, a company of ours.
    Trusted,
    /// Phones, and carriers that are not trusted.
    Others,
}

/// The marks of a request, with numbers as `read` understands them. What cannot be read is left out; a call is not
/// refused for it.
pub(crate) fn came_by(request: &Request, read: impl Fn(&str) -> Option<PhoneNumber>) -> CameBy {
    let headers = request.headers();
    let all = |name| headers.lines(name).collect::<Vec<_>>().join(",");
    let mut history = HistoryEntry::parse(&all(HeaderName::HistoryInfo)).unwrap_or_default();
    let mut diversions = Diversion::parse(&all(HeaderName::Diversion)).unwrap_or_default();
    let privacy = headers.get(HeaderName::Privacy).and_then(|value| Privacy::parse(value).ok());
    if privacy.is_some_and(|privacy| privacy.0.contains(&PrivacyValue::History)) {
        history.iter_mut().for_each(HistoryEntry::set_private);
        diversions.iter_mut().for_each(|diversion| diversion.privacy = Some(DiversionPrivacy::Full));
    }
    let told = received(&history, &[]);
    if told.is_empty() && !diversions.is_empty() {
        history = history_from_diversions(&diversions, request.uri().as_str());
    } else {
        // req X-07: where both came and differ, History-Info counts (RFC 7544 3.2).
        diversions = told;
    }
    let number = |entry: &HistoryEntry| read(&user_part(&Uri::parse(&entry.address.uri).ok()?));
    CameBy { numbers: history.iter().map(number).collect(), history, diversions }
}

impl CameBy {
    /// How often the call was sent on.
    pub(crate) fn count(&self) -> u8 {
        u8::try_from(diversion_count(&self.diversions)).unwrap_or(u8::MAX)
    }

    /// Whether it may not be sent on once more (req F-26).
    pub(super) fn is_worn_out(&self) -> bool {
        self.count() >= DIVERSIONS_MAX
    }

    /// Whether the call has been at a number: to send it there again would close a loop (req F-26).
    pub(super) fn was_at(&self, number: PhoneNumber) -> bool {
        self.numbers.contains(&Some(number))
    }

    /// Headers for a leg to `target`; `group` sends the call on (K-26), else it is passed on as it came.
    pub(super) fn marks(
        &self,
        group: Option<Number>,
        (own, target): (&str, &str),
        seen: Seen,
    ) -> Vec<(String, String)> {
        let (mut history, mut diversions) = (self.history.clone(), self.diversions.clone());
        if seen == Seen::Others {
            hide(&mut history, &mut diversions);
        }
        if let Some(group) = group {
            let served = self.served(group, own);
            diversions.insert(0, Diversion::ours(&served, Diverted::Unconditional));
            let plain = Uri::parse(target).map_or(target, |uri| uri.as_str());
            history = add_history(&history, &served, plain, Diverted::Unconditional, 1);
        }
        let mut marks = Vec::new();
        if !diversions.is_empty() {
            marks.push(("Diversion".to_owned(), join(&diversions)));
        }
        if !history.is_empty() {
            marks.push(("History-Info".to_owned(), join(&history)));
        }
        marks
    }

    /// The group as the call came to it: by the last entry of the history where that is the group, so that its number
    /// does not stand there twice.
    fn served(&self, group: Number, own: &str) -> String {
        match group {
            Number::E164(number) => match self.history.last() {
                Some(last) if self.numbers.last() == Some(&Some(number)) => last.uri_without_cause(),
                Some(_) | None => format!("sip:{number}@{own};user=phone"),
            },
            Number::Short(number) => format!("sip:{number}@{own}"),
        }
    }
}

/// Who asked not to be shown is not: the place in the list and the cause remain (RFC 7044 10.1.2).
fn hide(history: &mut [HistoryEntry], diversions: &mut [Diversion]) {
    for entry in history.iter_mut().filter(|entry| entry.is_private()) {
        let cause = entry.cause();
        entry.address = Address::new(ANONYMOUS);
        if let Some(cause) = cause {
            entry.set_cause(Diverted::from_cause(cause));
        }
    }
    for diversion in diversions.iter_mut().filter(|diversion| diversion.is_private()) {
        diversion.address = Address::new(ANONYMOUS);
    }
}
