//! Who reads what: role × resource × scope, default deny (research: the table of visibility; issue 4 D). A scope is a condition on rows, so
//! that lists, single rows, histories, files and figures are all held against the same.

use aggregates::circumstance::Actor;
use aggregates::{Role, Subject, SubjectKind};

/// How far somebody sees into a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// Every row.
    All,
    /// The rows within a limit.
    Within(Limit),
}

/// A limit on rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// The row of this key.
    Key(String),
    /// The column says this.
    Is(&'static str, String),
    /// The column's code lies in this division.
    In(&'static str, String),
    /// One of these.
    Any(Vec<Limit>),
    /// All of these.
    All(Vec<Limit>),
    /// What `column` of the row says (its key when absent), `select` of a row of another resource within a limit says, too.
    Of {
        /// Of this row.
        column: Option<&'static str>,
        /// The plural noun of the other.
        resource: &'static str,
        /// Of its row; its key when absent.
        select: Option<&'static str>,
        /// On its row.
        limit: Box<Limit>,
    },
}

use Limit::{All, Any, In, Is, Key};

/// What everybody may know: places, who is linked to them, what is in emergency (F3), who is praised with his consent, and (masked) who serves there (B16).
const PUBLISHED: [&str; 8] =
    ["divisions", "estates", "grids", "grid-counts", "units", "unit-links", "praise", "emergencies"];

/// How far the actor sees into a resource.
pub fn reach(actor: &Actor, resource: &str) -> Reach {
    let seer = Seer { id: actor.id.as_str(), body: actor.organisation.as_deref() };
    match actor.role {
        Role::Operator | Role::System | Role::Auditor => Reach::All,
        _ if PUBLISHED.contains(&resource) => Reach::All,
        Role::Public => within((resource == "demands").then(published)),
        Role::Resident => within(seer.resident(resource)),
        Role::Member => seer.member(resource),
        Role::Unit => seer.unit(resource),
        Role::CommunityWorker => within(seer.community(resource)),
        Role::OrganisationDepartment => seer.department(resource),
        Role::PromotionReview => within((resource == "opinions").then(|| seer.own("asked_by"))),
    }
}

/// How far the actor sees into the histories of a kind of stream: the resource whose row of the same key he must see, and how far.
pub fn reach_history(actor: &Actor, kind: &str) -> (&'static str, Reach) {
    let seer = Seer { id: actor.id.as_str(), body: actor.organisation.as_deref() };
    let resource = match kind {
        "member" => "members",
        "unit" => "units",
        "demand" => "demands",
        "household" => "households",
        "grid" => "grids",
        "batch" => "batches",
        "group" => "groups",
        "estate" => "estates",
        "division" => "divisions",
        "appraisal" => "feedback-cards",
        "opinion" => "opinions",
        "access" => "accesses",
        "emergency" => "emergencies",
        _ => "",
    };
    if matches!(actor.role, Role::Operator | Role::System | Role::Auditor) {
        return (resource, Reach::All);
    }
    let of_offices = |place: &'static str| match actor.role {
        Role::CommunityWorker | Role::OrganisationDepartment => Reach::Within(seer.place(place)),
        _ => Reach::Nothing,
    };
    let reach = match (kind, actor.role) {
        // Rules are for everybody to read.
        ("policy" | "division", _) => Reach::All,
        // What is open to all as a row tells of members and residents as a history.
        ("grid" | "estate" | "group", _) => of_offices("community"),
        ("emergency", _) => of_offices("scope"),
        ("unit", role) => within(seer.units(role)),
        ("demand", Role::Resident) => Reach::Within(seer.own("placed_by")),
        ("demand", Role::Member) => Reach::Within(seer.own("taker")),
        ("demand", Role::Unit) => within(seer.taken_by_unit()),
        ("demand", Role::Public) => Reach::Nothing,
        (_, _) if resource.is_empty() => Reach::Nothing,
        _ => reach(actor, resource),
    };
    (resource, reach)
}

/// Whether the actor may ask for the figures of a division: offices for what lies in theirs.
pub fn sees_figures(actor: &Actor, division: Option<&str>) -> bool {
    match actor.role {
        Role::Operator | Role::System | Role::Auditor => true,
        Role::CommunityWorker | Role::OrganisationDepartment => {
            let own = actor.organisation.as_deref().unwrap_or_default();
            division.unwrap_or_default().starts_with(own)
        }
        _ => false,
    }
}

fn within(limit: Option<Limit>) -> Reach {
    limit.map_or(Reach::Nothing, Reach::Within)
}

struct Seer<'a> {
    id: &'a str,
    body: Option<&'a str>,
}

impl Seer<'_> {
    fn own(&self, column: &'static str) -> Limit {
        Is(column, self.id.to_owned())
    }

    /// Without a body of its own an office is of the whole ledger.
    fn place(&self, column: &'static str) -> Limit {
        In(column, self.body.unwrap_or_default().to_owned())
    }

    fn resident(&self, resource: &str) -> Option<Limit> {
        match resource {
            "demands" => Some(Any(vec![published(), self.own("placed_by")])),
            "readings" => Some(Is("subject", format!("resident:{}", self.id))),
            _ => None,
        }
    }

    fn member(&self, resource: &str) -> Reach {
        let own_card = || All(vec![Is("holder_kind", "member".to_owned()), self.own("holder")]);
        within(Some(match resource {
            "groups" => return Reach::All,
            "members" => Key(self.id.to_owned()),
            "demands" => Any(vec![published(), self.own("taker")]),
            "point-cards" | "feedback-cards" | "merged-evaluations" | "post-holders" | "posts" => own_card(),
            "disqualifications" | "help-pairs" | "musters" => self.own("member"),
            "households" => Limit::Of {
                column: None,
                resource: "help-pairs",
                select: Some("household"),
                limit: Box::new(All(vec![self.own("member"), Is("status", "active".to_owned())])),
            },
            "duties" => self.own("done_by"),
            "readings" => Is("subject", format!("member:{}", self.id)),
            _ => return Reach::Nothing,
        }))
    }

    /// A unit without a name of its own is none.
    fn unit(&self, resource: &str) -> Reach {
        let Some(body) = self.body else { return Reach::Nothing };
        let is_own = |column| Is(column, body.to_owned());
        within(Some(match resource {
            "groups" => return Reach::All,
            "members" | "batches" | "disqualifications" | "report-coverage" | "musters" => is_own("unit"),
            "demands" => return within(self.taken_by_unit().map(|taken| Any(vec![published(), taken]))),
            "point-cards" | "feedback-cards" | "merged-evaluations" => self.holders(Role::Unit),
            "post-holders" | "posts" => of_members("holder", is_own("unit")),
            "duties" => of_members("done_by", is_own("unit")),
            _ => return Reach::Nothing,
        }))
    }

    fn community(&self, resource: &str) -> Option<Limit> {
        Some(match resource {
            "members" => self.serving_here(),
            "point-cards" => self.holders(Role::CommunityWorker),
            "feedback-cards" | "merged-evaluations" => {
                Any(vec![self.place("community"), self.holders(Role::CommunityWorker)])
            }
            "households" | "help-pairs" => self.place("community"),
            other => return self.office(other),
        })
    }

    fn department(&self, resource: &str) -> Reach {
        within(Some(match resource {
            "members" => self.in_district(),
            "point-cards" | "feedback-cards" | "merged-evaluations" => {
                self.holders(Role::OrganisationDepartment)
            }
            "accesses" if self.body.is_none() => return Reach::All,
            "accesses" => Any(vec![
                self.place("organisation"),
                of_members("actor", self.in_district()),
                Limit::Of {
                    column: Some("organisation"),
                    resource: "units",
                    select: None,
                    limit: Box::new(self.place("division")),
                },
            ]),
            other => return within(self.office(other)),
        }))
    }

    /// What both offices see of their place.
    fn office(&self, resource: &str) -> Option<Limit> {
        Some(match resource {
            "demands" | "batches" | "groups" | "posts" | "grid-chains" | "duties" | "residence-ledgers"
            | "disqualifications" | "opinions" | "musters" => self.place("community"),
            "monthly-figures" | "report-coverage" => self.place("division"),
            "post-holders" => Limit::Of {
                column: Some("holder"),
                resource: "posts",
                select: Some("holder"),
                limit: Box::new(self.place("community")),
            },
            _ => return None,
        })
    }

    /// Members who live or report there.
    fn serving_here(&self) -> Limit {
        Any(vec![self.place("community"), self.place("linked_community")])
    }

    /// The same, and those whose unit is there.
    fn in_district(&self) -> Limit {
        let unit = Limit::Of {
            column: Some("unit"),
            resource: "units",
            select: None,
            limit: Box::new(self.place("division")),
        };
        Any(vec![self.place("community"), self.place("linked_community"), unit])
    }

    fn units(&self, role: Role) -> Option<Limit> {
        Some(match role {
            Role::Unit => Key(self.body?.to_owned()),
            Role::OrganisationDepartment => self.place("division"),
            Role::CommunityWorker => Limit::Of {
                column: None,
                resource: "unit-links",
                select: Some("unit"),
                limit: Box::new(self.place("community")),
            },
            _ => return None,
        })
    }

    /// Cards of members and of units.
    fn holders(&self, role: Role) -> Limit {
        let members = match role {
            Role::Unit => Is("unit", self.body.unwrap_or_default().to_owned()),
            Role::OrganisationDepartment => self.in_district(),
            _ => self.serving_here(),
        };
        let of_kind = |kind: &str, limit: Limit| All(vec![Is("holder_kind", kind.to_owned()), limit]);
        let mut all = vec![of_kind("member", of_members("holder", members))];
        if let Some(units) = self.units(role) {
            let units =
                Limit::Of { column: Some("holder"), resource: "units", select: None, limit: Box::new(units) };
            all.push(of_kind("unit", units));
        }
        Any(all)
    }

    fn taken_by_unit(&self) -> Option<Limit> {
        let body = self.body?.to_owned();
        Some(Any(vec![Is("taker", body.clone()), of_members("taker", Is("unit", body))]))
    }
}

fn published() -> Limit {
    Is("phase", "published".to_owned())
}

fn of_members(column: &'static str, limit: Limit) -> Limit {
    Limit::Of { column: Some(column), resource: "members", select: None, limit: Box::new(limit) }
}

/// Whether the role is of an office: what it reads of persons is recorded.
pub fn is_office(role: Role) -> bool {
    !matches!(role, Role::Public | Role::Resident | Role::Member | Role::System)
}

/// Whether the role may look at one thing beyond its reach, with a reason, recorded and with an alarm.
pub fn breaks_glass(role: Role) -> bool {
    matches!(role, Role::CommunityWorker | Role::OrganisationDepartment | Role::Auditor)
}

/// Whether rows of the resource are about persons.
pub fn is_personal(resource: &str) -> bool {
    SUBJECTS.iter().any(|(personal, _)| *personal == resource)
}

/// About whom a row is: `member:m-1`, `household:h-1`; nobody when it is about no person.
pub fn subject_of(resource: &str, row: &serde_json::Value) -> Option<String> {
    let (_, field) = SUBJECTS.iter().find(|(personal, _)| *personal == resource)?;
    let id = row.get(*field)?.as_str()?;
    let kind = match *field {
        "household" => SubjectKind::Household,
        "holder" if row.get("holder_kind")? != "member" => return None,
        _ => SubjectKind::Member,
    };
    Subject::new(kind, id).ok().map(|subject| subject.to_string())
}

/// Resources whose rows are about persons, and the field that tells about whom.
const SUBJECTS: [(&str, &str); 10] = [
    ("members", "member"),
    ("point-cards", "holder"),
    ("feedback-cards", "holder"),
    ("merged-evaluations", "holder"),
    ("disqualifications", "member"),
    ("households", "household"),
    ("help-pairs", "household"),
    ("due-visits", "household"),
    ("opinions", "member"),
    ("musters", "member"),
];
