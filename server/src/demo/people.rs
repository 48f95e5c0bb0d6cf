//! Units, members and households of the world.

use aggregates::member::MemberRank;
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;

use super::world::{Builder, Member, Unit};

/// Households that each hundred members help.
const PAIRS_PER_100_MEMBERS: usize = 20;
/// Of a thousand members, so many are left out for each of the three reasons (A5).
const EXCLUDED_PER_1000: [(&str, usize); 3] =
    [("seconded_away", 8), ("village_aid", 18), ("special_post", 4)];
/// Skills that members name, from the catalogue's categories.
const SKILLS_MAX: usize = 3;

impl Builder<'_> {
    /// Units of all classes, each linked to a community and reporting there with needs and resources (A1–A3, A7).
    pub(super) fn units(&mut self, count: usize) {
        let classes = [
            ("organ", "机关"),
            ("public_institution", "事业单位"),
            ("state_enterprise", "国有企业"),
            ("central_or_regional", "中直区直单位"),
            ("central_enterprise_branch", "央企分支"),
        ];
        let lists = self.world.categories.clone();
        for n in 0..count {
            let (class, title) = classes[[0, 0, 0, 1, 1, 1, 2, 2, 3, 4][n % 10]];
            let place = (n * self.world.communities.len() / count + n % 3) % self.world.communities.len();
            let id = format!("u-{:04}", n + 1);
            let community = self.world.communities[place].code.clone();
            let county = community[..6].to_owned();
            let upper = (n % 20 != 0).then(|| format!("u-{:04}", n / 20 * 20 + 1));
            self.department(
                "enrol-unit",
                json!({ "unit": id, "name": format!("演示{title}{}", n + 1), "class": class, "division": county, "upper": upper }),
            );
            self.community("link-unit", json!({ "unit": id, "community": community }));
            let mut pick = || lists.choose(self.rng).cloned().unwrap_or_default();
            let (need, resource) = (pick(), pick());
            self.community(
                "report-unit",
                json!({ "unit": id, "community": community, "needs": [need], "resources": [resource] }),
            );
            self.world.communities[place].units.push(n);
            self.world.units.push(Unit { id, community: place, members: vec![] });
        }
    }

    /// Members by unit, each with a residence in one of the three ledgers and the two reports (A1, A2, A4, A5).
    pub(super) fn members(&mut self, count: usize) {
        for n in 0..count {
            let unit = n % self.world.units.len();
            let home = self.rng.random_range(0..self.world.communities.len());
            let id = format!("m-{:05}", n + 1);
            let rank = match self.rng.random_range(0..100) {
                0 => MemberRank::CountyLeader,
                1..=14 => MemberRank::SectionCadre,
                15..=69 => MemberRank::RegularCadre,
                _ => MemberRank::Member,
            };
            let mut skills: Vec<String> =
                self.world.categories.choose_multiple(self.rng, n % (SKILLS_MAX + 1)).cloned().collect();
            skills.sort();
            let member = Member {
                id,
                unit,
                home,
                rank,
                skills,
                excluded: false,
                reported_home: false,
                reported_unit: false,
            };
            self.enrol(&member);
            self.world.units[unit].members.push(n);
            self.world.members.push(member);
        }
        self.exclusions(count);
        for n in 0..count {
            if !self.world.members[n].excluded {
                self.reports(n);
            }
        }
    }

    fn enrol(&mut self, member: &Member) {
        let unit = self.world.units[member.unit].id.clone();
        self.department(
            "enrol-member",
            json!({ "member": member.id, "unit": unit, "rank": member.rank, "skills": member.skills }),
        );
        let place = &self.world.communities[member.home];
        let lives_in_ledger_of_estates = self.rng.random_range(0..100) < 75;
        let (community, body) = match place.estates.choose(self.rng) {
            Some((estate, kind)) if lives_in_ledger_of_estates => {
                (place.code.clone(), json!({ "dwelling": kind, "estate": estate }))
            }
            _ => {
                let kind = if self.rng.random_bool(0.6) { "self_built" } else { "relocation_street" };
                (place.code.clone(), json!({ "dwelling": kind }))
            }
        };
        let mut body = body;
        body["member"] = json!(member.id);
        body["community"] = json!(community);
        self.department("record-residence", body);
    }

    /// 三类不纳入 (A5).
    fn exclusions(&mut self, count: usize) {
        let from = self.now().date_naive();
        let mut next = 0;
        for (reason, of_1000) in EXCLUDED_PER_1000 {
            for _ in 0..(count * of_1000).div_ceil(1000) {
                // Every 37th member, so that the excluded spread over the units.
                let n = next * 37 % count;
                next += 1;
                if std::mem::replace(&mut self.world.members[n].excluded, true) {
                    continue;
                }
                let member = self.world.members[n].id.clone();
                self.department(
                    "exclude-member",
                    json!({ "member": member, "reason": reason, "from": from }),
                );
            }
        }
    }

    /// Nearly all report at both ends; a few are still missing, so that the list of missing reports shows something.
    fn reports(&mut self, n: usize) {
        let member = self.world.members[n].clone();
        let linked = self.world.communities[self.world.units[member.unit].community].code.clone();
        let home = self.world.communities[member.home].code.clone();
        for (kind, community, missing_per_1000) in [("unit_linked", linked, 15), ("residence", home, 40)] {
            if self.rng.random_range(0..1000) >= missing_per_1000 {
                let it = &mut self.world.members[n];
                it.reported_home |= kind == "residence";
                it.reported_unit |= kind == "unit_linked";
                self.community(
                    "report",
                    json!({ "member": member.id, "kind": kind, "community": community }),
                );
            }
        }
    }

    /// Key households, each helped by a member who has reported to their community (C8, C9).
    pub(super) fn households(&mut self) {
        let needs = ["elderly", "minor", "disabled", "hardship"];
        let count = self.world.members.len() * PAIRS_PER_100_MEMBERS / 100;
        for n in 0..count {
            let m = n * 5 % self.world.members.len();
            let member = self.world.members[m].clone();
            if member.excluded || !member.reported_home {
                continue;
            }
            let place = &self.world.communities[member.home];
            let (community, grid) = (place.code.clone(), place.grids.choose(self.rng).cloned());
            let household = format!("h-{:05}", n + 1);
            let need = needs[n % needs.len()];
            self.community(
                "register-household",
                json!({ "household": household, "community": community, "grid": grid, "needs": [need], "consent": true }),
            );
            self.community("pair-household", json!({ "member": member.id, "household": household }));
            self.world.pairs.push((household, m));
        }
    }
}
