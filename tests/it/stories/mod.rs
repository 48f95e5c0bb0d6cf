//! Stories told through HTTP, each on both databases.

pub mod cards;
mod deadlines;
mod demand;
mod edges;
mod emergency;
mod enrolment;
mod exchange;
mod grids;
mod load;
mod residents;
mod slice;
mod visits;
