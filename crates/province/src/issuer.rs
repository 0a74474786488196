//! Under which address this province issues tokens, and the documents that say so. It does not know where it listens:
//! whoever serves it says under which address the world reaches it.

use crate::Province;

/// The address and what hangs on it alone.
pub(crate) struct Issuer {
    address: String,
    discovery: String,
}

impl Province {
    /// Sets the public address, `https://…` without a slash at the end; the first one counts.
    pub fn serve_as(&self, address: &str) {
        let address = address.trim_end_matches('/').to_owned();
        let discovery = yima_oidc::discovery::document(&address).to_string();
        if self.issuer.set(Issuer { address, discovery }).is_err() {
            tracing::debug!("the public address was set before");
        }
    }

    /// The issuer of tokens: the public address.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.get().map_or("http://localhost:8080", |issuer| issuer.address.as_str())
    }

    /// The discovery document (OpenID Connect Discovery 1.0, RFC 8414), as it is sent.
    #[must_use]
    pub fn discovery(&self) -> &str {
        self.issuer.get().map_or("{}", |issuer| issuer.discovery.as_str())
    }
}
