//! Stories told through HTTP, each on both databases.

mod grids;
mod exchange;
mod slice;
