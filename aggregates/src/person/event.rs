//! Facts of a person.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Sealed;
use crate::subject::Subject;

/// What is kept of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// 姓名
    Name,
    /// 电话
    Phone,
    /// 住址
    Address,
}

impl Detail {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Name, Self::Phone, Self::Address];

    /// The name in JSON and in the vault.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }
}

/// What somebody agrees to, where that is the ground (PIPL art. 13, 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// 为办理需求联系本人
    DemandContact,
    /// 登记特殊需要（敏感个人信息，单独同意）
    SpecialNeeds,
}

/// Why somebody is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureGround {
    /// 本人要求
    OwnRequest,
    /// 保存期限届满
    Retention,
    /// 不再任职
    LeftService,
    /// 司法、行政决定
    Court,
    /// 按删除登记重做: the ledger was restored from a backup that did not know it yet
    Replayed,
}

/// A fact of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PersonEvent {
    /// Details are kept; those named take the place of what was kept before.
    DetailsKept {
        /// Of whom.
        subject: Subject,
        /// By what they are.
        details: BTreeMap<Detail, Sealed>,
        /// The business day.
        on: NaiveDate,
    },
    /// The person agreed.
    ConsentGiven {
        /// Who.
        subject: Subject,
        /// To what.
        purpose: ConsentPurpose,
        /// The business day.
        on: NaiveDate,
    },
    /// The person does not agree any more.
    ConsentWithdrawn {
        /// Who.
        subject: Subject,
        /// To what.
        purpose: ConsentPurpose,
        /// The business day.
        on: NaiveDate,
    },
    /// The person was forgotten, for good: key and content are gone from the vault.
    SubjectErased {
        /// Who.
        subject: Subject,
        /// Why.
        ground: ErasureGround,
        /// The business day.
        on: NaiveDate,
    },
}

crate::facts!(PersonEvent:
    DetailsKept "1.0", ConsentGiven "1.0", ConsentWithdrawn "1.0", SubjectErased "1.0",
);
