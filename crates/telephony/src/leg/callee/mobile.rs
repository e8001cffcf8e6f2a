//! A user's mobile that answers where a mailbox may have (K-34): until he presses 1 his other devices ring on, and one of
//! them may answer in its place.

use model::id::LegId;
use model::leg::Release;
use sip_proto::endpoint::DialogId;

use super::Stage;
use crate::core::Core;

impl Core {
    pub(super) fn is_to_confirm(&mut self, id: LegId) -> bool {
        let dial = self.callee_mut(id).and_then(|callee| callee.dial.as_ref());
        dial.is_some_and(|dial| dial.confirm)
    }

    /// Whoever answered has the call: the other devices ring no longer.
    pub(crate) fn accept_callee(&mut self, id: LegId) {
        let Some(callee) = self.callee_mut(id).filter(|callee| callee.stage == Stage::Confirming) else {
            return;
        };
        callee.stage = Stage::Answered;
        callee.dial = None;
        let winner = callee.winner;
        self.cancel_branches(id, winner, Release::AnsweredElsewhere);
    }

    /// The far end has hung up. Whether it was an unconfirmed mobile beside which other devices ring on.
    pub(crate) fn rings_on(&mut self, id: LegId) -> bool {
        let Some(callee) = self.callee_mut(id) else { return false };
        let winner = callee.winner;
        let others = callee
            .branches
            .iter()
            .enumerate()
            .any(|(at, other)| Some(at) != winner && other.failed.is_none());
        if callee.stage != Stage::Confirming || !others {
            return false;
        }
        self.part_from_mobile(id);
        true
    }

    /// An unconfirmed mobile is let go: another device took the call, or none shall.
    pub(super) fn drop_mobile(&mut self, id: LegId, how: Release) {
        if self.callee_mut(id).is_some_and(|callee| callee.stage == Stage::Confirming)
            && let Some(dialog) = self.part_from_mobile(id)
        {
            self.bye(dialog, how);
        }
    }

    /// The leg is what it was before its mobile answered; gives the dialog with that.
    fn part_from_mobile(&mut self, id: LegId) -> Option<DialogId> {
        let callee = self.callee_mut(id)?;
        callee.stage = Stage::Alerting;
        if let Some(mobile) = callee.winner.take().and_then(|at| callee.branches.get_mut(at)) {
            mobile.failed = Some(480);
        }
        self.leave_trunk(id);
        let dialog = self.legs.get_mut(&id)?.dialog.take()?;
        self.dialogs.remove(&dialog);
        Some(dialog)
    }
}
