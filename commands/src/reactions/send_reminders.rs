//! 差评提醒: after a bad rating, those who served are reminded (E9).

use aggregates::demand::DemandEvent;
use aggregates::ids::DemandId;
use aggregates::{LedgerEvent, Recorded};
use async_trait::async_trait;

use super::Reaction;
use crate::desk::Desk;
use crate::{AnyCommand, SendReminder, Trouble};

/// After a rating at or below the policy's line of satisfaction: a reminder to the members who served, and to the unit
/// that had taken the demand (E9).
pub struct SendReminders;

#[async_trait]
impl Reaction for SendReminders {
    fn name(&self) -> &'static str {
        "send_reminders"
    }

    fn interested(&self, event: &Recorded) -> bool {
        matches!(event.event, LedgerEvent::Demand(DemandEvent::ServiceRated { satisfied: false, .. }))
    }

    async fn react(&self, event: &Recorded, _desk: &Desk) -> Result<Vec<Box<dyn AnyCommand>>, Trouble> {
        let Ok(demand) = DemandId::new(event.stream_id.clone()) else { return Ok(vec![]) };
        Ok(vec![Box::new(SendReminder { demand })])
    }
}
