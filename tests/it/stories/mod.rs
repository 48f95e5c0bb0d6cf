//! Stories told through HTTP, each on both databases.

mod cards;
mod deadlines;
mod demand;
mod edges;
mod enrolment;
mod exchange;
mod grids;
mod residents;
mod slice;
mod visits;
