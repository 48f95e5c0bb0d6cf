//! Stories told through HTTP, each on both databases.

mod edges;
mod enrolment;
mod exchange;
mod grids;
mod cards;
mod slice;
