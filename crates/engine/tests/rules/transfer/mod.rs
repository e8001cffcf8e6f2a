//! Transfers, camping, parking, pick-up.

mod attended;
mod blind;
mod camp;
mod park;
mod recall;
