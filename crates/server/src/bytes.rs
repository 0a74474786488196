//! Bytes in JSON (base64url without padding) and in URLs (hex), read into the exact length that is expected.
//! It does not know what the bytes are.

use crate::error::{Code, Refused};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Bytes as they stand in JSON.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding; `field` names the place in the refusal.
///
/// # Errors
/// `malformed` for any other text, and for more than `max` bytes.
pub fn read(field: &'static str, text: &str, max: usize) -> Result<Vec<u8>, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong(field))?;
    if bytes.len() > max { Err(wrong(field)) } else { Ok(bytes) }
}

/// Reads exactly `N` bytes.
///
/// # Errors
/// `malformed` as in [`read`], and for another length.
pub fn exact<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], Refused> {
    read(field, text, N)?.try_into().map_err(|_| wrong(field))
}

/// Reads hex of exactly `N` bytes.
///
/// # Errors
/// `malformed` for any other text.
pub fn exact_hex<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], Refused> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| wrong(field))?;
    Ok(bytes)
}

/// Base64 with padding, as structured fields carry bytes (RFC 9651 section 3.3.5).
#[must_use]
pub fn field_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn wrong(field: &'static str) -> Refused {
    Refused::new(Code::Malformed, field).saying(
        format!("字段 {field} 的编码或长度不对。"),
        format!("The field {field} is not in the expected encoding or length."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_length_and_alphabet_pass() {
        assert_eq!(exact::<2>("f", "_-8").ok(), Some([0xff, 0xef]));
        for bad in ["", "_-", "_-8=", "/+8", "_-8A", " _-8", "_-9"] {
            assert!(exact::<2>("f", bad).is_err(), "{bad}");
        }
        assert_eq!(exact_hex::<2>("f", "00fF").ok(), Some([0, 255]));
        assert!(exact_hex::<2>("f", "00f").is_err());
    }
}
