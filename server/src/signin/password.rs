//! Passwords that people choose (OWASP ASVS 5, 6.2): argon2id, a length, and no well-known one. No rules of composition, no expiry.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

/// Characters at least.
const MIN: usize = 12;
/// Characters at most: longer ones only cost work.
const MAX: usize = 128;
/// What is near to everybody here, and so the first that is guessed (ASVS 6.1.2); the login is added.
const NEAR: [&str; 24] = [
    "baodao",
    "报到",
    "双报到",
    "shuangbaodao",
    "编组入网",
    "wangge",
    "网格",
    "diandan",
    "点单",
    "liupanshui",
    "六盘水",
    "qianxinan",
    "黔西南",
    "luzhou",
    "潞州",
    "guizhou",
    "贵州",
    "shequ",
    "社区",
    "dangyuan",
    "党员",
    "zuzhibu",
    "组织部",
    "operator",
];
/// Hashes at the same time: each takes 19 MiB and a core.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A password that can be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short or too long.
    #[error("a password has {MIN} to {MAX} characters")]
    Length,
    /// Well known, or made of the login, or of a pattern.
    #[error(
        "this password can be guessed: it is well known, a pattern, or near the login; take several unrelated words"
    )]
    Guessable,
}

/// Refuses what can be guessed.
pub(super) fn check(login: &str, password: &str) -> Result<(), Weak> {
    if !(MIN..=MAX).contains(&password.chars().count()) {
        return Err(Weak::Length);
    }
    let near: Vec<&str> = NEAR.iter().copied().chain([login]).collect();
    // Estimators of strength were made for other languages: what is left beside words that lie near is weighed by itself.
    let rest = near.iter().fold(password.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    if rest.chars().count() < MIN / 2 || zxcvbn::zxcvbn(password, &near).score() < zxcvbn::Score::Three {
        return Err(Weak::Guessable);
    }
    Ok(())
}

/// Hashes a password.
pub(super) async fn hash(password: &str) -> String {
    let password = password.to_owned();
    work(move || {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .unwrap_or_default()
    })
    .await
}

/// Whether the password is the one of the hash. Where there is none, the same work is done, so that the time does not tell.
pub(super) async fn is(password: &str, hash: Option<String>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default().hash_password(b"nobody", &salt).map(|hash| hash.to_string()).unwrap_or_default()
    });
    let is_somebody = hash.is_some();
    let password: String = password.chars().take(MAX + 1).collect();
    let fits = work(move || {
        let text = hash.unwrap_or_else(|| NOBODY.clone());
        PasswordHash::new(&text)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await;
    fits && is_somebody
}

async fn work<T: Default + Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    let _room = ROOM.acquire().await;
    tokio::task::spawn_blocking(job).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D, ASVS 6.2: short, well-known and derived passwords are refused, others kept as argon2id alone.
    #[tokio::test]
    async fn a_password_is_hard_to_guess_and_kept_as_a_hash() {
        assert_eq!(check("wang", "Ab1!"), Err(Weak::Length));
        assert_eq!(check("wang", &"x".repeat(129)), Err(Weak::Length));
        for known in [
            "password1234",
            "baodaobaodao",
            "wangwangwang",
            "123456789012",
            "qwertyuiop12",
            "liupanshui2026",
            "zuzhibu123456",
            "dangyuandiandan",
        ] {
            assert_eq!(check("wang", known), Err(Weak::Guessable), "{known}");
        }
        let good = "凤凰山下清晨的一碗豆花 7";
        assert_eq!(check("wang", good), Ok(()));
        assert_eq!(check("wang", &super::super::SignIn::new_password()), Ok(()));
        let kept = hash(good).await;
        assert!(kept.starts_with("$argon2id$v=19$"), "{kept}");
        assert_ne!(kept, hash(good).await, "each has its own salt");
        assert!(is(good, Some(kept.clone())).await && !is("another one here", Some(kept)).await);
        assert!(!is("nobody", None).await);
    }
}
