//! What the server says about itself (RFC 7644 section 4): what it can do, which resources it has, and their attributes.
//! It does not know any resource.

use super::{LIST, PAGE_MAX, POST, USER};
use serde_json::{Value, json};

/// ServiceProviderConfig (RFC 7643 section 5).
#[must_use]
pub fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": PAGE_MAX },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token of an organisation",
            "description": "A token that an operator makes for one organisation and what stands under it.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

/// The one ResourceType (RFC 7643 section 6).
#[must_use]
pub fn resource_types(base: &str) -> Vec<Value> {
    vec![json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "description": "A person's post in an organisation. It is no account: it counts once the person accepted it.",
        "endpoint": "/Users",
        "schema": USER,
        "schemaExtensions": [{ "schema": POST, "required": true }],
        "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/User") },
    })]
}

/// Both schemas (RFC 7643 section 7).
#[must_use]
pub fn schemas(base: &str) -> Vec<Value> {
    let named = |id: &str, name: &str, description: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id, "name": name, "description": description, "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    let mut role = attribute("role", "string", "What the person is there.", (true, "readWrite", "default", "none"));
    role["canonicalValues"] = json!(["counter", "handler", "reviewer", "head"]);
    let mut state =
        attribute("state", "string", "Whether the person accepted it.", (false, "readOnly", "default", "none"));
    state["canonicalValues"] = json!(["pending", "active", "ended"]);
    vec![
        named(
            USER,
            "User",
            "A person's post",
            vec![
                attribute(
                    "userName",
                    "string",
                    "What the personnel system calls the person: a staff number, never an ID number.",
                    (true, "readWrite", "default", "server"),
                ),
                attribute(
                    "active",
                    "boolean",
                    "The person has the post, in the personnel system's view. It is not the state of an account.",
                    (false, "readWrite", "default", "none"),
                ),
            ],
        ),
        named(
            POST,
            "Post",
            "What a post adds to a User",
            vec![
                attribute(
                    "organisation",
                    "string",
                    "org_…; the token's own organisation when absent. Another one is a transfer.",
                    (false, "readWrite", "default", "none"),
                ),
                role,
                attribute(
                    "idNumber",
                    "string",
                    "The person's ID number, when the post is made. It is not kept and never shown.",
                    (false, "writeOnly", "never", "none"),
                ),
                attribute(
                    "invitation",
                    "string",
                    "Or the code that the person made on their own page.",
                    (false, "writeOnly", "never", "none"),
                ),
                state,
                attribute(
                    "leaseUntil",
                    "dateTime",
                    "Over then, unless a PUT or PATCH says that it stands.",
                    (false, "readOnly", "default", "none"),
                ),
            ],
        ),
    ]
}

/// A list of these.
#[must_use]
pub fn all(of: &[Value]) -> Value {
    json!({ "schemas": [LIST], "totalResults": of.len(), "startIndex": 1, "itemsPerPage": of.len(), "Resources": of })
}

fn attribute(
    name: &str,
    kind: &str,
    description: &str,
    (required, mutability, returned, uniqueness): (bool, &str, &str, &str),
) -> Value {
    let mut attribute = json!({
        "name": name, "type": kind, "multiValued": false, "description": description, "required": required,
        "mutability": mutability, "returned": returned, "uniqueness": uniqueness,
    });
    if kind == "string" {
        attribute["caseExact"] = true.into();
    }
    attribute
}
