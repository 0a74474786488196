//! What an app sends to an endpoint of the protocol, read whole and once. It does not know which app it is.

use crate::app::App;
use crate::error::oauth::{OauthRefused, Place};
use crate::pages::account::visitor::{address_of, network};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use yima_oidc::error::{Code, OauthError};
use yima_oidc::form::{Params, REQUEST_LEN_MAX};
use yima_province::{AppError, AppRequest};

/// A request of an app: `application/x-www-form-urlencoded`, with its two headers.
pub struct OfApp(pub AppRequest);

impl FromRequest<App> for OfApp {
    type Rejection = OauthRefused;

    async fn from_request(request: Request, app: &App) -> Result<Self, OauthRefused> {
        let wrong = |description| refused(app, OauthError::new(Code::InvalidRequest, description).into());
        let headers = request.headers().clone();
        let address = address_of(&headers, request.extensions(), app.behind_proxy);
        let body = Bytes::from_request(request, app).await.map_err(|_| wrong("the body is too long or broke off"))?;
        if body.len() > REQUEST_LEN_MAX {
            return Err(wrong("the request is longer than 16 KiB"));
        }
        let kind = text(&headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            return Err(wrong("send the request as application/x-www-form-urlencoded"));
        }
        if headers.get_all("dpop").iter().count() > 1 || headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
            return Err(wrong("a header stands twice"));
        }
        let params = Params::parse(&body).map_err(|error| refused(app, error.into()))?;
        Ok(Self(AppRequest {
            params,
            authorization: text(&headers, header::AUTHORIZATION.as_str()),
            dpop: text(&headers, "dpop"),
            network: address.map(network).unwrap_or_default(),
            region: address.and_then(|address| app.province.region_of(address)),
        }))
    }
}

/// The refusal of an endpoint that a client comes to as itself.
pub fn refused(app: &App, error: AppError) -> OauthRefused {
    OauthRefused::new(error, Place::Client, app.province.dpop_nonce())
}

/// A header as text.
pub fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
