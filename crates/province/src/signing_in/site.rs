//! Where residents sign in: the public address, and the relying party of passkeys at its exact host.
//! It does not know how the server is reached behind that address.

use crate::Province;
use crate::error::DeedError;
use std::sync::OnceLock;
use yima_passkey::Party;

/// What passkeys show as the name of this site.
const PARTY_NAME: &str = "一码 Yima";

/// The public address; set once, before anybody is served.
#[derive(Default)]
pub(crate) struct Site(OnceLock<(String, Option<Party>)>);

impl Province {
    /// Says under which address residents reach this province: `https://host[:port]`, or `http://localhost[:port]`. The
    /// first word stands. At an address that can be no relying party (an IP address) there are no passkeys.
    pub fn reached_at(&self, url: &str) {
        let url = url.trim_end_matches('/').to_owned();
        let party = Party::new(PARTY_NAME, &url).inspect_err(|why| tracing::warn!(%why, "no passkeys here")).ok();
        let _ = self.site.0.set((url, party));
    }

    /// The public address without a slash at its end; "" before it was said.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.site.0.get().map_or("", |(url, _)| url)
    }

    /// The host that messages name.
    pub(crate) fn public_host(&self) -> &str {
        self.public_url().split_once("://").map_or("", |(_, host)| host)
    }

    /// Can residents use passkeys here?
    #[must_use]
    pub fn has_passkeys(&self) -> bool {
        self.site.0.get().is_some_and(|(_, party)| party.is_some())
    }

    pub(crate) fn party(&self) -> Result<&Party, DeedError> {
        let party = self.site.0.get().and_then(|(_, party)| party.as_ref());
        party.ok_or_else(|| {
            DeedError::invalid(
                "public_url",
                "这个网址不能使用通行密钥，请用 https 域名访问",
                "Passkeys need a name, not an IP address: open this site at its https address",
            )
        })
    }
}
