//! The rules of the ring group, one case per sentence of its service description (`docs/requirements.md`): a
//! script, and what must come out of it. Then the whole tables of state and event.

#![expect(clippy::needless_pass_by_value, reason = "cases hand their company over")]

mod bed;
mod beside;
mod bill;
mod callback;
mod code;
mod code_form;
mod company;
mod duty;
mod fallback;
mod foreign;
mod list;
mod offer;
mod overlap;
mod print;
mod queue;
mod saved;
mod script;
mod tables;
mod transfer;
