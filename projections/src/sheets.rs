//! All projections. A new projection is one line here: the projector, `rebuild` and `verify` read it.

use crate::fold::{AnyFold, Fold};
use crate::ports::Sheet;
use crate::projection::Projection;

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
        /// Every projection that is served as a resource: its plural noun and its sheet.
        pub fn resources() -> Vec<(&'static str, Sheet)> {
            [$( (<$projection as Projection>::RESOURCE, <$projection as Projection>::sheet()) ),+]
                .into_iter()
                .filter_map(|(resource, sheet)| resource.map(|resource| (resource, sheet)))
                .collect()
        }
        /// JSON schema of every projection's row, by name.
        pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
            vec![$( (<$projection as Projection>::NAME, schemars::schema_for!(<$projection as Projection>::Row)) ),+]
        }
    };
}

sheets![
    crate::PointCards,
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
    crate::ServiceFigures,
];
