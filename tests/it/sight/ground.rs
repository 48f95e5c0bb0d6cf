//! A lived-in city, its rows as the operator sees them, and somebody of each role in it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use server::demo::{LIUPANSHUI, Options, Stage};
use tests::place::Place;
use tests::town::{Stop, Town};

/// The roles, in the order of the table.
pub const ROLES: [&str; 8] = [
    "public",
    "resident",
    "member",
    "community-worker",
    "unit",
    "organisation-department",
    "auditor",
    "promotion-review",
];

/// A city after a season.
pub struct Ground {
    pub town: Town,
    pub stop: Stop,
    /// Somebody of each role: id and organisation.
    pub people: BTreeMap<&'static str, (String, Option<String>)>,
    /// Rows of every resource by key, whole.
    pub rows: BTreeMap<&'static str, BTreeMap<String, Value>>,
}

impl Ground {
    pub async fn settle(place: Place) -> Self {
        let stage = Stage::at(&place.url()).await.unwrap();
        let options = Options { city: LIUPANSHUI, members: 60, months: 2, seed: 3 };
        stage.play(&options, false).await.unwrap();
        stage.store.close().await;
        let (town, stop) = Town::open(place).await;
        town.set_time("2026-12-20T09:00:00+08:00");
        let mut ground = Self { town, stop, people: BTreeMap::new(), rows: BTreeMap::new() };
        ground.look().await;
        ground.people();
        ground.add().await;
        ground.look().await;
        ground
    }

    /// Reads every row of every resource, as the operator.
    pub async fn look(&mut self) {
        for resource in projections::sheets::resources() {
            let name = resource.name;
            let rows = self.all(&self.town.clone(), name).await.unwrap();
            self.rows.insert(name, rows);
        }
    }

    /// All rows that somebody sees, by what tells them apart; the status when he sees none of them.
    pub async fn all(&self, town: &Town, resource: &str) -> Result<BTreeMap<String, Value>, u16> {
        let mut rows = BTreeMap::new();
        let mut path = format!("/v1/{resource}?limit=1000");
        loop {
            let (status, page) = town.get_status(&path).await;
            if status != 200 {
                return Err(status);
            }
            for row in page["items"].as_array().unwrap() {
                rows.insert(key(resource, row), row.clone());
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => return Ok(rows),
            }
        }
    }

    fn row(&self, resource: &str, of: impl Fn(&Value) -> bool) -> &Value {
        self.rows[resource]
            .values()
            .find(|row| of(row))
            .unwrap_or_else(|| panic!("no such row in {resource}"))
    }

    fn people(&mut self) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let pair = self.row("help-pairs", |pair| pair["status"] == "active").clone();
        let member = text(&pair["member"]);
        let unit = text(&self.rows["members"][&member]["unit"]);
        let resident = text(&self.row("demands", |one| one["placed_by"].is_string())["placed_by"]);
        self.people = BTreeMap::from([
            ("public", ("x-1".to_owned(), None)),
            ("resident", (resident, None)),
            ("member", (member, None)),
            ("community-worker", ("w-1".to_owned(), Some(text(&pair["community"])))),
            ("unit", ("u-1".to_owned(), Some(unit))),
            ("organisation-department", ("d-1".to_owned(), Some(text(&pair["community"])[..6].to_owned()))),
            ("auditor", ("a-1".to_owned(), None)),
            ("promotion-review", ("p-1".to_owned(), None)),
        ]);
    }

    /// What a season does not bring.
    async fn add(&self) {
        let (member, _) = &self.people["member"];
        let (_, community) = &self.people["community-worker"];
        let asked = |id: &str| {
            json!({"opinion": id, "member": member, "purpose": "promotion", "document": "2026-17",
            "community": community, "due": "2026-12-30", "until": "2027-01-30"})
        };
        self.town.acting("promotion-review", "p-1").ok("request-opinion", asked("o-1")).await;
        self.town.acting("promotion-review", "p-2").ok("request-opinion", asked("o-2")).await;
        self.town
            .ok(
                "grant-access",
                json!({"login": "wang", "role": "community-worker", "organisation": community}),
            )
            .await;
        self.town.ok("grant-access", json!({"login": "li", "role": "auditor"})).await;
        let reading = json!({"by": "w-1", "role": "community-worker", "what": "members", "subjects": [format!("member:{member}"), "member:m-x", "resident:r-x"]});
        let estate =
            self.row("estates", |row| row["community"].as_str() == community.as_deref())["estate"].clone();
        self.town.ok("assign-to-estate", json!({"member": member, "estate": estate})).await;
        let (_, unit) = &self.people["unit"];
        self.town.ok("link-unit", json!({"unit": unit, "community": community})).await;
        let emergency =
            json!({"emergency": "e-1", "scope": community, "plan": "flood-2026", "title": "防汛应急预案"});
        self.town.ok("declare-emergency", emergency).await;
        let posted: Vec<&Value> = self.rows["posts"]
            .values()
            .filter(|post| {
                post["community"].as_str() == community.as_deref()
                    && post["holder_kind"] == "member"
                    && post["until"].is_null()
            })
            .collect();
        let come: std::collections::BTreeSet<&str> =
            posted.iter().map(|post| post["holder"].as_str().unwrap()).chain([member.as_str()]).collect();
        for member in come.into_iter().take(6) {
            self.town.ok("muster", json!({"emergency": "e-1", "member": member})).await;
        }
        // Only the house itself records readings.
        self.town
            .refused("record-reading", json!({"reading": reading}), 403, "reading.for_the_house_only")
            .await;
    }

    /// The town as somebody of the role sees it.
    pub fn acting(&self, role: &str) -> Town {
        let (id, body) = &self.people[role];
        let id = body.as_ref().map_or_else(|| id.clone(), |body| format!("{id}@{body}"));
        self.town.acting(role, &id)
    }

    /// The key of every row of a resource, as its own address has it.
    pub async fn keys(&self, resource: &str) -> Vec<String> {
        let sheet = projections::sheets::resources().iter().find(|one| one.name == resource).unwrap().sheet;
        self.town.rows(&sheet).await.into_iter().map(|(key, _)| key).collect()
    }

    /// Status and row of an address, as somebody of the role.
    pub async fn get(&self, role: &str, path: &str) -> (u16, Value) {
        let answer = self.acting(role).request(Method::GET, path).send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

/// What tells rows apart, from fields that are masked for nobody.
pub fn key(resource: &str, row: &Value) -> String {
    let fields: &[&str] = match resource {
        "members" => &["member"],
        "demands" => &["demand"],
        "households" => &["household"],
        "help-pairs" => &["household", "member"],
        "grids" => &["grid"],
        "estates" => &["estate"],
        "groups" => &["group"],
        "opinions" => &["opinion"],
        _ => return row.to_string(),
    };
    fields.iter().map(|field| row[*field].as_str().unwrap()).collect::<Vec<_>>().join("/")
}
