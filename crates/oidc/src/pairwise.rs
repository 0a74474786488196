//! Who a person is to one organisation, and to no other (OpenID Connect Core 1.0 section 8): computed, never stored.
//! It does not know the keys of past epochs, nor which organisation a client belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yima_keys::hmac_sha256;

/// Octets of the keyed hash that are shown.
const SHOWN: usize = 20;

/// `sub`: base64url(epoch 1 ‖ HMAC-SHA256(key, `yima.sub.v1` 00 ‖ u16 len ‖ sector ‖ u16 len ‖ account)[0..20]).
#[must_use]
pub fn sub(key: &[u8; 32], epoch: u8, sector: &str, account: &str) -> String {
    let made =
        hmac_sha256(key, &[b"yima.sub.v1\0", &len(sector), sector.as_bytes(), &len(account), account.as_bytes()]);
    let mut shown = [0u8; 1 + SHOWN];
    shown[0] = epoch;
    shown[1..].copy_from_slice(&made[..SHOWN]);
    URL_SAFE_NO_PAD.encode(shown)
}

/// `act.sub`: who acts under a mandate, as one audience knows them (rule R21). It is of the mandate and not of the person,
/// under a word of its own, so that it equals no `sub` and tells nothing of the same person elsewhere.
/// base64url(HMAC-SHA256(key, `yima.act.v1` 00 ‖ u16 len ‖ sector ‖ u16 len ‖ mandate)\[0..20\]).
#[must_use]
pub fn act_sub(key: &[u8; 32], sector: &str, edge: &str) -> String {
    let made = hmac_sha256(key, &[b"yima.act.v1\0", &len(sector), sector.as_bytes(), &len(edge), edge.as_bytes()]);
    URL_SAFE_NO_PAD.encode(&made[..SHOWN])
}

fn len(text: &str) -> [u8; 2] {
    u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_8_1_a_person_is_another_to_each_sector_and_the_same_to_one() {
        let key = [7; 32];
        let one = sub(&key, 1, "org_a", "res_1");
        assert_eq!(one, sub(&key, 1, "org_a", "res_1"));
        for other in [
            sub(&key, 1, "org_b", "res_1"),
            sub(&key, 1, "org_a", "res_2"),
            sub(&[8; 32], 1, "org_a", "res_1"),
            sub(&key, 2, "org_a", "res_1"),
        ] {
            assert_ne!(one, other);
        }
        let acts = act_sub(&key, "org_a", "edg_1");
        assert_ne!(acts, act_sub(&key, "org_b", "edg_1"), "r21: another audience, another name");
        assert_ne!(acts, act_sub(&key, "org_a", "edg_2"), "r21: of the mandate, not of the person");
        assert_ne!(acts, sub(&key, 1, "org_a", "edg_1"));
        // A length before each part: nothing moves from one to the next.
        assert_ne!(sub(&key, 1, "org_ar", "es_1"), one);
        assert_eq!(one.len(), 28);
    }
}
