//! Names of cities and counties by their GB/T 2260 code, from `regions.json`, which another province replaces.
//! It does not know whether a code is in force.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Regions {
    cities: Vec<City>,
    counties: HashMap<String, String>,
}

#[derive(Deserialize)]
struct City {
    code: String,
    zh: String,
    en: String,
}

static REGIONS: LazyLock<Option<Regions>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../regions.json")).ok());

/// A six-digit code with its name, as its resident reads it: `371328 临沂 兰陵县`. Counties have no English name of their own.
/// A code that isn't in the file stays a code.
pub(crate) fn with_name(code: &str, chinese: bool) -> String {
    let city = REGIONS.as_ref().and_then(|all| all.cities.iter().find(|city| code.starts_with(&city.code)));
    let county = REGIONS.as_ref().and_then(|all| all.counties.get(code));
    let city = city.map(|city| if chinese { &city.zh } else { &city.en });
    [Some(&code.to_owned()), city, county].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::with_name;

    #[test]
    fn a_code_is_said_with_its_name() {
        assert_eq!(with_name("371302", true), "371302 临沂 兰山区");
        assert_eq!(with_name("371302", false), "371302 Linyi 兰山区");
        assert_eq!(with_name("370000", true), "370000");
        assert_eq!(with_name("110105", false), "110105");
    }
}
