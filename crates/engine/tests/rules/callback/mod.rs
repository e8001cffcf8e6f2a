//! Calling back instead of waiting.

mod again;
mod ask;
mod attempt;
mod number;
mod twice;
