//! Secrets that nobody can guess, and hashes of them. They have 128 bits and more, so that a fast hash is enough; passwords that people
//! choose are another matter.

use rand::Rng;
use sha2::{Digest, Sha256};

/// No letters that look like others.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
/// Groups, and letters of each.
const GROUPS: usize = 4;
const LETTERS_OF_A_GROUP: usize = 7;

/// 256 bits in hexadecimal digits.
pub(super) fn random() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// So many random bits, in hexadecimal digits.
pub(super) fn short() -> String {
    hex::encode(rand::random::<[u8; 8]>())
}

/// 140 bits that people can read out: `abcdefg-hjkmnpq-rstuvwx-yz23456`.
pub(super) fn readable() -> String {
    let mut random = rand::rng();
    let group = |random: &mut rand::rngs::ThreadRng| -> String {
        (0..LETTERS_OF_A_GROUP)
            .filter_map(|_| LETTERS.get(random.random_range(0..LETTERS.len())))
            .map(|one| char::from(*one))
            .collect()
    };
    (0..GROUPS).map(|_| group(&mut random)).collect::<Vec<_>>().join("-")
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Whether two hashes are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: never a default password: no two are alike, and each has four groups of seven.
    #[test]
    fn secrets_differ() {
        let (one, other) = (readable(), readable());
        assert_ne!(one, other);
        assert_eq!((one.len(), one.split('-').count()), (31, 4));
        assert_ne!(random(), random());
        assert!(same(&hash("a"), &hash("a")) && !same(&hash("a"), &hash("b")) && !same("a", "ab"));
    }
}
