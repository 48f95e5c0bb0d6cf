//! Stories told through HTTP, each on both databases.

mod cards;
mod demand;
mod edges;
mod enrolment;
mod exchange;
mod grids;
mod slice;
mod visits;
