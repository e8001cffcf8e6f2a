//! Two endpoints in memory with a virtual clock and a network that loses, doubles and reorders by a seed.
//! Each story asserts what both sides saw, and that nothing is left when it is over.

mod bed;
mod calls;
mod dialogs;
mod faults;
