//! When what is due. A deadline that no longer counts stays in the heap and is passed over when it comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Millis;
use crate::transaction::Timer;

/// Whose deadline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Due {
    /// A timer of a request of theirs.
    Server(u64, Timer),
    /// A timer of a request of ours.
    Client(u64, Timer),
    /// An INVITE of theirs has had no answer for a while: 100.
    Trying(u64),
    /// Repeat our success to an INVITE.
    RepeatSuccess(u64),
}

#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(Millis, Due)>>,
}

impl Deadlines {
    pub(super) fn add(&mut self, at: Millis, due: Due) {
        self.heap.push(Reverse((at, due)));
    }

    pub(super) fn next(&self) -> Option<Millis> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    pub(super) fn take(&mut self, now: Millis) -> Option<(Millis, Due)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }
}
