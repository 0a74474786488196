//! Follows the relative links of every Markdown file and names those that lead nowhere.
//! It does not look at addresses of other hosts.

use std::path::Path;

use crate::tree;

/// Every link whose file is not there.
pub fn links() -> Vec<String> {
    let mut broken = Vec::new();
    for path in tree::files(&tree::root(), &[".md"]) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new("."));
        for target in targets(&text) {
            if !folder.join(&target).exists() {
                broken.push(format!("{}: the link to {target} leads nowhere", tree::shown(&path)));
            }
        }
    }
    broken
}

/// The files that a Markdown text points to: `](path)` outside code, without its `#anchor`.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in prose.split("](").skip(1) {
            let target = part.split([')', ' ', '#']).next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:") || target.starts_with('/');
            if !target.is_empty() && !elsewhere {
                found.push(target.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{links, targets};

    #[test]
    fn every_relative_link_leads_somewhere() {
        assert_eq!(links(), Vec::<String>::new());
    }

    #[test]
    fn only_relative_targets_outside_code_are_followed() {
        let text = "[a](b.md#c) ![d](e.png) [f](https://x.y/z) [g](#h) `[i](j)`\n```\n[k](l)\n```\n[m](n/o.md \"p\")";
        assert_eq!(targets(text), ["b.md", "e.png", "n/o.md"]);
    }
}
