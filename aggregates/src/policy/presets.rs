//! The policies that ship with the program: what cities' reports state, and marked assumptions for the rest.

use super::{Policy, read};

/// Policy files by name.
pub const PRESETS: &[(&str, &str)] = &[
    ("liupanshui", include_str!("../../policies/liupanshui.toml")),
    ("luzhou", include_str!("../../policies/luzhou.toml")),
    ("qianxinan", include_str!("../../policies/qianxinan.toml")),
];

/// The shipped policy of this name.
pub fn preset(name: &str) -> Option<Policy> {
    let (_, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
    read(text).ok()
}

#[cfg(test)]
mod tests;
