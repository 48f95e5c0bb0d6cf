//! All projections. A new projection is one line at the end: the projector, the queries, `rebuild` and `verify` read it.

use std::sync::LazyLock;

use aggregates::Recorded;

use crate::fold::{AnyFold, Fold};
use crate::ports::{Feed, Sheet, StoreError};
use crate::projection::Projection;
use crate::replay::Replay;
use crate::resource::{Resource, Told, told};

macro_rules! sheets {
    ($($projection:ty),+ $(,)?) => {
        /// Every projection, ready to fold.
        pub fn folds() -> Vec<Box<dyn AnyFold>> {
            vec![$( Box::new(Fold::<$projection>::default()) ),+]
        }
        /// Every projection's sheet.
        pub fn sheets() -> Vec<Sheet> {
            vec![$( <$projection as Projection>::sheet() ),+]
        }
        /// Every projection that is served as a resource.
        pub fn resources() -> &'static [Resource] {
            // Made once: each carries the schema of its rows, and every query asks for one.
            static RESOURCES: LazyLock<Vec<Resource>> =
                LazyLock::new(|| [$( Resource::of::<$projection>() ),+].into_iter().flatten().collect());
            &RESOURCES
        }
        /// JSON schema of every projection's row, by name.
        pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
            vec![$( (<$projection as Projection>::NAME, schemars::schema_for!(<$projection as Projection>::Row)) ),+]
        }
        /// The row of a projection, by its name, as it stood at a position.
        ///
        /// # Errors
        /// When the feed fails, or what is stored cannot be understood.
        pub async fn row_as_of(feed: &dyn Feed, name: &str, key: &str, position: u64) -> Result<Told, StoreError> {
            $( if <$projection as Projection>::NAME == name {
                return told::<$projection>(feed, key, position).await;
            } )+
            Ok(Told::NotTellable)
        }
        /// Plays the events of a stream (type, id) again through every projection whose rows it alone makes; `wanted` are positions
        /// after which all rows are told.
        ///
        /// # Errors
        /// When a row cannot be written as JSON.
        pub fn replay(stream: (&str, &str), events: &[Recorded], wanted: &[u64]) -> Result<Replay, StoreError> {
            let mut replay = Replay::default();
            $( replay.play::<$projection>(stream, events, wanted)?; )+
            Ok(replay)
        }
    };
}

sheets![
    // points
    crate::PointCards,
    crate::FeedbackCards,
    crate::MergedEvaluations,
    crate::Disqualifications,
    crate::Praise,
    crate::Opinions,
    crate::RunningClaims,
    crate::Askers,
    crate::MonthlyFigures,
    // enrolment
    crate::Divisions,
    crate::Units,
    crate::UnitLinks,
    crate::Estates,
    crate::Members,
    crate::ResidenceLedger,
    crate::ReportCoverage,
    crate::Batches,
    crate::Groups,
    // service
    crate::Demands,
    crate::HelpPairs,
    crate::Households,
    // grids
    crate::Grids,
    crate::Posts,
    crate::PostHolders,
    crate::GridCounts,
    crate::GridDuties,
    crate::GridChains,
    // emergency
    crate::Emergencies,
    crate::Musters,
    // access
    crate::Accesses,
    crate::ReadingsOfPersons,
];
