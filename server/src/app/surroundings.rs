//! What weighs in whom a demand is offered to, beside who they are. It is counted, and not shown: loads are of people whom no caller is told of.

use aggregates::rulebook::{self, Rulebook};
use aggregates::when;
use projections::ports::{Condition, Find, Shelf as _, StoreError};
use projections::{DemandRow, Demands, GridRow, Grids, Members, Projection as _, Surroundings};
use serde::de::DeserializeOwned;

use super::App;
use crate::http::problem::Problem;

impl App {
    /// The grid's estates, what is in hand, and how much may be.
    pub(crate) async fn surroundings(
        &self,
        demand: &DemandRow,
        theirs: &Condition,
    ) -> Result<Surroundings, Problem> {
        let mut around = Surroundings::default();
        if let Some(grid) = &demand.grid
            && let (Some(body), _) = self.store().get(&Grids::sheet(), grid).await?
        {
            around.estates = read::<GridRow>(&body)?.estates;
        }
        let taken_by_them = Condition::In {
            column: Some("taker"),
            sheet: Members::sheet(),
            select: None,
            holds: Box::new(theirs.clone()),
        };
        let find = Find {
            conditions: vec![Condition::Is("open", "true".to_owned()), taken_by_them],
            limit: i32::MAX as usize,
            ..Find::default()
        };
        for row in self.store().find(&Demands::sheet(), &find).await?.0 {
            if let Some(taker) = read::<DemandRow>(&row.body)?.taker {
                *around.tasks.entry(taker).or_default() += 1;
            }
        }
        let today = when::date_of(&when::local(self.clock().now()));
        let rules = self.desk().look::<Rulebook>(rulebook::STREAM).await?;
        let policy = rules.policy_on(today).ok_or_else(|| rulebook::none_in_force(today))?;
        around.tasks_max = policy.demand.live_claims_max.value;
        Ok(around)
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Problem> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(format!("a row: {error}")).into())
}
