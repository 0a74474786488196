//! HTTP Message Signatures (RFC 9421) in the one profile that devices use, as strings that client and server share.
//! It knows neither keys nor HTTP: bytes arrive as base64 text, and whoever calls signs or checks the base.
//!
//! ```text
//! Content-Digest:  sha-256=:<base64 of SHA-256 of the body, the empty body too>:          (RFC 9530)
//! Signature-Input: yima=("@method" "@path" "@query" "content-digest");created=<Unix seconds>;keyid="<dev_… or new>"
//! Signature:       yima=:<base64 of r||s>:
//! ```

use std::fmt;

/// Header that carries what was signed.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Header that carries the signature.
pub const SIGNATURE: &str = "signature";
/// Header that carries the digest of the body (RFC 9530).
pub const CONTENT_DIGEST: &str = "content-digest";
/// Key id of a device that is being enrolled: the request brings its own key.
pub const KEY_ID_NEW: &str = "new";
/// A signature counts for this many seconds before and after its `created`.
pub const CREATED_WINDOW_S: i64 = 300;

const COMPONENTS: &str = r#"("@method" "@path" "@query" "content-digest")"#;
const LABEL: &str = "yima=";
const DIGEST: &str = "sha-256=";
const KEY_ID_CHARS_MAX: usize = 64;

/// What a signature says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureParameters<'a> {
    /// When it was made, Unix seconds.
    pub created_at: i64,
    /// Whose key made it.
    pub key_id: &'a str,
}

/// A header is not in the profile's one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfProfile(pub &'static str);

impl fmt::Display for OutOfProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header {} is not in the form of the device profile", self.0)
    }
}

impl std::error::Error for OutOfProfile {}

/// The signature base of RFC 9421 section 2.5: these bytes are signed.
///
/// `path` is as sent, percent-encoding and all; `query` is without its `?`, empty when there is none;
/// `content_digest` is the header's whole value.
#[must_use]
pub fn signature_base(
    method: &str,
    path: &str,
    query: &str,
    content_digest: &str,
    parameters: &SignatureParameters<'_>,
) -> String {
    let method = method.to_ascii_uppercase();
    let parameters = parameters.to_text();
    format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n\"@signature-params\": {parameters}"
    )
}

impl<'a> SignatureParameters<'a> {
    fn to_text(&self) -> String {
        format!("{COMPONENTS};created={};keyid=\"{}\"", self.created_at, self.key_id)
    }

    /// The value of `Signature-Input`.
    #[must_use]
    pub fn header(&self) -> String {
        format!("{LABEL}{}", self.to_text())
    }

    /// Reads `Signature-Input`. INVARIANT: what is accepted prints back to the same text, so the base has one form.
    ///
    /// # Errors
    /// [`OutOfProfile`] for other components, an order of its own, a second signature, or further parameters.
    pub fn parse(header: &'a str) -> Result<Self, OutOfProfile> {
        read_parameters(header).ok_or(OutOfProfile(SIGNATURE_INPUT))
    }
}

fn read_parameters(header: &str) -> Option<SignatureParameters<'_>> {
    let rest = header.strip_prefix(LABEL)?.strip_prefix(COMPONENTS)?.strip_prefix(";created=")?;
    let (created, rest) = rest.split_once(';')?;
    let key_id = rest.strip_prefix("keyid=\"")?.strip_suffix('"')?;
    let plain_number = created.bytes().all(|b| b.is_ascii_digit()) && (1..=12).contains(&created.len());
    let plain_key = key_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && (1..=KEY_ID_CHARS_MAX).contains(&key_id.len());
    let created_at = created.parse().ok().filter(|n: &i64| n.to_string() == created)?;
    (plain_number && plain_key).then_some(SignatureParameters { created_at, key_id })
}

/// The value of `Signature`.
#[must_use]
pub fn signature_header(signature_base64: &str) -> String {
    format!("{LABEL}:{signature_base64}:")
}

/// The base64 text inside `Signature`.
///
/// # Errors
/// [`OutOfProfile`] when it is not one signature under the profile's label.
pub fn parse_signature(header: &str) -> Result<&str, OutOfProfile> {
    between_colons(header, LABEL).ok_or(OutOfProfile(SIGNATURE))
}

/// The value of `Content-Digest`.
#[must_use]
pub fn content_digest_header(sha256_base64: &str) -> String {
    format!("{DIGEST}:{sha256_base64}:")
}

/// The base64 text inside `Content-Digest`.
///
/// # Errors
/// [`OutOfProfile`] when it is not one SHA-256 digest.
pub fn parse_content_digest(header: &str) -> Result<&str, OutOfProfile> {
    between_colons(header, DIGEST).ok_or(OutOfProfile(CONTENT_DIGEST))
}

fn between_colons<'a>(header: &'a str, prefix: &str) -> Option<&'a str> {
    let text = header.strip_prefix(prefix)?.strip_prefix(':')?.strip_suffix(':')?;
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    (!text.is_empty() && text.bytes().all(base64)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: &str = r#"yima=("@method" "@path" "@query" "content-digest");created=1618884473;keyid="dev_a1""#;

    #[test]
    fn the_base_is_that_of_rfc_9421_section_2_5() {
        let parameters = SignatureParameters { created_at: 1_618_884_473, key_id: "dev_a1" };
        let digest = content_digest_header("X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
        let cases = [("post", "/foo", "param=Value&Pet=dog", "?param=Value&Pet=dog"), ("GET", "/", "", "?")];
        for (method, path, query, shown) in cases {
            let expected = [
                format!("\"@method\": {}", method.to_uppercase()),
                format!("\"@path\": {path}"),
                format!("\"@query\": {shown}"),
                "\"content-digest\": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:".into(),
                format!("\"@signature-params\": {}", INPUT.trim_start_matches("yima=")),
            ];
            assert_eq!(signature_base(method, path, query, &digest, &parameters), expected.join("\n"));
        }
    }

    #[test]
    fn the_input_prints_back_to_what_was_read() {
        let parameters = SignatureParameters::parse(INPUT);
        assert_eq!(parameters, Ok(SignatureParameters { created_at: 1_618_884_473, key_id: "dev_a1" }));
        assert_eq!(parameters.map(|p| p.header()).as_deref(), Ok(INPUT));
    }

    #[test]
    fn any_other_input_is_out_of_profile() {
        let table = [
            String::new(),
            INPUT.replace("yima=", "sig1="),
            INPUT.replace("\"@query\" ", ""),
            INPUT.replace("\"@method\" \"@path\"", "\"@path\" \"@method\""),
            INPUT.replace("created=1618884473", "created=+1618884473"),
            INPUT.replace("created=1618884473", "created=01618884473"),
            INPUT.replace("created=1618884473", "created="),
            INPUT.replace("created=1618884473", "created=16188844731618884473"),
            INPUT.replace("dev_a1", ""),
            INPUT.replace("dev_a1", "dev a1"),
            INPUT.replace("dev_a1", "a\\\"b"),
            INPUT.replace("dev_a1", &"a".repeat(65)),
            format!("{INPUT};alg=\"ecdsa-p256-sha256\""),
            format!("{INPUT}, {INPUT}"),
            format!(" {INPUT}"),
        ];
        for header in &table {
            assert_eq!(SignatureParameters::parse(header), Err(OutOfProfile(SIGNATURE_INPUT)), "{header}");
        }
    }

    #[test]
    fn signature_and_digest_are_one_byte_sequence_each() {
        assert_eq!(parse_signature(&signature_header("aGk=")), Ok("aGk="));
        assert_eq!(parse_content_digest(&content_digest_header("aGk=")), Ok("aGk="));
        for bad in ["", "yima=::", "yima=aGk=", "yima=:aGk=", "yima=:aG k=:", "yima=:aGk=:, b=:aGk=:", "sha-256=:aGk=:"]
        {
            assert!(parse_signature(bad).is_err(), "{bad}");
        }
        for bad in ["sha-512=:aGk=:", "sha-256=:aGk=:, sha-512=:aGk=:", "sha-256=aGk="] {
            assert!(parse_content_digest(bad).is_err(), "{bad}");
        }
    }
}
