//! A season of activity: demands from residents, claims and dispatches, services, ratings, visits, bonuses, and some
//! acts that the rules are meant to refuse.

use aggregates::when::Moment;
use chrono::{Datelike, TimeDelta};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::script::Step;
use super::world::World;

/// Demands in a month for each hundred members.
const DEMANDS_PER_100_MEMBERS: usize = 60;
/// A member takes at most so many demands in a week, so that the limit on live claims is kept.
const TASKS_PER_WEEK_MAX: usize = 1;

/// The steps of a season, in order of time.
pub fn play(world: &World, start: Moment, months: u32, rng: &mut ChaCha8Rng) -> Vec<Step> {
    let mut season = Season {
        world,
        start,
        days: i64::from(months) * 30,
        rng,
        steps: vec![],
        taken: vec![vec![]; world.members.len()],
    };
    let demands = world.members.len() * DEMANDS_PER_100_MEMBERS * months as usize / 100;
    for n in 0..demands {
        season.demand(n);
    }
    season.visits(months);
    season.bonuses();
    season.groups();
    season.duties(months);
    let mut steps = season.steps;
    steps.sort_by_key(|step| step.at);
    steps
}

pub(super) struct Season<'a> {
    pub(super) world: &'a World,
    start: Moment,
    pub(super) days: i64,
    pub(super) rng: &'a mut ChaCha8Rng,
    pub(super) steps: Vec<Step>,
    /// Weeks in which each member has taken a task.
    taken: Vec<Vec<i64>>,
}

impl Season<'_> {
    /// A working hour of a day of the season.
    pub(super) fn hour(&mut self, day: i64) -> Moment {
        self.start + TimeDelta::days(day) + TimeDelta::minutes(self.rng.random_range(0..480))
    }

    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// One demand's life.
    fn demand(&mut self, n: usize) {
        let day = self.rng.random_range(0..self.days);
        let at = self.hour(day);
        let place = self.rng.random_range(0..self.world.communities.len());
        let id = format!("d-{:06}", n + 1);
        let resident = format!("r-{:06}", self.rng.random_range(0..self.world.members.len() * 8));
        let dice = self.rng.random_range(0..100);
        self.place(n, &id, place, &resident, dice, at);
        let screened = at + TimeDelta::minutes(self.rng.random_range(20..115));
        self.push(Step::community(screened, "screen-demand", json!({ "demand": id })));
        if dice < 8 {
            self.owners_duty(&id, place, screened);
        } else if let Some(member) = self.taker(place, day) {
            if dice < 40 {
                self.dispatched(&id, member, screened, &resident);
            } else {
                self.claimed(&id, member, screened, &resident, dice);
            }
        } else {
            self.push(Step::community(
                screened + TimeDelta::minutes(5),
                "publish-wish",
                json!({ "demand": id }),
            ));
        }
    }

    fn place(&mut self, n: usize, id: &str, place: usize, resident: &str, dice: u32, at: Moment) {
        let community = &self.world.communities[place];
        let list = if dice < 8 { &self.world.owned } else { &self.world.categories };
        let category = list.choose(self.rng).cloned().unwrap_or_default();
        let urgency = if n.is_multiple_of(23) { "urgent" } else { "routine" };
        let channel = ["online", "online", "window", "telephone", "home_visit", "grid_officer"][n % 6];
        let mut body = json!({
            "demand": id, "category": category, "community": community.code, "urgency": urgency,
            "channel": channel, "grid": community.grids.choose(self.rng), "placed_by": resident,
        });
        let command = match dice {
            0..=44 => "place-order",
            45..=84 => {
                body["wish"] = json!(["micro_wish", "micro_wish", "micro_dream", "micro_appeal"][n % 4]);
                "post-wish"
            }
            _ => {
                let friday = at.weekday() == chrono::Weekday::Fri;
                body["issue"] = json!(if dice < 93 { "issue" } else { "petition" });
                if dice >= 93 {
                    body["channel"] =
                        json!(if friday { "talk_day" } else { ["talk_point", "talk_cloud"][n % 2] });
                }
                "raise-issue"
            }
        };
        self.push(Step::resident(at, resident, command, body));
    }

    /// The property company's or the community's own duty: referred to it; an attempt to shift it to a member is
    /// refused (C3); then the owner settles it.
    fn owners_duty(&mut self, id: &str, place: usize, screened: Moment) {
        if let Some(member) = self
            .world
            .members
            .iter()
            .find(|member| member.home == place && !member.excluded && member.reported_home)
        {
            let body = json!({ "demand": id, "member": member.id });
            self.push(Step::community(screened + TimeDelta::minutes(3), "dispatch-order", body).refused());
        }
        let settled = screened + TimeDelta::hours(self.rng.random_range(4..90));
        if self.within(settled) {
            let solved = self.rng.random_bool(0.9);
            self.push(Step::community(settled, "close-demand", json!({ "demand": id, "solved": solved })));
        }
    }

    /// Somebody who lives there, or whose unit is linked there, and has no task that week.
    fn taker(&mut self, place: usize, day: i64) -> Option<usize> {
        let units = &self.world.communities[place].units;
        for _ in 0..12 {
            let member = match units.choose(self.rng) {
                Some(unit) => *self.world.units[*unit].members.choose(self.rng)?,
                None => self.rng.random_range(0..self.world.members.len()),
            };
            let it = &self.world.members[member];
            let weeks = &self.taken[member];
            let busy = (0..3).any(|back| {
                weeks.iter().filter(|week| **week == day / 7 - back).count() >= TASKS_PER_WEEK_MAX
            });
            let belongs = (it.home == place && it.reported_home)
                || (self.world.units[it.unit].community == place && it.reported_unit);
            if !it.excluded && !busy && belongs {
                self.taken[member].push(day / 7);
                return Some(member);
            }
        }
        None
    }

    fn claimed(&mut self, id: &str, member: usize, screened: Moment, resident: &str, dice: u32) {
        let member = self.world.members[member].id.clone();
        self.push(Step::community(screened + TimeDelta::minutes(5), "publish-wish", json!({ "demand": id })));
        let claimed = screened + TimeDelta::hours(self.rng.random_range(1..30));
        let body = json!({ "demand": id, "member": member });
        self.push(Step::member(claimed, &member, "claim-wish", body.clone()));
        if dice.is_multiple_of(41) {
            let late = self.world.members[self.rng.random_range(0..self.world.members.len())].id.clone();
            let second = json!({ "demand": id, "member": late });
            if late != member {
                self.push(
                    Step::member(claimed + TimeDelta::minutes(9), &late, "claim-wish", second).refused(),
                );
            }
        }
        if dice == 44 {
            self.push(Step::member(claimed + TimeDelta::hours(20), &member, "release-claim", body));
        } else {
            self.served(id, &member, claimed, resident);
        }
    }

    fn dispatched(&mut self, id: &str, member: usize, screened: Moment, resident: &str) {
        let member = self.world.members[member].id.clone();
        let body = json!({ "demand": id, "member": member });
        self.push(Step::community(screened + TimeDelta::minutes(6), "dispatch-order", body.clone()));
        let answered = screened + TimeDelta::hours(self.rng.random_range(1..20));
        if self.rng.random_range(0..100) < 6 {
            self.push(Step::member(answered, &member, "decline-order", body));
        } else {
            self.push(Step::member(answered, &member, "accept-order", body));
            self.served(id, &member, answered, resident);
        }
    }

    /// Completed, then rated by the resident or, when a week has passed, by the community.
    fn served(&mut self, id: &str, member: &str, taken: Moment, resident: &str) {
        let done = taken + TimeDelta::hours(self.rng.random_range(3..120));
        if !self.within(done) {
            return;
        }
        let minutes = self.rng.random_range(2..16) * 10;
        let form = ["undertaking", "undertaking", "team", "pledge", "fixed_post"][minutes as usize % 5];
        let body = json!({ "demand": id, "member": member, "minutes": minutes, "form": form });
        self.push(Step::member(done, member, "complete-service", body));
        let stars = match self.rng.random_range(0..100) {
            0..=1 => 1,
            2..=4 => 2,
            5..=14 => 3,
            15..=44 => 4,
            _ => 5,
        };
        if stars <= 2 {
            self.unsatisfied(id, done, resident);
        }
        let by_resident = stars <= 2 || self.rng.random_range(0..100) < 85;
        let wait =
            if by_resident { TimeDelta::hours(self.rng.random_range(1..100)) } else { TimeDelta::days(9) };
        if self.within(done + wait) {
            let rated_by = if by_resident { "resident" } else { "community" };
            let body = json!({ "demand": id, "stars": stars, "rated_by": rated_by });
            self.push(if by_resident {
                Step::resident(done + wait, resident, "rate-service", body)
            } else {
                Step::community(done + wait, "rate-service", body)
            });
        }
    }

    pub(super) fn within(&self, moment: Moment) -> bool {
        moment < self.start + TimeDelta::days(self.days)
    }
}
