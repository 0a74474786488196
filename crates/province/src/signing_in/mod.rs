//! How residents sign in: passkeys, a password with a second factor, a one-time password; how the first of these is made,
//! and how more is proven in a session. It does not know pages, and says one calm thing to whoever could not sign in.

mod across;
mod authenticators;
mod by_code;
mod invented;
mod join;
mod kept;
mod known_device;
mod let_in;
mod lockout;
mod manage;
mod message_guard;
mod networks;
mod one_time_password;
mod passkey;
mod password;
mod password_rules;
mod recover;
mod sheet;
mod site;
mod step_up;
mod totp;
mod waiting_room;

pub use across::{AcrossAsked, AcrossShown};
pub use by_code::{ScreenAnswer, ScreenRead};
pub use invented::{invented_credential, invented_handle};
pub use join::{JoinLink, Joining};
pub use kept::{KeptAnswer, KeptRow};
pub(crate) use lockout::Tries;
pub use manage::{OwnWays, Way, WayKind};
pub(crate) use message_guard::MessageGuard;
pub use networks::{Near, Networks, Region};
pub use passkey::PasskeyAsked;
pub use password::PasswordSignIn;
pub use recover::Recovering;
pub(crate) use site::Site;
pub use totp::NewTotp;
pub(crate) use totp::plain_digits;
pub(crate) use waiting_room::WaitingRoom;
pub use waiting_room::{Ticket, Turn};

use crate::Province;
use crate::error::DeedError;
use crate::person_sessions::NewPersonSession;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yima_keys::person::IdNumber;
use yima_store::account::{self, Account};
use yima_store::sign_in_name;

/// What is known of the browser that asks. Nothing of it is believed to say who somebody is.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Its own cookie, to which challenges are bound.
    pub cookie: String,
    /// The marks of accounts that had signed in on it; "" when it has none.
    pub known: String,
    /// The network that it comes from, such as `203.0.113.0/24`; "" when that is not known.
    pub network: String,
    /// The region that this network is in; None when nobody said.
    pub region: Option<Region>,
    /// What it seems to be, such as `Chromium · Linux`.
    pub label: String,
    /// The app on whose behalf it asks, if any.
    pub client: Option<String>,
}

/// Signed in.
#[derive(Debug)]
pub struct SignedInNow {
    /// The session.
    pub session: NewPersonSession,
    /// The browser's marks from now on, when they changed.
    pub known: Option<String>,
}

impl Province {
    /// Whose an ID number or a sign-in name is. The number is hashed and forgotten.
    pub(crate) async fn account_named(&self, identifier: &str) -> Result<Option<Account>, DeedError> {
        let identifier = identifier.trim();
        let blind = IdNumber::parse(identifier).ok().map(|number| self.sealer.blind(&number));
        let name = sign_in_name_of(identifier).unwrap_or_default();
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    if let Some(blind) = blind {
                        return Ok(account::by_blind_id(tx, blind.as_bytes()).await?);
                    }
                    match sign_in_name::account_of(tx, &name).await? {
                        Some(id) => Ok(account::find(tx, &id).await?),
                        None => Ok(None),
                    }
                })
            })
            .await
    }

    /// A new value for the cookie of a browser.
    #[must_use]
    pub fn fresh_browser(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.chance.bytes::<24>())
    }
}

/// A sign-in name as it is kept: 4 to 40 small letters, digits and `._-`, beginning with a letter, so that it is never
/// taken for a number. None when it can't be one.
pub(crate) fn sign_in_name_of(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    let long = (4..=40).contains(&name.len());
    (fits && long && name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)).then_some(name)
}

/// The key of a one-time row that hangs on a browser or a session.
pub(crate) fn bound_hash(kind: &str, holder: &str) -> Vec<u8> {
    yima_keys::sha256(&[b"yima.one-time.v1\0", kind.as_bytes(), b"\0", holder.as_bytes()]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::sign_in_name_of;

    #[test]
    fn a_sign_in_name_is_never_a_number() {
        let table = [
            ("zhang.san", Some("zhang.san")),
            (" Zhang-San_1 ", Some("zhang-san_1")),
            ("abc", None),
            ("1abcd", None),
            ("110101199003074514", None),
            ("张三张三", None),
            ("a b c d", None),
            ("a@example", None),
        ];
        for (text, expected) in table {
            assert_eq!(sign_in_name_of(text).as_deref(), expected, "{text}");
        }
    }
}
