//! How a route is told: its path, its handler, and all that the API description says of it.

use std::sync::Arc;

use axum::http::Method;
use axum::routing::MethodRouter;

use super::House;

/// One line of the table of routes.
pub struct Route {
    /// Of the request.
    pub method: Method,
    /// As the router writes it: `/v1/members/{id}`.
    pub path: &'static str,
    /// What is told of it.
    pub doc: Doc,
    /// What answers.
    pub handler: MethodRouter<Arc<House>>,
}

/// What is told of a route.
#[derive(Debug, Clone)]
pub struct Doc {
    /// Heading that it stands under.
    pub tag: &'static str,
    /// In Chinese.
    pub title: &'static str,
    /// In English, a sentence.
    pub summary: &'static str,
    /// Whether it stands for several operations.
    pub family: Family,
    /// Beside the path's own.
    pub parameters: Vec<Parameter>,
    /// What comes with the request.
    pub content: Content,
    /// The answer when all goes well.
    pub answer: Answer,
    /// Statuses of problems that it may answer beside 429, 500 and 503.
    pub problems: &'static [u16],
}

/// Whether a route stands for one operation or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// One.
    One,
    /// One for each command.
    Commands,
    /// A list for each resource.
    Lists,
    /// A row for each resource.
    Rows,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// In a header.
    Header,
}

/// What a parameter's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any.
    Text,
    /// A whole number, at least so much and at most so much.
    Number(u64, u64),
    /// A UUID.
    Uuid,
    /// A date.
    Date,
    /// A time, RFC 3339.
    Time,
    /// A position or a time.
    PositionOrTime,
    /// A text of this form (a regular expression), such as this.
    Like(&'static str, &'static str),
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What its text is.
    pub kind: Kind,
    /// In Chinese.
    pub title: &'static str,
    /// In English.
    pub summary: &'static str,
}

/// What comes with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    None,
    /// The command's input as JSON.
    Command,
    /// JSON lines of commands.
    CommandLines,
    /// A CSV or Excel file.
    File,
    /// Login and password.
    Credentials,
    /// The form of the page where people sign in.
    Form,
    /// The old password and the new one.
    NewPassword,
    /// What an auditor brings along.
    Audit,
    /// A draft policy to be tried.
    Draft,
}

/// The answer when all goes well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A receipt: 201, or 200 for a repeat.
    Receipt,
    /// JSON lines of receipts and problems.
    ReceiptLines,
    /// What a file recorded, or would record: 201, or 200 for a repeat and a dry run.
    Imported,
    /// A CSV or Excel file.
    File,
    /// A page of a resource's rows.
    Page,
    /// A row of the resource named.
    Row(&'static str),
    /// A row of the resource that the path names.
    OwnRow,
    /// A stream's history.
    History,
    /// A page of visits due.
    DueVisits,
    /// Whom a demand could be offered to.
    SuggestedTakers,
    /// Who is due in an emergency and who is there.
    EmergencyRoster,
    /// Whether a place is in emergency.
    Mode,
    /// Figures of a division and period.
    Statistics,
    /// A duty catalogue.
    DutyCatalogue,
    /// CloudEvents.
    CloudEvents,
    /// One event with everything that is known of it.
    JournalEntry,
    /// A stream played again.
    Replay,
    /// Where the transparency log stands.
    LogState,
    /// An audit that has begun: 202.
    AuditBegun,
    /// An audit.
    AuditRun,
    /// Audits.
    AuditRuns,
    /// Server-sent events.
    EventStream,
    /// The state of the house.
    Readiness,
    /// A verified record.
    Record,
    /// Who one is.
    Session,
    /// Nothing: 204.
    Done,
    /// Another address: 303.
    Moved,
    /// A person as the vault knows them.
    Person,
    /// Everything that is held about a person.
    PersonFile,
    /// What was said about something.
    Words,
    /// A trial of a policy: 200, or 202 while it runs.
    Trial,
    /// Another address, in the end by way of an identity provider: 303, or a page that says why not.
    Away,
    /// The ledgers of the process.
    Ledgers,
    /// The API description.
    OpenApi,
    /// Any other text of this type.
    Text(&'static str),
}
