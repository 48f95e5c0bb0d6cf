//! What the house does about its own log.

mod publish_heads;

pub use publish_heads::PublishHeads;
