//! Pushed authorization requests (RFC 9126): read whole when they are pushed, kept until their code is issued.
//! It does not know persons.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::authorize::{PUSHED_OPEN_S, PUSHED_WHOLE_S};
use crate::client_door::AppRequest;
use crate::clock::MICROS;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yima_oidc::authorize;
use yima_oidc::dpop::jkt_text;
use yima_oidc::error::Code;
use yima_store::one_time::{self, OneTime};

/// RFC 9126 section 2.2.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// Parameters that prove the client and are no part of its request.
const OF_THE_CLIENT: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Requests that are live at once: of a public client from one network, and of a client in all (rule R34).
const LIVE_OF_NETWORK: u32 = 100;
const LIVE_OF_CLIENT: u32 = 10_000;
const TOO_MANY: &str = "too many requests of this client are open: let people finish, and try again shortly";

/// A request that was taken.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// `request_uri`
    pub request_uri: String,
    /// Seconds in which it has to be opened.
    pub expires_in: i64,
}

impl Province {
    /// Takes a request.
    ///
    /// # Errors
    /// Those of the authorization endpoint, here and now (RFC 9126 section 2.3); `temporarily_unavailable` when as many are
    /// open as may be (rule R34).
    pub async fn push_request(&self, request: &AppRequest) -> Result<Pushed, AppError> {
        let client = self.proven_client(request).await?;
        if request.params.get("request_uri").is_some() {
            return Err(refused(Code::InvalidRequest, "request_uri can't be pushed"));
        }
        let mut params = request.params.without(&OF_THE_CLIENT).with("client_id", client.id.as_str());
        if let Some(proof) = &request.dpop {
            // RFC 9449 section 10.1: a proof here says which key will redeem the code.
            let jkt = jkt_text(&self.proof_of_possession(proof, ("POST", "/oauth2/par"), None, true).await?.jkt);
            if params.get("dpop_jkt").is_some_and(|said| said != jkt) {
                return Err(refused(Code::InvalidDpopProof, "dpop_jkt is not the key of the proof"));
            }
            params = params.with("dpop_jkt", &jkt);
        }
        authorize::destination(&params, &client.metadata)?;
        let asked = authorize::parse(&params, client.id.as_str(), &client.metadata)?;
        self.audience(&client, asked.resource.as_deref()).await?;
        let secret: [u8; 32] = self.chance.bytes();
        let request_uri = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret));
        let now_us = self.now_us();
        let row = OneTime {
            id_hash: uri_hash(&request_uri).to_vec(),
            kind: "par".to_owned(),
            client: Some(client.id.to_string()),
            body: params.encoded(),
            tries: 1,
            created_at: now_us,
            expires_at: now_us + PUSHED_WHOLE_S * MICROS,
            ..OneTime::default()
        };
        let network = self.marked("par-network", &[request.network.as_bytes()]);
        let public = !client.metadata.is_confidential();
        self.store
            .deed::<_, AppError, _>(move |tx| {
                Box::pin(async move {
                    let id = client.id.as_str();
                    let near = if public { Some((&network, LIVE_OF_NETWORK)) } else { None };
                    let caps = [near.map(|(network, most)| (Some(network), most)), Some((None, LIVE_OF_CLIENT))];
                    for (network, most) in caps.into_iter().flatten() {
                        if one_time::live_pushed(tx, id, network, now_us, most).await? >= most {
                            return Err(refused(Code::TemporarilyUnavailable, TOO_MANY));
                        }
                    }
                    Ok(one_time::put_pushed(tx, &row, &network).await?)
                })
            })
            .await?;
        Ok(Pushed { request_uri, expires_in: PUSHED_OPEN_S })
    }
}

pub(crate) fn uri_hash(uri: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.par.v1\0", uri.as_bytes()])
}
