//! Coming to the grid in an emergency (F4: 急时全员下沉).

use super::{Member, MemberEvent};
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::emergency::{Arrived, Scope, refusal};
use crate::ids::{EmergencyId, GridCode, MemberId};
use crate::points::Holder;

impl Member {
    /// Comes to the scope of an emergency in force, once. It is for who holds a post in a grid of the scope, lives in a
    /// community of it or has reported there; where no grid is named, the one of the post.
    pub fn muster(
        &self,
        member: &MemberId,
        emergency: &EmergencyId,
        scope: &Scope,
        grid: Option<&GridCode>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        if at.actor.role == Role::Member && !Holder::Member(member.clone()).is_actor(at) {
            return Err(refusal::own_word(member));
        }
        if self.musters.contains(emergency) {
            return Ok(vec![]);
        }
        if let Some(grid) = grid.filter(|grid| !scope.covers(grid.as_str())) {
            return Err(refusal::grid_outside(grid));
        }
        let Arrived { community, grid, posted } =
            self.arrival(scope, grid, at).ok_or_else(|| refusal::not_of_scope(member))?;
        Ok(vec![MemberEvent::Mustered { emergency: emergency.clone(), community, grid, posted }])
    }

    /// Where the member belongs in the scope; nothing where nowhere.
    fn arrival(&self, scope: &Scope, wanted: Option<&GridCode>, at: &Circumstance) -> Option<Arrived> {
        let held = self.posts.keys().find(|grid| {
            scope.covers(grid.as_str())
                && wanted.is_none_or(|wanted| wanted == *grid)
                && self.has_post_in(grid, at.date())
        });
        if let Some(grid) = held {
            return Some(Arrived { community: grid.community(), grid: Some(grid.clone()), posted: true });
        }
        let home = self.residence().map(|home| &home.community);
        home.into_iter()
            .chain(self.reported_to())
            .find(|community| match wanted {
                Some(grid) => grid.community() == **community,
                None => scope.reaches(community),
            })
            .map(|community| Arrived { community: community.clone(), grid: wanted.cloned(), posted: false })
    }

    /// Whether the member holds a post of any kind in the grid on the day.
    fn has_post_in(&self, grid: &GridCode, date: chrono::NaiveDate) -> bool {
        self.posts.get(grid).is_some_and(|slots| {
            slots.values().any(|post| post.from <= date && post.until.is_none_or(|until| until > date))
        })
    }
}
