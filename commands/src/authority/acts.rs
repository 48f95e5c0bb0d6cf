//! Who may do what: each command with the roles whose work it is. What is not in the table nobody may do but the operator of an embedded ledger
//! and the house itself. Rules about whose matter it is (one's own card, one's own order) are the deciders'.

use aggregates::Role;
use aggregates::Role::{
    CommunityWorker, Member, OrganisationDepartment, PromotionReview, Public, Resident, Unit,
};

aggregates::refusals! { "authority";
    /// The command is not the work of this role.
    not_yours(command: &str, role: &str) Forbidden:
        "身份 {role} 无权办理 {command}", "{command} is not for the role {role}";
}

/// Reactions and timers, and what the house does about its own log.
const NOBODY: &[Role] = &[];
/// 组织部门
const DEPARTMENT: &[Role] = &[OrganisationDepartment];
/// 社区与组织部门
const OFFICES: &[Role] = &[CommunityWorker, OrganisationDepartment];
/// 单位与组织部门
const ENROLLING: &[Role] = &[Unit, OrganisationDepartment];
/// 单位、社区与组织部门
const ORGANISATIONS: &[Role] = &[Unit, CommunityWorker, OrganisationDepartment];
/// 社区
const COMMUNITY: &[Role] = &[CommunityWorker];
/// Whoever serves, or the community for them.
const SERVING: &[Role] = &[Member, Unit, CommunityWorker];
/// Whoever is dispatched to.
const DISPATCHED: &[Role] = &[Member, Unit];
/// A member, or the community for them.
const MEMBERS: &[Role] = &[Member, CommunityWorker];
/// A resident, with an account or without, or the community for them.
const RESIDENTS: &[Role] = &[Resident, Public, CommunityWorker];
/// Whoever asked, who proves it by an account or a code, or the community for them: nobody judges what somebody else asked for.
const ASKERS: &[Role] = &[Resident, CommunityWorker];
/// Whoever it is about, or the community for them.
const PERSONS: &[Role] = &[Resident, Member, CommunityWorker];
/// 组织部门、选拔任用审核
const ASKING: &[Role] = &[OrganisationDepartment, PromotionReview];
/// Whoever a card is of.
const HOLDERS: &[Role] = &[Member, Unit];

/// Every command, once.
pub const ACTS: &[(&str, &[Role])] = &[
    ("adopt-policy", DEPARTMENT),
    ("adopt-duty-catalogue", DEPARTMENT),
    ("register-division", DEPARTMENT),
    ("register-estate", OFFICES),
    ("move-estate", OFFICES),
    ("enrol-unit", DEPARTMENT),
    ("link-unit", OFFICES),
    ("unlink-unit", OFFICES),
    ("report-unit", ORGANISATIONS),
    ("enrol-member", ENROLLING),
    ("transfer-member", ENROLLING),
    ("retire-member", ENROLLING),
    ("exclude-member", DEPARTMENT),
    ("reinstate-member", DEPARTMENT),
    ("turn-exclusion", NOBODY),
    ("record-residence", &[Member, Unit, CommunityWorker, OrganisationDepartment]),
    ("report", SERVING),
    ("open-batch", ORGANISATIONS),
    ("batch-report", ORGANISATIONS),
    ("close-batch", OFFICES),
    ("assign-to-estate", OFFICES),
    ("leave-estate", OFFICES),
    ("form-group", OFFICES),
    ("join-group", MEMBERS),
    ("leave-group", MEMBERS),
    ("dissolve-group", OFFICES),
    ("define-grid", OFFICES),
    ("recount-grid", OFFICES),
    ("file-grid", DEPARTMENT),
    ("adopt-template", DEPARTMENT),
    ("split-grid", OFFICES),
    ("merge-grids", OFFICES),
    ("redraw-grids", OFFICES),
    ("close-grid", OFFICES),
    ("take-post", &[Member, CommunityWorker, OrganisationDepartment]),
    ("leave-post", &[Member, CommunityWorker, OrganisationDepartment]),
    ("assign-duty", OFFICES),
    ("relieve-duty", OFFICES),
    ("publish-duty-list", OFFICES),
    ("complete-duty", MEMBERS),
    ("place-order", RESIDENTS),
    ("post-wish", RESIDENTS),
    ("raise-issue", &[Resident, Public, Member, CommunityWorker]),
    ("screen-demand", COMMUNITY),
    ("publish-wish", COMMUNITY),
    ("claim-wish", SERVING),
    ("release-claim", SERVING),
    ("lapse-claim", NOBODY),
    ("complete-service", SERVING),
    ("rate-service", ASKERS),
    ("dispatch-order", OFFICES),
    ("accept-order", DISPATCHED),
    ("decline-order", DISPATCHED),
    ("report-duty-shift", SERVING),
    ("reopen-demand", ASKERS),
    ("withdraw-demand", ASKERS),
    ("close-demand", OFFICES),
    ("extend-deadline", OFFICES),
    ("blow-whistle", OFFICES),
    ("answer-whistle", ORGANISATIONS),
    ("register-household", COMMUNITY),
    ("record-needs", COMMUNITY),
    ("pair-household", OFFICES),
    ("end-pair", OFFICES),
    ("request-visit", RESIDENTS),
    ("record-visit", SERVING),
    ("award-bonus", OFFICES),
    ("record-penalty", OFFICES),
    ("reverse-points", OFFICES),
    ("draft-card", OFFICES),
    ("object-to-card", HOLDERS),
    ("accept-card", HOLDERS),
    ("answer-objection", OFFICES),
    ("sign-card", OFFICES),
    ("file-card", OFFICES),
    ("agree-weight", ORGANISATIONS),
    ("merge-evaluation", ORGANISATIONS),
    ("record-misconduct", OFFICES),
    ("disqualify-member", OFFICES),
    ("file-appeal", &[Member]),
    ("decide-appeal", DEPARTMENT),
    ("consent-to-praise", &[Member]),
    ("publish-praise", OFFICES),
    ("send-reminder", NOBODY),
    ("request-opinion", ASKING),
    ("give-opinion", COMMUNITY),
    ("pull-record", ASKING),
    ("withdraw-opinion", ASKING),
    ("declare-emergency", OFFICES),
    ("muster", MEMBERS),
    ("stand-down", OFFICES),
    ("keep-details", &[Resident, Member, Unit, CommunityWorker, OrganisationDepartment]),
    ("give-consent", PERSONS),
    ("withdraw-consent", PERSONS),
    ("erase-subject", OFFICES),
    ("forget-contact", NOBODY),
    ("publish-heads", NOBODY),
    ("grant-access", DEPARTMENT),
    ("revoke-access", DEPARTMENT),
    ("record-reading", NOBODY),
];

/// Whether a role may submit the command.
pub fn may(role: Role, command: &str) -> bool {
    match role {
        Role::System | Role::Operator => true,
        role => ACTS.iter().any(|(name, roles)| *name == command && roles.contains(&role)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::registry::NAMES;

    const ALL: [Role; 10] = [
        Public,
        Resident,
        Member,
        CommunityWorker,
        Unit,
        OrganisationDepartment,
        Role::Auditor,
        PromotionReview,
        Role::Operator,
        Role::System,
    ];

    /// Issue 4 D: every command stands in the table, once; what does not is refused.
    #[test]
    fn every_command_is_somebodys_work_or_nobodys() {
        let listed: BTreeSet<&str> = ACTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed.len(), ACTS.len(), "a command stands twice");
        assert_eq!(listed, NAMES.iter().copied().collect());
        for role in ALL {
            assert_eq!(may(role, "no-such-command"), matches!(role, Role::Operator | Role::System));
        }
    }

    /// Issue 4 D: auditors only look, reviews only ask; the house alone reacts.
    #[test]
    fn who_looks_does_nothing_and_who_reacts_is_the_house() {
        for (command, roles) in ACTS {
            assert!(!may(Role::Auditor, command), "{command}");
            let asks = ["request-opinion", "pull-record", "withdraw-opinion"].contains(command);
            assert_eq!(may(PromotionReview, command), asks, "{command}");
            assert_eq!(ALL.into_iter().filter(|role| may(*role, command)).count(), roles.len() + 2);
        }
        for command in [
            "lapse-claim",
            "turn-exclusion",
            "send-reminder",
            "forget-contact",
            "publish-heads",
            "record-reading",
        ] {
            assert!(ALL[..8].iter().all(|role| !may(*role, command)), "{command}");
        }
        assert!(may(Public, "place-order") && !may(Public, "claim-wish") && !may(Resident, "award-bonus"));
    }
}
