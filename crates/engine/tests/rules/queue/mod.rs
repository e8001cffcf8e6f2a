//! The waiting line: customer-service and attendant groups.

mod agents;
mod attendant;
mod clock;
mod closing;
mod deleted;
mod entry;
mod hear;
mod line;
mod many;
mod order;
mod overflow;
mod places;
mod rounds;
mod told;
