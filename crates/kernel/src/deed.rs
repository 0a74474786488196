//! The list of deeds: everything that can be asked of the province. It does not know who may do them.

/// One thing that can be done; each has a file in the province and leaves a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Check a presented code.
    CheckCode,
    /// Learn the pseudonym and agreed attributes behind a receipt.
    ResolveCode,
    /// Tie an office's own card to the holder behind a receipt.
    BindCard,
    /// End such a tie.
    UnbindCard,
    /// Learn the pseudonym behind an office's own card.
    FindBound,
    /// Take a gate's offline records.
    UploadRecords,
    /// Tell a gate where it stands.
    SyncGate,
    /// Register the key by which a gate signs its challenges.
    SetCheckerKey,
    /// Ask for a one-time password.
    RequestOtp,
    /// Enrol a device.
    EnrolDevice,
    /// Draw a batch of tokens.
    DrawTokens,
    /// Take a short number.
    TakeShortNumber,
    /// Check in at a place.
    CheckIn,
    /// Confirm that one stands at the checker that asks.
    ConfirmCheck,
    /// Say that one does not.
    RefuseCheck,
    /// Read one's own home screen and record.
    SeeRecord,
    /// Agree to attributes.
    GiveConsent,
    /// Take an agreement back.
    WithdrawConsent,
    /// Switch paper and short numbers.
    ChangeSettings,
    /// End a device.
    EndDevice,
    /// Import residents.
    ImportResidents,
    /// Find and see residents, masked.
    SeeResidents,
    /// See the devices of all residents, without names.
    SeeDevices,
    /// Fill the index by which names are found.
    IndexResidents,
    /// Issue an enrolment code.
    IssueEnrolmentCode,
    /// Suspend, resume, or report the death of a resident.
    ChangeStanding,
    /// Give a resident a benefit.
    GiveBenefit,
    /// End a resident's benefit.
    EndBenefit,
    /// Issue, replace or revoke a paper card.
    IssueCard,
    /// Revoke a paper card.
    RevokeCard,
    /// Propose a scenario manifest.
    ProposeScenario,
    /// Review a proposed manifest.
    ReviewScenario,
    /// See manifests, places and gates.
    SeeScenarios,
    /// Add a place.
    AddPlace,
    /// Add a gate.
    AddGate,
    /// End a gate.
    EndGate,
    /// See figures.
    SeeFigures,
    /// Read the uses.
    ReadUses,
    /// See keys.
    SeeKeys,
    /// Rotate keys.
    RotateKeys,
    /// Publish a verifier bundle.
    PublishBundle,
    /// Register that one person may act for another.
    RegisterMandate,
    /// Make a code by which a helper comes forward.
    InviteHelper,
    /// Come forward as a helper.
    AcceptInvitation,
    /// Say yes to a mandate over oneself.
    ConfirmMandate,
    /// End a mandate.
    EndMandate,
    /// Undo the end of a mandate over oneself.
    RestoreMandate,
    /// Stop a mandate by an order.
    SuspendMandate,
    /// Let it go on when the order is lifted.
    ResumeMandate,
    /// See a resident's mandates, masked.
    SeeMandates,
    /// Draw codes to be shown for somebody else.
    DrawActing,
    /// Draw codes to be shown in a post of an office.
    DrawForPost,
    /// Read the record of somebody in one's care.
    SeeWardRecord,
    /// See the tree of organisations.
    SeeOrganisations,
    /// Add a department or an enterprise.
    AddOrganisation,
    /// Put an organisation under another.
    MoveOrganisation,
    /// Suspend, resume or end an organisation.
    ChangeOrganisation,
    /// Propose an import of organisations, and run an approved one.
    ImportOrganisations,
    /// Approve an import that somebody else proposed.
    ApproveOrganisations,
    /// Undo an import of organisations.
    UndoOrganisations,
    /// See and copy all that is kept about oneself (PIPL article 45).
    CopyData,
    /// Ask that something be corrected (PIPL article 46).
    CorrectData,
    /// Switch the processing of one's data off (PIPL article 44).
    RestrictData,
    /// Switch it on again.
    LiftRestriction,
    /// Ask for the rules to be explained (PIPL article 48).
    ExplainData,
    /// Ask for deletion, and do it when its time has come (PIPL article 47).
    DeleteData,
    /// Take a request back that is not done yet.
    StopRequest,
    /// File at a counter what the kin of a dead person ask for (PIPL article 49).
    KinData,
    /// See what persons ask for, and open a request.
    SeeRequests,
    /// Answer a request: done, refused, waits.
    AnswerRequest,
    /// Answer a request of kin that a colleague filed.
    AnswerKin,
    /// Make the first ways to sign in, by what a counter gave.
    JoinAccount,
    /// Prove more in a session that is open.
    StepUp,
    /// Let another screen in as oneself.
    SignInAcross,
    /// Add a way to sign in.
    AddAuthenticator,
    /// Add the first passkey, on a device that is known.
    AddFirstPasskey,
    /// Remove a way to sign in.
    RemoveAuthenticator,
    /// Change one's password, knowing the old one.
    ChangePassword,
    /// End a session, or all others.
    EndSession,
    /// Sign in, as a resident or as an operator.
    SignIn,
    /// Make an operator.
    AddOperator,
    /// Propose an app, or a new version of one.
    ProposeClient,
    /// Review a proposed app.
    ReviewClient,
    /// Let an organisation register an app.
    InviteClient,
    /// Register an app, as its organisation.
    RegisterClient,
    /// Stop an app.
    EndClient,
    /// See apps and what is proposed.
    SeeClients,
    /// Allow an app to know something about oneself.
    AllowApp,
    /// Answer an app's letter of consent for a child in one's care, or for an enterprise.
    AllowAppFor,
    /// Take that back.
    WithdrawApp,
    /// Take tokens, as an app.
    TakeToken,
    /// Read what a person allowed, as an app.
    ReadClaims,
    /// Say what came of a deletion that was asked of an app.
    AnswerDeletion,
    /// Ask, at a counter, that a resident comes back to the account.
    BeginRecovery,
    /// Say yes or no to it, as the second officer.
    AnswerRecovery,
    /// Make the new way to sign in, on one's own device.
    Recover,
    /// Stop a recovery.
    StopRecovery,
    /// See recoveries that wait.
    SeeRecoveries,
    /// Look at a recovery that was drawn for review.
    ReviewRecovery,
    /// Say who the register names as an enterprise's legal representative.
    ProposeRepresentative,
    /// Approve that, as another person.
    ApproveRepresentative,
    /// Become an enterprise's legal representative.
    AcceptRepresentation,
    /// Confirm who goes on acting for an enterprise after its representative changed.
    ConfirmAgents,
    /// Offer somebody to act for an enterprise.
    AppointAgent,
    /// Accept or decline such an offer.
    AcceptAppointment,
    /// End an appointment, with all that hangs on it.
    DismissAgent,
    /// Act for an enterprise in this browser, or for oneself again.
    ActFor,
    /// File something for an enterprise.
    LodgeFiling,
    /// Take a filing back.
    WithdrawFiling,
    /// Propose that somebody has a post in an organisation.
    ProposePost,
    /// Say that a post still stands: its lease goes on.
    RenewPost,
    /// Put a person from one post into another.
    MovePost,
    /// End a post.
    EndPost,
    /// See the posts of an organisation.
    SeePosts,
    /// Accept a post that was proposed for oneself.
    AcceptPost,
    /// Appoint a deputy in one's own post.
    AppointDeputy,
    /// Make a code by which an office names oneself.
    MakePostCode,
    /// Let the personnel system of an organisation in.
    MakeFeed,
    /// Shut it out.
    EndFeed,
    /// Ask to search the uses for one person, in a case.
    AskAuditSearch,
    /// Approve such a search that somebody else asked for, or refuse it.
    ApproveAuditSearch,
    /// Read the uses of one person, within an approved search.
    ReadPersonUses,
    /// See which searches by person were asked for.
    SeeAuditSearches,
    /// Keep a sign-in on one's own device, under a key of that device.
    KeepSignIn,
    /// Prove one's telephone number anew.
    ProveNumber,
    /// Change one's telephone number; it counts after the hold.
    ChangeNumber,
    /// Stop such a change.
    StopNumberChange,
    /// Take back, as a guardian, what one allowed an app for a child.
    WithdrawAppFor,
    /// Open a visit: help a resident sign in at a counter.
    BeginVisit,
    /// Take a visit up, at the kiosk of the counter.
    OpenVisit,
    /// End a visit.
    EndVisit,
    /// See the visits that one opened.
    SeeVisits,
    /// Bring somebody in one's care back to their account, as their guardian.
    RecoverWard,
    /// Let another device of one's own make a passkey.
    LetDeviceIn,
    /// Make that passkey, on the other device.
    JoinDevice,
    /// Report a death, as the first or the second source.
    ReportDeath,
    /// Take a report of a death back before it is final.
    UndoDeath,
    /// Make a confirmed death final when its time has come.
    FinishDeath,
    /// End what a person allowed an app once its time is over.
    EndAppGrant,
    /// See deaths that are reported and not final.
    SeeDeaths,
    /// Propose that a natural person holds one of the three posts.
    ProposeOperator,
    /// Confirm or refuse what another operator proposed.
    ConfirmOperator,
    /// See who holds the three posts, and who is proposed.
    SeeOperators,
    /// End a printed sheet of one-time codes.
    EndSheet,
    /// Name the one person who is told of what a helper does.
    NameTrusted,
    /// Agree to be told.
    AcceptTrusted,
    /// Take that back, or refuse it.
    EndTrusted,
    /// Ask, as a guardian, for what is heavy for a child.
    AskForWard,
    /// Object to what another guardian asked, or take one's own back.
    ObjectForWard,
    /// See to somebody who has no guardian any more.
    SeeToWard,
    /// Propose what is done to keys.
    ProposeKeyDeed,
    /// Agree to what another operator proposed for keys, or look at what was done to them at once.
    AgreeKeyDeed,
    /// Make the keys that sign tokens void at once, because one leaked.
    VoidTokenKeys,
    /// See what was proposed for keys and done to them.
    SeeKeyDeeds,
    /// Stop an operator at once, for a time.
    SuspendOperator,
    /// Let a stopped operator go on.
    LiftSuspension,
    /// Propose that an operator's post ends.
    ProposeOperatorEnd,
    /// Confirm or refuse such an end that another operator proposed.
    ConfirmOperatorEnd,
    /// Ask, by a further order, that a person goes on not seeing a search of their uses.
    AskAuditDelay,
    /// Agree to an order that delays what a person sees of a search, or refuse it.
    ApproveAuditDelay,
    /// Propose that an organisation is merged into another.
    ProposeMerger,
    /// Approve or refuse a merger that somebody else proposed.
    DecideMerger,
    /// Call a merger off before it takes effect.
    WithdrawMerger,
    /// Let an approved merger take effect on its day.
    MergeOrganisations,
    /// Propose which resident an operator is.
    NameOperator,
    /// Agree to which resident an operator is, or refuse it.
    AgreeOperatorName,
    /// Confirm, as that resident, to be the operator.
    ConfirmOperatorName,
    /// Let nobody open a file whose own is not known.
    RequireNamed,
    /// Withdraw a paper key at once, because it leaked.
    WithdrawPaperKey,
    /// Propose a source of import files: by a key that signs them, or without one.
    ProposeSource,
    /// Approve a source that somebody else proposed.
    ApproveSource,
    /// End a source's key at once, or call a proposal off.
    EndSource,
    /// Say with a passkey that a phone which was enrolled a short time ago is one's own.
    VouchForDevice,
}

impl Deed {
    /// All deeds, in the order of the printed matrix.
    pub const ALL: [Self; 173] = [
        Self::CheckCode,
        Self::ResolveCode,
        Self::BindCard,
        Self::UnbindCard,
        Self::FindBound,
        Self::UploadRecords,
        Self::SyncGate,
        Self::SetCheckerKey,
        Self::RequestOtp,
        Self::EnrolDevice,
        Self::DrawTokens,
        Self::TakeShortNumber,
        Self::CheckIn,
        Self::ConfirmCheck,
        Self::RefuseCheck,
        Self::SeeRecord,
        Self::GiveConsent,
        Self::WithdrawConsent,
        Self::ChangeSettings,
        Self::EndDevice,
        Self::ImportResidents,
        Self::SeeResidents,
        Self::SeeDevices,
        Self::IndexResidents,
        Self::IssueEnrolmentCode,
        Self::ChangeStanding,
        Self::GiveBenefit,
        Self::EndBenefit,
        Self::IssueCard,
        Self::RevokeCard,
        Self::ProposeScenario,
        Self::ReviewScenario,
        Self::SeeScenarios,
        Self::AddPlace,
        Self::AddGate,
        Self::EndGate,
        Self::SeeFigures,
        Self::ReadUses,
        Self::SeeKeys,
        Self::RotateKeys,
        Self::PublishBundle,
        Self::RegisterMandate,
        Self::InviteHelper,
        Self::AcceptInvitation,
        Self::ConfirmMandate,
        Self::EndMandate,
        Self::RestoreMandate,
        Self::SuspendMandate,
        Self::ResumeMandate,
        Self::SeeMandates,
        Self::DrawActing,
        Self::DrawForPost,
        Self::SeeWardRecord,
        Self::SeeOrganisations,
        Self::AddOrganisation,
        Self::MoveOrganisation,
        Self::ChangeOrganisation,
        Self::ImportOrganisations,
        Self::ApproveOrganisations,
        Self::UndoOrganisations,
        Self::CopyData,
        Self::CorrectData,
        Self::RestrictData,
        Self::LiftRestriction,
        Self::ExplainData,
        Self::DeleteData,
        Self::StopRequest,
        Self::KinData,
        Self::SeeRequests,
        Self::AnswerRequest,
        Self::AnswerKin,
        Self::JoinAccount,
        Self::StepUp,
        Self::SignInAcross,
        Self::AddAuthenticator,
        Self::AddFirstPasskey,
        Self::RemoveAuthenticator,
        Self::ChangePassword,
        Self::EndSession,
        Self::SignIn,
        Self::AddOperator,
        Self::ProposeClient,
        Self::ReviewClient,
        Self::InviteClient,
        Self::RegisterClient,
        Self::EndClient,
        Self::SeeClients,
        Self::AllowApp,
        Self::AllowAppFor,
        Self::WithdrawApp,
        Self::TakeToken,
        Self::ReadClaims,
        Self::AnswerDeletion,
        Self::BeginRecovery,
        Self::AnswerRecovery,
        Self::Recover,
        Self::StopRecovery,
        Self::SeeRecoveries,
        Self::ReviewRecovery,
        Self::ProposeRepresentative,
        Self::ApproveRepresentative,
        Self::AcceptRepresentation,
        Self::ConfirmAgents,
        Self::AppointAgent,
        Self::AcceptAppointment,
        Self::DismissAgent,
        Self::ActFor,
        Self::LodgeFiling,
        Self::WithdrawFiling,
        Self::ProposePost,
        Self::RenewPost,
        Self::MovePost,
        Self::EndPost,
        Self::SeePosts,
        Self::AcceptPost,
        Self::AppointDeputy,
        Self::MakePostCode,
        Self::MakeFeed,
        Self::EndFeed,
        Self::AskAuditSearch,
        Self::ApproveAuditSearch,
        Self::ReadPersonUses,
        Self::SeeAuditSearches,
        Self::KeepSignIn,
        Self::ProveNumber,
        Self::ChangeNumber,
        Self::StopNumberChange,
        Self::WithdrawAppFor,
        Self::BeginVisit,
        Self::OpenVisit,
        Self::EndVisit,
        Self::SeeVisits,
        Self::RecoverWard,
        Self::LetDeviceIn,
        Self::JoinDevice,
        Self::ReportDeath,
        Self::UndoDeath,
        Self::FinishDeath,
        Self::EndAppGrant,
        Self::SeeDeaths,
        Self::ProposeOperator,
        Self::ConfirmOperator,
        Self::SeeOperators,
        Self::EndSheet,
        Self::NameTrusted,
        Self::AcceptTrusted,
        Self::EndTrusted,
        Self::AskForWard,
        Self::ObjectForWard,
        Self::SeeToWard,
        Self::ProposeKeyDeed,
        Self::AgreeKeyDeed,
        Self::VoidTokenKeys,
        Self::SeeKeyDeeds,
        Self::SuspendOperator,
        Self::LiftSuspension,
        Self::ProposeOperatorEnd,
        Self::ConfirmOperatorEnd,
        Self::AskAuditDelay,
        Self::ApproveAuditDelay,
        Self::ProposeMerger,
        Self::DecideMerger,
        Self::WithdrawMerger,
        Self::MergeOrganisations,
        Self::NameOperator,
        Self::AgreeOperatorName,
        Self::ConfirmOperatorName,
        Self::RequireNamed,
        Self::WithdrawPaperKey,
        Self::ProposeSource,
        Self::ApproveSource,
        Self::EndSource,
        Self::VouchForDevice,
    ];

    /// The word in uses and in the printed matrix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CheckCode => "check",
            Self::ResolveCode => "resolve",
            Self::BindCard => "bind_card",
            Self::UnbindCard => "unbind_card",
            Self::FindBound => "find_bound",
            Self::UploadRecords => "upload_records",
            Self::SyncGate => "sync_gate",
            Self::SetCheckerKey => "set_checker_key",
            Self::RequestOtp => "request_otp",
            Self::EnrolDevice => "enrol",
            Self::DrawTokens => "draw",
            Self::TakeShortNumber => "short_number",
            Self::CheckIn => "check_in",
            Self::ConfirmCheck => "confirm_check",
            Self::RefuseCheck => "refuse_check",
            Self::SeeRecord => "see_record",
            Self::GiveConsent => "consent",
            Self::WithdrawConsent => "withdraw",
            Self::ChangeSettings => "change_settings",
            Self::EndDevice => "end_device",
            Self::ImportResidents => "import",
            Self::SeeResidents => "see_residents",
            Self::SeeDevices => "see_devices",
            Self::IndexResidents => "index_residents",
            Self::IssueEnrolmentCode => "enrolment_code",
            Self::ChangeStanding => "change_standing",
            Self::GiveBenefit => "give_benefit",
            Self::EndBenefit => "end_benefit",
            Self::IssueCard => "issue_card",
            Self::RevokeCard => "revoke_card",
            Self::ProposeScenario => "propose_scenario",
            Self::ReviewScenario => "review_scenario",
            Self::SeeScenarios => "see_scenarios",
            Self::AddPlace => "add_place",
            Self::AddGate => "add_gate",
            Self::EndGate => "end_gate",
            Self::SeeFigures => "see_figures",
            Self::ReadUses => "read_uses",
            Self::SeeKeys => "see_keys",
            Self::RotateKeys => "rotate_keys",
            Self::PublishBundle => "publish_bundle",
            Self::RegisterMandate => "register_mandate",
            Self::InviteHelper => "invite_helper",
            Self::AcceptInvitation => "accept_invitation",
            Self::ConfirmMandate => "confirm_mandate",
            Self::EndMandate => "end_mandate",
            Self::RestoreMandate => "restore_mandate",
            Self::SuspendMandate => "suspend_mandate",
            Self::ResumeMandate => "resume_mandate",
            Self::SeeMandates => "see_mandates",
            Self::DrawActing => "draw_acting",
            Self::DrawForPost => "draw_for_post",
            Self::SeeWardRecord => "see_ward_record",
            Self::SeeOrganisations => "see_organisations",
            Self::AddOrganisation => "add_organisation",
            Self::MoveOrganisation => "move_organisation",
            Self::ChangeOrganisation => "change_organisation",
            Self::ImportOrganisations => "import_organisations",
            Self::ApproveOrganisations => "approve_organisations",
            Self::UndoOrganisations => "undo_organisations",
            Self::CopyData => "copy_data",
            Self::CorrectData => "correct_data",
            Self::RestrictData => "restrict_data",
            Self::LiftRestriction => "lift_restriction",
            Self::ExplainData => "explain_data",
            Self::DeleteData => "delete_data",
            Self::StopRequest => "stop_request",
            Self::KinData => "kin_data",
            Self::SeeRequests => "see_requests",
            Self::AnswerRequest => "answer_request",
            Self::AnswerKin => "answer_kin",
            Self::JoinAccount => "join_account",
            Self::StepUp => "step_up",
            Self::SignInAcross => "sign_in_across",
            Self::AddAuthenticator => "add_authenticator",
            Self::AddFirstPasskey => "add_first_passkey",
            Self::RemoveAuthenticator => "remove_authenticator",
            Self::ChangePassword => "change_password",
            Self::EndSession => "end_session",
            Self::SignIn => "sign_in",
            Self::AddOperator => "add_operator",
            Self::ProposeClient => "propose_client",
            Self::ReviewClient => "review_client",
            Self::InviteClient => "invite_client",
            Self::RegisterClient => "register_client",
            Self::EndClient => "end_client",
            Self::SeeClients => "see_clients",
            Self::AllowApp => "allow_app",
            Self::AllowAppFor => "allow_app_for",
            Self::WithdrawApp => "withdraw_app",
            Self::TakeToken => "take_token",
            Self::ReadClaims => "read_claims",
            Self::AnswerDeletion => "answer_deletion",
            Self::BeginRecovery => "begin_recovery",
            Self::AnswerRecovery => "answer_recovery",
            Self::Recover => "recover",
            Self::StopRecovery => "stop_recovery",
            Self::SeeRecoveries => "see_recoveries",
            Self::ReviewRecovery => "review_recovery",
            Self::ProposeRepresentative => "propose_representative",
            Self::ApproveRepresentative => "approve_representative",
            Self::AcceptRepresentation => "accept_representation",
            Self::ConfirmAgents => "confirm_agents",
            Self::AppointAgent => "appoint_agent",
            Self::AcceptAppointment => "accept_appointment",
            Self::DismissAgent => "dismiss_agent",
            Self::ActFor => "act_for",
            Self::LodgeFiling => "lodge_filing",
            Self::WithdrawFiling => "withdraw_filing",
            Self::ProposePost => "propose_post",
            Self::RenewPost => "renew_post",
            Self::MovePost => "move_post",
            Self::EndPost => "end_post",
            Self::SeePosts => "see_posts",
            Self::AcceptPost => "accept_post",
            Self::AppointDeputy => "appoint_deputy",
            Self::MakePostCode => "post_code",
            Self::MakeFeed => "make_feed",
            Self::EndFeed => "end_feed",
            Self::AskAuditSearch => "ask_audit_search",
            Self::ApproveAuditSearch => "approve_audit_search",
            Self::ReadPersonUses => "read_person_uses",
            Self::SeeAuditSearches => "see_audit_searches",
            Self::KeepSignIn => "keep_sign_in",
            Self::ProveNumber => "prove_number",
            Self::ChangeNumber => "change_number",
            Self::StopNumberChange => "stop_number_change",
            Self::WithdrawAppFor => "withdraw_app_for",
            Self::BeginVisit => "begin_visit",
            Self::OpenVisit => "open_visit",
            Self::EndVisit => "end_visit",
            Self::SeeVisits => "see_visits",
            Self::RecoverWard => "recover_ward",
            Self::LetDeviceIn => "let_device_in",
            Self::JoinDevice => "join_device",
            Self::ReportDeath => "report_death",
            Self::UndoDeath => "undo_death",
            Self::FinishDeath => "finish_death",
            Self::EndAppGrant => "end_app_grant",
            Self::SeeDeaths => "see_deaths",
            Self::ProposeOperator => "propose_operator",
            Self::ConfirmOperator => "confirm_operator",
            Self::SeeOperators => "see_operators",
            Self::EndSheet => "end_sheet",
            Self::NameTrusted => "name_trusted",
            Self::AcceptTrusted => "accept_trusted",
            Self::EndTrusted => "end_trusted",
            Self::AskForWard => "ask_for_ward",
            Self::ObjectForWard => "object_for_ward",
            Self::SeeToWard => "see_to_ward",
            Self::ProposeKeyDeed => "propose_key_deed",
            Self::AgreeKeyDeed => "agree_key_deed",
            Self::VoidTokenKeys => "void_token_keys",
            Self::SeeKeyDeeds => "see_key_deeds",
            Self::SuspendOperator => "suspend_operator",
            Self::LiftSuspension => "lift_suspension",
            Self::ProposeOperatorEnd => "propose_operator_end",
            Self::ConfirmOperatorEnd => "confirm_operator_end",
            Self::AskAuditDelay => "ask_audit_delay",
            Self::ApproveAuditDelay => "approve_audit_delay",
            Self::ProposeMerger => "propose_merger",
            Self::DecideMerger => "decide_merger",
            Self::WithdrawMerger => "withdraw_merger",
            Self::MergeOrganisations => "merge_organisations",
            Self::NameOperator => "name_operator",
            Self::AgreeOperatorName => "agree_operator_name",
            Self::ConfirmOperatorName => "confirm_operator_name",
            Self::RequireNamed => "require_named",
            Self::WithdrawPaperKey => "withdraw_paper_key",
            Self::ProposeSource => "propose_source",
            Self::ApproveSource => "approve_source",
            Self::EndSource => "end_source",
            Self::VouchForDevice => "vouch_for_device",
        }
    }
}
