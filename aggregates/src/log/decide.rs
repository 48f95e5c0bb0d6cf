//! Publishing the map of heads.

use serde::{Deserialize, Serialize};

use super::LogEvent;
use crate::circumstance::{Circumstance, Role};
use crate::decider::{Decider, Decision};

crate::refusals! { "log";
    /// Only the house itself knows the map.
    for_the_house_only() Forbidden:
        "哈希映射只能由系统自身公布", "only the house itself publishes the map of heads";
    /// A map of fewer events than the last.
    behind(last: u64) Rule at "size":
        "已公布至第 {last} 位的映射", "a map of all events up to position {last} is published already";
    /// The root is no hash.
    no_hash() Invalid at "root":
        "应为 32 字节的 Base64", "expected 32 bytes in Base 64";
}

/// Characters of 32 bytes in Base 64.
const ROOT_LENGTH: usize = 44;

/// What was published.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Log {
    last: Option<(u64, String)>,
}

impl Decider for Log {
    const TYPE: &'static str = "log";
    type Event = LogEvent;

    fn evolve(&mut self, fact: &LogEvent) {
        let LogEvent::HeadsPublished { size, root, .. } = fact;
        self.last = Some((*size, root.clone()));
    }
}

impl Log {
    /// Publishes the map of heads of all events up to a position.
    pub fn publish_heads(&self, size: u64, streams: u64, root: &str, at: &Circumstance) -> Decision<Self> {
        if at.actor.role != Role::System {
            return Err(for_the_house_only());
        }
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        if root.len() != ROOT_LENGTH || !root.chars().all(is_base64) {
            return Err(no_hash());
        }
        match &self.last {
            Some((last, known)) if *last == size && known == root => Ok(vec![]),
            Some((last, _)) if *last >= size => Err(behind(*last)),
            _ => Ok(vec![LogEvent::HeadsPublished { size, streams, root: root.to_owned() }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Past, on, the};

    const ROOT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn by(role: Role, size: u64, root: &'static str) -> impl Fn(&Log) -> Decision<Log> + Clone + Send {
        move |log| {
            let mut at = on("2026-03-02");
            at.actor.role = role;
            at.actor.id = the("x-1");
            log.publish_heads(size, 3, root, &at)
        }
    }

    /// Issue 4 A: maps are published by the house, each of more events than the last, and the same one once.
    #[test]
    fn maps_go_forward_and_are_the_houses() {
        let past = Past::<Log>::none();
        let first = by(Role::System, 10, ROOT);
        let published = LogEvent::HeadsPublished { size: 10, streams: 3, root: ROOT.to_owned() };
        past.when(first.clone()).then_expect_events(vec![published]);
        past.refuses("log.for_the_house_only", by(Role::Operator, 10, ROOT));
        past.refuses("log.no_hash", by(Role::System, 10, "AAAA"));
        let past = past.and(first.clone());
        past.is_content(first);
        past.refuses("log.behind", by(Role::System, 9, ROOT));
        past.refuses("log.behind", by(Role::System, 10, "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        past.when(by(Role::System, 11, ROOT));
    }
}
