//! docs/tour.md: pictures of the console, taken by this test, so that they stay true. With `BAODAO_TOUR=1` it takes them anew.

use std::path::{Path, PathBuf};

use serde_json::json;
use tests::browser::{Sight, Way};
use tests::place::Place;

use super::department::other_base;
use super::lived::Lived;

/// Bytes of all pictures together.
const BYTES: u64 = 1_500_000;

/// A picture: its name, who looks, on what, in which language, at what. In an address stand `{member}`, `{community}`, `{grid}`, `{estate}`,
/// `{demand}`, `{served}`, `{trial}` and moments of the member: `{early}`, `{late}` and the last with `{points}`.
type Picture = (&'static str, &'static str, Sight, &'static str, &'static str);

const PICTURES: [Picture; 25] = [
    ("sign-in", "", Sight::Phone, "zh", "/sign-in"),
    ("resident-poster", "", Sight::Desk, "zh", "/poster/estate/{estate}"),
    ("resident-who", "", Sight::Phone, "zh", "/grid/{grid}?estate={estate}"),
    ("resident-ask", "", Sight::Phone, "zh", "/ask/wish?community={community}&grid={grid}&category=errands"),
    ("resident-mine", "resident", Sight::Phone, "en", "/mine/{served}"),
    ("member-home", "member", Sight::Phone, "zh", "/"),
    ("member-wishes", "member", Sight::Phone, "zh", "/wishes"),
    ("member-points", "member", Sight::Phone, "zh", "/points"),
    ("member-cards", "member", Sight::Phone, "en", "/cards"),
    ("member-data", "member", Sight::Phone, "zh", "/my-data"),
    ("worker-board", "worker", Sight::Desk, "zh", "/"),
    ("worker-takers", "worker", Sight::Desk, "zh", "/board/{demand}"),
    ("worker-grids", "worker", Sight::Desk, "zh", "/grids"),
    ("worker-visits", "worker", Sight::Desk, "en", "/visits"),
    ("unit-home", "unit", Sight::Desk, "zh", "/"),
    ("unit-cards", "unit", Sight::Desk, "zh", "/cards"),
    ("department-home", "department", Sight::Desk, "zh", "/"),
    ("department-figures", "department", Sight::Desk, "zh", "/figures"),
    ("department-map", "department", Sight::Desk, "en", "/figures/map?division={community}"),
    ("department-load", "department", Sight::Desk, "zh", "/figures/load"),
    ("department-what-if", "department", Sight::Desk, "zh", "{trial}"),
    ("auditor-home", "auditor", Sight::Desk, "zh", "/"),
    ("auditor-replay", "auditor", Sight::Desk, "zh", "/replay/member/{member}?at={points}"),
    ("auditor-compared", "auditor", Sight::Desk, "zh", "/replay/member/{member}?at={early}&with={late}"),
    ("auditor-journal", "auditor", Sight::Desk, "en", "/journal?stream_type=member"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/tour")
}

/// What stands in the addresses.
async fn names(lived: &Lived) -> Vec<(&'static str, String)> {
    let first = async |path: String, field: &str| {
        lived.town.get(&path).await["items"][0][field].as_str().map(str::to_owned).unwrap()
    };
    let (member, community) = (lived.account("member").actor.id.as_str(), lived.community());
    let grid = first(format!("/v1/grids?community={community}&limit=1"), "grid").await;
    let estate =
        lived.town.get(&format!("/v1/grids/{grid}")).await["estates"][0].as_str().unwrap().to_owned();
    let history = lived.town.get(&format!("/v1/members/{member}/history?limit=1000")).await;
    let lines = history["items"].as_array().unwrap();
    let moments: Vec<u64> = lines.iter().map(|line| line["position"].as_u64().unwrap()).collect();
    let points = lines.iter().rfind(|line| line["type"] == "PointsAwarded").unwrap();
    vec![
        ("{member}", member.to_owned()),
        ("{community}", community.to_owned()),
        ("{grid}", grid),
        ("{estate}", estate),
        ("{demand}", lived.screened("place-order", json!({})).await),
        ("{early}", moments[moments.len() / 2].to_string()),
        ("{late}", moments[moments.len() - 1].to_string()),
        ("{points}", points["position"].to_string()),
        ("{served}", lived.served().await),
        ("{trial}", trial(lived).await),
    ]
}

/// Where the result of a draft policy is to be seen.
async fn trial(lived: &Lived) -> String {
    let page = lived.signed_in("department", Way::DESK).await;
    page.visit("/policies/what-if").await;
    let draft = other_base(&page.filled("草案全文").await);
    page.fill("草案全文", &draft).await;
    page.follow_first("main form.stack button").await;
    page.sees("谁的卡会变").await;
    page.path().await
}

/// Every page of the tour is there and well; its pictures are taken anew when asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_tour_s_pages_are_as_it_shows_them() {
    let lived = Lived::at(Place::sqlite()).await;
    let names = names(&lived).await;
    let anew = std::env::var_os("BAODAO_TOUR").is_some();
    for (name, login, sight, language, path) in PICTURES {
        let way = Way { sight, language, scripts: true };
        let page =
            if login.is_empty() { lived.somebody(way).await } else { lived.signed_in(login, way).await };
        page.visit(&names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value)))
            .await;
        assert_eq!(page.status(), 200, "{name}: {}", page.text().await);
        page.is_well().await;
        if anew {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(folder().join(format!("{name}.webp")), page.glimpse().await).unwrap();
        }
    }
    lived.end().await;
}

/// The tour shows these pictures and no others, each with a caption in both languages; together they are small.
#[test]
fn the_tour_shows_what_the_journey_takes() {
    let text = std::fs::read_to_string(folder().with_extension("md")).unwrap();
    let shown: Vec<&str> =
        text.split("](tour/").skip(1).filter_map(|rest| rest.split(".webp)").next()).collect();
    let taken: Vec<&str> = PICTURES.iter().map(|picture| picture.0).collect();
    assert_eq!(shown, taken);
    let mut kept: Vec<(String, u64)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name().into_string().unwrap(), file.metadata().unwrap().len()))
        .collect();
    kept.sort();
    let mut wanted: Vec<String> = taken.iter().map(|name| format!("{name}.webp")).collect();
    wanted.sort();
    assert_eq!(kept.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), wanted);
    let bytes: u64 = kept.iter().map(|(_, bytes)| bytes).sum();
    assert!(bytes <= BYTES, "{bytes}");
}
