//! Holds back what may leave only when its facts are on disk: the caller's 200, replies and notices.
//!
//! Invariant: the commands of one leg leave in the order of the decisions, so a leg that has something waiting
//! here holds back everything that follows for it. All else leaves at once (design section 3).

use std::collections::{BTreeMap, VecDeque};

use model::id::LegId;
use model::leg::LegCommand;
use model::output::{Notice, NoticeTo, Output};

/// Outputs waiting for a commit.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    held: VecDeque<(u64, Output)>,
    legs: BTreeMap<LegId, usize>,
}

impl Gate {
    /// Takes an output decided in the batch `batch`; gives it back when it may leave now. Facts never come here.
    pub(crate) fn pass(&mut self, batch: u64, output: Output) -> Option<Output> {
        match &output {
            Output::Leg(leg, command) => {
                let waits = matches!(command, LegCommand::Answer { .. }) || self.legs.contains_key(leg);
                if !waits {
                    return Some(output);
                }
                *self.legs.entry(*leg).or_default() += 1;
            }
            // A text to the caller's own phone goes before what ends his leg.
            Output::Notice(Notice { to: NoticeTo::Caller(leg), .. }) => {
                *self.legs.entry(*leg).or_default() += 1;
            }
            Output::Reply(..) | Output::Notice(_) => {}
            Output::Fact(_) | Output::Identify { .. } => return Some(output),
        }
        self.held.push_back((batch, output));
        None
    }

    /// The next output whose batch is on disk, `durable` being the last that is.
    pub(crate) fn release(&mut self, durable: u64) -> Option<Output> {
        if self.held.front().is_none_or(|(batch, _)| *batch > durable) {
            return None;
        }
        let (_, output) = self.held.pop_front()?;
        if let Output::Leg(leg, _) | Output::Notice(Notice { to: NoticeTo::Caller(leg), .. }) = &output
            && let Some(count) = self.legs.get_mut(leg)
        {
            *count -= 1;
            if *count == 0 {
                self.legs.remove(leg);
            }
        }
        Some(output)
    }
}

#[cfg(test)]
mod tests {
    use model::id::{CallId, RequestId};
    use model::leg::Release;
    use model::output::Reply;
    use uuid::Uuid;

    use super::*;

    fn leg(n: u16) -> LegId {
        LegId { call: CallId(Uuid::from_u128(7)), n }
    }

    #[test]
    fn the_answer_waits_and_holds_back_its_own_leg_only() {
        let mut gate = Gate::default();
        let answer = Output::Leg(leg(0), LegCommand::Answer { with: Some(leg(1)) });
        let release = |n| Output::Leg(leg(n), LegCommand::Release(Release::Normal));
        assert_eq!(gate.pass(1, answer.clone()), None);
        assert_eq!(gate.pass(1, release(1)), Some(release(1)), "another leg goes on");
        assert_eq!(gate.pass(2, release(0)), None, "the same leg keeps its order");
        assert_eq!(gate.release(0), None);
        assert_eq!(gate.release(1), Some(answer));
        assert_eq!(gate.release(1), None, "its batch is not on disk");
        assert_eq!(gate.release(2), Some(release(0)));
        assert_eq!(gate.pass(3, release(0)), Some(release(0)), "nothing waits for it any more");
        assert!(gate.held.is_empty());
    }

    #[test]
    fn replies_wait_for_their_batch() {
        let mut gate = Gate::default();
        let reply = Output::Reply(RequestId(1), Reply::Done);
        assert_eq!(gate.pass(5, reply.clone()), None);
        assert_eq!(gate.release(4), None);
        assert_eq!(gate.release(5), Some(reply));
    }
}
