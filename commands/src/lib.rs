//! Use cases: one struct and one file per verb, and the [`Desk`], the only way to change anything.

pub mod journal;
