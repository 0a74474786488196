//! The closed sets of words that the JSON shapes hold, for the API's document: a client's compiler then knows them too.
//! It does not know what a word means; the values stay texts, and the server's tests hold the sets against the rooms that own them.

use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

/// A schema of a text that is one of these words; with none it is any text.
#[must_use]
pub fn closed(words: &[&str], description: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).description(Some(description));
    let closed = (!words.is_empty()).then(|| words.iter().copied());
    RefOr::T(Schema::Object(text.enum_values(closed).build()))
}

macro_rules! words {
    ($(#[doc = $doc:literal] $name:ident [$($word:literal)*])+) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $name;

        impl $name {
            /// The words; none where the server fills them in from the room that owns them.
            pub const WORDS: &'static [&'static str] = &[$($word),*];
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                closed(Self::WORDS, $doc.trim())
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

words! {
    /// What was done: a deed of the access matrix.
    DeedWord []
    /// Who did it: a column of the access matrix.
    ActorKindWord []
    /// Why a code was not taken.
    ReasonWord []
    /// The answer to a code.
    VerdictWord ["valid" "refused" "could_not_check"]
    /// A right of a person over their data.
    RightWord ["copy" "correct" "restrict" "delete" "explain" "kin"]
    /// How far a request under a right is.
    RightState ["waiting" "held" "done" "refused" "stopped"]
    /// What can be corrected on request.
    CorrectableWord ["name" "phone" "region"]
    /// How a copy is written.
    CopyForm ["json" "pdf"]
    /// A language of the pages.
    LanguageWord ["zh" "en"]
    /// What an officer decides about a request.
    DecisionWord ["done" "refuse" "wait" "go_on"]
    /// How far a search of the uses of one person is.
    AuditSearchState ["waiting" "approved" "refused"]
    /// What an organisation is.
    OrganisationKind ["enterprise" "department"]
    /// Whether an organisation may act.
    OrganisationState ["active" "suspended" "ended"]
    /// What an import brings.
    ImportKind ["organisations" "posts" "representatives"]
    /// How far a merger of organisations is.
    MergerState ["proposed" "approved" "in_force" "refused" "withdrawn"]
    /// How far an import of organisations is.
    ImportState ["proposed" "running" "done" "undone"]
    /// What somebody is in an organisation.
    PostRoleWord ["counter" "handler" "reviewer" "head"]
    /// How near two screens are by their networks.
    NearWord ["here" "unsure" "far"]
    /// Where a post stands.
    PostState ["pending" "active" "ended"]
    /// On whose word a post was made.
    PostSource ["scim" "import" "operator" "officer"]
    /// Where the mandate of somebody who acts for an enterprise stands.
    StandingMandateState ["pending" "active" "suspended"]
    /// What may be filed for an enterprise.
    ServiceWord ["annual_report" "tax" "social_insurance" "housing_fund" "permit"]
    /// Where a filing stands.
    FiledState ["lodged" "withdrawn"]
    /// How far the proposal of an operator is.
    OperatorGrantState ["proposed" "confirmed" "refused" "over"]
    /// How far it is which resident an operator is.
    OperatorNameState ["proposed" "agreed" "refused" "confirmed" "over"]
    /// Whether an operator holds a post.
    OperatorState ["active" "suspended" "ended"]
    /// How a use ended.
    OutcomeWord ["valid" "refused" "could_not_check" "done"]
    /// The form of a code.
    FormWord ["T1" "T1c" "T0" "T2" "short"]
    /// What a token discloses.
    FlavourWord ["plain" "age_band" "benefit" "acting"]
    /// How much is at stake in a scenario.
    LevelWord ["low" "medium" "high"]
    /// What a gate keeps of an admission.
    RecordClass ["counted" "sealed" "named"]
    /// A resident's standing.
    AccountState ["active" "suspended" "dead"]
    /// Whether a device or a gate is in use.
    LiveState ["active" "ended"]
    /// How a resident's device stands; a suspended one was not kept in a recovery that can still be stopped.
    DeviceState ["active" "suspended" "ended"]
    /// How a benefit stands today.
    BenefitState ["held" "coming" "over" "ended"]
    /// What a paper code may disclose.
    PaperFlavour ["plain" "age_band" "benefit"]
    /// Why a device is ended.
    EndReason ["lost" "stolen" "replaced" "unused"]
    /// What sort of mandate.
    MandateKind ["guardian" "helper" "agent" "representative" "deputy" "kin"]
    /// What may be done under one.
    MandateScope ["show_code" "book" "read_notices" "claim_benefit" "see_record" "give_consent" "file" "sign"]
    /// Where one stands.
    MandateState ["pending" "active" "suspended" "ended"]
    /// On whose word one was made.
    MandateEvidence ["register" "court" "counter" "care_worker" "device"]
    /// A paper code.
    CardKind ["card" "sheet"]
    /// A paper code's standing.
    CardState ["active" "revoked"]
    /// A consent's standing.
    ConsentState ["active" "withdrawn" "ended"]
    /// Where a manifest version stands.
    ManifestState ["proposed" "active" "retired" "refused"]
    /// The post of an operator.
    RoleWord ["system" "security" "audit"]
    /// A suite that devices and issuers sign under.
    SuiteWord ["ES256" "SM2"]
    /// The suite of a key.
    KeySuiteWord ["es256" "sm2-sm3" "ed25519"]
    /// A key's standing: of a signing role the first four, of a daily key the last three.
    KeyStateWord ["assigned" "active" "retired" "live" "withdrawn" "destroyed"]
    /// Which gates, beside all.
    GateChoice ["late" "ended"]
    /// How far a recovery is.
    RecoveryState ["asked" "approved" "held" "refused" "stopped" "over"]
    /// How far a visit at a counter is.
    VisitState ["waiting" "open" "ended"]
    /// How an officer saw who somebody is.
    SeenWord ["card" "code"]
    /// What can be proposed for keys.
    KeyDeedProposable ["paper_es256" "paper_sm2" "tokens" "withdraw_paper"]
    /// What is done to keys.
    KeyDeedWhat ["paper_es256" "paper_sm2" "tokens" "void_tokens" "wrapping" "data_key" "role" "withdraw_paper"]
    /// How far a deed over keys is.
    KeyDeedState ["proposed" "agreed" "refused" "over" "unseen" "late" "seen" "disputed"]
    /// How far the registration of a source's key is.
    SourceState ["proposed" "over" "active" "withdrawn" "ended"]
    /// By which algorithm a source signs.
    SourceAlg ["ES256" "EdDSA"]
    /// How far an order is that delays what a person sees.
    AuditDelayState ["waiting" "agreed" "refused" "over"]
    /// What a visit may list.
    VisitDeed ["see_record" "change_settings" "withdraw_app" "explain_data" "stop_request" "end_session"]
    /// Who says that somebody died.
    DeathSource ["civil_affairs" "hospital" "police" "court" "kin"]
    /// How far the report of a death is.
    DeathState ["reported" "confirmed"]
    /// How bars are laid out.
    Grouping ["hour" "site" "reason" "scenario"]
}
