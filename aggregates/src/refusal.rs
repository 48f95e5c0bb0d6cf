//! Why a decision says no: a stable code, a sentence in Chinese and in English, and the field at fault.

use std::borrow::Cow;

use serde::Serialize;

/// What sort of no it is; the HTTP edge turns it into a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A rule of the field forbids it (409).
    Rule,
    /// It speaks of something that the ledger does not know (404).
    Unknown,
    /// A value is outside what its field allows (422).
    Invalid,
    /// The actor may not do this (403).
    Forbidden,
}

/// A refusal. Nothing is stored when one is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{code}: {en}")]
pub struct Refusal {
    /// Stable, dotted: `demand.not_completed`.
    pub code: Cow<'static, str>,
    /// The sort of refusal.
    pub kind: Kind,
    /// The field of the command at fault, where one is.
    pub field: Option<Cow<'static, str>>,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

impl Refusal {
    /// A refusal that names no field.
    pub fn new(code: &'static str, kind: Kind, zh: String, en: String) -> Self {
        Self { code: Cow::Borrowed(code), kind, field: None, zh, en }
    }

    /// The same refusal, naming the field at fault.
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// A line of the catalogue of refusals: code, kind, Chinese template, English template.
pub type CatalogueLine = (&'static str, Kind, &'static str, &'static str);

/// Declares the refusals of one subject: a constructor function each, and their catalogue.
///
/// ```
/// aggregates::refusals! { "tea";
///     /// The pot holds no more.
///     pot_full(cups: u32) Rule: "茶壶已满（{cups} 杯）", "the pot is full at {cups} cups";
/// }
/// assert_eq!(pot_full(3).code, "tea.pot_full");
/// ```
#[macro_export]
macro_rules! refusals {
    ($prefix:literal; $( $(#[$doc:meta])+ $name:ident ( $($arg:ident : $ty:ty),* $(,)? ) $kind:ident $(at $field:literal)? : $zh:literal, $en:literal ; )+) => {
        $( $(#[$doc])+
        #[must_use]
        pub fn $name($($arg: $ty),*) -> $crate::refusal::Refusal {
            $crate::refusal::Refusal::new(concat!($prefix, ".", stringify!($name)), $crate::refusal::Kind::$kind, format!($zh), format!($en))
                $(.at($field))?
        } )+
        /// Every refusal of this subject.
        pub const CATALOGUE: &[$crate::refusal::CatalogueLine] =
            &[$((concat!($prefix, ".", stringify!($name)), $crate::refusal::Kind::$kind, $zh, $en)),+];
    };
}
