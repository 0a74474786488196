//! Operators: making one, signing in with a password and a second factor, sessions. Three posts are three persons.
//! A session's token is 32 random bytes and a mark over whose it is; who waits after wrong tries is `signing_in/lockout`. It does not
//! know cookies.

use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::operator_rows::holds;
use crate::password;
use crate::person_sessions::split;
use crate::signing_in::{Browser, Tries};
use crate::staff_names::{sign_in_name, staff_number};
use crate::{Province, secret_text};
use rand::rngs::StdRng;
use std::sync::LazyLock;
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use totp_rs::{Algorithm, Builder, Totp};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::sealed::{Sealed, SealedText, Spot};
use yima_store::account;
use yima_store::operator::{self, Operator, Session};

/// A session ends after this long without a request.
const IDLE_S: i64 = 15 * 60;
/// A session ends after this long in any case.
const WHOLE_S: i64 = 12 * 3600;
/// A session's secret, bytes; the mark stands behind it.
const SECRET: usize = 32;
const TOTP_STEP_S: i64 = 30;

/// What an operator brings.
pub struct SignIn {
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Six digits (RFC 6238).
    pub totp: String,
}

/// An operator who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// As the decision sees them.
    pub actor: Actor,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Post.
    pub role: Role,
    /// When the session ends, Unix seconds.
    pub until_at: i64,
}

/// A new session; the token is shown to the browser alone.
pub struct NewSession {
    /// 48 bytes in base64url: a secret, and this program's mark over it, the session and the operator.
    pub token: String,
    /// Who.
    pub me: SignedIn,
    /// The browser's marks of known devices from now on.
    pub known: String,
}

/// A new operator's secrets, shown once.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// Name.
    pub name: String,
    /// Post.
    pub role: Role,
    /// Password.
    pub password: String,
    /// TOTP secret, base 32.
    pub totp_secret: String,
    /// `otpauth://` URI for an authenticator app.
    pub totp_uri: String,
}

impl Province {
    /// Notes which resident an operator is, so that they keep out of their own file. By whoever owns the data directory.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a text that is neither a whole ID number nor an id; [`DeedError::NotFound`].
    pub async fn know_operator(&self, actor: &Actor, name: &str, person: &str) -> Result<(), DeedError> {
        let (person, name, seals) = (self.exactly(person)?, name.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::AddOperator),
            |tx| {
                Box::pin(async move {
                    let account = person.find(tx).await?;
                    if let Some(account) = &account {
                        account::changed(tx, account).await?;
                    }
                    Ok((Facts::default(), account))
                })
            },
            move |tx, account, _| {
                Box::pin(async move {
                    let account = account.ok_or(DeedError::NotFound("resident"))?;
                    let holds = seals.named_as(tx, &account).await?;
                    if holds.is_some_and(|other| other != name) {
                        return Err(DeedError::Conflict(Text::new(
                            "这位居民已经登记为另一位在任的管理员",
                            "this resident is named as another operator in post already",
                        )));
                    }
                    let row = operator::by_name(tx, &name).await?.ok_or(DeedError::NotFound("operator"))?;
                    let row = seals.trusted(row)?;
                    if row.state != operator::State::Active {
                        return Err(DeedError::NotFound("operator"));
                    }
                    seals.change_operator(tx, Operator { account: Some(account.clone()), ..row }).await?;
                    Ok(Done::to((), account).detail(serde_json::json!({ "own_file_of": name })))
                })
            },
        )
        .await
    }

    /// Makes an operator for a natural person; `person` is what tells people apart (a staff number).
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when the name is taken or the person holds another post.
    pub async fn add_operator(
        &self,
        actor: &Actor,
        name: &str,
        person: &str,
        role: Role,
    ) -> Result<NewOperator, DeedError> {
        let (row, made) = self.new_operator(&sign_in_name(name)?, &staff_number(person)?, role)?;
        self.short(
            Request::of(actor.clone(), Deed::AddOperator),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    operator::insert(tx, &row).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "role": row.role.as_str() })))
                })
            },
        )
        .await?;
        Ok(made)
    }

    /// Whether there is or was any operator.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn has_operators(&self) -> Result<bool, DeedError> {
        self.store.read(|tx| Box::pin(async move { Ok(!operator::all(tx).await?.is_empty()) })).await
    }

    /// The row of a new operator, and what they sign in with.
    ///
    /// # Errors
    /// When nothing can be sealed or hashed.
    pub(crate) fn new_operator(
        &self,
        name: &str,
        person: &str,
        role: Role,
    ) -> Result<(Operator, NewOperator), DeedError> {
        let mut rng = self.chance.rng();
        let id = OperatorId::new(self.now_ms(), self.chance.bytes());
        let password = secret_text(&mut rng, 16);
        let secret: [u8; 20] = self.chance.bytes();
        let totp = totp(&secret)?;
        let made = NewOperator {
            name: name.to_owned(),
            role,
            password: password.clone(),
            totp_secret: totp.secret().to_base32(),
            totp_uri: format!("otpauth://totp/Yima:{name}?secret={}&issuer=Yima", totp.secret().to_base32()),
        };
        let row = Operator {
            id: id.as_str().to_owned(),
            name: name.to_owned(),
            person: person.to_owned(),
            role: stored(role),
            password_hash: hash(&password, &mut rng)?,
            totp_sealed: self.seal_totp(id.as_str(), &secret, &mut rng)?,
            totp_step: 0,
            state: operator::State::Active,
            created_at: self.now_us(),
            suspended_until: 0,
            account: None,
            version: 0,
            seal: Vec::new(),
        };
        Ok((self.sealer_of_rows().next(row), made))
    }

    /// Signs an operator in. Unknown name, wrong password, wrong second factor and a name that waits look alike, at the cost of one
    /// hash. Strangers' wrong tries make strangers wait, and never a device on which the operator had signed in (R4).
    ///
    /// # Errors
    /// [`DeedError::SignIn`]; [`DeedError::Busy`] when too many passwords are being hashed.
    pub async fn sign_in(&self, browser: &Browser, wish: SignIn) -> Result<NewSession, DeedError> {
        let name = sign_in_name(&wish.name).unwrap_or_default();
        let sought = name.clone();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(operator::by_name(tx, &sought).await?) }));
        let found = found.await?.map(|row| self.sealer_of_rows().trusted(row)).transpose()?;
        // Before a try is counted: who is sent away has not tried.
        let room = self.hash_room()?;
        let tries = self.operator_tries(found.as_ref().map(|row| row.id.as_str()), &name, browser);
        let may = self.may_try(&tries).await?;
        let now_us = self.now_us();
        let held = found.filter(|row| may && holds(row, now_us));
        let Some((row, step)) = self.proven_step(room, held, &wish).await? else {
            self.wrong(&tries).await?;
            return Err(DeedError::SignIn);
        };
        self.open_session(browser, row, step, tries).await
    }

    /// Who a session token belongs to, if it lives; using it keeps it alive. A token whose mark does not fit its row opens nothing:
    /// somebody wrote the row without this program.
    ///
    /// # Errors
    /// When the store can't be read, or the operator's row does not carry its seal.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>, DeedError> {
        let Some((secret, mark)) = split(token) else { return Ok(None) };
        let (hash, now_us, seals) = (session_hash(&secret), self.now_us(), self.sealer_of_rows());
        let found = self.store.read::<_, DeedError, _>(move |tx| {
            Box::pin(async move { Ok(operator::by_session(tx, &hash, now_us).await?) })
        });
        let Some((session, row)) = found.await? else { return Ok(None) };
        if !bool::from(seals.operator_session_mark(&secret, &session).ct_eq(&mark)) {
            tracing::error!(
                alarm = "session_mark",
                operator = session.operator,
                "a session of an operator does not carry the mark of this program"
            );
            return Ok(None);
        }
        let row = seals.trusted(row)?;
        if !holds(&row, now_us) {
            return Ok(None);
        }
        let idle_until = now_us + IDLE_S * MICROS;
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(operator::touch_session(tx, &hash, idle_until).await?) })
            })
            .await?;
        Ok(Some(signed_in(&row, idle_until)?))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store can't be written.
    pub async fn sign_out(&self, token: &str) -> Result<(), DeedError> {
        let Some((secret, _)) = split(token) else { return Ok(()) };
        let hash = session_hash(&secret);
        self.store
            .deed(move |tx| {
                Box::pin(async move { Ok::<_, DeedError>(operator::close_session(tx, &hash).await.map(drop)?) })
            })
            .await
    }

    /// Checks a password and its second factor; one hash is spent in any case, for nobody's name as well.
    async fn proven_step(
        &self,
        room: OwnedSemaphorePermit,
        row: Option<Operator>,
        wish: &SignIn,
    ) -> Result<Option<(Operator, i64)>, DeedError> {
        let password = wish.password.clone();
        let Some(row) = row else {
            let mut rng = self.chance.rng();
            hashed(room, move || hash(&password, &mut rng).map(drop)).await??;
            return Ok(None);
        };
        let stored = row.password_hash.clone();
        let good = hashed(room, move || password::verify(&stored, &password)).await?;
        let spot = Spot { table: "operator", field: "totp", row: &row.id };
        let sealed = Sealed::<SealedText>::from_bytes(row.totp_sealed.clone());
        let secret = self.sealer.open(&sealed, spot).map_err(DeedError::internal)?;
        let secret = hex::decode(secret.expose()).map_err(DeedError::internal)?;
        let step = matching_step(&totp(&secret)?, &wish.totp, self.now_s());
        Ok(step.filter(|s| good && *s > row.totp_step).map(|step| (row, step)))
    }

    async fn open_session(
        &self,
        browser: &Browser,
        row: Operator,
        step: i64,
        tries: Tries,
    ) -> Result<NewSession, DeedError> {
        let secret = self.chance.bytes::<SECRET>();
        let now_us = self.now_us();
        let session = Session {
            token_hash: session_hash(&secret).to_vec(),
            operator: row.id.clone(),
            created_at: now_us,
            idle_until: now_us + IDLE_S * MICROS,
            until_at: now_us + WHOLE_S * MICROS,
        };
        let mut token = secret.to_vec();
        token.extend(self.sealer_of_rows().operator_session_mark(&secret, &session));
        let (token, known) = (base64_of(&token), self.known_from_now(&browser.known, &row.id));
        let me = signed_in(&row, session.until_at)?;
        let detail = serde_json::json!({ "operator": row.id, "known_device": tries.known });
        self.short(
            Request::of(Actor::Stranger, Deed::SignIn),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    // The step moves forward once: a second use of the same six digits finds it taken. Whoever was ended or
                    // stopped meanwhile has a row of another version.
                    if !operator::succeeded(tx, &row.id, row.version, step).await? {
                        return Err(DeedError::SignIn);
                    }
                    operator::open_session(tx, &session).await?;
                    Self::right_try(tx, &tries).await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        Ok(NewSession { token, me, known })
    }

    /// Runs a password hash off the request threads, as many at once as the budget of memory holds.
    pub(crate) async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DeedError> {
        hashed(self.hash_room()?, work).await
    }

    /// Room for one password hash. Whoever counts tries takes it first: who is sent away has not tried.
    ///
    /// # Errors
    /// [`DeedError::Busy`] when there is none.
    pub(crate) fn hash_room(&self) -> Result<OwnedSemaphorePermit, DeedError> {
        self.hash_permits.clone().try_acquire_owned().map_err(|_| DeedError::Busy)
    }

    pub(crate) fn seal_totp(&self, id: &str, secret: &[u8], rng: &mut StdRng) -> Result<Vec<u8>, DeedError> {
        let text = SealedText::new(&hex::encode(secret)).ok_or_else(|| DeedError::internal("totp secret"))?;
        let spot = Spot { table: "operator", field: "totp", row: id };
        Ok(self.sealer.seal(&text, spot, rng).into_bytes())
    }
}

/// Hashes that run at once: as many as there are cores but one, so that whoever asks for something else is answered meanwhile.
/// The others wait in their rooms, where they take no memory yet.
static AT_WORK: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores.saturating_sub(1).max(1))
});

/// Runs a password hash in its room.
pub(crate) async fn hashed<T: Send + 'static>(
    room: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DeedError> {
    let place = AT_WORK.acquire().await.map_err(DeedError::internal)?;
    // Room and place go with the work: a caller that goes away leaves them taken until the memory is free.
    let whole = move || {
        let done = work();
        drop((room, place));
        done
    };
    tokio::task::spawn_blocking(whole).await.map_err(DeedError::internal)
}

fn signed_in(row: &Operator, until_us: i64) -> Result<SignedIn, DeedError> {
    let role = role_of(row.role);
    let operator = OperatorId::parse(&row.id).map_err(DeedError::internal)?;
    Ok(SignedIn {
        actor: Actor::Operator { operator, role },
        id: row.id.clone(),
        name: row.name.clone(),
        role,
        until_at: until_us / MICROS,
    })
}

pub(crate) const fn stored(role: Role) -> operator::Role {
    match role {
        Role::System => operator::Role::System,
        Role::Security => operator::Role::Security,
        Role::Audit => operator::Role::Audit,
    }
}

pub(crate) const fn role_of(role: operator::Role) -> Role {
    match role {
        operator::Role::System => Role::System,
        operator::Role::Security => Role::Security,
        operator::Role::Audit => Role::Audit,
    }
}

fn session_hash(secret: &[u8; SECRET]) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.session.v1\0", secret])
}

pub(crate) fn totp(secret: &[u8]) -> Result<Totp, DeedError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(TOTP_STEP_S.unsigned_abs())
        .with_secret(secret.to_vec())
        .build()
        .map_err(DeedError::internal)
}

/// The time step whose digits these are: now, the one before or the one after (RFC 6238 section 5.2).
pub(crate) fn matching_step(totp: &Totp, digits: &str, now_s: i64) -> Option<i64> {
    let step = now_s / TOTP_STEP_S;
    (step - 1..=step + 1).find(|s| {
        let expected = totp.generate(u64::try_from(s * TOTP_STEP_S).unwrap_or(0)).to_string();
        subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), digits.as_bytes()).into()
    })
}

pub(crate) fn hash(password: &str, rng: &mut StdRng) -> Result<String, DeedError> {
    password::hash(password, rng).ok_or_else(|| DeedError::internal("a password was not hashed"))
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
