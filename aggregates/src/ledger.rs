//! All facts of a ledger: one variant per kind of stream. A new kind of stream is one line here.

use std::collections::BTreeMap;

use cqrs_es::DomainEvent;
use cqrs_es::persist::{PersistedEventRepository, PersistenceError, SerializedEvent};

use crate::decider::{Decider, Stream};
use crate::upcast;

/// An event that no longer parses: a poison event. Projections stop at it, they never skip it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("event {event_type} version {event_version} cannot be decoded: {reason}")]
pub struct Undecodable {
    event_type: String,
    event_version: String,
    reason: String,
}

impl Undecodable {
    /// Names the event and what is wrong with it.
    pub fn new(event_type: &str, event_version: &str, reason: &str) -> Self {
        Self {
            event_type: event_type.to_owned(),
            event_version: event_version.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

macro_rules! ledger {
    ($( $(#[$doc:meta])+ $variant:ident : $decider:path ),+ $(,)?) => {
        /// A fact of any stream.
        #[derive(Debug, Clone, PartialEq)]
        pub enum LedgerEvent { $( $(#[$doc])+ $variant(<$decider as Decider>::Event), )+ }

        $( impl From<<$decider as Decider>::Event> for LedgerEvent {
            fn from(fact: <$decider as Decider>::Event) -> Self { Self::$variant(fact) }
        } )+

        impl LedgerEvent {
            /// The kind of stream that the fact belongs to.
            pub fn aggregate_type(&self) -> &'static str {
                match self { $( Self::$variant(_) => <$decider as Decider>::TYPE, )+ }
            }
            /// The fact's name.
            pub fn event_type(&self) -> String {
                match self { $( Self::$variant(fact) => fact.event_type(), )+ }
            }
            /// The JSON text that it is stored as.
            pub fn payload(&self) -> Result<String, serde_json::Error> {
                match self { $( Self::$variant(fact) => serde_json::to_string(fact), )+ }
            }
        }

        /// The kinds of streams.
        pub const STREAM_TYPES: &[&str] = &[$( <$decider as Decider>::TYPE ),+];

        /// Decodes a stored payload.
        pub fn decode(aggregate_type: &str, event_type: &str, event_version: &str, payload: &str) -> Result<LedgerEvent, Undecodable> {
            let broken = |error: serde_json::Error| Undecodable::new(event_type, event_version, &error.to_string());
            let risen = upcast::raise_text(aggregate_type, event_type, event_version, payload).map_err(broken)?;
            let text = risen.as_deref().unwrap_or(payload);
            match aggregate_type {
                $( <$decider as Decider>::TYPE => serde_json::from_str(text).map(LedgerEvent::$variant).map_err(broken), )+
                other => Err(Undecodable::new(event_type, event_version, &format!("no stream of type {other} is known"))),
            }
        }

        /// Loads a stream's events after a sequence through one of cqrs-es's repositories.
        pub async fn load_through<R: PersistedEventRepository>(
            repository: &R,
            aggregate_type: &str,
            aggregate_id: &str,
            after: usize,
        ) -> Result<Vec<SerializedEvent>, PersistenceError> {
            match aggregate_type {
                $( <$decider as Decider>::TYPE => repository.get_last_events::<Stream<$decider>>(aggregate_id, after).await, )+
                other => Err(PersistenceError::UnknownError(format!("no stream of type {other} is known").into())),
            }
        }

        /// JSON schemas of all events, by stream type. Committed under docs/events; a drift fails a test.
        pub fn schemas() -> BTreeMap<&'static str, schemars::Schema> {
            BTreeMap::from([$( (<$decider as Decider>::TYPE, schemars::schema_for!(<$decider as Decider>::Event)) ),+])
        }

        /// Every event name with the version written today, by stream type.
        pub fn versions() -> Vec<(&'static str, &'static str, &'static str)> {
            let mut all = Vec::new();
            $( all.extend(<<$decider as Decider>::Event>::VERSIONS.iter().map(|(name, version)| (<$decider as Decider>::TYPE, *name, *version))); )+
            all
        }
    };
}

ledger! {
    /// 办法与职责清单
    Rulebook: crate::rulebook::Rulebook,
    /// 区划
    Division: crate::division::Division,
    /// 单位
    Unit: crate::unit::Unit,
    /// 小区、楼栋
    Estate: crate::estate::Estate,
    /// 分批报到
    Batch: crate::batch::Batch,
    /// 服务组
    Group: crate::group::Group,
    /// 成员
    Member: crate::member::Member,
    /// 需求
    Demand: crate::demand::Demand,
    /// 网格
    Grid: crate::grid::Grid,
    /// 重点户
    Household: crate::household::Household,
    /// 综合评价
    Appraisal: crate::appraisal::Appraisal,
    /// 协议
    Agreement: crate::agreement::Agreement,
    /// 透明日志
    Log: crate::log::Log,
    /// 征求意见
    Opinion: crate::opinion::Opinion,
    /// 登录授权
    Access: crate::access::Access,
    /// 查阅登记
    Reading: crate::reading::Readings,
    /// 个人信息
    Person: crate::person::Person,
    /// 应急响应
    Emergency: crate::emergency::Emergency,
}
