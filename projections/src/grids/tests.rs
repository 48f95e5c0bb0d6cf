//! Rows told from facts that the deciders themselves make.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use aggregates::circumstance::{Actor, Circumstance, Role};
use aggregates::grid::{Appointment, Grid, GridEvent, GridKind, Holder, NewDuty, NewGrid, Redraw};
use aggregates::ids::{ActorId, CommunityCode, EstateId, GridCode, HouseholdId, MemberId, Term, UnitId};
use aggregates::member::{DwellingKind, ExclusionReason, Member, MemberEvent, MemberRank};
use aggregates::policy::{Policy, PostHolder, preset};
use aggregates::recorded::Meta;
use aggregates::when::Moment;
use aggregates::{Decider, LedgerEvent, Recorded};
use chrono::{NaiveDate, Utc};
use uuid::Uuid;

use super::*;
use crate::projection::Projection;

const COMMUNITY: &str = "520201016001";

static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(preset("liupanshui").unwrap()));

fn on(day: &str) -> Circumstance {
    let at = Moment::parse_from_rfc3339(&format!("{day}T09:00:00+08:00")).unwrap();
    Circumstance {
        at,
        now: at,
        actor: Actor { id: ActorId::new("o-1").unwrap(), role: Role::Operator, organisation: None },
        policy: Arc::clone(&POLICY),
        catalogue: Arc::default(),
        reason: None,
        approved_by: None,
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(sequence: u32) -> GridCode {
    GridCode::new(format!("{COMMUNITY}{sequence:03}")).unwrap()
}

fn term(text: &str) -> Term {
    Term::new(text).unwrap()
}

fn member(id: &str) -> Holder {
    Holder::Member(MemberId::new(id).unwrap())
}

fn person(id: &str) -> Holder {
    Holder::Person(ActorId::new(id).unwrap())
}

/// A journal of grids and members, and what they have become.
#[derive(Default)]
struct Town {
    events: Vec<Recorded>,
    grids: BTreeMap<GridCode, Grid>,
    members: BTreeMap<String, Member>,
}

impl Town {
    fn write(&mut self, stream: &str, event: LedgerEvent, at: &Circumstance) {
        let meta = Meta {
            command: "test".into(),
            actor: at.actor.id.clone(),
            role: at.actor.role,
            organisation: None,
            occurred_at: at.at,
            reason: None,
            approved_by: None,
            correlation_id: None,
            causation_id: None,
            policy: Some(at.policy.label().into()),
        };
        self.events.push(Recorded {
            position: self.events.len() as u64 + 1,
            event_id: Uuid::nil(),
            command_id: Uuid::nil(),
            recorded_at: at.now.with_timezone(&Utc),
            stream_id: stream.into(),
            sequence: 1,
            event,
            meta,
        });
    }

    fn grid(
        &mut self,
        sequence: u32,
        day: &str,
        ask: impl FnOnce(&Grid, &GridCode, &Circumstance) -> aggregates::decider::Decision<Grid>,
    ) {
        let (code, at) = (code(sequence), on(day));
        let grid = self.grids.entry(code.clone()).or_default();
        let facts = ask(grid, &code, &at).unwrap();
        for fact in facts {
            self.grids.get_mut(&code).unwrap().evolve(&fact);
            self.write(code.as_str(), fact.into(), &at);
        }
    }

    fn member(
        &mut self,
        id: &str,
        day: &str,
        ask: impl FnOnce(&Member, &MemberId, &Circumstance) -> aggregates::decider::Decision<Member>,
    ) {
        let (member, at) = (MemberId::new(id).unwrap(), on(day));
        let facts = ask(self.members.entry(id.to_owned()).or_default(), &member, &at).unwrap();
        for fact in facts {
            self.members.get_mut(id).unwrap().evolve(&fact);
            self.write(id, fact.into(), &at);
        }
    }

    /// A filed grid with the template.
    fn filed(&mut self, sequence: u32, kind: GridKind, households: u32, template: &str) {
        let template = term(template);
        let new = drawn(sequence, households, &["b-1"]);
        self.grid(sequence, "2026-03-02", |grid, _, at| grid.define(&new, kind, at));
        self.grid(sequence, "2026-03-02", |grid, code, at| grid.adopt_template(code, &template, at));
        self.grid(sequence, "2026-03-02", Grid::file);
    }

    fn take(&mut self, sequence: u32, day: &str, slot: &str, holder: &Holder, source: PostHolder) {
        self.take_building(sequence, day, slot, holder, source, None);
    }

    fn take_building(
        &mut self,
        sequence: u32,
        day: &str,
        slot: &str,
        holder: &Holder,
        source: PostHolder,
        estate: Option<&str>,
    ) {
        let wanted = Appointment {
            slot: term(slot),
            holder: holder.clone(),
            sources: vec![source],
            on_behalf_of: None,
            estate: estate.map(|estate| EstateId::new(estate).unwrap()),
        };
        self.grid(sequence, day, |grid, code, at| grid.fill_post(code, &wanted, at));
    }

    fn leave(&mut self, sequence: u32, day: &str, slot: &str, holder: &Holder, from: &str) {
        self.grid(sequence, day, |grid, code, _| grid.vacate_post(code, &term(slot), holder, date(from)));
    }

    /// Splits a grid of 300 households into 11 and 12.
    fn split(&mut self, sequence: u32, day: &str, effective: &str) {
        let new = [drawn(11, 180, &["b-1"]), drawn(12, 120, &[])];
        let old = self.grids[&code(sequence)].clone();
        let plan = Redraw::plan(&[(code(sequence), &old)], &new, date(effective)).unwrap();
        self.grid(sequence, day, |grid, code, at| grid.give_way(code, &plan, at));
        for (n, new) in [(11, &new[0]), (12, &new[1])] {
            self.grid(n, day, |grid, _, at| grid.succeed(new, &plan, at));
        }
    }

    fn row<P: Projection>(&self, key: &str) -> Option<P::Row> {
        let mut row = None;
        for event in &self.events {
            for touched in P::keys(event).into_iter().filter(|touched| touched == key) {
                P::fold(&touched, row.get_or_insert_with(P::Row::default), event);
            }
        }
        row.filter(|row| !P::is_gone(row))
    }

    fn grid_row(&self, sequence: u32) -> GridRow {
        self.row::<Grids>(code(sequence).as_str()).unwrap()
    }

    /// The column of a row by its name.
    fn column<P: Projection>(&self, key: &str, name: &str) -> String {
        let place = P::COLUMNS.iter().position(|column| *column == name).unwrap();
        P::columns(key, &self.row::<P>(key).unwrap())[place].clone().unwrap()
    }
}

fn drawn(sequence: u32, households: u32, estates: &[&str]) -> NewGrid {
    NewGrid {
        grid: code(sequence),
        name: None,
        households,
        estates: estates.iter().map(|estate| EstateId::new(*estate).unwrap()).collect(),
        template: None,
    }
}

fn holders(row: &GridRow) -> Vec<(&str, &str)> {
    row.slots
        .iter()
        .flat_map(|slot| slot.holders.iter().map(|holder| (slot.slot.as_str(), holder.holder.as_str())))
        .collect()
}

mod chains;
mod rosters;
