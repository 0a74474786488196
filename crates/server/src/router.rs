//! The table of contents of the public API: method, path, who may call, which deed, and the handler.
//! It decides nothing; a route that is missing here does not exist, and a test holds the table against the OpenAPI document.

use crate::app::App;
use crate::error::{Code, Refused};
use crate::routes as r;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::routing::{MethodFilter, MethodRouter, on};
use yima_kernel::deed::Deed;

/// Who may knock at a route. What a caller may do there is decided by the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody; the answer is the same for all.
    Anyone,
    /// A new device that signs with the key it brings.
    NewDevice,
    /// An enrolled device that signs.
    Device,
    /// A gate with its key.
    Gate,
    /// An operator with a session.
    Operator,
    /// A person with a session.
    Person,
    /// An enrolled device that signs, or a person with a session.
    DeviceOrPerson,
    /// A device or an operator.
    DeviceOrOperator,
}

/// One route.
#[derive(Clone, Debug)]
pub struct Row {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may knock.
    pub who: Who,
    /// The deed behind it; `None` where only what is public or the caller's own session is shown.
    pub deed: Option<Deed>,
    on: MethodRouter<App>,
}

/// Bodies up to this are read, bytes.
const BODY_MAX: usize = 64 * 1024;
/// A gate's upload: about 20,000 sealed records.
const UPLOAD_BODY_MAX: usize = 4 * 1024 * 1024;
/// A card's photo of 512 KiB in base64.
const PHOTO_BODY_MAX: usize = 768 * 1024;
/// Metadata of an app with its picture, inside of JSON.
const LOGO_BODY_MAX: usize = 384 * 1024;

/// All routes under `/api/v1`.
#[must_use]
pub fn table() -> Vec<Row> {
    [
        open(),
        residents(),
        gates(),
        offices(),
        apps(),
        mandates(),
        recoveries(),
        enterprises(),
        posts(),
        screens(),
        audit(),
        numbers(),
        counter(),
        two_persons(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What anybody may ask, and how a new device comes in.
#[rustfmt::skip]
fn open() -> Vec<Row> {
    use Deed as D;
    use Who::{Anyone, NewDevice};
    vec![
        get ("/api/v1/time",                              Anyone,    None,                         r::time::tell::tell),
        get ("/api/v1/bundle",                            Anyone,    None,                         r::bundle::fetch::fetch),
        get ("/api/v1/scenarios",                         Anyone,    None,                         r::scenarios::list::list),
        get ("/api/v1/sites/{site}",                      Anyone,    None,                         r::sites::show::show),
        get ("/api/v1/status-lists/{list}",               Anyone,    None,                         r::status_lists::fetch::fetch),
        get ("/api/v1/record/buckets/{day}",              Anyone,    None,                         r::record::bucket::day),
        get ("/api/v1/record/buckets/{day}/{prefix}",     Anyone,    None,                         r::record::bucket::bucket),
        get ("/api/v1/demo",                              Anyone,    None,                         r::demo::inbox::inbox),
        get ("/api/v1/resolves",                          Anyone,    None,                         r::resolves::list::list),
        post("/api/v1/enrolments/otp",                    Anyone,    Some(D::RequestOtp),          r::enrolments::otp::otp),
        post("/api/v1/enrolments",                        NewDevice, Some(D::EnrolDevice),         r::enrolments::enrol::enrol),
    ]
}

/// What a resident's device asks for.
#[rustfmt::skip]
fn residents() -> Vec<Row> {
    use Deed as D;
    use Who::{Device, DeviceOrOperator, DeviceOrPerson};
    vec![
        get ("/api/v1/device",                            Device,    Some(D::SeeRecord),           r::device::home::home),
        post("/api/v1/settings",                          Device,    Some(D::ChangeSettings),      r::device::settings::settings),
        post("/api/v1/devices/{id}/end",                  DeviceOrOperator, Some(D::EndDevice),    r::device::end::end),
        post("/api/v1/tokens/draw",                       Device,    Some(D::DrawTokens),          r::tokens::draw::draw),
        post("/api/v1/short-numbers",                     Device,    Some(D::TakeShortNumber),     r::short_numbers::take::take),
        post("/api/v1/check-ins",                         Device,    Some(D::CheckIn),             r::check_ins::check_in::check_in),
        get ("/api/v1/confirmations",                     Device,    Some(D::SeeRecord),           r::confirmations::list::list),
        post("/api/v1/confirmations/{id}/confirm",        Device,    Some(D::ConfirmCheck),        r::confirmations::confirm::confirm),
        post("/api/v1/confirmations/{id}/refuse",         Device,    Some(D::RefuseCheck),         r::confirmations::refuse::refuse),
        get ("/api/v1/record",                            Device,    Some(D::SeeRecord),           r::record::list::list),
        get ("/api/v1/record/export",                     Device,    Some(D::SeeRecord),           r::record::export::export).patient(),
        get ("/api/v1/consents",                          Device,    Some(D::SeeRecord),           r::consents::list::list),
        post("/api/v1/consents",                          Device,    Some(D::GiveConsent),         r::consents::give::give),
        delete("/api/v1/consents/{id}",                   Device,    Some(D::WithdrawConsent),     r::consents::withdraw::withdraw),
        post("/api/v1/account/link",                      Device,    Some(D::JoinAccount),         r::account::link::link),
        post("/api/v1/account/sessions/end",              DeviceOrPerson, Some(D::EndSession),     r::account::end_sessions::end),
        get ("/api/v1/bindings",                          Device,    Some(D::SeeRecord),           r::bindings::list::list),
        delete("/api/v1/bindings/{id}",                   Device,    Some(D::UnbindCard),          r::bindings::end::end),
        get ("/api/v1/rights",                            DeviceOrPerson, Some(D::SeeRecord),           r::rights::list::list),
        post("/api/v1/rights/copy",                       DeviceOrPerson, Some(D::CopyData),            r::rights::copy::copy).patient(),
        post("/api/v1/rights/correct",                    DeviceOrPerson, Some(D::CorrectData),         r::rights::correct::correct),
        post("/api/v1/rights/restrict",                   DeviceOrPerson, Some(D::RestrictData),        r::rights::restrict::restrict),
        post("/api/v1/rights/lift",                       DeviceOrPerson, Some(D::LiftRestriction),     r::rights::restrict::lift),
        post("/api/v1/rights/explain",                    DeviceOrPerson, Some(D::ExplainData),         r::rights::explain::explain),
        post("/api/v1/rights/delete",                     DeviceOrPerson, Some(D::DeleteData),          r::rights::delete::delete),
        post("/api/v1/rights/{id}/stop",                  DeviceOrPerson, Some(D::StopRequest),         r::rights::delete::stop),
    ]
}

/// What a gate asks for.
#[rustfmt::skip]
fn gates() -> Vec<Row> {
    use Deed as D;
    use Who::Gate;
    vec![
        post("/api/v1/codes/check",                       Gate,      Some(D::CheckCode),           r::codes::check::check),
        post("/api/v1/codes/resolve",                     Gate,      Some(D::ResolveCode),         r::codes::resolve::resolve),
        post("/api/v1/gates/key",                         Gate,      Some(D::SetCheckerKey),       r::gates::set_key::set_key),
        post("/api/v1/bindings",                          Gate,      Some(D::BindCard),            r::bindings::bind::bind),
        post("/api/v1/bindings/find",                     Gate,      Some(D::FindBound),           r::bindings::find::find),
        post("/api/v1/bindings/unbind",                   Gate,      Some(D::UnbindCard),          r::bindings::unbind::unbind),
        post("/api/v1/gates/sync",                        Gate,      Some(D::SyncGate),            r::gates::sync::sync),
        post("/api/v1/gates/uploads",                     Gate,      Some(D::UploadRecords),       r::gates::upload::upload).up_to(UPLOAD_BODY_MAX).patient(),
    ]
}

/// What operators ask for.
#[rustfmt::skip]
fn offices() -> Vec<Row> {
    use Deed as D;
    use Who::{Anyone, Operator};
    vec![
        post("/api/v1/operators/sign-in",                 Anyone,    Some(D::SignIn),              r::operators::sign_in::sign_in),
        post("/api/v1/operators/sign-out",                Operator,  None,                         r::operators::sign_out::sign_out),
        get ("/api/v1/operators/me",                      Operator,  None,                         r::operators::me::me),
        get ("/api/v1/residents",                         Operator,  Some(D::SeeResidents),        r::residents::find::list).patient(),
        post("/api/v1/residents/find",                    Operator,  Some(D::SeeResidents),        r::residents::find::find).patient(),
        get ("/api/v1/residents/{id}",                    Operator,  Some(D::SeeResidents),        r::residents::show::show),
        post("/api/v1/residents/{id}/suspend",            Operator,  Some(D::ChangeStanding),      r::residents::standing::suspend),
        post("/api/v1/residents/{id}/resume",             Operator,  Some(D::ChangeStanding),      r::residents::standing::resume),
        post("/api/v1/residents/{id}/sign-ins/end",       Operator,  Some(D::EndSession),          r::residents::end_sign_ins::end),
        get ("/api/v1/residents/{id}/sheet",              Operator,  Some(D::SeeResidents),        r::residents::sheet::see),
        post("/api/v1/residents/{id}/sheet/end",          Operator,  Some(D::EndSheet),            r::residents::sheet::end),
        post("/api/v1/residents/{id}/enrolment-codes",    Operator,  Some(D::IssueEnrolmentCode),  r::residents::enrolment_code::issue),
        post("/api/v1/residents/{id}/benefits",           Operator,  Some(D::GiveBenefit),         r::residents::benefits::give),
        post("/api/v1/residents/{id}/benefits/{number}/end", Operator, Some(D::EndBenefit),       r::residents::benefits::end),
        get ("/api/v1/devices",                           Operator,  Some(D::SeeDevices),          r::devices::list::list).patient(),
        post("/api/v1/residents/{id}/cards",              Operator,  Some(D::IssueCard),           r::cards::issue::issue).up_to(PHOTO_BODY_MAX),
        post("/api/v1/cards/{id}/pdf",                    Operator,  Some(D::IssueCard),           r::cards::pdf::print_with_photo).up_to(PHOTO_BODY_MAX),
        get ("/api/v1/cards/{id}/pdf",                    Operator,  Some(D::IssueCard),           r::cards::pdf::print),
        post("/api/v1/cards/{id}/revoke",                 Operator,  Some(D::RevokeCard),          r::cards::revoke::revoke),
        post("/api/v1/cards/{id}/replace",                Operator,  Some(D::IssueCard),           r::cards::replace::replace),
        get ("/api/v1/manage/scenarios",                  Operator,  Some(D::SeeScenarios),        r::manifests::list::list),
        post("/api/v1/manage/scenarios",                  Operator,  Some(D::ProposeScenario),     r::manifests::propose::propose),
        post("/api/v1/manage/scenarios/{slug}/review",    Operator,  Some(D::ReviewScenario),      r::manifests::review::review),
        get ("/api/v1/places",                            Operator,  Some(D::SeeScenarios),        r::places::list::list),
        post("/api/v1/places",                            Operator,  Some(D::AddPlace),            r::places::add::add),
        get ("/api/v1/places/{site}/poster.pdf",          Operator,  Some(D::SeeScenarios),        r::places::poster::poster),
        get ("/api/v1/gates",                             Operator,  Some(D::SeeScenarios),        r::gates::list::list),
        post("/api/v1/gates",                             Operator,  Some(D::AddGate),             r::gates::add::add),
        post("/api/v1/gates/{id}/end",                    Operator,  Some(D::EndGate),             r::gates::end::end),
        get ("/api/v1/organisations",                     Operator,  Some(D::SeeOrganisations),    r::organisations::list::list),
        post("/api/v1/organisations",                     Operator,  Some(D::AddOrganisation),     r::organisations::add::add),
        get ("/api/v1/organisations/{id}",                Operator,  Some(D::SeeOrganisations),    r::organisations::show::show),
        get ("/api/v1/organisations/{id}/enterprise",     Operator,  Some(D::SeeOrganisations),    r::organisations::show::enterprise),
        post("/api/v1/organisations/{id}/move",           Operator,  Some(D::MoveOrganisation),    r::organisations::change::put),
        post("/api/v1/organisations/{id}/suspend",        Operator,  Some(D::ChangeOrganisation),  r::organisations::change::suspend),
        post("/api/v1/organisations/{id}/resume",         Operator,  Some(D::ChangeOrganisation),  r::organisations::change::resume),
        post("/api/v1/organisations/{id}/end",            Operator,  Some(D::ChangeOrganisation),  r::organisations::change::end),
        get ("/api/v1/organisations/imports",             Operator,  Some(D::SeeOrganisations),    r::organisations::imports::list),
        post("/api/v1/organisations/imports/{id}/approve", Operator, Some(D::ApproveOrganisations), r::organisations::imports::approve),
        post("/api/v1/organisations/imports/{id}/undo",   Operator,  Some(D::UndoOrganisations),   r::organisations::imports::undo).patient(),
        get ("/api/v1/organisations/mergers",             Operator,  Some(D::SeeOrganisations),    r::organisations::mergers::list),
        post("/api/v1/organisations/{id}/merge",          Operator,  Some(D::ProposeMerger),       r::organisations::mergers::propose),
        post("/api/v1/organisations/mergers/{id}/approve", Operator, Some(D::DecideMerger),        r::organisations::mergers::approve),
        post("/api/v1/organisations/mergers/{id}/refuse", Operator,  Some(D::DecideMerger),        r::organisations::mergers::refuse),
        post("/api/v1/organisations/mergers/{id}/withdraw", Operator, Some(D::WithdrawMerger),     r::organisations::mergers::withdraw),
        get ("/api/v1/manage/rights",                     Operator,  Some(D::SeeRequests),         r::rights::queue::queue),
        get ("/api/v1/manage/rights/{id}",                Operator,  Some(D::SeeRequests),         r::rights::queue::open),
        post("/api/v1/manage/rights/{id}/answer",         Operator,  Some(D::AnswerRequest),       r::rights::answer::answer),
        post("/api/v1/manage/rights/{id}/answer-kin",     Operator,  Some(D::AnswerKin),           r::rights::answer::answer_kin),
        post("/api/v1/manage/rights/kin",                 Operator,  Some(D::KinData),             r::rights::kin::file),
        post("/api/v1/manage/rights/{id}/kin-copy",       Operator,  Some(D::KinData),             r::rights::kin::copy).patient(),
        get ("/api/v1/stats/overview",                    Operator,  Some(D::SeeFigures),          r::stats::overview::overview).patient(),
        get ("/api/v1/stats/checks",                      Operator,  Some(D::SeeFigures),          r::stats::checks::checks).patient(),
        get ("/api/v1/uses",                              Operator,  Some(D::ReadUses),            r::uses::list::list).patient(),
        get ("/api/v1/keys",                              Operator,  Some(D::SeeKeys),             r::keys::list::list).patient(),
    ]
}

/// Enterprises: whom the register names, and for whom a device may show codes. The rest is forms of `pages/account`.
#[rustfmt::skip]
fn enterprises() -> Vec<Row> {
    use Deed as D;
    use Who::{Device, Operator};
    vec![
        get ("/api/v1/enterprises",                       Device,    Some(D::SeeRecord),           r::enterprises::own::own),
        post("/api/v1/organisations/{id}/representative", Operator,  Some(D::ProposeRepresentative), r::enterprises::representative::propose),
        get ("/api/v1/representatives",                   Operator,  Some(D::SeeOrganisations),    r::enterprises::representative::list),
        post("/api/v1/representatives/{id}/approve",      Operator,  Some(D::ApproveRepresentative), r::enterprises::representative::approve),
        post("/api/v1/representatives/{id}/refuse",       Operator,  Some(D::ApproveRepresentative), r::enterprises::representative::refuse),
    ]
}

/// Apps of organisations: what people allow them, and who reviews them. Their own endpoints are in `routes/oauth2`.
#[rustfmt::skip]
fn apps() -> Vec<Row> {
    use Deed as D;
    use Who::{DeviceOrPerson, Operator};
    vec![
        get ("/api/v1/apps",                              DeviceOrPerson, Some(D::SeeRecord),      r::apps::list::list),
        delete("/api/v1/apps/{id}",                       DeviceOrPerson, Some(D::WithdrawApp),    r::apps::withdraw::withdraw),
        get ("/api/v1/manage/clients",                    Operator,  Some(D::SeeClients),          r::clients::list::list),
        post("/api/v1/manage/clients",                    Operator,  Some(D::ProposeClient),       r::clients::propose::propose).up_to(LOGO_BODY_MAX),
        get ("/api/v1/manage/clients/deletions",          Operator,  Some(D::SeeClients),          r::clients::deletions::deletions),
        get ("/api/v1/manage/clients/{id}",               Operator,  Some(D::SeeClients),          r::clients::show::show),
        post("/api/v1/manage/clients/invitations",        Operator,  Some(D::InviteClient),        r::clients::invite::invite),
        post("/api/v1/manage/clients/{id}/review",        Operator,  Some(D::ReviewClient),        r::clients::review::review),
        post("/api/v1/manage/clients/{id}/end",           Operator,  Some(D::EndClient),           r::clients::end::end).patient(),
    ]
}

/// A change of number: whoever stops it.
#[rustfmt::skip]
fn numbers() -> Vec<Row> {
    use Deed as D;
    use Who::DeviceOrPerson;
    vec![
        get ("/api/v1/number-changes",                    DeviceOrPerson, Some(D::SeeRecord),      r::number_changes::list),
        post("/api/v1/number-changes/{id}/stop",          DeviceOrPerson, Some(D::StopNumberChange), r::number_changes::stop),
    ]
}

/// Recoveries: two officers, and whoever stops it.
#[rustfmt::skip]
fn recoveries() -> Vec<Row> {
    use Deed as D;
    use Who::{DeviceOrPerson, Operator};
    vec![
        get ("/api/v1/recoveries",                        DeviceOrPerson, Some(D::SeeRecoveries),  r::recoveries::stop::list),
        post("/api/v1/recoveries/{id}/stop",              DeviceOrPerson, Some(D::StopRecovery),   r::recoveries::stop::stop),
        get ("/api/v1/manage/recoveries",                 Operator,  Some(D::SeeRecoveries),       r::recoveries::officers::list),
        post("/api/v1/manage/recoveries",                 Operator,  Some(D::BeginRecovery),       r::recoveries::officers::begin),
        post("/api/v1/manage/recoveries/{id}/answer",     Operator,  Some(D::AnswerRecovery),      r::recoveries::officers::answer),
        post("/api/v1/manage/recoveries/{id}/review",     Operator,  Some(D::ReviewRecovery),      r::recoveries::officers::review),
    ]
}

/// Mandates: who may act for whom.
#[rustfmt::skip]
fn mandates() -> Vec<Row> {
    use Deed as D;
    use Who::{Device, DeviceOrOperator, Operator};
    vec![
        get ("/api/v1/mandates",                          Device,    Some(D::SeeRecord),           r::mandates::list::own),
        post("/api/v1/mandates",                          Device,    Some(D::AcceptInvitation),    r::mandates::invite::accept),
        post("/api/v1/mandates/invitations",              Device,    Some(D::InviteHelper),        r::mandates::invite::invite),
        post("/api/v1/mandates/{id}/confirm",             DeviceOrOperator, Some(D::ConfirmMandate), r::mandates::answer::confirm),
        post("/api/v1/mandates/{id}/end",                 DeviceOrOperator, Some(D::EndMandate),   r::mandates::answer::end),
        post("/api/v1/mandates/{id}/restore",             Device,    Some(D::RestoreMandate),      r::mandates::answer::restore),
        post("/api/v1/mandates/{id}/draw",                Device,    Some(D::DrawActing),          r::mandates::acting::draw),
        get ("/api/v1/mandates/{id}/record",              Device,    Some(D::SeeWardRecord),       r::mandates::acting::record),
        get ("/api/v1/residents/{id}/mandates",           Operator,  Some(D::SeeMandates),         r::mandates::list::of_resident),
        post("/api/v1/residents/{id}/mandates",           Operator,  Some(D::RegisterMandate),     r::mandates::register::register),
        post("/api/v1/mandates/{id}/suspend",             Operator,  Some(D::SuspendMandate),      r::mandates::orders::suspend),
        post("/api/v1/mandates/{id}/resume",              Operator,  Some(D::ResumeMandate),       r::mandates::orders::resume),
        get ("/api/v1/wards/requests",                    Device,    Some(D::SeeRecord),           r::mandates::wards::list),
        post("/api/v1/mandates/{id}/requests",            Device,    Some(D::AskForWard),          r::mandates::wards::ask),
        post("/api/v1/mandates/{id}/requests/{request}/object", Device, Some(D::ObjectForWard),    r::mandates::wards::object),
        get ("/api/v1/manage/wards-alone",                Operator,  Some(D::SeeDeaths),           r::mandates::wards::alone),
        post("/api/v1/residents/{id}/ward-alone/end",     Operator,  Some(D::SeeToWard),           r::mandates::wards::seen_to),
        get ("/api/v1/trusted",                           Device,    Some(D::SeeRecord),           r::mandates::trusted::own),
        post("/api/v1/trusted/invitations",               Device,    Some(D::NameTrusted),         r::mandates::trusted::invite),
        post("/api/v1/trusted/{id}/accept",               Device,    Some(D::AcceptTrusted),       r::mandates::trusted::accept),
        post("/api/v1/trusted/{id}/end",                  DeviceOrOperator, Some(D::EndTrusted),   r::mandates::trusted::end),
        get ("/api/v1/residents/{id}/trusted",            Operator,  Some(D::SeeResidents),        r::mandates::trusted::of_resident),
        post("/api/v1/residents/{id}/trusted",            Operator,  Some(D::NameTrusted),         r::mandates::trusted::name),
    ]
}

/// Another screen that a phone signs in by its code; the screen itself is a page of the account.
#[rustfmt::skip]
fn screens() -> Vec<Row> {
    use Deed as D;
    use Who::Device;
    vec![
        post("/api/v1/screens/read",                      Device,    Some(D::SignInAcross),        r::screens::read),
        post("/api/v1/screens/allow",                     Device,    Some(D::SignInAcross),        r::screens::allow),
    ]
}

/// Officers' posts, and what personnel systems sign in with. Their own endpoints are in `routes/scim`.
#[rustfmt::skip]
fn posts() -> Vec<Row> {
    use Deed as D;
    use Who::{Device, Operator};
    vec![
        get ("/api/v1/posts",                             Device,    Some(D::SeeRecord),           r::posts::own::own),
        post("/api/v1/posts/{id}/draw",                   Device,    Some(D::DrawForPost),         r::posts::own::draw),
        get ("/api/v1/organisations/{id}/posts",          Operator,  Some(D::SeePosts),            r::posts::list::list),
        post("/api/v1/organisations/{id}/posts",          Operator,  Some(D::ProposePost),         r::posts::change::propose),
        post("/api/v1/posts/{id}/renew",                  Operator,  Some(D::RenewPost),           r::posts::change::renew),
        post("/api/v1/posts/{id}/end",                    Operator,  Some(D::EndPost),             r::posts::change::end),
        get ("/api/v1/organisations/{id}/feeds",          Operator,  Some(D::SeePosts),            r::posts::feeds::list),
        post("/api/v1/organisations/{id}/feeds",          Operator,  Some(D::MakeFeed),            r::posts::feeds::make),
        post("/api/v1/feeds/{id}/end",                    Operator,  Some(D::EndFeed),             r::posts::feeds::end).patient(),
    ]
}

/// Searches of the uses by person.
#[rustfmt::skip]
fn audit() -> Vec<Row> {
    use Deed as D;
    use Who::Operator;
    vec![
        get ("/api/v1/manage/audit-searches",             Operator,  Some(D::SeeAuditSearches),    r::audit_searches::list::list),
        post("/api/v1/manage/audit-searches",             Operator,  Some(D::AskAuditSearch),      r::audit_searches::ask::ask),
        post("/api/v1/manage/audit-searches/{id}/answer", Operator,  Some(D::ApproveAuditSearch),  r::audit_searches::answer::answer),
        post("/api/v1/manage/audit-searches/{id}/read",   Operator,  Some(D::ReadPersonUses),      r::audit_searches::read::read).patient(),
        get ("/api/v1/manage/operators",                  Operator,  Some(D::SeeOperators),        r::operators::grants::list),
        post("/api/v1/manage/operators",                  Operator,  Some(D::ProposeOperator),     r::operators::grants::propose),
        post("/api/v1/manage/operators/{id}/answer",      Operator,  Some(D::ConfirmOperator),     r::operators::grants::answer),
    ]
}

/// Keys, the end of an operator's post, orders that delay what a person sees, and sources of import files: each by two persons.
#[rustfmt::skip]
fn two_persons() -> Vec<Row> {
    use Deed as D;
    use Who::Operator;
    vec![
        get ("/api/v1/keys/deeds",                        Operator,  Some(D::SeeKeyDeeds),         r::keys::deeds::list).patient(),
        post("/api/v1/keys/deeds",                        Operator,  Some(D::ProposeKeyDeed),      r::keys::deeds::propose),
        post("/api/v1/keys/deeds/{id}/answer",            Operator,  Some(D::AgreeKeyDeed),        r::keys::deeds::answer).patient(),
        post("/api/v1/keys/void-tokens",                  Operator,  Some(D::VoidTokenKeys),       r::keys::deeds::void_tokens),
        post("/api/v1/keys/withdraw-paper",               Operator,  Some(D::WithdrawPaperKey),    r::keys::deeds::withdraw_paper).patient(),
        post("/api/v1/manage/operators/{id}/suspend",     Operator,  Some(D::SuspendOperator),     r::operators::ends::suspend),
        post("/api/v1/manage/operators/{id}/lift",        Operator,  Some(D::LiftSuspension),      r::operators::ends::lift),
        post("/api/v1/manage/operators/{id}/end",         Operator,  Some(D::ProposeOperatorEnd),  r::operators::ends::propose),
        post("/api/v1/manage/operator-ends/{id}/answer",  Operator,  Some(D::ConfirmOperatorEnd),  r::operators::ends::answer),
        post("/api/v1/manage/operators/{id}/name",        Operator,  Some(D::NameOperator),        r::operators::names::propose),
        post("/api/v1/manage/operator-names/{id}/answer", Operator,  Some(D::AgreeOperatorName),   r::operators::names::answer),
        post("/api/v1/manage/operators/named",            Operator,  Some(D::RequireNamed),        r::operators::names::require),
        post("/api/v1/manage/audit-searches/{id}/delay",  Operator,  Some(D::AskAuditDelay),       r::audit_searches::delay::ask),
        post("/api/v1/manage/audit-delays/{id}/answer",   Operator,  Some(D::ApproveAuditDelay),   r::audit_searches::delay::answer),
        get ("/api/v1/sources",                           Operator,  Some(D::SeeOrganisations),    r::sources::list::list),
        post("/api/v1/sources",                           Operator,  Some(D::ProposeSource),       r::sources::change::propose),
        post("/api/v1/sources/{id}/approve",              Operator,  Some(D::ApproveSource),       r::sources::change::approve),
        post("/api/v1/sources/{id}/end",                  Operator,  Some(D::EndSource),           r::sources::change::end),
    ]
}

/// A counter: visits at a kiosk, and deaths.
#[rustfmt::skip]
fn counter() -> Vec<Row> {
    use Deed as D;
    use Who::Operator;
    vec![
        get ("/api/v1/manage/visits",                     Operator,  Some(D::SeeVisits),           r::visits::officer::list),
        post("/api/v1/manage/visits",                     Operator,  Some(D::BeginVisit),          r::visits::officer::begin),
        post("/api/v1/manage/visits/{id}/end",            Operator,  Some(D::EndVisit),            r::visits::officer::end),
        get ("/api/v1/manage/deaths",                     Operator,  Some(D::SeeDeaths),           r::deaths::list::list),
        post("/api/v1/residents/{id}/death",              Operator,  Some(D::ReportDeath),         r::deaths::report::report),
        post("/api/v1/residents/{id}/death/undo",         Operator,  Some(D::UndoDeath),           r::deaths::report::undo),
    ]
}

/// The whole router, without what goes around it.
pub fn router(app: App) -> Router {
    let routes = table().into_iter().fold(Router::new(), |router, row| router.route(row.path, row.on));
    routes
        .merge(crate::operations::router())
        .merge(crate::pages::account::router())
        .merge(r::oauth2::router())
        .merge(r::scim::router())
        .fallback(crate::pages::serve)
        .method_not_allowed_fallback(async || Refused::new(Code::MethodNotAllowed, "method"))
        .with_state(app)
}

impl Row {
    /// Rightly takes longer than a statement of an ordinary deed may (R29): it reads or writes very many rows.
    fn patient(self) -> Self {
        Self { on: self.on.layer(from_fn(crate::layers::patience)), ..self }
    }

    /// Takes a larger body than others.
    fn up_to(self, bytes: usize) -> Self {
        Self { on: self.on.layer(DefaultBodyLimit::max(bytes)), ..self }
    }
}

fn row<H, T>(
    method: &'static str,
    filter: MethodFilter,
    path: &'static str,
    who: Who,
    deed: Option<Deed>,
    handler: H,
) -> Row
where
    H: Handler<T, App>,
    T: 'static,
{
    Row { method, path, who, deed, on: on(filter, handler).layer(DefaultBodyLimit::max(BODY_MAX)) }
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, who: Who, deed: Option<Deed>, handler: H) -> Row {
    row("GET", MethodFilter::GET, path, who, deed, handler)
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, who: Who, deed: Option<Deed>, handler: H) -> Row {
    row("POST", MethodFilter::POST, path, who, deed, handler)
}

fn delete<H: Handler<T, App>, T: 'static>(path: &'static str, who: Who, deed: Option<Deed>, handler: H) -> Row {
    row("DELETE", MethodFilter::DELETE, path, who, deed, handler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yima_kernel::matrix::{Rule, rule};
    use yima_kernel::subject::ActorKind as A;

    const fn kinds(who: Who) -> &'static [A] {
        match who {
            Who::Anyone | Who::NewDevice => &[A::Stranger],
            Who::Device => &[A::Resident],
            Who::Gate => &[A::Gate],
            Who::Operator => &[A::SystemOperator, A::SecurityOperator, A::AuditOperator],
            Who::Person => &[A::Person],
            Who::DeviceOrPerson => &[A::Resident, A::Person],
            Who::DeviceOrOperator => &[A::Resident, A::SystemOperator],
        }
    }

    #[test]
    fn every_deed_of_the_table_may_be_done_by_somebody_who_may_knock() {
        for row in table() {
            if let Some(deed) = row.deed {
                let allowed = kinds(row.who).iter().any(|kind| rule(*kind, deed) != Rule::No);
                assert!(allowed, "{} {}: nobody who comes in may {}", row.method, row.path, deed.as_str());
            }
        }
    }

    #[test]
    fn only_named_routes_have_no_deed() {
        let bare: Vec<_> = table().into_iter().filter(|row| row.deed.is_none()).map(|row| row.path).collect();
        let expected = [
            "/api/v1/time",
            "/api/v1/bundle",
            "/api/v1/scenarios",
            "/api/v1/sites/{site}",
            "/api/v1/status-lists/{list}",
            "/api/v1/record/buckets/{day}",
            "/api/v1/record/buckets/{day}/{prefix}",
            "/api/v1/demo",
            "/api/v1/resolves",
            "/api/v1/operators/sign-out",
            "/api/v1/operators/me",
        ];
        assert_eq!(bare, expected);
    }

    #[test]
    fn every_deed_that_comes_by_network_has_a_route() {
        use Deed as D;
        let by_command_line = [
            D::ImportResidents,
            D::ImportOrganisations,
            D::IndexResidents,
            D::PublishBundle,
            D::AddOperator,
            D::FinishDeath,
            D::EndAppGrant,
            D::RotateKeys,
            D::MergeOrganisations,
        ];
        // These come through `routes/oauth2`, which has no table, and the forms of `pages/account`, which are no API.
        let by_protocol = [
            D::AllowApp,
            D::AllowAppFor,
            D::WithdrawAppFor,
            D::TakeToken,
            D::ReadClaims,
            D::AnswerDeletion,
            D::RegisterClient,
            D::MovePost,
        ];
        let by_form = [
            D::StepUp,
            D::AddAuthenticator,
            D::AddFirstPasskey,
            D::RemoveAuthenticator,
            D::VouchForDevice,
            D::ChangePassword,
            D::Recover,
            D::AcceptPost,
            D::AppointDeputy,
            D::MakePostCode,
            D::OpenVisit,
            D::RecoverWard,
            D::LetDeviceIn,
            D::JoinDevice,
            D::KeepSignIn,
            D::ProveNumber,
            D::ChangeNumber,
            D::ConfirmOperatorName,
        ];
        let by_form_of_enterprises = [
            D::AcceptRepresentation,
            D::ConfirmAgents,
            D::AppointAgent,
            D::AcceptAppointment,
            D::DismissAgent,
            D::ActFor,
            D::LodgeFiling,
            D::WithdrawFiling,
        ];
        for deed in D::ALL {
            let routed = table().iter().any(|row| row.deed == Some(deed)) || by_protocol.contains(&deed);
            let elsewhere =
                by_command_line.contains(&deed) || by_form.contains(&deed) || by_form_of_enterprises.contains(&deed);
            assert_ne!(routed, elsewhere, "{}", deed.as_str());
        }
    }

    #[test]
    fn the_document_and_the_table_name_the_same_routes() {
        let document = serde_json::to_value(crate::openapi::document()).expect("a document is JSON");
        let mut documented = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            documented
                .extend(methods.as_object().expect("methods").keys().map(|m| format!("{} {path}", m.to_uppercase())));
        }
        documented.sort();
        let mut routed: Vec<_> = table().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
        routed.sort();
        assert_eq!(documented, routed);
    }
}
