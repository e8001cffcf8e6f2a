//! A far end of which nothing is heard. In a talk it is taken for dead. Who holds a call, or is held, need not send
//! anything (RFC 3264 8.4): he is asked in his dialog whether he is there (RFC 3261 11).

use model::id::LegId;
use model::leg::LegEvent;
use sip_proto::message::Method;
use sip_proto::sdp::Direction;

use super::sound::carried;
use super::{ClientUse, Leg};
use crate::core::Core;

impl Leg {
    /// Both descriptions let the far end talk and hear: then its sound is expected.
    pub(super) fn talks(&self) -> bool {
        [&self.ours, &self.theirs].into_iter().all(|description| {
            let direction = description.as_ref().and_then(|text| Some(text.direction_of(carried(text)?)));
            direction == Some(Direction::SendRecv)
        })
    }
}

impl Core {
    /// Nothing came from a far end for the set time.
    pub(crate) fn silent(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        if leg.talks() {
            return self.tell(id, LegEvent::MediaTimeout);
        }
        let Some(dialog) = leg.dialog else { return };
        match self.endpoint.request_in(self.now, dialog, &Method::Options, &[], None) {
            Some(client) => drop(self.clients.insert(client, ClientUse::Probe(id))),
            None => self.tell(id, LegEvent::MediaTimeout),
        }
    }

    /// What came of the question: no answer, or that there is no such dialog, means that nobody is there.
    pub(super) fn probed(&mut self, id: LegId, status: u16) {
        if matches!(status, 408 | 481) {
            return self.tell(id, LegEvent::MediaTimeout);
        }
        if let Some(port) = self.legs.get(&id).and_then(|leg| leg.port) {
            self.sound.alive(port.id);
        }
    }
}
