//! The bundle that was published last, whichever process did: opened by the rules that a gate follows.
//! It does not know how one is made.

use crate::error::DeedError;
use crate::live::Live;
use yima_code::bundle::{self, Bundle};
use yima_code::gate_state::GateFloor;
use yima_code::urgent::UrgentList;
use yima_store::bundle_part::Part;

/// Opens a bundle of our own, as of its own time if it is over.
pub(crate) fn opened(bytes: &[u8], now: u32) -> Result<Bundle, DeedError> {
    let fingerprint = bundle::peek_root_fingerprint(bytes).map_err(DeedError::internal)?;
    let at = bundle::peek_head(bytes).map_err(DeedError::internal)?.expires_at.min(now);
    let opened = Bundle::open(bytes, &GateFloor::pinned(fingerprint), at).map_err(DeedError::internal)?;
    let (bundle, _) = opened.keep(|_| Ok::<_, DeedError>(()))?;
    Ok(bundle)
}

/// The urgent list of the newest bundle, with the padding that it was published with. Padded anew by each process, two
/// lists in turn would share the ids of lost phones and nothing else, and so tell which of their values are ids.
pub(crate) fn urgent_list(live: Option<&Live>, newest: Option<&Part>, now: u32) -> UrgentList {
    let at_hand = || live.map(|live| live.bundle.urgent().list.clone()).unwrap_or_default();
    let is_live = |part: &Part| live.is_some_and(|live| i64::from(live.published.version) == part.version);
    match newest.filter(|part| !is_live(part)).map(|part| opened(&part.bytes, now)) {
        Some(Ok(bundle)) => bundle.urgent().list.clone(),
        None => at_hand(),
        Some(Err(error)) => {
            tracing::warn!(%error, "the newest bundle can't be read; the urgent list is padded anew");
            at_hand()
        }
    }
}
