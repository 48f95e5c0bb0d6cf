//! A login for each role, so that whoever looks at a demonstration can be everybody in it.

use std::sync::Arc;

use aggregates::ids::{ActorId, LoginId};
use aggregates::{Actor, Role};
use anyhow::Context as _;
use projections::ports::{Condition, Find, Shelf as _};
use projections::{DemandRow, Demands, MemberRow, Members, Projection as _};

use super::waiting::{self, Those};
use super::{City, details};
use crate::App;
use crate::signin::SignIn;

/// A login of the demonstration.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name to sign in with.
    pub login: String,
    /// Its password: another one in each demonstration.
    pub password: String,
    /// In what capacity it acts.
    pub actor: Actor,
}

/// Makes them. `member` is somebody about whom there is something to see.
pub async fn make(app: &Arc<App>, city: &City, member: &str) -> anyhow::Result<Vec<Account>> {
    let store = app.store();
    let (row, _) = store.get(&Members::sheet(), member).await?;
    let row: MemberRow = serde_json::from_str(&row.context("the example member is not there")?)?;
    let community = row
        .reports
        .last()
        .map(|report| report.community.clone())
        .context("the example member has not reported")?;
    let find = Find {
        conditions: vec![
            Condition::StartsWith("community", community.clone()),
            Condition::AtLeast("placed_by", "r".to_owned()),
        ],
        limit: 1,
        ..Find::default()
    };
    let (asked, _) = store.find(&Demands::sheet(), &find).await?;
    let asked: Option<DemandRow> =
        asked.first().map(|found| serde_json::from_str(&found.body)).transpose()?;
    let category = asked.as_ref().map_or("errands".to_owned(), |demand| demand.category.clone());
    let resident = asked.and_then(|demand| demand.placed_by).unwrap_or_else(|| "r-000001".to_owned());
    let wanted = [
        ("resident", Role::Resident, resident.as_str(), None),
        ("member", Role::Member, member, None),
        ("worker", Role::CommunityWorker, "worker", Some(community.as_str())),
        ("unit", Role::Unit, "unit", Some(row.unit.as_str())),
        ("department", Role::OrganisationDepartment, "department", Some(city.code)),
        ("auditor", Role::Auditor, "auditor", None),
        ("review", Role::PromotionReview, "review", None),
        ("operator", Role::Operator, "operator", None),
    ];
    let house = Actor { id: ActorId::new("demo")?, role: Role::System, organisation: None };
    let mut accounts = vec![];
    for (login, role, id, organisation) in wanted {
        let actor = Actor { id: ActorId::new(id)?, role, organisation: organisation.map(str::to_owned) };
        SignIn::grant(app.desk(), &house, &LoginId::new(login)?, &actor).await?;
        let password = SignIn::new_password();
        app.sign_in().set_password(login, &password).await?;
        accounts.push(Account { login: login.to_owned(), password, actor });
    }
    details::make(app, &community, &category, &resident).await?;
    let those = Those { city, member: &row, community: &community, resident: &resident };
    waiting::make(app, &those).await?;
    Ok(accounts)
}
