//! The waiting line: customer-service and attendant groups.

mod entry;
mod order;
mod rounds;
