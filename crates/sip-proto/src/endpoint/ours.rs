//! What a CANCEL and the ACK of a failure repeat of an INVITE of ours (RFC 3261 9.1, 17.1.1.3).
//!
//! Invariant: it was written by `outgoing`, one value to a line, these lines before all others, so that it need not
//! be read as a message of somebody else's.

use crate::message::{HeaderName, Via, Writer};

/// The first lines of an INVITE of ours.
#[derive(Default, Debug)]
pub(super) struct OurInvite<'a> {
    via: &'a str,
    routes: Vec<&'a str>,
    from: &'a str,
    to: &'a str,
    call_id: &'a str,
    cseq: &'a str,
}

impl<'a> OurInvite<'a> {
    /// `None` if it is none of ours.
    pub(super) fn read(octets: &'a [u8]) -> Option<OurInvite<'a>> {
        let mut read = OurInvite::default();
        for line in octets.split(|octet| *octet == b'\n') {
            let line = std::str::from_utf8(line).ok()?.strip_suffix('\r')?;
            match line.split_once(": ") {
                Some(("Via", value)) => read.via = value,
                Some(("Route", value)) => read.routes.push(value),
                Some(("From", value)) => read.from = value,
                Some(("To", value)) => read.to = value,
                Some(("Call-ID", value)) => read.call_id = value,
                Some(("CSeq", value)) => {
                    read.cseq = value.strip_suffix(" INVITE")?;
                    return Some(read);
                }
                Some(_) | None => {}
            }
        }
        None
    }

    pub(super) fn branch(&self) -> &'a str {
        Via::parse(self.via).and_then(|via| via.branch()).unwrap_or_default()
    }

    /// Writes what a request for `method` of the same transaction begins with; `to`: that of the answer.
    pub(super) fn repeat(&self, writer: &mut Writer<'_>, method: &str, to: Option<&str>) {
        writer.header(HeaderName::Via, self.via);
        writer.header(HeaderName::MaxForwards, "70");
        for route in &self.routes {
            writer.header(HeaderName::Route, route);
        }
        writer.header(HeaderName::From, self.from);
        writer.header(HeaderName::To, to.unwrap_or(self.to));
        writer.header(HeaderName::CallId, self.call_id);
        writer.header_args(HeaderName::CSeq, format_args!("{} {method}", self.cseq));
    }
}
