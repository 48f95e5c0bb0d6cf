//! Policies and duty catalogues.

mod adopt_duty_catalogue;
mod adopt_policy;

pub use adopt_duty_catalogue::AdoptDutyCatalogue;
pub use adopt_policy::{AdoptPolicy, read_draft};

use sha2::{Digest, Sha256};

fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}
