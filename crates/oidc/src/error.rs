//! The errors of the protocol, each under its own registered word. It does not know status codes.

use std::fmt;

/// The word of an error response (RFC 6749 sections 4.1.2.1 and 5.2, and the extensions named at each).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A parameter is missing, repeated, over-long or malformed.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// The grant, code, ticket or refresh token is not valid, or not this client's.
    InvalidGrant,
    /// This client may not use this grant type.
    UnauthorizedClient,
    /// The grant type is not offered.
    UnsupportedGrantType,
    /// The response type is not offered.
    UnsupportedResponseType,
    /// A scope is unknown, or more than was granted.
    InvalidScope,
    /// The resource owner or the platform said no.
    AccessDenied,
    /// Something broke on our side.
    ServerError,
    /// Overloaded for the moment.
    TemporarilyUnavailable,
    /// OpenID Connect Core 1.0 section 3.1.2.6: a sign-in is needed and none may be shown.
    LoginRequired,
    /// Section 3.1.2.6: a consent is needed and none may be shown.
    ConsentRequired,
    /// Section 3.1.2.6: some other page is needed and none may be shown.
    InteractionRequired,
    /// Section 3.1.2.6: `request_uri` holds nothing that can be used (RFC 9126).
    InvalidRequestUri,
    /// Section 3.1.2.6: request objects are not taken by value.
    RequestNotSupported,
    /// RFC 9470 section 3: a stronger or fresher sign-in cannot be had here.
    UnmetAuthenticationRequirements,
    /// RFC 9449 section 5: the proof of possession does not hold.
    InvalidDpopProof,
    /// RFC 9449 section 8: prove it again with the nonce of this answer.
    UseDpopNonce,
    /// RFC 8628 section 3.5: the person has not decided yet.
    AuthorizationPending,
    /// RFC 8628 section 3.5: ask less often.
    SlowDown,
    /// RFC 8628 section 3.5: the device code is over.
    ExpiredToken,
    /// RFC 8693 section 2.2.2: the audience or resource is not one that can be had.
    InvalidTarget,
    /// RFC 6750 section 3.1: the access token is not valid.
    InvalidToken,
    /// RFC 6750 section 3.1: the access token does not carry the scope.
    InsufficientScope,
    /// RFC 9470 section 3: the sign-in behind the token is too weak or too old.
    InsufficientUserAuthentication,
    /// RFC 7591 section 3.2.2.
    InvalidRedirectUri,
    /// RFC 7591 section 3.2.2.
    InvalidClientMetadata,
    /// RFC 7009 section 2.2.1.
    UnsupportedTokenType,
}

impl Code {
    /// The registered word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnsupportedTokenType => "unsupported_token_type",
        }
    }
}

/// An error of the protocol: its word, and what the caller's developer should do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthError {
    /// The word.
    pub code: Code,
    /// `error_description`: ASCII without quotes and backslashes (RFC 6749 section 5.2), and nothing that was sent.
    pub description: &'static str,
}

impl OauthError {
    /// An error with its description.
    #[must_use]
    pub const fn new(code: Code, description: &'static str) -> Self {
        Self { code, description }
    }
}

impl fmt::Display for OauthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)
    }
}

impl std::error::Error for OauthError {}
