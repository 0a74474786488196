//! The province: the deeds, one file each, and what they share: the store, the custody, time and chance.
//! It does not know HTTP, JSON shapes or SQL; the server and the command line call it, and it decides by the kernel.

pub mod chance;
pub mod clock;
pub mod demo;
pub mod error;
pub mod import_rows;
pub mod messenger;

mod acting;
mod allow_app;
mod app_deletions;
mod app_error;
mod audiences;
mod audit_delay;
mod audit_search;
mod authorize;
mod benefits;
mod bindings;
mod bundle_job;
mod bundle_standing;
mod card_lists;
mod cards;
mod check_code;
mod check_in;
mod check_token;
mod checked_tokens;
mod checker_keys;
mod claim_values;
mod claims_shown;
mod client_door;
mod client_logos;
mod client_token;
mod clients;
mod conditions;
mod confirmations;
mod consent;
mod consent_page;
mod crowds;
mod deaths;
mod desk;
mod device_grant;
mod device_rows;
mod devices;
mod disclosure;
mod doorway;
mod draw_lane;
mod draw_tokens;
mod end_operator;
mod end_sign_ins;
mod enrol_device;
mod erase;
mod exchange_token;
mod figures;
mod file_imports;
mod find_by_name;
mod find_residents;
mod full_capacity;
mod gates;
mod grant_operator;
mod grants_over;
#[cfg(test)]
mod guardian_tests;
mod guardians;
mod held;
mod home;
mod import_batch;
mod import_order;
mod import_organisations;
mod import_residents;
mod import_sheet;
mod import_spool;
#[cfg(test)]
mod import_tests;
mod index_names;
mod introspect;
mod issuer;
mod key_ceremony;
mod key_deeds;
mod key_place;
mod keyring;
mod keys_offline;
mod last_bundle;
mod leave_apps;
mod live;
mod mandate_ticket;
mod mandates;
mod mergers;
mod name_operator;
mod named_admissions;
mod numbers;
mod one_touch;
mod opaque_tokens;
mod operator_rows;
mod organisation_rows;
mod organisations;
mod password;
mod person_sessions;
mod places;
mod posts;
mod proofs;
mod push_request;
mod read_uses;
mod ready;
mod record;
mod recoveries;
mod redeem_code;
mod refresh_tokens;
mod regions;
mod register_client;
mod replace_operator;
mod reseal;
mod residents;
mod resolve_code;
mod resolve_counts;
mod retention;
mod review_clients;
mod rights;
mod rights_answer;
mod rights_ask;
mod rights_copy;
mod rights_kin;
mod rights_minor;
mod rights_restrict;
mod rotate_keys;
mod row_seal;
mod scenarios;
mod see_devices;
mod setup;
mod short_number;
mod sign_in;
mod signing_in;
mod signing_roles;
mod sources;
mod staff_names;
mod status_list;
mod tell_apps;
mod token;
mod token_days;
mod token_keys;
mod two_persons;
mod under_mandate;
mod upload_records;
mod userinfo;
mod visits;
mod withdraw_app;
mod withdraw_key;
mod wrapping;
mod young_phones;

pub use acting::{ActingFor, ActingPage};
pub use allow_app::ConsentAnswer;
pub use app_deletions::AppDeletion;
pub use app_error::AppError;
pub use audiences::ConsentAudience;
pub use audit_delay::{DelayOrder, DelayRow};
pub use audit_search::{AskAuditSearch, AuditSearchRow};
pub use authorize::Next;
pub use benefits::{Benefit, GiveBenefit};
pub use bindings::{BoundCard, FoundBound, OwnBinding};
pub use cards::{Card, CardKind};
pub use check_code::{CheckCode, Checked, ShownFor};
pub use check_in::CheckedIn;
pub use checker_keys::{SetCheckerKey, checker_key_message};
pub use client_door::AppRequest;
pub use conditions::conditions;
pub use confirmations::{AskedHolder, Waits};
pub use consent::{Consent, GiveConsent};
pub use consent_page::{ConsentClaim, ConsentPage};
pub use deaths::DeathRow;
pub use device_grant::{DeviceAsked, DevicePage};
pub use disclosure::Disclosure;
pub use draw_lane::{DrawLane, LONGEST_WAIT_S, Later};
pub use draw_tokens::{Draw, Drawn};
pub use end_operator::OperatorEndRow;
pub use enrol_device::{Enrol, EnrolProof, Enrolled, OtpAnswer, OtpRequest};
pub use erase::ERASURES_FILE;
pub use error::{DeedError, Text};
pub use figures::{Bar, By, KeyRow, Overview};
pub use file_imports::{OrganisationCounts, OrganisationFile, OrganisationImport};
pub use find_by_name::FindByName;
pub use gates::{Gate, GateKey, OnlyGates, SeeGates, SyncGate, Synced};
pub use grant_operator::{OperatorGrantRow, OperatorRow, Operators, ProposeOperator, ProposedOperator};
pub use home::{DeviceDoor, DeviceRow, Home, Notice, Settings};
pub use import_residents::{Import, Imported, Progress};
pub use import_rows::Format;
pub use index_names::Indexed;
pub use key_ceremony::{SignedPart, Unsigned};
pub use key_deeds::KeyDeedRow;
pub use key_place::{KEY_FILE, KeyPlace, TOKEN_FILE, has_keys, token_of};
pub use keys_offline::{Holder, ROOT_LABEL};
pub use leave_apps::LeaveWish;
pub use live::{Published, Site};
pub use mandates::{
    Accepted, AloneRow, DrawActing, ForWard, Invitation, MandateRow, OtherSide, OwnMandate, RegisterMandate,
    TrustedRow, WardRequest,
};
pub use mandates::{
    ActsFor, AgentRow, ChangeRow, EnterpriseCard, EnterprisePage, FiledRow, FilingRow, NewAgent, NewFiling, OfferRow,
    OwnEnterprise, OwnEnterprises, RecordRow,
};
pub use mergers::{MergerNotice, MergerRow, NewMerger};
pub use messenger::{Inbox, InboxMessage, Messenger};
pub use name_operator::{NamedAs, OperatorNameRow};
pub use numbers::{OwnNumber, StandingNumberChange};
pub use organisations::{NewOrganisation, OrganisationChange, OrganisationRow, OrganisationsBy};
pub use person_sessions::{NewPersonSession, OpenSession, Person, SessionRow};
pub use places::NewPlace;
pub use posts::{
    FeedPage, FeedPost, FeedRow, FeedWish, ListBy, Named as NamedPerson, NewFeed, NewPost, OfficePost, OfficeRecord,
    OfficeUse, OwnPost, PostCode, PostRow, PostToShow, post_words,
};
pub use push_request::Pushed;
pub use read_uses::{ReadUses, UseRow};
pub use record::{RecordEntry, RecordPage, SealedRecord};
pub use recoveries::{BeginRecovery, PhoneToKeep, RecoveryRow, StandingRecovery, Ward};
pub use reseal::Resealing;
pub use residents::{Page, Resident, ResidentRow, Standing};
pub use resolve_code::Resolved;
pub use resolve_counts::{ResolveCount, SHOWN_FROM};
pub use review_clients::{ClientVersion, ProposeClient, ProposedClient};
pub use rights::{OwnRights, RightsRow};
pub use rights_answer::{AnswerRequest, Decision};
pub use rights_ask::{CorrectData, Correctable};
pub use rights_copy::CopyForm;
pub use rights_kin::KinWish;
pub use rotate_keys::{NewKeys, Rotated};
pub use scenarios::ManifestVersion;
pub use see_devices::{AnyDevice, SeeDevices};
pub use setup::{OpenError, Setup};
pub use short_number::ShortNumber;
pub use sign_in::{NewOperator, NewSession, SignIn, SignedIn};
pub use signing_in::{
    AcrossAsked, AcrossShown, Browser, JoinLink, Joining, KeptAnswer, KeptRow, Near, Networks, NewTotp, OwnWays,
    PasskeyAsked, PasswordSignIn, Recovering, Region, ScreenAnswer, ScreenRead, SignedInNow, Ticket, Turn, Way,
    WayKind, invented_credential, invented_handle,
};
pub use signing_roles::{RoleStanding, Signing};
pub use sources::{NewSource, SourceRow, Sources};
pub use status_list::StatusFormat;
pub use token::TokenAnswer;
pub use token_keys::JWKS_MAX_AGE_S;
pub use upload_records::{Counted, Named, Upload, Uploaded};
pub use userinfo::Bearing;
pub use visits::{BeginVisit, VisitBegun, VisitRow, VisitShown};
pub use withdraw_app::AllowedApp;

use chance::Chance;
use clock::{Clock, MICROS};
use std::sync::{Arc, RwLock};
use tokio::sync::{Notify, Semaphore};
use yima_keys::sealed::Sealer;
use yima_store::Store;
pub use yima_store::{hurried, steps, unhurried};

/// One province. Everything it needs from outside was handed in by [`Setup`].
pub struct Province {
    store: Store,
    /// The data directory.
    dir: std::path::PathBuf,
    keys: keyring::Keyring,
    sealer: Arc<Sealer>,
    /// Empty only until the first bundle is out, before anybody is served.
    live: RwLock<Option<Arc<live::Live>>>,
    clock: Arc<dyn Clock>,
    chance: Chance,
    messenger: Arc<dyn Messenger>,
    /// One-time passwords and codes are hashed under this, so that the store alone opens nothing.
    pepper: yima_keys::custody::SecretKey<32>,
    /// Makes a scenario owner's pseudonyms.
    pairwise: yima_keys::custody::SecretKey<32>,
    /// Seals rows that open something, and marks what browsers keep.
    seals: row_seal::RowSealer,
    /// Where residents sign in.
    site: signing_in::Site,
    /// How one-time passwords by message go over the whole province.
    messages: signing_in::MessageGuard,
    /// In which regions networks are.
    networks: signing_in::Networks,
    hash_permits: Arc<Semaphore>,
    /// Who comes next when more come than can be hashed.
    line: signing_in::WaitingRoom,
    guardians: guardians::Guardians,
    /// How many share each value that a code can say, as of the last look.
    crowds: RwLock<Arc<crowds::Crowds>>,
    /// What fewer share is not said.
    min_holders: u32,
    /// Keys that sign tokens of apps; empty only until the first look, before anybody is served.
    token_ring: RwLock<Option<Arc<token_keys::Ring>>>,
    /// Apps that were asked for since the start.
    clients: clients::Clients,
    /// Proofs that were seen since the start.
    proofs: proofs::Proofs,
    /// Under which address tokens are issued, once it is known.
    issuer: std::sync::OnceLock<issuer::Issuer>,
    /// How long rights of persons may take.
    terms: yima_kernel::rights::Terms,
    /// The list of erasures, outside of backups.
    erasures: std::path::PathBuf,
    /// Rung when the bundle no longer says what stands.
    bundle_due: Notify,
    demo: bool,
}

/// So many residents must share what a code says, unless the operators choose otherwise.
pub const MIN_HOLDERS: u32 = 10_000;
/// Memory of one password hash, MiB.
const HASH_MIB: usize = 19;
/// Memory for password hashes, MiB, unless the operators choose otherwise: eight at once.
pub const SIGN_IN_HASH_MIB: usize = 152;

impl Province {
    /// The same with another number of residents who must share what a code says; 1 switches the rule off.
    #[must_use]
    pub fn with_min_holders(mut self, min_holders: u32) -> Self {
        self.min_holders = min_holders;
        self
    }

    /// The same with another budget for password hashes, MiB; each takes 19 (the minimum of OWASP for argon2id), and who
    /// finds none left is asked to come again.
    #[must_use]
    pub fn with_sign_in_hash_mib(mut self, mib: usize) -> Self {
        let at_once = (mib / HASH_MIB).max(1);
        self.hash_permits = Arc::new(Semaphore::new(at_once));
        self.line = self.line.with_at_once(at_once);
        self
    }

    /// The same with other terms for the rights of persons.
    #[must_use]
    pub fn with_terms(mut self, terms: yima_kernel::rights::Terms) -> Self {
        self.terms = terms;
        self
    }

    /// How many residents must share what a code says, and how many there are.
    #[must_use]
    pub fn holders(&self) -> (u32, u64) {
        (self.min_holders, self.crowds().residents())
    }

    /// Unix microseconds.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// Unix seconds.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        self.now_us() / MICROS
    }

    /// Unix seconds as codes carry them.
    pub(crate) fn now_u32(&self) -> u32 {
        u32::try_from(self.now_s()).unwrap_or(0)
    }

    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.now_us() / 1000).unwrap_or(0)
    }

    /// True in a demonstration: everything is invented and marked so.
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    /// Which database stands behind it: `sqlite` or `postgres`.
    #[must_use]
    pub fn store_kind(&self) -> &'static str {
        self.store.kind()
    }

    /// Messages that a real province would send by SMS; empty when a real sender is set.
    #[must_use]
    pub fn inbox(&self) -> Vec<InboxMessage> {
        self.messenger.inbox()
    }

    /// Copies the store into a file while it is in use (SQLite alone).
    ///
    /// # Errors
    /// What the store says; PostgreSQL is copied with its own tools.
    pub async fn copy_store_to(&self, file: &std::path::Path) -> Result<(), DeedError> {
        Ok(self.store.copy_to(file).await?)
    }

    /// Publishes what changed and was not published yet, waits for what is under way, and closes the store.
    pub async fn close(self) {
        if let Err(error) = self.publish_if_due().await {
            tracing::warn!(%error, "the change is kept, and is published by the next server that starts");
        }
        self.store.close().await;
    }

    pub(crate) fn live(&self) -> Arc<live::Live> {
        let live = self.live.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(live.as_ref().expect("Setup publishes a bundle before it hands the province out"))
    }

    /// Keyed hash of a secret that a person types, for a purpose.
    pub(crate) fn peppered(&self, purpose: &str, secret: &str) -> [u8; 32] {
        yima_keys::hmac_sha256(self.pepper.expose(), &[purpose.as_bytes(), b"\0", secret.as_bytes()])
    }
}

/// Random text of this many characters that people can type: no 0, o, 1, l, i.
pub(crate) fn secret_text(rng: &mut impl rand::Rng, length: usize) -> String {
    const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0u8; 1];
        rng.fill_bytes(&mut byte);
        // 248 = 8 * 31: beyond it the first letters would be likelier.
        if byte[0] < 248 {
            text.push(char::from(ALPHABET[usize::from(byte[0] % 31)]));
        }
    }
    text
}
