//! The table, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::place::Place;

use super::ground::{Ground, ROLES, key};

/// Who sees which rows, in the order of [`ROLES`]: `-` nobody is let in, `*` all rows, else the rule of that name.
const TABLE: &[(&str, [&str; 8])] = &[
    // resource           public resident member  worker  unit  department auditor review
    ("divisions", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("estates", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("grids", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("grid-counts", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("units", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("unit-links", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("praise", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("emergencies", ["*", "*", "*", "*", "*", "*", "*", "*"]),
    ("groups", ["-", "-", "*", "place", "*", "place", "*", "-"]),
    ("members", ["-", "-", "self", "serving", "staff", "serving", "*", "-"]),
    ("demands", ["open", "asked", "taken", "place", "staff-taken", "place", "*", "-"]),
    ("households", ["-", "-", "paired", "place", "-", "-", "*", "-"]),
    ("help-pairs", ["-", "-", "self", "place", "-", "-", "*", "-"]),
    ("point-cards", ["-", "-", "card", "card-serving", "card-staff", "card-serving", "*", "-"]),
    ("feedback-cards", ["-", "-", "card", "card-here", "card-staff", "card-serving", "*", "-"]),
    ("merged-evaluations", ["-", "-", "card", "card-here", "card-staff", "card-serving", "*", "-"]),
    ("disqualifications", ["-", "-", "self", "place", "unit", "place", "*", "-"]),
    ("musters", ["-", "-", "self", "place", "unit", "place", "*", "-"]),
    ("opinions", ["-", "-", "-", "place", "-", "place", "*", "asked-by"]),
    ("posts", ["-", "-", "card", "place", "held-by-staff", "place", "*", "-"]),
    ("post-holders", ["-", "-", "card", "posted", "held-by-staff", "posted", "*", "-"]),
    ("duties", ["-", "-", "done", "place", "done-by-staff", "place", "*", "-"]),
    ("grid-chains", ["-", "-", "-", "place", "-", "place", "*", "-"]),
    ("residence-ledgers", ["-", "-", "-", "place", "-", "place", "*", "-"]),
    ("report-coverage", ["-", "-", "-", "division", "unit", "division", "*", "-"]),
    ("monthly-figures", ["-", "-", "-", "division", "-", "division", "*", "-"]),
    ("batches", ["-", "-", "-", "place", "unit", "place", "*", "-"]),
    ("accesses", ["-", "-", "-", "-", "-", "organisation", "*", "-"]),
    ("readings", ["-", "self-read", "self-read", "-", "-", "-", "*", "-"]),
];

struct Facts<'a> {
    ground: &'a Ground,
    id: &'a str,
    body: &'a str,
}

impl Facts<'_> {
    fn member(&self, id: &Value) -> Option<&Value> {
        self.ground.rows["members"].get(id.as_str()?)
    }

    fn in_place(&self, code: &Value) -> bool {
        code.as_str().is_some_and(|code| code.starts_with(self.body))
    }

    /// A member lives or reports here, or (for departments) works for a unit of here.
    fn serves(&self, member: &Value, role: &str) -> bool {
        let Some(row) = self.member(member) else { return false };
        let linked = row["reports"].as_array().unwrap().iter();
        let mut linked =
            linked.filter(|report| report["kind"] == "unit_linked" && report["lapsed_on"].is_null());
        let works = role == "organisation-department"
            && self.ground.rows["units"]
                .values()
                .any(|unit| unit["unit"] == row["unit"] && self.in_place(&unit["division"]));
        self.in_place(&row["residence"]["community"])
            || linked.any(|report| self.in_place(&report["community"]))
            || works
    }

    fn is_staff(&self, member: &Value) -> bool {
        self.member(member).is_some_and(|row| row["unit"] == self.body)
    }

    fn unit_is_ours(&self, unit: &Value, role: &str) -> bool {
        match role {
            "organisation-department" => self.ground.rows["units"]
                .values()
                .any(|one| one["unit"] == *unit && self.in_place(&one["division"])),
            "community-worker" => self.ground.rows["unit-links"]
                .values()
                .any(|link| link["unit"] == *unit && self.in_place(&link["community"])),
            _ => unit == self.body,
        }
    }

    fn sees(&self, rule: &str, role: &str, row: &Value) -> bool {
        let is_own = |field: &str| row[field] == self.id;
        let is_published = row["phase"] == "published";
        let is_members = row["holder_kind"] == "member";
        match rule {
            "place" => self.in_place(&row["community"]),
            "division" => self.in_place(&row["division"]),
            "self" => is_own("member"),
            "serving" => self.serves(&row["member"], role),
            "unit" | "staff" => row["unit"] == self.body,
            "open" => is_published,
            "asked" => is_published || is_own("placed_by"),
            "taken" => is_published || is_own("taker"),
            "staff-taken" => is_published || row["taker"] == self.body || self.is_staff(&row["taker"]),
            "paired" => row["helpers"].as_array().unwrap().iter().any(|helper| helper["member"] == self.id),
            "card" => is_members && is_own("holder"),
            "card-serving" if is_members => self.serves(&row["holder"], role),
            "card-serving" => self.unit_is_ours(&row["holder"], role),
            "card-here" => self.in_place(&row["community"]) || self.sees("card-serving", role, row),
            "card-staff" if is_members => self.is_staff(&row["holder"]),
            "card-staff" => row["holder"] == self.body,
            "asked-by" => is_own("asked_by"),
            "held-by-staff" => self.is_staff(&row["holder"]),
            "posted" => self.ground.rows["posts"]
                .values()
                .any(|post| post["holder"] == row["holder"] && self.in_place(&post["community"])),
            "done" => is_own("done_by"),
            "done-by-staff" => self.is_staff(&row["done_by"]),
            "organisation" => self.in_place(&row["organisation"]),
            "self-read" => row["subject"] == format!("{role}:{}", self.id),
            other => panic!("there is no rule {other}"),
        }
    }
}

/// Issue 4 D, F18: the authority matrix: every role at every resource sees exactly the rows of its cell, in lists and one by one. The same on
/// both databases.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_role_at_every_resource() {
    let named: BTreeSet<&str> = TABLE.iter().map(|(resource, _)| *resource).collect();
    let known: BTreeSet<&str> = projections::sheets::resources().iter().map(|one| one.name).collect();
    assert_eq!(named, known, "every resource has a line, and each once");
    for place in [Place::sqlite(), Place::postgres()] {
        let ground = Ground::settle(place).await;
        let mut seen_some: BTreeMap<&str, usize> = BTreeMap::new();
        for (resource, cells) in TABLE {
            for (role, rule) in ROLES.iter().zip(cells) {
                let cell = format!("{role} at {resource}");
                let found = ground.all(&ground.acting(role), resource).await;
                if *rule == "-" {
                    assert_eq!(found.err(), Some(403), "{cell}");
                    continue;
                }
                let found = found.unwrap_or_else(|status| panic!("{cell}: {status}"));
                let (id, body) = &ground.people[role];
                let facts = Facts { ground: &ground, id, body: body.as_deref().unwrap_or_default() };
                let expected: BTreeSet<&String> = ground.rows[resource]
                    .iter()
                    .filter(|(_, row)| *rule == "*" || facts.sees(rule, role, row))
                    .map(|(key, _)| key)
                    .collect();
                // Masked rows are told apart by what is never masked.
                let found: BTreeSet<&String> = found.keys().collect();
                assert_eq!(found, expected, "{cell}");
                *seen_some.entry(rule).or_default() +=
                    usize::from(!expected.is_empty() && expected.len() < ground.rows[resource].len());
            }
        }
        // A rule that never told two rows apart was not tried.
        for rule in [
            "place",
            "division",
            "unit",
            "self",
            "serving",
            "staff",
            "open",
            "asked",
            "taken",
            "paired",
            "card",
            "card-serving",
            "card-staff",
            "asked-by",
        ] {
            assert!(
                seen_some.get(rule).is_some_and(|times| *times > 0),
                "{rule} was not tried: {seen_some:?}"
            );
        }
        one_by_one(&ground).await;
        ground.stop.now().await;
    }
}

/// A row alone is seen by whoever sees it in the list; otherwise it is as if it were not there.
async fn one_by_one(ground: &Ground) {
    for resource in ["members", "demands", "households", "help-pairs", "point-cards", "grids"] {
        for role in ROLES {
            let listed = ground.all(&ground.acting(role), resource).await;
            // Some of each kind are enough: each costs a request.
            for key_of_row in ground.keys(resource).await.into_iter().step_by(7) {
                let (status, row) = ground.get(role, &format!("/v1/{resource}/{key_of_row}")).await;
                let expected = match &listed {
                    Err(status) => *status,
                    Ok(rows) => {
                        let whole = ground.town.get(&format!("/v1/{resource}/{key_of_row}")).await;
                        if rows.contains_key(&key(resource, &whole)) { 200 } else { 404 }
                    }
                };
                assert_eq!(status, expected, "{role} at {resource}/{key_of_row}: {row}");
                if let (200, Ok(rows)) = (status, &listed) {
                    assert_eq!(rows[&key(resource, &row)], row, "masked alike");
                }
            }
        }
    }
}

/// Issue 4 D: fields are masked, not only rows: who asked and where only for whom it concerns; holders of unpublished slots, needs of
/// households and members of groups not for everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fields_are_masked() {
    let ground = Ground::settle(Place::sqlite()).await;
    let hidden = |row: &Value| ["placed_by", "household", "estate"].iter().all(|field| row[*field].is_null());
    let mut shown = 0;
    for role in ["public", "resident", "member", "unit", "auditor"] {
        let id = &ground.people[role].0;
        for (key, row) in ground.all(&ground.acting(role), "demands").await.unwrap() {
            let whole = &ground.rows["demands"][&key];
            let is_ones_own = match role {
                "resident" => whole["placed_by"] == **id,
                "member" => whole["taker"] == **id && whole["open"] == true,
                _ => false,
            };
            assert_eq!(is_ones_own && !hidden(whole), !hidden(&row), "{role}: {row}");
            shown += usize::from(is_ones_own);
        }
    }
    assert!(shown > 0, "somebody sees his own");
    for (_, row) in ground.all(&ground.acting("auditor"), "households").await.unwrap() {
        assert_eq!(row["needs"], serde_json::json!([]));
    }
    assert!(ground.rows["households"].values().any(|row| row["needs"] != serde_json::json!([])));
    let holders = |rows: &BTreeMap<String, Value>, public: bool| {
        let slots = rows.values().flat_map(|grid| grid["slots"].as_array().unwrap());
        slots.filter(|slot| slot["public"] == public && slot["holders"] != serde_json::json!([])).count()
    };
    let grids = ground.all(&ground.acting("public"), "grids").await.unwrap();
    assert_eq!((holders(&grids, true), holders(&grids, false)), (holders(&ground.rows["grids"], true), 0));
    assert!(holders(&ground.rows["grids"], true) > 0 && holders(&ground.rows["grids"], false) > 0);
    for (resource, field) in [("estates", "serving"), ("groups", "members")] {
        assert!(ground.rows[resource].values().any(|row| row[field] != serde_json::json!([])), "{resource}");
        for row in ground.all(&ground.acting("unit"), resource).await.unwrap().values() {
            assert_eq!(row[field], serde_json::json!([]), "{resource}");
        }
    }
    ground.stop.now().await;
}

/// Issue 4 D: histories, events, figures and files are held against the same table.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn histories_events_figures_and_files() {
    let ground = Ground::settle(Place::sqlite()).await;
    let (member, _) = &ground.people["member"];
    let other = ground.rows["members"].keys().find(|id| {
        *id != member && ground.rows["members"][*id]["unit"] != ground.rows["members"][member]["unit"]
    });
    let (unit, community) =
        (ground.people["unit"].1.clone().unwrap(), ground.people["community-worker"].1.clone().unwrap());
    let demand =
        ground.rows["demands"].values().find(|row| row["placed_by"] == *ground.people["resident"].0).unwrap();
    let household = ground.rows["help-pairs"]
        .values()
        .find(|row| row["member"] == **member && row["status"] == "active")
        .unwrap();
    let grid = ground.rows["grids"].values().find(|row| row["community"] == *community).unwrap();
    let statuses = async |path: String| {
        let mut told = vec![];
        for role in ROLES {
            told.push(ground.get(role, &path).await.0);
        }
        told
    };
    //                                     public resident member worker unit department auditor review
    assert_eq!(
        statuses(format!("/v1/members/{member}/history")).await,
        [403, 403, 200, 200, 200, 200, 200, 403]
    );
    assert_eq!(
        statuses(format!("/v1/members/{}/history", other.unwrap())).await[2..5],
        [404, 404, 404].map(|no| no),
        "{other:?}"
    );
    let link = ground.rows["unit-links"].values().find(|link| link["community"] == *community).unwrap();
    let linked = statuses(format!("/v1/units/{}/history", link["unit"].as_str().unwrap())).await;
    assert_eq!((&linked[..4], linked[6]), (&[403, 403, 403, 200][..], 200));
    let own = statuses(format!("/v1/units/{unit}/history")).await;
    assert_eq!((own[4], own[6], own[7]), (200, 200, 403));
    assert_eq!(
        statuses(format!("/v1/demands/{}/history", demand["demand"].as_str().unwrap())).await[..2],
        [403, 200]
    );
    assert_eq!(
        statuses(format!("/v1/households/{}/history", household["household"].as_str().unwrap())).await,
        [403, 403, 200, 200, 403, 403, 200, 403]
    );
    assert_eq!(
        statuses(format!("/v1/grids/{}/history", grid["grid"].as_str().unwrap())).await,
        [403, 403, 403, 200, 403, 200, 200, 403]
    );
    assert_eq!(statuses("/v1/streams/policy/ledger".to_owned()).await, [200; 8]);
    assert_eq!(statuses("/v1/streams/log/heads".to_owned()).await[..6], [403; 6]);
    for path in ["/v1/events?limit=1", "/v1/log/tile/entries/000.p/1"] {
        let told = statuses(path.to_owned()).await;
        assert!(
            told.iter().enumerate().all(|(place, status)| (*status == 403) == (place != 6)),
            "{path}: {told:?}"
        );
    }
    assert_eq!(statuses("/v1/statistics".to_owned()).await, [403, 403, 403, 403, 403, 403, 200, 403]);
    assert_eq!(
        statuses(format!("/v1/statistics?division={community}")).await,
        [403, 403, 403, 200, 403, 200, 200, 403]
    );
    assert_eq!(statuses("/v1/due-visits?limit=1".to_owned()).await, [403, 403, 200, 200, 403, 403, 200, 403]);
    assert_eq!(statuses("/v1/exports/members".to_owned()).await, [403, 403, 403, 200, 200, 200, 200, 403]);
    assert_eq!(statuses("/v1/exports/exclusions".to_owned()).await, [403, 403, 403, 403, 403, 200, 200, 403]);
    let answer =
        ground.acting("unit").request(reqwest::Method::GET, "/v1/exports/members").send().await.unwrap();
    let file = answer.text().await.unwrap();
    let staff = ground.rows["members"].values().filter(|row| row["unit"] == *unit).count();
    assert_eq!(file.lines().count(), staff + 1, "{file}");
    ground.stop.now().await;
}
