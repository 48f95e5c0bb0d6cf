//! The code of somebody without an account (ADR 20): random, kept by the person alone. What it stands for is derived from it one way, so that
//! nothing of it is stored and nobody who reads the ledger can tell it.

use std::fmt;

use aggregates::Role;
use aggregates::circumstance::Actor;
use aggregates::ids::ActorId;
use rand::Rng;
use sha2::{Digest, Sha256};

/// Thirty-two signs, none of which looks like another (Crockford).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random signs: 85 bits.
const RANDOM: usize = 17;
/// With three more that tell a slip of the pen.
const LENGTH: usize = 20;
/// Signs of a group.
const GROUP: usize = 4;
/// Signs of the id that a code stands for: 130 bits.
const ID_SIGNS: usize = 26;

/// A code: `7K2M-9QXA-0V4T-HJ8N-W3EC`.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; LENGTH]);

impl Code {
    /// One that nobody has.
    pub fn new() -> Self {
        let mut random = rand::rng();
        let mut signs = [b'0'; LENGTH];
        for sign in signs.iter_mut().take(RANDOM) {
            *sign = SIGNS[random.random_range(0..SIGNS.len())];
        }
        Self::checked(signs)
    }

    /// Reads what somebody typed: small letters, other strokes, O for 0, I or L for 1. None when it is no code.
    pub fn read(text: &str) -> Option<Self> {
        let mut signs = [b'0'; LENGTH];
        let mut length = 0;
        for letter in text.chars().filter_map(sign) {
            *signs.get_mut(length)? = SIGNS.iter().copied().find(|one| char::from(*one) == letter)?;
            length += 1;
        }
        let read = Self(signs);
        (length == LENGTH && read == Self::checked(signs)).then_some(read)
    }

    fn checked(mut signs: [u8; LENGTH]) -> Self {
        let (random, check) = signs.split_at_mut(RANDOM);
        let told = derived("baodao code check", random, LENGTH - RANDOM);
        check.copy_from_slice(told.as_bytes());
        Self(signs)
    }

    /// Whom it stands for.
    pub fn actor(&self) -> Actor {
        let id = format!("c-{}", derived("baodao code id", &self.0, ID_SIGNS).to_ascii_lowercase());
        Actor { id: ActorId::new(id).unwrap_or_default(), role: Role::Resident, organisation: None }
    }
}

impl Default for Code {
    fn default() -> Self {
        Self::new()
    }
}

/// In groups, as it is noted down.
impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, sign) in self.0.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                out.write_str("-")?;
            }
            write!(out, "{}", char::from(*sign))?;
        }
        Ok(())
    }
}

/// A secret is in no log.
impl fmt::Debug for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Code")
    }
}

/// A sign as it was meant; none for what only parts them. Chinese keyboards type wide letters.
fn sign(letter: char) -> Option<char> {
    let narrow = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    match narrow.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        '-' | '_' | '.' | '\u{2010}'..='\u{2015}' => None,
        other if other.is_whitespace() => None,
        other => Some(other),
    }
}

/// So many signs of the SHA-256 of this, for this use alone.
fn derived(purpose: &str, signs: &[u8], many: usize) -> String {
    let mut hasher = Sha256::new();
    hasher.update(purpose.as_bytes());
    hasher.update([0]);
    hasher.update(signs);
    let digest = hasher.finalize();
    let bit = |at: usize| usize::from(digest[at / 8] >> (7 - at % 8) & 1);
    let five = |at: usize| (0..5).fold(0, |value, next| value << 1 | bit(at * 5 + next));
    (0..many).map(|at| char::from(SIGNS[five(at)])).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Issue 5: a code keeps it theirs: 85 random bits in groups of four, and another actor for each.
    #[test]
    fn no_two_codes_are_alike() {
        let codes: Vec<Code> = (0..1000).map(|_| Code::new()).collect();
        let actors: BTreeSet<String> = codes.iter().map(|code| code.actor().id.to_string()).collect();
        assert_eq!(actors.len(), 1000);
        for (code, actor) in codes.iter().zip(codes.iter().map(Code::actor)) {
            let text = code.to_string();
            assert_eq!((text.len(), text.split('-').count()), (24, 5), "{text}");
            assert_eq!((actor.role, actor.id.as_str().len()), (Role::Resident, 28));
            assert!(
                !actor.id.as_str().contains(&text.replace('-', "").to_lowercase()[..8]),
                "the id tells the code"
            );
        }
    }

    /// Issue 5: what is typed on another telephone is the same code, and a slip of the pen is none.
    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::new();
        let text = code.to_string();
        let wide: String =
            text.chars().map(|sign| char::from_u32(u32::from(sign) + 0xfee0).unwrap()).collect();
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            format!("  {} ", text.replace('-', "")),
            text.replace('0', "o").replace('1', "l"),
            wide,
        ] {
            assert_eq!(Code::read(&typed), Some(code.clone()), "{typed}");
            assert_eq!(Code::read(&typed).unwrap().actor(), code.actor());
        }
        let slips = (0..LENGTH).filter(|at| {
            let mut signs = code.0;
            signs[*at] = if signs[*at] == b'7' { b'8' } else { b'7' };
            Code::read(&Code(signs).to_string()).is_some()
        });
        // A slip among the last three always shows; elsewhere one in 32,768 does not.
        assert!(slips.count() <= 1);
        for text in
            ["", "7K2M", "7K2M-9QXA-0V4T-HJ8N-W3E", &format!("{code}0"), "你好", "U".repeat(20).as_str()]
        {
            assert_eq!(Code::read(text), None, "{text}");
        }
    }
}
