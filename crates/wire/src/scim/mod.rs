//! The shapes of SCIM 2.0 (RFC 7643, RFC 7644): a User that is somebody's post in an organisation, lists, errors, and what the
//! server says about itself. Names of attributes are read without regard to case (RFC 7643 section 2.1).
//! It does not know persons: of one it carries what the personnel system calls them, and on the way in how to find them.

mod about;
mod filter;
mod patch;

pub use about::{all, resource_types, schemas, service_provider_config};
pub use filter::{Filter, NotAFilter};
pub use patch::{NotAPatch, patched};

use serde_json::{Map, Value, json};

/// Schema of a User (RFC 7643 section 4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// Schema of what a post adds to it.
pub const POST: &str = "urn:ietf:params:scim:schemas:extension:yima:2.0:User";
/// Schema of a list (RFC 7644 section 3.4.2).
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// Schema of an error (RFC 7644 section 3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// Schema of a patch (RFC 7644 section 3.5.2).
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Resources on a page, at most.
pub const PAGE_MAX: u32 = 200;

/// What a client sends of a User. Attributes that are not here are not kept (RFC 7643 section 2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIn {
    /// What the personnel system calls the person: a staff number.
    pub user_name: String,
    /// What it calls its own row.
    pub external_id: Option<String>,
    /// The person has the post, in its view. True unless it says otherwise.
    pub active: bool,
    /// `org_…`
    pub organisation: Option<String>,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
    /// Write-only: 18 characters.
    pub id_number: Option<String>,
    /// Write-only: the code that the person made.
    pub invitation: Option<String>,
}

/// What a client is told of a User.
#[derive(Clone, Debug)]
pub struct UserOut {
    /// `pst_…`
    pub id: String,
    /// As it was sent.
    pub user_name: String,
    /// As it was sent.
    pub external_id: Option<String>,
    /// `org_…`
    pub organisation: String,
    /// The role.
    pub role: String,
    /// `pending`, `active` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds.
    pub changed_at: i64,
    /// Unix seconds.
    pub lease_until: i64,
    /// Another one after each change.
    pub version: String,
    /// Where it is.
    pub location: String,
}

/// Why a body can't be read; the text is for the client and holds nothing that it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAUser(pub &'static str);

impl UserIn {
    /// Reads a User.
    ///
    /// # Errors
    /// [`NotAUser`] names the attribute that is missing or of another type.
    pub fn read(body: &Value) -> Result<Self, NotAUser> {
        let body = body.as_object().ok_or(NotAUser("the body is no JSON object"))?;
        let named = |schema: &str| {
            let schemas = field(body, "schemas").and_then(Value::as_array);
            schemas.is_some_and(|all| all.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(schema)))
        };
        if !named(USER) {
            return Err(NotAUser("schemas does not name the core User schema"));
        }
        let none = Map::new();
        let more = match field(body, POST) {
            None => &none,
            Some(more) => more.as_object().ok_or(NotAUser("the extension is no JSON object"))?,
        };
        let text = |of: &Map<String, Value>, name: &str, wrong: &'static str| match field(of, name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(NotAUser(wrong)),
        };
        Ok(Self {
            user_name: text(body, "userName", "userName is no string")?.ok_or(NotAUser("userName is missing"))?,
            external_id: text(body, "externalId", "externalId is no string")?,
            active: match field(body, "active") {
                None | Some(Value::Null) => true,
                Some(active) => truth(active).ok_or(NotAUser("active is no boolean"))?,
            },
            organisation: text(more, "organisation", "organisation is no string")?,
            role: text(more, "role", "role is no string")?.ok_or(NotAUser("role of the extension is missing"))?,
            id_number: text(more, "idNumber", "idNumber is no string")?,
            invitation: text(more, "invitation", "invitation is no string")?,
        })
    }
}

impl UserOut {
    /// The resource as JSON.
    #[must_use]
    pub fn write(&self) -> Value {
        let mut user = json!({
            "schemas": [USER, POST],
            "id": self.id,
            "userName": self.user_name,
            "active": self.state != "ended",
            "meta": {
                "resourceType": "User",
                "created": instant(self.made_at),
                "lastModified": instant(self.changed_at),
                "location": self.location,
                "version": self.etag(),
            },
        });
        user[POST] = json!({
            "organisation": self.organisation,
            "role": self.role,
            "state": self.state,
            "leaseUntil": instant(self.lease_until),
        });
        if let Some(id) = &self.external_id {
            user["externalId"] = id.as_str().into();
        }
        user
    }

    /// The weak entity tag (RFC 7644 section 3.14).
    #[must_use]
    pub fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }

    /// As a client that sends it back unchanged.
    #[must_use]
    pub fn as_sent(&self) -> UserIn {
        UserIn {
            user_name: self.user_name.clone(),
            external_id: self.external_id.clone(),
            active: self.state != "ended",
            organisation: Some(self.organisation.clone()),
            role: self.role.clone(),
            id_number: None,
            invitation: None,
        }
    }
}

/// A list of resources, from the `start`th on.
#[must_use]
pub fn list(resources: &[Value], total: u32, start: u32) -> Value {
    json!({
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// An error.
#[must_use]
pub fn error(status: u16, kind: Option<&str>, detail: &str) -> Value {
    let mut error = json!({ "schemas": [ERROR], "status": status.to_string(), "detail": detail });
    if let Some(kind) = kind {
        error["scimType"] = kind.into();
    }
    error
}

/// The value under a name, without regard to case.
fn field<'a>(of: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    of.get(name).or_else(|| of.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// A boolean; some clients write it as a text.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A moment as `xsd:dateTime` in UTC (RFC 7643 section 2.3.5).
fn instant(unix_s: i64) -> String {
    let (days, rest) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
    // Civil date from days (Howard Hinnant's algorithm).
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest % 3_600 / 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7643_2_1_names_are_read_without_regard_to_case() {
        let body = json!({ "SCHEMAS": [USER, POST], "username": "g-17", "Active": "False", "emails": [{ "value": "a@b.cn" }],
            (POST.to_uppercase()): { "ROLE": "counter", "idnumber": "x" } });
        let expected = UserIn {
            user_name: "g-17".into(),
            role: "counter".into(),
            id_number: Some("x".into()),
            ..UserIn::default()
        };
        assert_eq!(UserIn::read(&body), Ok(expected));
        for (wrong, why) in [
            (json!([]), "the body is no JSON object"),
            (json!({ "userName": "a" }), "schemas does not name the core User schema"),
            (json!({ "schemas": [USER] }), "userName is missing"),
            (json!({ "schemas": [USER], "userName": 7 }), "userName is no string"),
            (json!({ "schemas": [USER], "userName": "a" }), "role of the extension is missing"),
            (json!({ "schemas": [USER], "userName": "a", "active": 1 }), "active is no boolean"),
        ] {
            assert_eq!(UserIn::read(&wrong), Err(NotAUser(why)));
        }
    }

    #[test]
    fn rfc_7643_2_3_5_moments_are_in_utc() {
        for (at, text) in [(0, "1970-01-01T00:00:00Z"), (1_709_164_799, "2024-02-28T23:59:59Z")] {
            assert_eq!(instant(at), text);
        }
    }
}
