//! What goes on beside the demands: visits to key households, bonuses, groups, duties of the grids, second thoughts.

use aggregates::when::Moment;
use chrono::TimeDelta;
use rand::Rng;
use serde_json::json;

use super::script::Step;
use super::season::Season;

/// Groups as report 000 names them: lessons after school, lonely old people, legal aid (C6).
const GROUPS: [(&str, &str); 3] =
    [("四点半课堂", "after_school_class"), ("关怀孤寡老人", "elderly_company"), ("法律援助", "legal_advice")];

impl Season<'_> {
    /// Paired households are visited monthly; a few visits are missed.
    pub(super) fn visits(&mut self, months: u32) {
        let pairs: Vec<(String, String)> = (self.world.pairs.iter())
            .map(|(household, member)| (household.clone(), self.world.members[*member].id.clone()))
            .collect();
        for (household, member) in pairs {
            for month in 0..i64::from(months) {
                if self.rng.random_range(0..100) < 8 {
                    continue;
                }
                let day = month * 30 + self.rng.random_range(1..29);
                let at = self.hour(day);
                let body = json!({ "member": member, "household": household, "kind": "monthly", "on": at.date_naive() });
                self.push(Step::member(at, &member, "record-visit", body));
            }
        }
    }

    /// Bonuses for lessons and confirmed hazards (D1), by the community.
    pub(super) fn bonuses(&mut self) {
        for n in (0..self.world.members.len()).step_by(17) {
            let member = &self.world.members[n];
            if member.excluded || !member.reported_home {
                continue;
            }
            let day = self.rng.random_range(0..self.days);
            let at = self.hour(day);
            let clause = ["skill_lesson", "hazard_reported"][n % 2];
            let community = self.world.communities[member.home].code.clone();
            let body =
                json!({ "member": member.id, "clause": clause, "work": "voluntary", "community": community });
            self.push(Step::community(at, "award-bonus", body));
        }
    }

    /// Service groups in every seventh community, joined by those who live there (C6).
    pub(super) fn groups(&mut self) {
        for place in (0..self.world.communities.len()).step_by(7) {
            let group = format!("g-{:03}", place + 1);
            let community = self.world.communities[place].code.clone();
            let at = self.hour(1);
            let (name, category) = GROUPS[place % GROUPS.len()];
            let body =
                json!({ "group": group, "community": community, "name": name, "categories": [category] });
            self.push(Step::community(at, "form-group", body));
            for member in &self.world.members {
                if member.home == place && member.reported_home && !member.excluded {
                    let body = json!({ "member": member.id, "group": group });
                    self.steps.push(Step::member(at + TimeDelta::hours(9), &member.id, "join-group", body));
                }
            }
        }
    }

    /// A monthly duty list for the full-time officers of every fifth community; most of it gets done (B17).
    pub(super) fn duties(&mut self, months: u32) {
        for month in 0..i64::from(months) {
            for place in (0..self.world.communities.len()).step_by(5) {
                for (grid, officer) in self.world.officers.get(place).cloned().unwrap_or_default() {
                    let published = self.hour(month * 30 + 1);
                    let items = ["patrol", "register_update"];
                    let list: Vec<_> = items
                        .iter()
                        .map(|item| json!({ "item": item, "slot": "full_time_officer" }))
                        .collect();
                    let name = format!("monthly-{}", month + 1);
                    let body = json!({ "grid": grid, "list": name, "items": list });
                    self.push(Step::community(published, "publish-duty-list", body));
                    for item in items {
                        let done = self.hour(month * 30 + 20);
                        if self.rng.random_range(0..100) < 85 {
                            let body = json!({ "grid": grid, "list": name, "item": item, "person": officer });
                            self.push(Step::community(done, "complete-duty", body));
                        }
                    }
                }
            }
        }
    }

    /// An unsatisfied resident has the demand opened again; then it waits for another taker (C1).
    pub(super) fn unsatisfied(&mut self, id: &str, done: Moment, resident: &str) {
        let again = done + TimeDelta::hours(110);
        if self.within(again) {
            self.push(Step::resident(again, resident, "reopen-demand", json!({ "demand": id })));
        }
    }
}
