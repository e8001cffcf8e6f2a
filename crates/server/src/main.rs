//! The binary `helin`.
fn main() {}
