//! The `claims` parameter (OpenID Connect Core 1.0 section 5.5), as far as it is taken: names of claims, `acr` and `sub`.
//! It does not know who has what; a value may be asked only of `acr` and `sub`, for any other would be a guess at somebody.

use crate::error::{Code, OauthError};
use crate::scope::Claim;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use yima_kernel::assurance::Acr;

/// Longest parameter, bytes.
const LEN_MAX: usize = 4 * 1024;

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Claims of the person, from userinfo.
    pub claims: BTreeSet<Claim>,
    /// Any of these authentication contexts, and nothing weaker, when `acr` is essential (section 5.5.1.1).
    pub acr: Vec<String>,
    /// This person and nobody else.
    pub sub: Option<String>,
}

/// Reads the parameter. A claim that is not offered is left out, as section 5.5 asks.
///
/// # Errors
/// `invalid_request` for what is no such JSON, and for a `value` or `values` of a claim other than `acr` and `sub`.
pub fn parse(text: Option<&str>) -> Result<ClaimsRequest, OauthError> {
    let Some(text) = text else { return Ok(ClaimsRequest::default()) };
    if text.len() > LEN_MAX {
        return Err(wrong("claims is longer than 4 KiB"));
    }
    let value: Value = serde_json::from_str(text).map_err(|_| wrong("claims is not JSON"))?;
    let object = value.as_object().ok_or(wrong("claims is a JSON object"))?;
    let mut asked = ClaimsRequest::default();
    for place in ["userinfo", "id_token"] {
        let Some(members) = object.get(place) else { continue };
        let members = members.as_object().ok_or(wrong("claims.userinfo and claims.id_token are JSON objects"))?;
        for (name, wish) in members {
            one(&mut asked, place, name, wish)?;
        }
    }
    Ok(asked)
}

fn one(asked: &mut ClaimsRequest, place: &str, name: &str, wish: &Value) -> Result<(), OauthError> {
    let empty = Map::new();
    let wish = match wish {
        Value::Null => &empty,
        Value::Object(wish) => wish,
        _ => return Err(wrong("a claim is asked for by null or by a JSON object")),
    };
    let values = values(wish)?;
    match name {
        "acr" => asked.acr.extend(essential_acr(place, wish, values)?),
        "sub" => match (asked.sub.take(), values.as_slice()) {
            (before, []) => asked.sub = before,
            (None, [one]) => asked.sub = Some(one.clone()),
            (Some(before), [one]) if before == *one => asked.sub = Some(before),
            _ => return Err(wrong("one person at a time: sub has one value")),
        },
        _ if !values.is_empty() => return Err(wrong("value and values are taken for acr and sub alone")),
        name if place == "userinfo" => asked.claims.extend(Claim::parse(name)),
        _ => {}
    }
    Ok(())
}

/// The values of an essential `acr`; a voluntary one is a wish that `acr_values` says better.
fn essential_acr(place: &str, wish: &Map<String, Value>, values: Vec<String>) -> Result<Vec<String>, OauthError> {
    let essential = wish.get("essential").and_then(Value::as_bool).unwrap_or(false);
    if place != "id_token" || !essential {
        return Ok(Vec::new());
    }
    if values.is_empty() || values.iter().any(|word| Acr::parse(word).is_none()) {
        return Err(wrong("an essential acr names values of acr_values_supported"));
    }
    Ok(values)
}

fn values(wish: &Map<String, Value>) -> Result<Vec<String>, OauthError> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(wrong("a value of a claim is text here"));
    let one = wish.get("value").map(text).transpose()?;
    let many = match wish.get("values") {
        None => Vec::new(),
        Some(Value::Array(many)) if many.len() <= 8 => many.iter().map(text).collect::<Result<_, _>>()?,
        Some(_) => return Err(wrong("values is a list of at most 8")),
    };
    Ok(one.into_iter().chain(many).collect())
}

const fn wrong(description: &'static str) -> OauthError {
    OauthError::new(Code::InvalidRequest, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_5_5_claims_are_asked_one_by_one() {
        let text = r#"{"userinfo":{"name":null,"region":{"essential":true},"nickname":null},
            "id_token":{"acr":{"essential":true,"values":["yima:3","yima:4"]},"sub":{"value":"s1"}}}"#;
        let asked = parse(Some(text)).unwrap();
        assert_eq!(asked.claims, [Claim::Name, Claim::Region].into());
        assert_eq!(asked.acr, ["yima:3", "yima:4"]);
        assert_eq!(asked.sub.as_deref(), Some("s1"));
        assert_eq!(parse(None).unwrap(), ClaimsRequest::default());
    }

    #[test]
    fn r22_values_are_taken_for_acr_and_sub_alone() {
        for bad in [
            "[]",
            "x",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"name":true}}"#,
            r#"{"userinfo":{"name":{"value":"王伟"}}}"#,
            r#"{"userinfo":{"region":{"values":["370102"]}}}"#,
            r#"{"id_token":{"acr":{"essential":true,"value":"strong"}}}"#,
            r#"{"id_token":{"sub":{"values":["a","b"]}}}"#,
            r#"{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}"#,
        ] {
            assert_eq!(parse(Some(bad)).unwrap_err().code, Code::InvalidRequest, "{bad}");
        }
        assert!(parse(Some(&format!("{{\"x\":\"{}\"}}", "x".repeat(LEN_MAX)))).is_err());
    }
}
