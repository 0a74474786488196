//! The conditions as a lawyer reads them: each in a sentence, with the deeds that it is about.
//! It does not decide anything: it is printed from the same policies that are evaluated.

use crate::house::{BadPolicy, House, policies};
use std::collections::BTreeMap;
use yima_kernel::deed::Deed;

/// Letters of a line of deeds at most.
const WIDTH: usize = 112;

/// Prints every condition.
///
/// # Errors
/// [`BadPolicy`] when the policies do not parse.
pub fn print() -> Result<String, BadPolicy> {
    let house = House::load()?;
    let mut deeds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for deed in Deed::ALL {
        for id in house.policies_of(deed) {
            deeds.entry(id).or_default().push(deed.as_str());
        }
    }
    let mut text = String::from(
        "\nConditions on top of that for operators (crates/policy, in Cedar). A deed is done only when one of the three posts\n\
         permits it and no condition forbids it; what cannot be evaluated is refused.\n",
    );
    for policy in policies()? {
        let id = policy.id().to_string();
        let said = |key| policy.annotation(key).unwrap_or_default();
        text.push_str(&format!("\n{id} ({})\n  {}.\n  {}。\n", policy.effect(), said("en"), said("zh")));
        let mut line = String::from("  Deeds:");
        for deed in deeds.get(&id).into_iter().flatten() {
            if line.len() + deed.len() > WIDTH {
                text.push_str(&line);
                text.push('\n');
                line = String::from("    ");
            }
            line.push(' ');
            line.push_str(deed);
        }
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}
