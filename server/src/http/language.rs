//! The caller's language: Chinese unless English is preferred.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// A language that the house speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Language {
    /// What the visitor chose, or else what `Accept-Language` asks for; the first named of equally wanted ones.
    pub fn of(headers: &HeaderMap) -> Self {
        if let Some(chosen) = super::cookie::language_held(headers) {
            return chosen;
        }
        let wanted = headers.get_all(header::ACCEPT_LANGUAGE);
        let mut best = (0.0_f32, Self::default());
        for part in wanted.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
            let (tag, weight) = weighted(part);
            let language = match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "zh" | "*" => Self::Zh,
                "en" => Self::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// As `Content-Language` and `lang` name it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The one of two pairs of texts in this language.
    pub fn pick_pair<'a>(self, zh: (&'a str, &'a str), en: (&'a str, &'a str)) -> (&'a str, &'a str) {
        (self.pick(zh.0, en.0), self.pick(zh.1, en.1))
    }

    /// The one of two texts in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// An item of a header list with its `q` weight: 1 when none is given, 0 when it cannot be read.
pub(super) fn weighted(item: &str) -> (&str, f32) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
    (name, weight)
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, axum::http::HeaderValue::from_static(value));
        Language::of(&headers)
    }

    /// Design §5: a sentence in the caller's language; Chinese when the caller says nothing that we speak.
    #[test]
    fn the_most_wanted_language_is_spoken() {
        assert_eq!(Language::of(&HeaderMap::new()), Language::Zh);
        assert_eq!(of("en"), Language::En);
        assert_eq!(of("en-GB,en;q=0.8"), Language::En);
        assert_eq!(of("fr, de;q=0.9"), Language::Zh);
        assert_eq!(of("en;q=0.5, zh-CN;q=0.9"), Language::Zh);
        assert_eq!(of("fr, en;q=0.7, zh;q=0.3"), Language::En);
        assert_eq!(of("en;q=0"), Language::Zh);
    }
}
