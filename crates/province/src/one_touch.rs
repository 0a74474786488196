//! What anybody who is told may stop by one touch begins alike: the account is locked, and a session that ended meanwhile
//! stops nothing. It does not know what is stopped.

use crate::error::DeedError;
use yima_kernel::access::Facts;
use yima_kernel::subject::Actor;
use yima_store::{Tx, account, session};

/// Locks the account for which something is stopped, and says whether whoever asks is still signed in: a session may have
/// been ended by the very thing that is to be stopped, and whose it was is not known any more.
///
/// # Errors
/// Those of the store.
pub(crate) async fn facts_to_stop(tx: &mut Tx, account: &str, actor: &Actor, now_us: i64) -> Result<Facts, DeedError> {
    account::changed(tx, account).await?;
    let actor_ended = match actor {
        Actor::Person { session, .. } => session::live(tx, session.as_str(), now_us).await?.is_none(),
        _ => false,
    };
    Ok(Facts { actor_ended, ..Facts::default() })
}
