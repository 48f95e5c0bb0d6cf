//! `/`: the day's board. Every lane is a filter of the demand ledger; its figure is the length of that list.

use aggregates::when;
use axum::response::Response;
use commands::authority;
use futures::future::try_join_all;
use serde_json::{Map, Value, json};

use super::super::emergency;
use super::super::interface::Listing;
use super::super::visit::Visit;
use super::catalogue::Catalogue;
use super::{place, text};
use crate::http::problem::Problem;

/// Rows of a lane that are counted, and shown when the lane is looked at alone.
const MOST: &str = "100";
/// Rows of a lane that are shown beside the others.
const FEW: usize = 6;

/// What a lane's filter is held against.
#[derive(Clone, Copy)]
enum Till {
    Never,
    /// Deadlines before now.
    Now,
    /// Days before today.
    Today,
}

/// A lane: its name, the filter that it is, and what can be done to all that are chosen.
struct Lane {
    name: &'static str,
    filter: &'static [(&'static str, &'static str)],
    till: Till,
    acts: &'static [&'static str],
    /// Whether it waits for the community itself.
    is_ours: bool,
}

const LANES: [Lane; 8] = [
    lane("screen", &[("phase", "placed")], &["screen-demand"], true),
    lane("dispatch", &[("phase", "screened")], &["publish-wish"], true),
    Lane { till: Till::Now, ..lane("overdue", &[("open", "true")], &["close-demand"], true) },
    Lane { till: Till::Today, ..lane("rate", &[("phase", "completed")], &["rate-service"], true) },
    lane("referred", &[("phase", "referred")], &["close-demand"], true),
    lane("offered", &[("phase", "published")], &["close-demand"], false),
    lane("asked", &[("phase", "dispatched")], &[], false),
    lane("taken", &[("phase", "taken")], &[], false),
];

const fn lane(
    name: &'static str,
    filter: &'static [(&'static str, &'static str)],
    acts: &'static [&'static str],
    is_ours: bool,
) -> Lane {
    Lane { name, filter, till: Till::Never, acts, is_ours }
}

/// The board of the visitor's community; of a community or grid within it, when the address says so.
pub(in super::super) async fn home(visit: Visit) -> Result<Response, Problem> {
    let now = when::stamp(&when::local(visit.console.house.app.clock().now()));
    let shown = visit.asked("show").filter(|name| *name == "objections" || lane_of(name).is_some());
    let objected = [place(&visit, "community"), vec![("status", "objected"), ("limit", MOST)]].concat();
    // None of these waits for another.
    let (catalogue, listings, objections, emergencies) = tokio::try_join!(
        Catalogue::of(&visit),
        try_join_all(LANES.iter().map(|lane| rows(&visit, lane, &now))),
        visit.list_seen("feedback-cards", &objected),
        emergency::of_body(&visit),
    )?;
    let titles = catalogue.titles(&visit);
    let mut lanes = vec![];
    let mut position = 0;
    for (lane, listing) in LANES.iter().zip(&listings) {
        position = position.max(listing.position);
        let is_shown = shown.is_none_or(|name| name == lane.name);
        let acts: Vec<&str> =
            lane.acts.iter().copied().filter(|act| authority::may(visit.actor.role, act)).collect();
        lanes.push(told(
            lane,
            &acts,
            listing,
            is_shown,
            if shown.is_some() { usize::MAX } else { FEW },
            &now,
            &titles,
        ));
    }
    let year = now[..4].to_owned();
    visit.show(
        "community/board.html",
        json!({
            "emergencies": emergencies,
            "lanes": lanes,
            "objections": {
                "items": objections.items,
                "count": objections.items.len(),
                "more": objections.after.is_some(),
                "is_shown": shown.is_none_or(|name| name == "objections"),
            },
            "shown": shown,
            "community": visit.asked("community").or_else(|| visit.body()),
            "grid": visit.asked("grid"),
            "year": year,
            "position": position,
            "now": now,
        }),
    )
}

fn lane_of(name: &str) -> Option<&'static Lane> {
    LANES.iter().find(|lane| lane.name == name)
}

async fn rows(visit: &Visit, lane: &Lane, now: &str) -> Result<Listing, Problem> {
    let mut query = place(visit, "community");
    query.extend(visit.asked("grid").map(|grid| ("grid", grid)));
    query.extend(lane.filter);
    match lane.till {
        Till::Never => {}
        Till::Now => query.push(("next_due_before", now)),
        Till::Today => query.push(("rating_until_before", &now[..10])),
    }
    query.extend([("order", "next_due"), ("limit", MOST)]);
    visit.list("demands", &query).await
}

/// A lane as the page shows it.
fn told(
    lane: &Lane,
    acts: &[&str],
    listing: &Listing,
    is_shown: bool,
    most: usize,
    now: &str,
    titles: &Map<String, Value>,
) -> Value {
    let items: Vec<Value> = listing
        .items
        .iter()
        .take(if is_shown { most } else { 0 })
        .map(|row| {
            let due = text(row, "next_due");
            json!({ "row": row, "late": !due.is_empty() && due < now, "title": titles.get(text(row, "category")) })
        })
        .collect();
    json!({
        "name": lane.name,
        "count": listing.items.len(),
        "more": listing.after.is_some(),
        "left": listing.items.len() - items.len(),
        "is_shown": is_shown,
        "is_ours": lane.is_ours,
        "is_overdue": matches!(lane.till, Till::Now),
        "acts": acts,
        "items": items,
    })
}
