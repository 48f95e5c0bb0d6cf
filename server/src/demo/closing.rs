//! The end of the season: feedback cards of the first units and their members, from draft over the holder's word and a
//! human signature to filing with their three recipients (D2).

use aggregates::member::Member;
use aggregates::policy::Policy;
use aggregates::rulebook::{Rulebook, STREAM};
use aggregates::unit::Unit;
use aggregates::when::{self, Moment};
use anyhow::Context;
use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};

use super::script::Step;
use super::world::World;
use super::{City, Stage};

/// Units whose cards are closed at most. Of few it is half of them: those who look at the others have something to do.
const UNITS: usize = 4;

impl Stage {
    /// The steps that close the cards. They are made after the season, because a signature names the grade.
    pub async fn closing(&self, city: &City, world: &World, last: Moment) -> anyhow::Result<Vec<Step>> {
        let morning = last + TimeDelta::days(1);
        let date = when::date_of(&morning);
        let year = date.year();
        let book = self.desk.look::<Rulebook>(STREAM).await?;
        let policy = book.policy_on(date).context("no policy is in force")?;
        let mut steps = vec![];
        for unit in world.units.iter().take(UNITS.min(world.units.len().div_ceil(2))) {
            let community = &world.communities[unit.community].code;
            let state = self.desk.look::<Unit>(&unit.id).await?;
            let total = state.cards().of(year).map(aggregates::points::Card::total);
            let holder = json!({ "unit": unit.id });
            steps.extend(close(
                &Closing { city, policy, at: morning, holder, community, total, year },
                &unit.id,
                false,
            ));
            for member in &unit.members {
                let member = &world.members[*member];
                if member.excluded || !member.reported_unit {
                    continue;
                }
                let state = self.desk.look::<Member>(&member.id).await?;
                let total = state.cards().of(year).map(aggregates::points::Card::total);
                let holder = json!({ "member": member.id });
                steps.extend(close(
                    &Closing { city, policy, at: morning, holder, community, total, year },
                    &member.id,
                    true,
                ));
            }
        }
        steps.sort_by_key(|step| step.at);
        Ok(steps)
    }
}

struct Closing<'a> {
    city: &'a City,
    policy: &'a Policy,
    at: Moment,
    holder: Value,
    community: &'a str,
    total: Option<i64>,
    year: i32,
}

impl Closing<'_> {
    fn body(&self, more: Value) -> Value {
        let mut body = self.holder.clone();
        body["year"] = json!(self.year);
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }
}

/// Draft, the holder's word, signature, filing.
fn close(it: &Closing<'_>, holder: &str, is_member: bool) -> Vec<Step> {
    let Some(total) = it.total else { return vec![] };
    let division = it.city.code;
    let grade = it.policy.appraisal.grade(total);
    let accept = it.at + TimeDelta::hours(4);
    let accepted = if is_member {
        Step::member(accept, holder, "accept-card", it.body(json!({})))
    } else {
        Step::unit(accept, holder, "accept-card", it.body(json!({})))
    };
    let draft = it.body(json!({ "community": it.community }));
    vec![
        Step::community(it.at, "draft-card", draft),
        accepted,
        Step::department(
            it.at + TimeDelta::hours(5),
            division,
            "sign-card",
            it.body(json!({ "grade": grade })),
        ),
        Step::department(it.at + TimeDelta::hours(6), division, "file-card", it.body(json!({}))),
    ]
}
