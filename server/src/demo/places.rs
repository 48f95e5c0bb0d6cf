//! Divisions, estates, buildings and grids of the world.

use std::collections::BTreeSet;

use aggregates::member::{DwellingKind, MemberRank};
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;

use super::world::{Builder, Community};

impl Builder<'_> {
    /// The real tree; urban communities (居民委员会 of streets) take part in the season.
    pub(super) fn divisions(&mut self) {
        let mut streets = BTreeSet::new();
        for line in self.city.divisions.lines().skip(1) {
            let mut fields = line.split(',');
            let (Some(code), Some(name), Some(level)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            self.department("register-division", json!({ "code": code, "name": name }));
            if level == "street" && name.ends_with("街道") {
                streets.insert(code.to_owned());
            }
            let urban = level == "community"
                && (name.contains("居民委员会") || name.contains("社区"))
                && code.get(..9).is_some_and(|street| streets.contains(street));
            if urban {
                self.world.communities.push(Community {
                    code: code.to_owned(),
                    name: name.to_owned(),
                    grids: vec![],
                    estates: vec![],
                    units: vec![],
                });
            }
        }
    }

    /// Large estates, then dormitory, family and pooled-fund buildings, spread over the communities (A4).
    pub(super) fn estates(&mut self) {
        let kinds =
            [DwellingKind::UnitDormitory, DwellingKind::FamilyBuilding, DwellingKind::PooledFundBuilding];
        for n in 0..self.city.estates + self.city.buildings {
            let is_estate = n < self.city.estates;
            let kind = if is_estate {
                DwellingKind::LargeEstate
            } else {
                kinds.choose(self.rng).copied().unwrap_or(DwellingKind::UnitDormitory)
            };
            let place = self.rng.random_range(0..self.world.communities.len());
            let id = if is_estate {
                format!("e-{:03}", n + 1)
            } else {
                format!("b-{:03}", n + 1 - self.city.estates)
            };
            let (title, households, buildings) = if is_estate {
                ("小区", self.rng.random_range(600..2_400), self.rng.random_range(6..30))
            } else {
                ("号楼", self.rng.random_range(24..96), 1)
            };
            let community = self.world.communities[place].code.clone();
            let name = format!("演示{}{title}", n + 1);
            self.community(
                "register-estate",
                json!({ "estate": id, "community": community, "kind": kind, "name": name, "households": households, "buildings": buildings }),
            );
            self.world.communities[place].estates.push((id, kind));
        }
    }

    /// Base grids with full-time and part-time officers (B13), emergency grids with A and B posts in one county (B5, B6).
    pub(super) fn grids(&mut self) {
        let communities = self.world.communities.len();
        self.world.officers = vec![vec![]; communities];
        for n in 0..self.city.grids {
            let place = n % communities;
            let households = self.rng.random_range(180..420);
            let sequence = n / communities + 1;
            self.grid(place, sequence, "base", "grid_officers", households);
            let has_officer =
                (n + 1) * self.city.full_time_per_100k / 100_000 > n * self.city.full_time_per_100k / 100_000;
            if let (true, Some(grid)) = (has_officer, self.world.communities[place].grids.last().cloned()) {
                let person = format!("p-{:05}", n + 1);
                self.world.officers[place].push((grid.clone(), person.clone()));
                self.community(
                    "take-post",
                    json!({ "grid": grid, "slot": "full_time_officer", "person": person, "source": "full_time_officer" }),
                );
            }
        }
        self.part_time_officers();
        for place in (0..communities).step_by(9) {
            let households = self.rng.random_range(30..=50);
            let base = self.city.grids.div_ceil(communities);
            self.grid(place, base + 1, "emergency", "ab_posts", households);
        }
    }

    fn grid(&mut self, place: usize, sequence: usize, kind: &str, template: &str, households: u32) {
        let grid = format!("{}{sequence:03}", self.world.communities[place].code);
        let estates = if kind == "base" { self.estates_of(place, sequence) } else { vec![] };
        self.community(
            "define-grid",
            json!({ "grid": grid, "kind": kind, "households": households, "template": template, "estates": estates }),
        );
        self.department("file-grid", json!({ "grid": grid }));
        if kind == "base" {
            self.world.communities[place].grids.push(grid);
        }
    }

    /// The estates and buildings of a community, dealt out to its base grids one by one.
    fn estates_of(&self, place: usize, sequence: usize) -> Vec<String> {
        let grids = (self.city.grids - place).div_ceil(self.world.communities.len());
        let estates = &self.world.communities[place].estates;
        estates.iter().skip(sequence - 1).step_by(grids).map(|(id, _)| id.clone()).collect()
    }

    /// 择优选聘兼职网格员: cadres, each in a grid of the community that they live in (B13).
    fn part_time_officers(&mut self) {
        let mut left = self.city.part_time_officers;
        for n in 0..self.world.members.len() {
            let member = self.world.members[n].clone();
            let source = match member.rank {
                MemberRank::SectionCadre => "section_cadre",
                MemberRank::RegularCadre | MemberRank::Member => "unit_cadre",
                MemberRank::CountyLeader => continue,
            };
            if left == 0 || member.excluded || !member.reported_home {
                continue;
            }
            let Some(grid) = self.world.communities[member.home].grids.choose(self.rng).cloned() else {
                continue;
            };
            left -= 1;
            self.community(
                "take-post",
                json!({ "grid": grid, "slot": "part_time_officer", "member": member.id, "source": source }),
            );
        }
    }
}
