//! The access matrix: which kind of actor may do which deed, and under which condition, as one table.
//! It does not decide: `access` reads it, and `docs/access-matrix.txt` is printed from it.

use crate::deed::Deed;
use crate::subject::ActorKind;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Never.
    No,
    /// Yes.
    Yes,
    /// Only on what is the actor's own.
    Own,
    /// Only when somebody else prepared it.
    Other,
    /// Only within what was agreed to.
    Agreed,
    /// Only for somebody who gave the actor a mandate for it.
    Mandated,
}

impl Rule {
    const fn as_str(self) -> &'static str {
        match self {
            Self::No => "-",
            Self::Yes => "yes",
            Self::Own => "own",
            Self::Other => "other",
            Self::Agreed => "agreed",
            Self::Mandated => "mandate",
        }
    }
}

/// The cell for a kind of actor and a deed.
#[must_use]
pub const fn rule(kind: ActorKind, deed: Deed) -> Rule {
    use ActorKind as A;
    match (deed, kind) {
        (Deed::CheckCode | Deed::UploadRecords | Deed::SyncGate | Deed::SetCheckerKey | Deed::UnbindCard, A::Gate) => {
            Rule::Own
        }
        (Deed::ResolveCode | Deed::BindCard | Deed::FindBound, A::Gate) => Rule::Agreed,
        (Deed::RequestOtp | Deed::EnrolDevice | Deed::JoinAccount | Deed::SignIn, A::Stranger) => Rule::Yes,
        (
            Deed::DrawTokens
            | Deed::TakeShortNumber
            | Deed::CheckIn
            | Deed::ConfirmCheck
            | Deed::RefuseCheck
            | Deed::SeeRecord
            | Deed::GiveConsent
            | Deed::WithdrawConsent
            | Deed::UnbindCard
            | Deed::ChangeSettings
            | Deed::EndDevice,
            A::Resident,
        )
        | (
            Deed::SeeRecord
            | Deed::EndDevice
            | Deed::ChangeSettings
            | Deed::StepUp
            | Deed::SignInAcross
            | Deed::AddAuthenticator
            | Deed::AddFirstPasskey
            | Deed::RemoveAuthenticator
            | Deed::ChangePassword
            | Deed::EndSession
            | Deed::VouchForDevice,
            A::Person,
        )
        | (Deed::JoinAccount | Deed::EndSession | Deed::SignInAcross, A::Resident) => Rule::Own,
        (
            Deed::EndDevice
            | Deed::EndSession
            | Deed::SeeResidents
            | Deed::SeeDevices
            | Deed::IssueEnrolmentCode
            | Deed::ChangeStanding
            | Deed::GiveBenefit
            | Deed::EndBenefit
            | Deed::IssueCard
            | Deed::RevokeCard
            | Deed::ProposeScenario
            | Deed::SeeScenarios
            | Deed::AddPlace
            | Deed::AddGate
            | Deed::EndGate
            | Deed::SeeFigures,
            A::SystemOperator,
        ) => Rule::Yes,
        (
            Deed::InviteHelper
            | Deed::AcceptInvitation
            | Deed::ConfirmMandate
            | Deed::EndMandate
            | Deed::RestoreMandate,
            A::Resident,
        ) => Rule::Own,
        (Deed::DrawActing | Deed::DrawForPost | Deed::SeeWardRecord | Deed::WithdrawAppFor, A::Resident)
        | (Deed::AllowAppFor | Deed::WithdrawAppFor, A::Person) => Rule::Mandated,
        (
            Deed::RegisterMandate | Deed::ConfirmMandate | Deed::EndMandate | Deed::SuspendMandate | Deed::SeeMandates,
            A::SystemOperator,
        )
        | (Deed::SuspendMandate | Deed::ResumeMandate | Deed::SeeMandates, A::SecurityOperator)
        | (Deed::RegisterMandate | Deed::ConfirmMandate | Deed::EndMandate, A::System) => Rule::Yes,
        (
            Deed::CopyData
            | Deed::CorrectData
            | Deed::RestrictData
            | Deed::LiftRestriction
            | Deed::ExplainData
            | Deed::DeleteData
            | Deed::StopRequest,
            A::Resident | A::Person,
        ) => Rule::Own,
        (Deed::KinData | Deed::SeeRequests | Deed::AnswerRequest, A::SystemOperator)
        | (Deed::SeeRequests, A::SecurityOperator)
        | (Deed::DeleteData, A::System) => Rule::Yes,
        (Deed::AnswerKin | Deed::ApproveOrganisations, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        (
            Deed::SeeOrganisations
            | Deed::AddOrganisation
            | Deed::MoveOrganisation
            | Deed::ChangeOrganisation
            | Deed::UndoOrganisations,
            A::SystemOperator,
        )
        | (Deed::SeeOrganisations, A::SecurityOperator)
        | (
            Deed::SeeOrganisations | Deed::AddOrganisation | Deed::ImportOrganisations | Deed::UndoOrganisations,
            A::System,
        ) => Rule::Yes,
        (Deed::ReviewScenario, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        (
            Deed::SeeKeys | Deed::PublishBundle | Deed::SeeScenarios | Deed::SeeFigures,
            A::SecurityOperator,
        )
        | (Deed::ReadUses | Deed::SeeFigures | Deed::SeeScenarios | Deed::SeeKeys, A::AuditOperator) => Rule::Yes,
        (
            Deed::ImportResidents
            | Deed::SeeResidents
            | Deed::IndexResidents
            | Deed::IssueEnrolmentCode
            | Deed::GiveBenefit
            | Deed::EndBenefit
            | Deed::ProposeScenario
            | Deed::ReviewScenario
            | Deed::AddPlace
            | Deed::AddGate
            | Deed::RotateKeys
            | Deed::PublishBundle
            | Deed::AddOperator
            | Deed::SeeScenarios
            | Deed::SeeKeys
            | Deed::SeeFigures
            | Deed::EndDevice,
            A::System,
        ) => Rule::Yes,
        (Deed::AllowApp | Deed::WithdrawApp, A::Person)
        | (Deed::WithdrawApp, A::Resident)
        | (Deed::TakeToken | Deed::ReadClaims | Deed::AnswerDeletion, A::App) => Rule::Own,
        (Deed::ProposeClient | Deed::InviteClient | Deed::SeeClients | Deed::EndClient, A::SystemOperator | A::System)
        // By a token that an operator made.
        | (Deed::RegisterClient, A::Stranger)
        | (Deed::SeeClients | Deed::EndClient, A::SecurityOperator)
        | (Deed::SeeClients, A::AuditOperator)
        | (Deed::ReviewClient, A::System) => Rule::Yes,
        (Deed::ReviewClient, A::SystemOperator | A::SecurityOperator)
        | (Deed::ApproveAuditSearch, A::SecurityOperator | A::AuditOperator) => Rule::Other,
        // Read is only a search that the auditor asked for; the deed itself looks.
        (Deed::AskAuditSearch | Deed::ReadPersonUses | Deed::SeeAuditSearches, A::AuditOperator)
        | (Deed::SeeAuditSearches, A::SecurityOperator) => Rule::Yes,
        // Recovery: one post asks, another one answers; the person comes without any way to sign in.
        (Deed::BeginRecovery | Deed::SeeRecoveries, A::SystemOperator)
        | (Deed::SeeRecoveries, A::SecurityOperator)
        | (Deed::Recover | Deed::StopRecovery, A::Stranger) => Rule::Yes,
        (Deed::AnswerRecovery, A::SecurityOperator)
        | (Deed::ReviewRecovery, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        (Deed::StopRecovery | Deed::SeeRecoveries, A::Resident | A::Person) => Rule::Own,
        // An enterprise: the register says who represents it, and persons act for it as themselves.
        (Deed::ProposeRepresentative, A::SystemOperator | A::System) => Rule::Yes,
        (Deed::ApproveRepresentative, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        (Deed::AcceptRepresentation | Deed::AcceptAppointment | Deed::DismissAgent | Deed::WithdrawFiling, A::Person) => {
            Rule::Own
        }
        (Deed::DismissAgent, A::System) => Rule::Yes,
        (Deed::ConfirmAgents | Deed::AppointAgent | Deed::ActFor | Deed::LodgeFiling, A::Person) => Rule::Mandated,
        (
            Deed::AcceptPost | Deed::AppointDeputy | Deed::EndPost | Deed::MakePostCode,
            A::Person,
        ) => Rule::Own,
        (
            Deed::ProposePost | Deed::RenewPost | Deed::MovePost | Deed::EndPost | Deed::SeePosts,
            A::Feed,
        )
        | (
            Deed::ProposePost | Deed::RenewPost | Deed::EndPost | Deed::SeePosts | Deed::MakeFeed | Deed::EndFeed,
            A::SystemOperator,
        )
        | (Deed::EndPost | Deed::SeePosts | Deed::EndFeed, A::SecurityOperator)
        | (Deed::SeePosts, A::AuditOperator)
        // Leases that ran out.
        | (Deed::EndPost, A::System) => Rule::Yes,
        // A sign-in that is kept, and the number that messages go to; who reads the message to the old one may stop it.
        (Deed::KeepSignIn | Deed::ProveNumber | Deed::ChangeNumber | Deed::StopNumberChange, A::Person)
        | (Deed::StopNumberChange, A::Resident) => Rule::Own,
        (Deed::ChangeNumber, A::System) | (Deed::StopNumberChange, A::Stranger) => Rule::Yes,
        // A counter: an officer helps somebody who is there, at a kiosk that knows nobody.
        (Deed::BeginVisit | Deed::EndVisit | Deed::SeeVisits, A::SystemOperator)
        | (Deed::OpenVisit | Deed::JoinDevice, A::Stranger)
        | (Deed::ReportDeath | Deed::UndoDeath | Deed::SeeDeaths, A::SystemOperator | A::SecurityOperator)
        | (Deed::FinishDeath | Deed::EndAppGrant, A::System) => Rule::Yes,
        (Deed::EndVisit | Deed::LetDeviceIn, A::Person) => Rule::Own,
        (Deed::RecoverWard, A::Person) => Rule::Mandated,
        // The three posts: proposed by one person, confirmed by another (rule R43).
        (Deed::ProposeOperator, A::SystemOperator)
        | (Deed::SeeOperators, A::SystemOperator | A::SecurityOperator | A::AuditOperator) => Rule::Yes,
        (Deed::ConfirmOperator, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        // A printed sheet of codes: ended by its holder, or at a counter.
        (Deed::EndSheet, A::Person) => Rule::Own,
        (Deed::EndSheet | Deed::NameTrusted | Deed::EndTrusted | Deed::SeeToWard, A::SystemOperator) => Rule::Yes,
        // Heavy deeds for a child, which another guardian can stop.
        (Deed::AskForWard | Deed::ObjectForWard, A::Resident) => Rule::Mandated,
        // Somebody who is told of a helper's deeds, and may do none.
        (Deed::NameTrusted | Deed::AcceptTrusted | Deed::EndTrusted, A::Resident) => Rule::Own,
        // Two persons over keys and over the end of an operator's post; in danger one stops at once, and another one looks (R43).
        (Deed::ProposeKeyDeed | Deed::VoidTokenKeys, A::SecurityOperator)
        | (Deed::SeeKeyDeeds, A::SystemOperator | A::SecurityOperator | A::AuditOperator)
        | (
            Deed::SuspendOperator | Deed::LiftSuspension | Deed::ProposeOperatorEnd,
            A::SystemOperator | A::SecurityOperator,
        )
        // Whoever owns the data directory.
        | (Deed::SuspendOperator | Deed::LiftSuspension | Deed::ConfirmOperatorEnd, A::System)
        // Read is only a search of their own; the deed itself looks.
        | (Deed::AskAuditDelay, A::AuditOperator) => Rule::Yes,
        (Deed::AgreeKeyDeed | Deed::ConfirmOperatorEnd, A::SystemOperator | A::SecurityOperator)
        | (Deed::ApproveAuditDelay, A::SecurityOperator | A::AuditOperator) => Rule::Other,
        // A merger of organisations: proposed by one, approved by another, called off by either post until its day (rule R20).
        (Deed::ProposeMerger | Deed::WithdrawMerger, A::SystemOperator)
        | (Deed::WithdrawMerger, A::SecurityOperator)
        | (Deed::MergeOrganisations, A::System) => Rule::Yes,
        (Deed::DecideMerger, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        // Which resident an operator is: two persons, and the resident (rule R13).
        (Deed::NameOperator, A::SystemOperator) | (Deed::RequireNamed, A::SecurityOperator | A::System)
        // In danger one stops at once what a paper key signed, and another one looks (R43).
        | (Deed::WithdrawPaperKey, A::SecurityOperator | A::System) => Rule::Yes,
        (Deed::AgreeOperatorName, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        (Deed::ConfirmOperatorName, A::Person) => Rule::Own,
        // Sources of import files: registered by two persons, stopped by one (rule R47).
        (Deed::ProposeSource | Deed::EndSource, A::SystemOperator | A::SecurityOperator | A::System) => Rule::Yes,
        (Deed::ApproveSource, A::SystemOperator | A::SecurityOperator) => Rule::Other,
        _ => Rule::No,
    }
}

/// Prints the whole matrix, one deed a line.
#[must_use]
pub fn print() -> String {
    let mut text = String::from(
        "Who may do which deed. yes: always; own: only on what is the actor's own; other: only when somebody else\n\
         prepared it; agreed: only within a consent and the reviewed manifest; mandate: only for somebody who gave the\n\
         actor a mandate for it; -: never.\n\n",
    );
    text.push_str(&format!("{:<22}", "deed"));
    for kind in ActorKind::ALL {
        text.push_str(&format!("{:<13}", kind.as_str()));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for deed in Deed::ALL {
        let mut line = format!("{:<22}", deed.as_str());
        for kind in ActorKind::ALL {
            line.push_str(&format!("{:<13}", rule(kind, deed).as_str()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_can_be_done_by_somebody_and_never_by_an_unnamed_actor() {
        for deed in Deed::ALL {
            assert!(ActorKind::ALL.iter().any(|k| rule(*k, deed) != Rule::No), "{}", deed.as_str());
        }
        let stranger: Vec<_> =
            Deed::ALL.into_iter().filter(|d| rule(ActorKind::Stranger, *d) != Rule::No).map(Deed::as_str).collect();
        assert_eq!(
            stranger,
            [
                "request_otp",
                "enrol",
                "join_account",
                "sign_in",
                "register_client",
                "recover",
                "stop_recovery",
                "stop_number_change",
                "open_visit",
                "join_device"
            ]
        );
    }

    #[test]
    fn auditors_change_nothing_but_their_own_searches() {
        let audit: Vec<_> = Deed::ALL
            .into_iter()
            .filter(|d| rule(ActorKind::AuditOperator, *d) != Rule::No)
            .map(Deed::as_str)
            .collect();
        assert_eq!(
            audit,
            [
                "see_scenarios",
                "see_figures",
                "read_uses",
                "see_keys",
                "see_clients",
                "see_posts",
                "ask_audit_search",
                "approve_audit_search",
                "read_person_uses",
                "see_audit_searches",
                "see_operators",
                "see_key_deeds",
                "ask_audit_delay",
                "approve_audit_delay"
            ]
        );
    }
}
