//! The API's description as one page without scripts, from the binary itself: /api/docs.
//! It knows the OpenAPI document only.

use serde_json::Value;
use std::fmt::Write as _;
use utoipa::openapi::OpenApi;

/// The page's style.
pub const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;color:#1c2430;background:#f5f2eb;max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #cfc8b8}details{background:#fff;border:1px solid #ddd6c8;border-radius:8px;margin:.5rem 0;padding:.5rem 1rem}summary{cursor:pointer;min-height:44px;display:flex;gap:.8rem;align-items:center;flex-wrap:wrap}summary:focus-visible{outline:3px solid #1d4fa0;outline-offset:2px}code{font:14px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}.m{font-weight:700;min-width:4.5rem;color:#1d4fa0}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-top:1px solid #eee8dc}@media (prefers-color-scheme:dark){body{background:#14181f;color:#e8e6e0}details{background:#1c222c;border-color:#333c4a}.m{color:#8fb4ff}td,th{border-color:#2a323e}h2{border-color:#333c4a}}";

/// Renders the whole document.
#[must_use]
pub fn page(document: &OpenApi) -> String {
    let value = serde_json::to_value(document).unwrap_or_default();
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Yima API</title><link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body><h1>Yima 一码 · API</h1>",
    );
    let about = value["info"]["description"].as_str().unwrap_or_default();
    let _ = write!(html, "<p>{}</p><p><a href=\"/api/openapi.json\">openapi.json</a></p>", escaped(about));
    for tag in list(&value["tags"]) {
        operations_of(&mut html, &value, tag);
    }
    html.push_str("<h2>Shapes</h2>");
    for (name, schema) in entries(&value["components"]["schemas"]) {
        shape(&mut html, name, schema);
    }
    html.push_str("</body></html>");
    html
}

fn operations_of(html: &mut String, value: &Value, tag: &Value) {
    let name = text(&tag["name"]);
    let _ = write!(html, "<h2>{}</h2><p>{}</p>", escaped(name), escaped(text(&tag["description"])));
    for (path, item) in entries(&value["paths"]) {
        for (method, operation) in entries(item) {
            if list(&operation["tags"]).iter().any(|t| t == name) {
                one(html, method, path, operation);
            }
        }
    }
}

fn one(html: &mut String, method: &str, path: &str, operation: &Value) {
    let method = method.to_uppercase();
    let _ = write!(html, "<details><summary><span class=\"m\">{method}</span><code>{}</code></summary>", escaped(path));
    let words = operation["description"].as_str().or(operation["summary"].as_str()).unwrap_or_default();
    let _ = write!(html, "<p>{}</p><table>", escaped(words));
    for parameter in list(&operation["parameters"]) {
        let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
        cells(html, &format!("{place} {name}"), text(&parameter["description"]));
    }
    for (_, content) in entries(&operation["requestBody"]["content"]) {
        cells(html, "body", &kind(&content["schema"]));
    }
    for (status, response) in entries(&operation["responses"]) {
        let shapes: Vec<_> =
            entries(&response["content"]).map(|(media, c)| format!("{} · {media}", kind(&c["schema"]))).collect();
        let said = if shapes.is_empty() { text(&response["description"]).to_owned() } else { shapes.join(", ") };
        cells(html, status, &said);
    }
    html.push_str("</table></details>");
}

fn shape(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        html,
        "<details><summary><code>{}</code></summary><p>{}</p><table>",
        escaped(name),
        escaped(text(&schema["description"]))
    );
    let parts = list(&schema["allOf"]).iter().chain(std::iter::once(schema));
    for (field, of) in parts.flat_map(|part| entries(&part["properties"])) {
        cells(html, field, &format!("{} {}", kind(of), text(&of["description"])));
    }
    html.push_str("</table></details>");
}

fn cells(html: &mut String, left: &str, right: &str) {
    let _ = write!(html, "<tr><td><code>{}</code></td><td>{}</td></tr>", escaped(left), escaped(right));
}

fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("[{}]", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" | "),
        _ => "object".to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
