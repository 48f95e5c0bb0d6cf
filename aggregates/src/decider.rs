//! The one bridge to cqrs-es: a decider is a state with `evolve`, and a command is whatever closure asks one
//! of its intention methods. There is no command enum: a command is a struct of the `commands` crate, which
//! may decide over several streams at once, and hands each of them an [`Act`].

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::refusal::Refusal;

/// The least state that the rules of one kind of stream read.
pub trait Decider: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name of the stream kind: the column `aggregate_type`.
    const TYPE: &'static str;
    /// The facts of this stream.
    type Event: DomainEvent + JsonSchema;
    /// Takes one fact into the state. Never fails, never decides.
    fn evolve(&mut self, fact: &Self::Event);
}

/// What a decision answers: the facts that follow, none when the very same act was done before, or why not.
pub type Decision<D> = Result<Vec<<D as Decider>::Event>, Refusal>;

/// One question to a decider, asked through cqrs-es.
pub type Act<D> = Box<dyn FnOnce(&D) -> Decision<D> + Send>;

/// A decider seen as a cqrs-es aggregate.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "D: Decider", deserialize = "D: Decider"))]
pub struct Stream<D>(pub D);

impl<D: Decider> Aggregate for Stream<D> {
    const TYPE: &'static str = D::TYPE;
    type Command = Act<D>;
    type Event = D::Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(&mut self, act: Act<D>, (): &(), sink: &EventSink<Self>) -> Result<(), Refusal> {
        for fact in act(&self.0)? {
            sink.write(fact, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: D::Event) {
        self.0.evolve(&fact);
    }
}

/// Names and versions of an event enum's variants, for `cqrs_es::DomainEvent`.
///
/// `facts!(DemandEvent: DemandPlaced "1.0", WishClaimed "1.0")`
#[macro_export]
macro_rules! facts {
    ($events:ident : $($name:ident $version:literal),+ $(,)?) => {
        impl cqrs_es::DomainEvent for $events {
            fn event_type(&self) -> String {
                match self { $(Self::$name { .. } => stringify!($name),)+ }.to_owned()
            }
            fn event_version(&self) -> String {
                match self { $(Self::$name { .. } => $version,)+ }.to_owned()
            }
        }
        impl $events {
            /// Every variant with the version that is written today.
            pub const VERSIONS: &'static [(&'static str, &'static str)] = &[$((stringify!($name), $version)),+];
        }
    };
}
