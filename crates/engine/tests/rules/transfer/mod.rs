//! Transfers, camping, parking, pick-up.

mod attended;
mod blind;
mod camp;
mod hold;
mod park;
mod recall;
mod refused;
