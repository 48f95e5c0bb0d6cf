//! Persons as the vault knows them: which details are kept of whom, what they agreed to, and that they were forgotten. No fact says
//! anything personal; digests stand for it.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use decide::{CATALOGUE as REFUSALS, Person, erased};
pub use event::{ConsentPurpose, Detail, ErasureGround, PersonEvent};
