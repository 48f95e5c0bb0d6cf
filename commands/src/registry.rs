//! All commands by name. A new command is one line here; HTTP, batches, imports, OpenAPI and `baodao submit` read it.

use schemars::Schema;

use crate::command::{AnyCommand, Command};

/// Why an input is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No command has this name.
    #[error("there is no command {0}")]
    NoSuchCommand(String),
    /// Not JSON.
    #[error("not JSON: {0}")]
    Malformed(String),
    /// JSON, but not what the command takes.
    #[error("field {path}: {problem}")]
    Invalid {
        /// The field at fault, dotted.
        path: String,
        /// What was expected.
        problem: String,
    },
}

/// What is told of a command in the API description.
pub struct Description {
    /// Kebab-case.
    pub name: &'static str,
    /// In Chinese.
    pub title: &'static str,
    /// Of its input.
    pub schema: Schema,
}

fn read<C: Command>(json: &str) -> Result<Box<dyn AnyCommand>, Unreadable> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let command: C = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            Unreadable::Invalid { path: error.path().to_string(), problem: inner.to_string() }
        } else {
            Unreadable::Malformed(inner.to_string())
        }
    })?;
    reader.end().map_err(|error| Unreadable::Malformed(error.to_string()))?;
    Ok(Box::new(command))
}

macro_rules! registry {
    ($($command:ty),+ $(,)?) => {
        /// The names of all commands.
        pub const NAMES: &[&str] = &[$(<$command as Command>::NAME),+];

        /// Reads a command's input.
        pub fn parse(name: &str, json: &str) -> Result<Box<dyn AnyCommand>, Unreadable> {
            match name {
                $( <$command as Command>::NAME => read::<$command>(json), )+
                other => Err(Unreadable::NoSuchCommand(other.to_owned())),
            }
        }

        /// All commands with their schemas.
        pub fn descriptions() -> Vec<Description> {
            vec![$( Description { name: <$command as Command>::NAME, title: <$command as Command>::TITLE, schema: schemars::schema_for!($command) } ),+]
        }
    };
}

registry![
    // rulebook
    crate::AdoptPolicy,
    crate::AdoptDutyCatalogue,
    // enrolment
    crate::RegisterDivision,
    crate::RegisterEstate,
    crate::MoveEstate,
    crate::EnrolUnit,
    crate::LinkUnit,
    crate::UnlinkUnit,
    crate::ReportUnit,
    crate::EnrolMember,
    crate::TransferMember,
    crate::RetireMember,
    crate::ExcludeMember,
    crate::ReinstateMember,
    crate::TurnExclusion,
    crate::RecordResidence,
    crate::Report,
    crate::OpenBatch,
    crate::BatchReport,
    crate::CloseBatch,
    crate::AssignToEstate,
    crate::LeaveEstate,
    crate::FormGroup,
    crate::JoinGroup,
    crate::LeaveGroup,
    crate::DissolveGroup,
    // grids
    crate::DefineGrid,
    crate::RecountGrid,
    crate::FileGrid,
    crate::AdoptTemplate,
    crate::SplitGrid,
    crate::MergeGrids,
    crate::RedrawGrids,
    crate::CloseGrid,
    crate::TakePost,
    crate::LeavePost,
    crate::AssignDuty,
    crate::RelieveDuty,
    crate::PublishDutyList,
    crate::CompleteDuty,
    // service
    crate::PlaceOrder,
    crate::PostWish,
    crate::RaiseIssue,
    crate::ScreenDemand,
    crate::PublishWish,
    crate::ClaimWish,
    crate::ReleaseClaim,
    crate::LapseClaim,
    crate::CompleteService,
    crate::RateService,
    crate::DispatchOrder,
    crate::AcceptOrder,
    crate::DeclineOrder,
    crate::ReportDutyShift,
    crate::ReopenDemand,
    crate::WithdrawDemand,
    crate::CloseDemand,
    crate::ExtendDeadline,
    crate::BlowWhistle,
    crate::AnswerWhistle,
    // visits
    crate::RegisterHousehold,
    crate::RecordNeeds,
    crate::PairHousehold,
    crate::EndPair,
    crate::RequestVisit,
    crate::RecordVisit,
    // points
    crate::AwardBonus,
    crate::RecordPenalty,
    crate::ReversePoints,
    // appraisal
    crate::DraftCard,
    crate::ObjectToCard,
    crate::AcceptCard,
    crate::AnswerObjection,
    crate::SignCard,
    crate::FileCard,
    crate::AgreeWeight,
    crate::MergeEvaluation,
    // discipline
    crate::RecordMisconduct,
    crate::DisqualifyMember,
    crate::FileAppeal,
    crate::DecideAppeal,
    // praise
    crate::ConsentToPraise,
    crate::PublishPraise,
    crate::SendReminder,
    // opinion
    crate::RequestOpinion,
    crate::GiveOpinion,
    crate::PullRecord,
    crate::WithdrawOpinion,
    // emergency
    crate::DeclareEmergency,
    crate::Muster,
    crate::StandDown,
    // person
    crate::KeepDetails,
    crate::GiveConsent,
    crate::WithdrawConsent,
    crate::EraseSubject,
    crate::ForgetContact,
    // log
    crate::PublishHeads,
    // access
    crate::GrantAccess,
    crate::RevokeAccess,
    crate::RecordReading,
];
