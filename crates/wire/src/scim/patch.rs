//! PATCH (RFC 7644 section 3.5.2) on the few attributes of a User: the whole User after all operations, or why not.
//! It does not know the store; a patch is applied to what the client saw.

use super::{PATCH, POST, USER, UserIn, field, truth};
use serde_json::{Map, Value};

/// Operations in one patch.
const OPERATIONS_MAX: usize = 64;

/// Why a patch can't be applied: the word of RFC 7644 table 9, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPatch(pub &'static str, pub &'static str);

const PATH: NotAPatch =
    NotAPatch("invalidPath", "a path names userName, externalId, active, or organisation or role of the extension");
const VALUE: NotAPatch = NotAPatch("invalidValue", "the value has another type than the attribute");
const SYNTAX: NotAPatch = NotAPatch("invalidSyntax", "a PatchOp has 1 to 64 Operations with op add, replace or remove");
const NEEDED: NotAPatch = NotAPatch("mutability", "that attribute is needed, or read-only");

/// The User after the patch.
///
/// # Errors
/// [`NotAPatch`].
pub fn patched(mut user: UserIn, body: &Value) -> Result<UserIn, NotAPatch> {
    let body = body.as_object().ok_or(SYNTAX)?;
    let named = field(body, "schemas").and_then(Value::as_array).ok_or(SYNTAX)?;
    let operations = field(body, "Operations").and_then(Value::as_array).ok_or(SYNTAX)?;
    let is_patch = named.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(PATCH));
    if !is_patch || operations.is_empty() || operations.len() > OPERATIONS_MAX {
        return Err(SYNTAX);
    }
    for operation in operations {
        let operation = operation.as_object().ok_or(SYNTAX)?;
        let op = field(operation, "op").and_then(Value::as_str).ok_or(SYNTAX)?.to_ascii_lowercase();
        let value = field(operation, "value");
        match (op.as_str(), field(operation, "path").and_then(Value::as_str), value) {
            ("add" | "replace", Some(path), Some(value)) => at_path(&mut user, path, value)?,
            ("add" | "replace", None, Some(Value::Object(whole))) => merge(&mut user, whole)?,
            ("remove", Some(path), _) => match short(path) {
                "externalid" => user.external_id = None,
                "username" | "active" | "role" | "organisation" => return Err(NEEDED),
                "" => return Err(PATH),
                _ => return Err(PATH),
            },
            ("remove", None, _) => return Err(NotAPatch("noTarget", "remove needs a path")),
            _ => return Err(SYNTAX),
        }
    }
    Ok(user)
}

/// One attribute, or the whole extension by its URN.
fn at_path(user: &mut UserIn, path: &str, value: &Value) -> Result<(), NotAPatch> {
    if path.eq_ignore_ascii_case(POST) {
        return merge(user, value.as_object().ok_or(VALUE)?);
    }
    set(user, short(path), value)?.then_some(()).ok_or(PATH)
}

/// Attributes side by side, some of them in the object of the extension. Those that are not kept are passed over.
fn merge(user: &mut UserIn, whole: &Map<String, Value>) -> Result<(), NotAPatch> {
    for (name, value) in whole {
        if name.eq_ignore_ascii_case(POST) {
            for (name, value) in value.as_object().ok_or(VALUE)? {
                set(user, short(name), value)?;
            }
        } else {
            set(user, short(name), value)?;
        }
    }
    Ok(())
}

/// Sets an attribute; false when none of this name is kept.
fn set(user: &mut UserIn, name: &str, value: &Value) -> Result<bool, NotAPatch> {
    let text = || value.as_str().map(str::to_owned).ok_or(VALUE);
    match name {
        "username" => user.user_name = text()?,
        "externalid" => user.external_id = Some(text()?),
        "active" => user.active = truth(value).ok_or(VALUE)?,
        "role" => user.role = text()?,
        "organisation" => user.organisation = Some(text()?),
        "idnumber" => user.id_number = Some(text()?),
        "id" | "meta" | "state" | "leaseuntil" | "invitation" => return Err(NEEDED),
        _ => return Ok(false),
    }
    Ok(true)
}

/// The last name of a path, small; a URN before it is left out. The names are few, and one stands for itself.
fn short(path: &str) -> &'static str {
    const NAMES: [&str; 11] = [
        "username",
        "externalid",
        "active",
        "role",
        "organisation",
        "idnumber",
        "id",
        "meta",
        "state",
        "leaseuntil",
        "invitation",
    ];
    let bare = [USER, POST].into_iter().find_map(|urn| {
        let head = path.get(..urn.len())?;
        if head.eq_ignore_ascii_case(urn) { path.get(urn.len() + 1..) } else { None }
    });
    let bare = bare.unwrap_or(path).to_ascii_lowercase();
    NAMES.into_iter().find(|name| *name == bare).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user() -> UserIn {
        UserIn { user_name: "g-17".into(), active: true, role: "counter".into(), ..UserIn::default() }
    }

    fn apply(operations: Value) -> Result<UserIn, &'static str> {
        patched(user(), &json!({ "schemas": [PATCH], "Operations": operations })).map_err(|why| why.0)
    }

    #[test]
    fn rfc_7644_3_5_2_operations_one_after_the_other() {
        let role = format!("{POST}:role");
        let table = [
            (json!([{ "op": "Replace", "path": "active", "value": "False" }]), Ok(UserIn { active: false, ..user() })),
            (json!([{ "op": "replace", "value": { "active": false } }]), Ok(UserIn { active: false, ..user() })),
            (json!([{ "op": "add", "path": role, "value": "head" }]), Ok(UserIn { role: "head".into(), ..user() })),
            (
                json!([{ "op": "add", "value": { POST: { "role": "head" }, "title": "x" } }]),
                Ok(UserIn { role: "head".into(), ..user() }),
            ),
            (
                json!([{ "op": "add", "path": "externalId", "value": "7" }, { "op": "remove", "path": "externalId" }]),
                Ok(user()),
            ),
            (json!([{ "op": "remove", "path": "userName" }]), Err("mutability")),
            (json!([{ "op": "replace", "path": "id", "value": "x" }]), Err("mutability")),
            (json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }]), Err("invalidPath")),
            (json!([{ "op": "remove" }]), Err("noTarget")),
            (json!([{ "op": "replace", "path": "active", "value": 7 }]), Err("invalidValue")),
            (json!([{ "op": "move", "path": "active" }]), Err("invalidSyntax")),
            (json!([]), Err("invalidSyntax")),
        ];
        for (operations, expected) in table {
            assert_eq!(apply(operations.clone()), expected, "{operations}");
        }
    }
}
