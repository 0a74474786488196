//! What a person is shown of an app that asks: who, what for, claim by claim, until when. It does not know how a page looks,
//! nor what is answered.

use crate::Province;
use crate::acting::ActingFor;
use crate::app_error::AppError;
use crate::audiences::ConsentAudience;
use crate::authorize::{Known, Opened};
use crate::claims_shown::Shown;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::mandates::{enterprise_shown, enterprise_words};
use crate::mergers::MergerNotice;
use std::collections::BTreeSet;
use yima_oidc::scope::{Claim, Scope, Scopes};
use yima_store::account::Account;
use yima_store::organisation::Organisation;

/// What the page of consent says.
#[derive(Clone, Debug)]
pub struct ConsentPage {
    /// Legal name of the organisation.
    pub owner: String,
    /// Name of the app, Chinese.
    pub name_zh: String,
    /// English.
    pub name_en: String,
    /// SHA-256 of its picture, hexadecimal, when it has one.
    pub logo: Option<String>,
    /// Host that they go back to.
    pub host: String,
    /// What for, or under which law.
    pub purpose_zh: String,
    /// English.
    pub purpose_en: String,
    /// Claim by claim.
    pub claims: Vec<ConsentClaim>,
    /// It goes on when they have left.
    pub offline: bool,
    /// Days until it ends by itself.
    pub days: u16,
    /// When that is, Unix seconds.
    pub until_at: i64,
    /// SHA-256 of what is shown, hexadecimal; the answer carries it.
    pub shown: String,
    /// The request, to be carried by the form.
    pub request: String,
    /// For whom the one in front of the browser answers, when not for themselves.
    pub acting_for: Option<ActingFor>,
    /// APIs of other organisations that the app may go to for them (rule R22).
    pub audiences: Vec<ConsentAudience>,
    /// The organisation behind it went on in another one, or will (rule R20).
    pub mergers: Vec<MergerNotice>,
}

/// A claim on that page.
#[derive(Clone, Debug)]
pub struct ConsentClaim {
    /// `name`, …
    pub name: &'static str,
    /// As people read it, Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// What would be given.
    pub value: String,
    /// Why, Chinese.
    pub why_zh: String,
    /// English.
    pub why_en: String,
    /// Can't be left out.
    pub required: bool,
    /// Needs a press of its own.
    pub sensitive: bool,
}

/// Whose data is shown.
#[derive(Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub holder: &'a Account,
    /// For an enterprise it is what the register says of it, and nothing of the person.
    pub enterprise: Option<&'a Organisation>,
}

impl Province {
    pub(crate) async fn page(&self, opened: &Opened, known: &Known, chinese: bool) -> Result<ConsentPage, AppError> {
        let uri = opened.client.metadata.redirect(&opened.asked.redirect_uri);
        let host = uri.map(|uri| uri.shown().to_owned()).unwrap_or_default();
        let request = self.marked_request(opened, opened.sent_at_s).encoded();
        let whose =
            Whose { holder: &known.holder, enterprise: known.acting.as_ref().and_then(|a| a.enterprise.as_ref()) };
        let mut page =
            self.consent_page(&opened.client, &self.to_show(opened, known), whose, chinese, (host, request))?;
        page.mergers = self.merger_notices(&opened.client).await?;
        page.audiences = self.audiences_shown(&opened.client).await?;
        page.acting_for = known.acting.as_ref().map(|acting| self.whom(acting)).transpose()?;
        Ok(page)
    }

    /// The page for what is to be shown; it carries where its person goes next, and its request.
    pub(crate) fn consent_page(
        &self,
        client: &Client,
        shown: &Shown,
        whose: Whose<'_>,
        chinese: bool,
        (host, request): (String, String),
    ) -> Result<ConsentPage, AppError> {
        let mut claims = Vec::new();
        for claim in shown.claims() {
            let Some(wanted) = client.metadata.claims.get(&claim) else { continue };
            let (zh, en) = whose.enterprise.map_or_else(|| claim.words(), |_| enterprise_words(claim));
            claims.push(ConsentClaim {
                name: claim.as_str(),
                zh,
                en,
                value: match whose.enterprise {
                    Some(one) => enterprise_shown(one, claim),
                    None => self.claim_shown(claim, whose.holder, chinese)?,
                },
                why_zh: wanted.why.zh.clone(),
                why_en: wanted.why.en.clone(),
                required: wanted.required,
                sensitive: claim.sensitive(),
            });
        }
        Ok(ConsentPage {
            owner: client.owner.clone(),
            name_zh: client.metadata.name_zh.as_str().to_owned(),
            name_en: client.metadata.name_en.as_str().to_owned(),
            logo: client.metadata.logo.clone(),
            host,
            purpose_zh: client.metadata.purpose.zh.clone(),
            purpose_en: client.metadata.purpose.en.clone(),
            claims,
            offline: shown.scopes.has(Scope::OfflineAccess),
            days: client.metadata.grant_days,
            until_at: shown.until_at / MICROS,
            shown: hex::encode(shown.hash(client, chinese)),
            request,
            acting_for: None,
            audiences: Vec::new(),
            mergers: Vec::new(),
        })
    }

    /// What is shown for a request. What a guardian agrees to ends when its child is asked: 90 days after 14 (rule R16); for
    /// an enterprise it ends with the mandate.
    pub(crate) fn to_show(&self, opened: &Opened, known: &Known) -> Shown {
        let (scopes, claims) = self.asked_of(opened, known.acting.as_ref());
        let mut shown = shown_from(&opened.client, scopes, claims, opened.opened_at_s);
        if let Some(acting) = &known.acting {
            shown.until_at = shown.until_at.min(acting.consent_ends_s * MICROS);
        }
        shown
    }
}

/// What is shown of an app at a moment. The end is a whole day, so that the page that is answered is the one that was shown.
pub(crate) fn shown_from(client: &Client, scopes: Scopes, claims: BTreeSet<Claim>, at_s: i64) -> Shown {
    let day = 24 * 3600;
    let end = (at_s / day + i64::from(client.metadata.grant_days)) * day;
    Shown { scopes, given: claims, refused: BTreeSet::new(), until_at: end * MICROS }
}
