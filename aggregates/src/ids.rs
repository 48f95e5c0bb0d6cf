//! Names of things. Ids are opaque and never carry personal data; codes follow the national division codes.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Why a text is no id or code of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

const MAX_ID: usize = 64;

fn opaque(text: &str) -> Result<(), Malformed> {
    let fits = (1..=MAX_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
    if fits {
        Ok(())
    } else {
        Err(Malformed(
            "expected 1 to 64 of A-Z a-z 0-9 - _ . : / 应为 1 至 64 位字母、数字或 - _ . :".to_owned(),
        ))
    }
}

/// Division codes of the National Bureau of Statistics by level: 2, 4, 6, 9 or 12 characters. The last segment
/// of a street or community may hold capital letters, for local codes that the national list lacks (gap G6).
fn division(text: &str) -> Result<(), Malformed> {
    let head = text.len().min(6);
    let fits = matches!(text.len(), 2 | 4 | 6 | 9 | 12)
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && text.bytes().take(head).all(|b| b.is_ascii_digit());
    if fits {
        Ok(())
    } else {
        Err(Malformed(
            "expected a division code of 2, 4, 6, 9 or 12 digits / 应为 2、4、6、9 或 12 位区划代码"
                .to_owned(),
        ))
    }
}

fn community(text: &str) -> Result<(), Malformed> {
    if text.len() == 12 && division(text).is_ok() {
        Ok(())
    } else {
        Err(Malformed("expected a 12-digit community code / 应为 12 位社区（村）代码".to_owned()))
    }
}

fn grid(text: &str) -> Result<(), Malformed> {
    let fits = text.len() == 15
        && text.is_char_boundary(12)
        && community(&text[..12]).is_ok()
        && text.bytes().skip(12).all(|b| b.is_ascii_digit());
    if fits {
        Ok(())
    } else {
        Err(Malformed("expected a grid code: 12-digit community and 3-digit sequence / 应为 15 位网格编码：12 位社区代码加 3 位序号".to_owned()))
    }
}

const PUBLIC_NAME_MAX: usize = 100;

/// Whether the text may stand as the public name of a division, unit, estate or group: 1 to 100 characters, none of
/// them a control character, and not blank. Persons have no names here.
pub fn is_public_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= PUBLIC_NAME_MAX && !text.chars().any(char::is_control)
}

/// 32 bytes in Base 64 without padding, in the alphabet for addresses.
fn sealed(text: &str) -> Result<(), Malformed> {
    let fits =
        text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if fits {
        Ok(())
    } else {
        Err(Malformed("expected a digest of 43 characters / 应为 43 位摘要".to_owned()))
    }
}

/// Reads a name where its text stands: a rebuild reads and writes a dozen of them an event, and copies of copies cost it a tenth.
struct Read<T>(fn(&str) -> Result<T, Malformed>);

impl<T> Visitor<'_> for Read<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

macro_rules! names {
    ($( $(#[$doc:meta])+ $name:ident by $check:ident, $pattern:literal; )+) => { $(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, JsonSchema)]
        #[schemars(with = "String", extend("pattern" = $pattern))]
        pub struct $name(SmolStr);

        impl $name {
            /// Reads the text, or says what was expected.
            pub fn new(text: impl AsRef<str>) -> Result<Self, Malformed> {
                let text = text.as_ref();
                $check(text)?;
                Ok(Self(text.into()))
            }
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::new(text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Read(|text| Self::new(text)))
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

names! {
    /// A member (在职党员、干部): opaque.
    MemberId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A unit (机关企事业单位).
    UnitId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A demand (居民需求): order, wish, issue or petition.
    DemandId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A key household (重点居民户): opaque, no person behind it is named here.
    HouseholdId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A service group (志愿服务队、组).
    GroupId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// An estate or dormitory building (小区、单位宿舍楼).
    EstateId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A batch of reports (分批报到).
    BatchId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// An emergency (应急响应).
    EmergencyId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A request for an opinion (征求意见).
    OpinionId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A name to sign in with (登录名).
    LoginId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// Whoever acts: a person or a system part, opaque.
    ActorId by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// What stands in an event for something personal: the digest of a salted disclosure (RFC 9901), which the vault keeps.
    Sealed by sealed, "^[A-Za-z0-9_-]{43}$";
    /// A clause of a policy, a category of demands, a slot of a template: a short name from a policy file.
    Term by opaque, "^[A-Za-z0-9._:-]{1,64}$";
    /// A division of any level by its national code.
    DivisionCode by division, "^[0-9]{2}([0-9]{2}([0-9]{2}([0-9A-Z]{3}([0-9A-Z]{3})?)?)?)?$";
    /// A community or village: a division code of 12.
    CommunityCode by community, "^[0-9]{6}[0-9A-Z]{6}$";
    /// A grid: community code and a sequence of 3 (B1, B2).
    GridCode by grid, "^[0-9]{6}[0-9A-Z]{6}[0-9]{3}$";
}

/// The level of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省级
    Province,
    /// 地市州级
    Prefecture,
    /// 县区级
    County,
    /// 街道、乡镇
    Street,
    /// 社区、村
    Community,
}

impl Level {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Street => "street",
            Self::Community => "community",
        }
    }
}

impl DivisionCode {
    /// The level that the code's length tells.
    pub fn level(&self) -> Level {
        match self.0.len() {
            2 => Level::Province,
            4 => Level::Prefecture,
            6 => Level::County,
            9 => Level::Street,
            _ => Level::Community,
        }
    }

    /// The division one level up; none above a province.
    pub fn parent(&self) -> Option<Self> {
        let length = match self.level() {
            Level::Province => return None,
            Level::Prefecture => 2,
            Level::County => 4,
            Level::Street => 6,
            Level::Community => 9,
        };
        Some(Self(self.0[..length].into()))
    }

    /// Whether this division is `other` or lies in it.
    pub fn within(&self, other: &Self) -> bool {
        self.0.starts_with(other.as_str())
    }
}

impl CommunityCode {
    /// The same code as a division.
    pub fn division(&self) -> DivisionCode {
        DivisionCode(self.0.clone())
    }

    /// The county-level division that the community lies in.
    pub fn county(&self) -> DivisionCode {
        DivisionCode(self.0.get(..6).unwrap_or_default().into())
    }
}

impl GridCode {
    /// The community that the grid belongs to.
    pub fn community(&self) -> CommunityCode {
        CommunityCode(self.0[..12].into())
    }
}
