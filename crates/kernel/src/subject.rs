//! Subjects and their standing. It does not know names or numbers of persons.

use crate::assurance::Standing;
use crate::id::{AccountId, ClientId, DeviceId, FeedId, GateId, OperatorId, OrganisationId, SessionId};

/// The standing of a resident's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// In good standing.
    Active,
    /// Suspended by an operator; can be resumed.
    Suspended,
    /// Reported dead.
    Dead,
}

impl AccountState {
    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Dead => "dead",
        }
    }

    /// Reads the word in the store.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Dead].into_iter().find(|s| s.as_str() == word)
    }
}

/// The post of an operator; one natural person holds one post (三权分立).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 系统管理员: residents, devices, cards, scenarios, places, gates.
    System,
    /// 安全管理员: keys, reviews of manifests, suspension.
    Security,
    /// 审计管理员: reads the uses, changes nothing.
    Audit,
}

impl Role {
    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Security => "security",
            Self::Audit => "audit",
        }
    }

    /// Reads the word in the store.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::System, Self::Security, Self::Audit].into_iter().find(|r| r.as_str() == word)
    }
}

/// Who asks, already authenticated by the door it came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody that we know.
    Stranger,
    /// A resident, through an enrolled device.
    Device {
        /// Whose device.
        account: AccountId,
        /// Which device.
        device: DeviceId,
        /// Its slot.
        slot: u8,
    },
    /// A person who signed in, in a browser.
    Person {
        /// Who.
        account: AccountId,
        /// Which session.
        session: SessionId,
        /// How well they are known, and how they signed in.
        standing: Standing,
    },
    /// An app, as itself.
    App {
        /// Which client.
        client: ClientId,
    },
    /// A gate or a checker's page.
    Gate {
        /// Which gate.
        gate: GateId,
        /// Where it stands.
        site: u32,
        /// The scenario it checks for.
        scenario: u16,
    },
    /// An operator who signed in with two factors.
    Operator {
        /// Who.
        operator: OperatorId,
        /// In which post.
        role: Role,
    },
    /// The personnel system of an organisation, by its token.
    Feed {
        /// Which token.
        feed: FeedId,
        /// Whose posts it names: those of this organisation and of what stands under it.
        organisation: OrganisationId,
    },
    /// The program itself: jobs, the command line of whoever owns the data directory.
    System,
}

impl Actor {
    /// The column of the access matrix.
    #[must_use]
    pub const fn kind(&self) -> ActorKind {
        match self {
            Self::Stranger => ActorKind::Stranger,
            Self::Device { .. } => ActorKind::Resident,
            Self::Person { .. } => ActorKind::Person,
            Self::App { .. } => ActorKind::App,
            Self::Gate { .. } => ActorKind::Gate,
            Self::Operator { role: Role::System, .. } => ActorKind::SystemOperator,
            Self::Operator { role: Role::Security, .. } => ActorKind::SecurityOperator,
            Self::Operator { role: Role::Audit, .. } => ActorKind::AuditOperator,
            Self::Feed { .. } => ActorKind::Feed,
            Self::System => ActorKind::System,
        }
    }

    /// The id under which a use records the actor; empty for a stranger.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Stranger => "",
            Self::Device { device, .. } => device.as_str(),
            Self::Person { session, .. } => session.as_str(),
            Self::App { client } => client.as_str(),
            Self::Gate { gate, .. } => gate.as_str(),
            Self::Operator { operator, .. } => operator.as_str(),
            Self::Feed { feed, .. } => feed.as_str(),
            Self::System => "system",
        }
    }
}

/// A column of the access matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// Not signed in.
    Stranger,
    /// A resident's device.
    Resident,
    /// Somebody who signed in, in a browser.
    Person,
    /// An app, as itself.
    App,
    /// A gate.
    Gate,
    /// 系统管理员.
    SystemOperator,
    /// 安全管理员.
    SecurityOperator,
    /// 审计管理员.
    AuditOperator,
    /// The personnel system of an organisation.
    Feed,
    /// The program itself.
    System,
}

impl ActorKind {
    /// All columns, in the order of the printed matrix.
    pub const ALL: [Self; 10] = [
        Self::Stranger,
        Self::Resident,
        Self::Person,
        Self::App,
        Self::Gate,
        Self::SystemOperator,
        Self::SecurityOperator,
        Self::AuditOperator,
        Self::Feed,
        Self::System,
    ];

    /// The word in the store and in the printed matrix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Resident => "resident",
            Self::Person => "person",
            Self::App => "app",
            Self::Gate => "gate",
            Self::SystemOperator => "op-system",
            Self::SecurityOperator => "op-security",
            Self::AuditOperator => "op-audit",
            Self::Feed => "feed",
            Self::System => "system",
        }
    }
}
