//! Who signs in in what capacity, and which personal records were read by whom.

mod accesses;
mod readings;

pub use accesses::{AccessRow, Accesses};
pub use readings::{ReadingRow, ReadingsOfPersons};
