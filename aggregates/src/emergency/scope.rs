//! Where an emergency is: a division, or some grids of it.

use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, DivisionCode, GridCode};

/// A division, or only some grids of it. Codes tell what lies where: each place's code begins with those above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The division.
    pub division: DivisionCode,
    /// Only these grids of it; all when empty.
    pub grids: Vec<GridCode>,
}

impl Scope {
    /// The places that are turned: the division, or the grids.
    pub fn places(&self) -> Vec<&str> {
        if self.grids.is_empty() {
            vec![self.division.as_str()]
        } else {
            self.grids.iter().map(GridCode::as_str).collect()
        }
    }

    /// Whether a division or grid lies in it, wholly.
    pub fn covers(&self, place: &str) -> bool {
        self.places().iter().any(|mine| place.starts_with(mine))
    }

    /// Whether some of it lies in a division.
    pub fn lies_in(&self, place: &str) -> bool {
        self.places().iter().any(|mine| mine.starts_with(place))
    }

    /// Whether it is at work in the community: it covers all of it, or a grid there.
    pub fn reaches(&self, community: &CommunityCode) -> bool {
        self.covers(community.as_str()) || self.lies_in(community.as_str())
    }

    /// The first of its places that the other covers already.
    pub fn covered_by(&self, other: &Self) -> Option<&str> {
        self.places().into_iter().find(|place| other.covers(place))
    }

    /// The county that keeps the register of what is in force there.
    pub fn county(&self) -> DivisionCode {
        let mut above = self.division.clone();
        while above.level() > crate::ids::Level::County {
            let Some(parent) = above.parent() else { break };
            above = parent;
        }
        above
    }
}
