//! The journal as the port promises it, on both databases (design §3).

mod ahead;
mod answers;
mod crashes;
mod feed;
mod line;
mod linear;
mod model;
mod opening;
mod order;
mod protection;
mod race;
mod retries;
