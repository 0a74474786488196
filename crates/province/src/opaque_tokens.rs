//! Access tokens for the API of another organisation (rule R22): random, kept as a hash, told to that API alone, and then
//! under the pseudonyms of its own organisation. It does not know by which way somebody came to one.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::clients::{Client, stands};
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::introspect::told;
use crate::mergers::met;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_oidc::dpop::jkt_text;
use yima_oidc::error::Code;
use yima_oidc::tokens::{AccessToken, Confirmation, SignedIn};
use yima_store::account;
use yima_store::family::Family;
use yima_store::opaque_token::{self, OpaqueToken};

/// How such a token begins, so that it is told from the others.
const PREFIX: &str = "yot_";
const SECRET: usize = 32;
const MARK: usize = 16;

/// What a token is made of.
pub(crate) struct Opaque<'a> {
    pub client: &'a Client,
    pub audience: &'a Arc<Client>,
    pub resource: &'a str,
    pub scopes: &'a str,
    pub jkt: Option<&'a [u8]>,
    /// The sign-in behind it, how well it is known who signed in, and whom the token is about.
    pub person: Option<(&'a Family, u8, &'a str)>,
    /// Unix seconds.
    pub until_s: i64,
}

impl Province {
    /// Makes one and keeps its hash; the organisation of the API and whom it is about have met with it (rule R20).
    ///
    /// # Errors
    /// `invalid_grant` where that relation was ended for good.
    pub(crate) async fn opaque_token(&self, of: &Opaque<'_>) -> Result<String, AppError> {
        let secret: [u8; SECRET] = self.chance.bytes();
        let now_us = self.now_us();
        let mut row = OpaqueToken {
            id_hash: Vec::new(),
            client: of.client.id.to_string(),
            audience: of.audience.id.to_string(),
            resource: of.resource.to_owned(),
            sid: of.person.map(|(family, ..)| family.sid.clone()),
            scopes: of.scopes.to_owned(),
            proofing: of.person.map_or(0, |(_, proofing, _)| proofing),
            jkt: of.jkt.map(<[u8]>::to_vec),
            created_at: now_us,
            expires_at: of.until_s * MICROS,
        };
        let mark = self.opaque_mark(&secret, &row, &of.audience.sector);
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([&secret[..], &mark].concat()));
        row.id_hash = hash(&token).to_vec();
        let person = of.person.map(|(family, _, about)| (family.account.clone(), about.to_owned()));
        let audience = Arc::clone(of.audience);
        self.store
            .deed::<_, AppError, _>(move |tx| {
                Box::pin(async move {
                    if let Some((account, about)) = person {
                        account::changed(tx, &account).await?;
                        if !stands(tx, &audience).await? {
                            return Err(DeedError::Busy.into());
                        }
                        if !met(tx, &audience, &about, now_us).await? {
                            let why = "this account's relation to the organisation of that API has ended for good";
                            return Err(refused(Code::InvalidGrant, why));
                        }
                    }
                    Ok(opaque_token::put(tx, &row).await?)
                })
            })
            .await?;
        Ok(token)
    }

    /// The row of a token that was made here and is not over.
    pub(crate) async fn opaque_row(&self, token: &str) -> Result<Option<OpaqueToken>, DeedError> {
        if !is_opaque(token) {
            return Ok(None);
        }
        let hash = hash(token);
        let row = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(opaque_token::find(tx, &hash).await?) }))
            .await?;
        Ok(row.filter(|row| row.expires_at > self.now_us()))
    }

    /// What such a token is now, for the API that it is for and for nobody else, its own client neither.
    pub(crate) async fn opaque_active(
        &self,
        asker: &Arc<Client>,
        token: &str,
    ) -> Result<Option<Map<String, Value>>, AppError> {
        let Some(row) = self.opaque_row(token).await? else { return Ok(None) };
        if row.audience != asker.id.as_str() || !asker.metadata.resources.contains(&row.resource) {
            return Ok(None);
        }
        if !self.opaque_is_ours(token, &row, &asker.sector) {
            tracing::error!(alarm = "opaque_mark", client = %row.client, "a token does not carry this program's mark");
            return Ok(None);
        }
        let Some(of) = self.client(&row.client).await? else { return Ok(None) };
        let named = |of: &Client| {
            of.metadata.audiences.iter().any(|one| one.client == asker.id && one.resource == row.resource)
        };
        if !named(&of) {
            return Ok(None);
        }
        let Some(sid) = row.sid.clone() else {
            let stands = self.client_stands(of).await?;
            // RFC 9068 section 2.2: without a person the client is its own subject.
            return if stands { told(&self.opaque_access(&row, row.client.clone()), None).map(Some) } else { Ok(None) };
        };
        let Some((family, acting)) = self.sid_active(of, sid).await? else { return Ok(None) };
        let about = acting.as_ref().map_or(family.account.as_str(), |under| under.edge.principal.as_str());
        let sector = self.sector_of(asker, about).await?;
        let mut access = self.opaque_access(&row, self.sub_at(&sector, about));
        access.signed_in = Some(signed_in_of(&family, row.proofing));
        if let Some(under) = &acting {
            let Some(kind) = yima_kernel::mandate::Kind::parse(&under.edge.kind) else { return Ok(None) };
            // Rule R18: who is not registered for a kind of mandate never hears of one.
            if !asker.metadata.mandates.contains(&kind) {
                return Ok(None);
            }
            access.act = Some(self.acts(&sector, &under.edge.id, &under.acted()).act);
        }
        told(&access, acting.as_ref()).map(Some)
    }

    fn opaque_access(&self, row: &OpaqueToken, sub: String) -> AccessToken {
        let jkt = row.jkt.as_deref().and_then(|jkt| <&[u8; 32]>::try_from(jkt).ok());
        AccessToken {
            iss: self.issuer().to_owned(),
            sub,
            aud: row.resource.clone(),
            exp: row.expires_at / MICROS,
            iat: row.created_at / MICROS,
            jti: URL_SAFE_NO_PAD.encode(row.id_hash.get(..16).unwrap_or_default()),
            client_id: row.client.clone(),
            scope: row.scopes.clone(),
            // Its name is for the client that the person signed in at.
            sid: None,
            signed_in: None,
            cnf: jkt.map(|jkt| Confirmation { jkt: jkt_text(jkt) }),
            act: None,
            mandate: None,
        }
    }

    fn opaque_is_ours(&self, token: &str, row: &OpaqueToken, sector: &str) -> bool {
        let Some(text) = token.strip_prefix(PREFIX) else { return false };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return false };
        let Some((secret, mark)) = bytes.split_first_chunk::<SECRET>() else { return false };
        self.opaque_mark(secret, row, sector).as_slice().ct_eq(mark).into()
    }

    /// Over all that a row says, and the organisation that it is for: a row written or changed by hand opens nothing
    /// (rule R44).
    fn opaque_mark(&self, secret: &[u8; SECRET], row: &OpaqueToken, sector: &str) -> [u8; MARK] {
        self.marked(
            "opaque",
            &[
                secret,
                row.client.as_bytes(),
                row.audience.as_bytes(),
                row.resource.as_bytes(),
                row.sid.as_deref().unwrap_or_default().as_bytes(),
                row.scopes.as_bytes(),
                &[row.proofing],
                row.jkt.as_deref().unwrap_or_default(),
                &row.expires_at.to_be_bytes(),
                sector.as_bytes(),
            ],
        )
    }
}

/// How somebody signed in, as a family says it.
pub(crate) fn signed_in_of(family: &Family, proofing: u8) -> SignedIn {
    SignedIn {
        auth_time: family.auth_at,
        acr: family.acr.clone(),
        amr: family.amr.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        proofing,
    }
}

/// Does it look like one?
pub(crate) fn is_opaque(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn hash(token: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.opaque.v1\0", token.as_bytes()])
}
