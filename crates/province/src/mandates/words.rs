//! The words by which a record names the other party of a mandate: the role, never the name.
//! It does not know whose record it stands in but by the side that the use says.

use crate::error::Text;
use crate::posts::post_words;

/// What a use says of a mandate.
fn of(detail: Option<&str>) -> Option<(String, bool, String)> {
    let detail = serde_json::from_str::<serde_json::Value>(detail?).ok()?;
    let mandate = detail.get("mandate")?;
    let text = |name: &str| mandate.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    Some((text("kind")?, text("side")? == "principal", text("by")?))
}

/// The enterprise that a use was for; its name is public.
fn enterprise(detail: Option<&str>) -> Option<String> {
    let detail = serde_json::from_str::<serde_json::Value>(detail?).ok()?;
    detail.get("mandate")?.get("enterprise")?.as_str().map(str::to_owned)
}

/// The post in which a use was done: name of the office, and the words of the post.
fn post(detail: Option<&str>) -> Option<(String, Text)> {
    let detail = serde_json::from_str::<serde_json::Value>(detail?).ok()?;
    let post = detail.get("post")?;
    let text = |name: &str| post.get(name).and_then(serde_json::Value::as_str);
    Some((text("office")?.to_owned(), post_words(text("role")?)))
}

/// In which role the other one stood, "shown by your guardian"; empty for a deed without a mandate.
pub(crate) fn role_of(deed: &str, detail: Option<&str>) -> Text {
    if let Some(name) = enterprise(detail) {
        return if deed == "check" {
            Text::new(format!("替{name}出示"), format!("Shown for {name}"))
        } else {
            Text::new(format!("企业：{name}"), format!("For {name}"))
        };
    }
    if let Some((office, role)) = post(detail) {
        return if deed == "check" {
            Text::new(format!("以{office}{}身份出示", role.zh), format!("Shown as {} of {office}", role.en))
        } else {
            Text::new(format!("职务：{office} {}", role.zh), format!("As {} of {office}", role.en))
        };
    }
    let Some((kind, over_me, _)) = of(detail) else { return Text::new("", "") };
    let shown = deed == "check";
    let (zh, en) = match (kind.as_str(), over_me, shown) {
        ("guardian", true, true) => ("由你的监护人出示", "Shown by your guardian"),
        ("guardian", true, false) => ("你的监护人", "Your guardian"),
        ("guardian", false, true) => ("替你监护的家人出示", "Shown for the child or adult in your care"),
        ("guardian", false, false) => ("你监护的家人", "The child or adult in your care"),
        ("helper", true, true) => ("由你的代办人出示", "Shown by your helper"),
        ("helper", true, false) => ("你的代办人", "Your helper"),
        ("helper", false, true) => ("替你帮助的老人出示", "Shown for the elder you help"),
        ("helper", false, false) => ("你帮助的老人", "The elder you help"),
        (_, true, _) => ("替你办事的人", "Somebody who acts for you"),
        (_, false, _) => ("你替他办事的人", "Somebody you act for"),
    };
    Text::new(zh, en)
}

/// Who did a deed of a mandate, in this record: you, the other one by role, or the platform's staff. `None` when the use
/// is of no mandate, or a gate did it.
pub(crate) fn who_of(deed: &str, actor_kind: &str, detail: Option<&str>) -> Option<Text> {
    if actor_kind == "gate" {
        return None;
    }
    // Whoever acts for an enterprise does it as themselves.
    if enterprise(detail).is_some() && actor_kind == "person" {
        return None;
    }
    let Some((_, over_me, by)) = of(detail) else {
        // A refusal says no more than the deed, and only somebody else does these.
        let acting = matches!(deed, "draw_acting" | "see_ward_record");
        return acting.then(|| Text::new("替你办事的人", "Somebody who acts for you"));
    };
    match by.as_str() {
        "office" => Some(Text::new("平台工作人员", "Platform staff")),
        "actor" if over_me => Some(role_of("", detail)),
        "principal" if !over_me => Some(role_of("", detail)),
        _ => Some(Text::new("你自己", "You")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_names_roles_and_never_people() {
        let detail =
            |kind, side, by| serde_json::json!({ "mandate": { "kind": kind, "side": side, "by": by } }).to_string();
        let table = [
            ("check", "guardian", "principal", "actor", "Shown by your guardian"),
            ("check", "guardian", "actor", "actor", "Shown for the child or adult in your care"),
            ("check", "helper", "principal", "actor", "Shown by your helper"),
            ("check", "helper", "actor", "actor", "Shown for the elder you help"),
            ("end_mandate", "helper", "actor", "office", "The elder you help"),
        ];
        for (deed, kind, side, by, expected) in table {
            assert_eq!(role_of(deed, Some(&detail(kind, side, by))).en, expected);
        }
        let who = |side, by| who_of("end_mandate", "resident", Some(&detail("helper", side, by))).unwrap().en;
        assert_eq!((who("principal", "actor"), who("principal", "principal")), ("Your helper".into(), "You".into()));
        assert_eq!((who("actor", "actor"), who("actor", "principal")), ("You".into(), "The elder you help".into()));
        assert_eq!(who("actor", "office"), "Platform staff");
        assert_eq!(who_of("check", "gate", Some(&detail("helper", "actor", "actor"))), None);
        assert_eq!(role_of("draw", None).en, "");
        assert_eq!(who_of("draw_acting", "resident", None).unwrap().en, "Somebody who acts for you");
    }
}
