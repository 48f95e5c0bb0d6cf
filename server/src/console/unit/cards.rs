//! `/cards` of a unit: its own feedback card and those of its members, by year (D2).

use axum::response::Response;
use serde_json::json;

use crate::console::member::{Rulebook, after, cards_listed, names, texts, today, year};
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// The page.
pub(in crate::console) async fn page(visit: Visit) -> Result<Response, Problem> {
    let me = visit.body().unwrap_or_default().to_owned();
    let year = year(&visit).to_string();
    let own = cards_listed(&visit, "unit", &me).await?;
    let mut asked = vec![("holder_kind", "member"), ("year", year.as_str()), ("limit", "50")];
    for name in ["status", "after"] {
        asked.extend(visit.asked(name).map(|value| (name, value)));
    }
    let listing = visit.list("feedback-cards", &asked).await?;
    let mut places = texts(&own, "community");
    places.extend(texts(&listing.items, "community"));
    visit.show(
        "unit/cards.html",
        json!({
            "today": today(&visit),
            "year": year,
            "status": visit.asked("status"),
            "own": own,
            "titles": Rulebook::read(&visit).await?.titles(&visit),
            "me_as": { "unit": me },
            "cards": listing.items,
            "divisions": names(&visit, "divisions", &places).await?,
            "files": visit.files("feedback-cards", &asked),
            "next": after(&visit, "/cards", listing.after.as_deref()),
        }),
    )
}
