//! Holds three tables to the tree: `docs/asvs.md` and `docs/account-rules.md` name tests, and a test that is named must be
//! there; `docs/security.md` gives limits, which must be those of the source. It does not know whether a test proves what is said of it; who writes a row has read the test.

use std::collections::BTreeMap;
use std::path::Path;

use crate::tree;

/// Rules of an account, R1 to this.
const RULES: usize = 52;
/// The forms of an answer, in the order of the table of counts.
const FORMS: [&str; 4] = ["test", "by construction", "no", "n/a"];
/// Underscores from which a bare word in backticks is the name of a test and not of a field or a type.
const TEST_NAME_JOINTS: usize = 3;

/// What reads one of them, and says what is wrong in it.
type Judge = fn(&str, &Sources) -> Vec<String>;

/// Every claim of the three tables that the tree does not bear out.
pub fn claims() -> Vec<String> {
    let sources = Sources::of(&tree::root());
    let mut found = Vec::new();
    let tables: [(&str, Judge); 3] =
        [("docs/asvs.md", in_asvs), ("docs/account-rules.md", in_rules), ("docs/security.md", in_limits)];
    for (path, judge) in tables {
        match std::fs::read_to_string(tree::root().join(path)) {
            Ok(text) => found.extend(judge(&text, &sources).into_iter().map(|fault| format!("{path}: {fault}"))),
            Err(why) => found.push(format!("{path}: failed to read it: {why}")),
        }
    }
    found
}

/// The text of each file in which a test can stand, by its path from the root.
struct Sources(BTreeMap<String, String>);

impl Sources {
    fn of(root: &Path) -> Self {
        let endings = [".rs", ".mjs", ".ts", ".py", ".txt"];
        let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        Self(tree::files(root, &endings).iter().map(|path| (tree::shown(path), read(path))).collect())
    }

    /// `file` is the end of a path, from a slash on; `oidc/dpop.rs` stands for `crates/oidc/src/dpop.rs` too.
    fn file(&self, file: &str) -> impl Iterator<Item = &str> {
        let (end, file) = (format!("/{file}"), file.to_owned());
        let is_it =
            move |path: &str| path == file || path.ends_with(&end) || path.replace("/src/", "/").ends_with(&end);
        self.0.iter().filter(move |(path, _)| is_it(path)).map(|(_, text)| text.as_str())
    }

    /// What is wrong with a name, `file` or `file::function`.
    fn fault(&self, name: &str) -> Option<String> {
        let (file, function) = name.split_once("::").map_or((name, None), |(file, rest)| (file, Some(rest)));
        if self.file(file).next().is_none() {
            return Some(format!("there is no file `{file}`"));
        }
        let function = function?;
        let there = self.file(file).any(|text| text.contains(&format!("fn {function}(")));
        (!there).then(|| format!("there is no `fn {function}` in `{file}`"))
    }

    fn has_function(&self, name: &str) -> bool {
        self.0.values().any(|text| text.contains(&format!("fn {name}(")))
    }
}

/// `| id | level | about | answer |` rows under a table of counts.
fn in_asvs(text: &str, sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    let mut counted = [0usize; FORMS.len()];
    let mut told = BTreeMap::new();
    let mut seen = Vec::new();
    for cells in rows(text) {
        if let [form, number] = cells.as_slice() {
            told.insert(form.clone(), number.clone());
        }
        let [id, level, _, answer] = cells.as_slice() else { continue };
        if !id.starts_with('V') {
            continue;
        }
        if seen.contains(id) {
            found.push(format!("{id} stands twice"));
        }
        seen.push(id.clone());
        if !["1", "2", "3"].contains(&level.as_str()) {
            found.push(format!("{id}: level `{level}` is none of 1, 2, 3"));
        }
        let form = answer.split_once(": ").map(|(form, words)| (FORMS.iter().position(|known| *known == form), words));
        match form {
            Some((Some(form), words)) if !words.trim().is_empty() => {
                counted[form] += 1;
                if form == 0 {
                    found.extend(tests_of(words, sources).into_iter().map(|fault| format!("{id}: {fault}")));
                }
            }
            _ => found.push(format!("{id}: an answer begins with one of: {}", FORMS.join(": , "))),
        }
    }
    for (form, number) in FORMS.iter().zip(counted) {
        if told.get(*form) != Some(&number.to_string()) {
            found.push(format!("the head says {:?} of `{form}`, and {number} rows do", told.get(*form)));
        }
    }
    found
}

/// Faults of the names in backticks of a `test:` answer; at least one is named.
fn tests_of(words: &str, sources: &Sources) -> Vec<String> {
    let names: Vec<&str> = quoted(words).collect();
    if names.is_empty() {
        return vec!["no test is named".to_owned()];
    }
    names.into_iter().filter_map(|name| sources.fault(name)).collect()
}

/// `| R1 | about | held by |` rows, each rule once.
fn in_rules(text: &str, sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = vec![0usize; RULES];
    for cells in rows(text) {
        let [rule, _, held] = cells.as_slice() else { continue };
        let number = rule.strip_prefix('R').and_then(|number| number.parse::<usize>().ok());
        if let Some(count) = number.and_then(|number| seen.get_mut(number.wrapping_sub(1))) {
            *count += 1;
        } else if rule != "rule" && !rule.starts_with('-') {
            found.push(format!("`{rule}` is no rule"));
        }
        if held.is_empty() {
            found.push(format!("{rule}: says neither what holds it nor that it waits"));
        }
        for name in quoted(held) {
            if is_file(name) {
                found.extend(sources.fault(name).map(|fault| format!("{rule}: {fault}")));
            } else if is_test_name(name) && !sources.has_function(name) {
                found.push(format!("{rule}: there is no `fn {name}`"));
            }
        }
    }
    let once = seen.iter().enumerate().filter(|(_, count)| **count != 1);
    found.extend(once.map(|(at, count)| format!("R{} stands {count} times", at + 1)));
    found
}

/// `| what | `file.rs::NAME` = `value` | why |` rows: the constant has that value, as the source writes it.
fn in_limits(text: &str, sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for cells in rows(text) {
        let [what, constant, _] = cells.as_slice() else { continue };
        let [place, value] = quoted(constant).collect::<Vec<_>>()[..] else { continue };
        let Some((file, name)) = place.split_once("::") else {
            found.push(format!("{what}: `{place}` is no `file::CONSTANT`"));
            continue;
        };
        let held = sources.file(file).filter_map(|text| constant_of(text, name)).collect::<Vec<_>>();
        if held != [value] {
            found.push(format!("{what}: `{place}` is {held:?} in the source, and not `{value}`"));
        }
    }
    found
}

/// What a constant is set to, as it is written.
fn constant_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line = text.lines().find(|line| line.contains(&format!("const {name}: ")))?;
    line.split_once(" = ")?.1.strip_suffix(';')
}

/// The cells of each table row.
fn rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    let row = |line: &str| {
        let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        Some(inside.split('|').map(|cell| cell.trim().to_owned()).collect())
    };
    text.lines().filter_map(row)
}

fn quoted(words: &str) -> impl Iterator<Item = &str> {
    words.split('`').skip(1).step_by(2)
}

fn is_file(name: &str) -> bool {
    let file = name.split("::").next().unwrap_or_default();
    [".rs", ".mjs", ".ts", ".py", ".txt"].iter().any(|ending| file.ends_with(ending))
}

fn is_test_name(name: &str) -> bool {
    name.matches('_').count() >= TEST_NAME_JOINTS && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::{RULES, Sources, claims, in_asvs, in_limits, in_rules};

    fn sources() -> Sources {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let rust = "#[test]\nfn a_door_stays_closed() {}\n";
        Sources([file("crates/x/src/door.rs", rust), file("web/stories/a.mjs", "")].into())
    }

    fn asvs(rows: &str, counts: [usize; 4]) -> String {
        let [test, made, no, none] = counts;
        format!("| test | {test} |\n| by construction | {made} |\n| no | {no} |\n| n/a | {none} |\n\n{rows}")
    }

    #[test]
    fn the_tables_name_what_is_there() {
        assert_eq!(claims(), Vec::<String>::new());
    }

    #[test]
    fn a_good_table_holds_and_each_fault_of_a_bad_one_is_named() {
        let good = "| V1.1.1 | 1 | doors | test: `x/door.rs::a_door_stays_closed`, `web/stories/a.mjs` |\n\
                    | V1.1.2 | 2 | walls | by construction: no way round |\n\
                    | V1.1.3 | 3 | roofs | no: none yet |\n| V1.1.4 | 1 | boats | n/a: no water |\n";
        assert_eq!(in_asvs(&asvs(good, [1, 1, 1, 1]), &sources()), Vec::<String>::new());
        let table = [
            (good.to_owned(), [2, 1, 1, 1], "the head says"),
            ("| V1 | 1 | a | test: `door.rs::a_window` |".to_owned(), [1, 0, 0, 0], "no `fn a_window`"),
            ("| V1 | 1 | a | test: `gate.rs::a_window` |".to_owned(), [1, 0, 0, 0], "no file `gate.rs`"),
            ("| V1 | 1 | a | test: a door |".to_owned(), [1, 0, 0, 0], "no test is named"),
            ("| V1 | 1 | a | perhaps: soon |".to_owned(), [0; 4], "an answer begins"),
            ("| V1 | 1 | a | no |".to_owned(), [0; 4], "an answer begins"),
            ("| V1 | 4 | a | no: none |".to_owned(), [0, 0, 1, 0], "level `4`"),
            ("| V1 | 1 | a | no: a |\n| V1 | 1 | a | no: a |".to_owned(), [0, 0, 2, 0], "stands twice"),
        ];
        for (rows, counts, words) in table {
            let found = in_asvs(&asvs(&rows, counts), &sources());
            assert!(found.len() == 1 && found[0].contains(words), "{rows}: {found:?}");
        }
    }

    #[test]
    fn rules_stand_once_and_name_what_is_there() {
        let rules = |first: &str, last: usize| {
            let rest: String = (2..=last).map(|n| format!("| R{n} | a | waits |\n")).collect();
            format!("| rule | about | held by |\n|---|---|---|\n| R1 | a | {first} |\n{rest}")
        };
        let good = "`door.rs` `a_door_stays_closed`, by `Door::shut` and `a_field`";
        assert_eq!(in_rules(&rules(good, RULES), &sources()), Vec::<String>::new());
        let table = [
            (rules("`a_door_stays_open`", RULES), "R1: there is no `fn a_door_stays_open`"),
            (rules("`door.rs::a_window`", RULES), "R1: there is no `fn a_window`"),
            (rules("", RULES), "R1: says neither"),
            (rules("waits", RULES - 1), "R52 stands 0 times"),
            (rules("waits", RULES + 1), "`R53` is no rule"),
        ];
        for (text, words) in table {
            let found = in_rules(&text, &sources());
            assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
        }
    }

    #[test]
    fn a_limit_is_what_the_source_says() {
        let source = "const LIFE_S: i64 = 3 * 60;\n";
        let sources = Sources([("crates/x/src/a.rs".to_owned(), source.to_owned())].into());
        let table = [
            ("| life | `a.rs::LIFE_S` = `3 * 60` | R7 |", None),
            ("| what | how | why |", None),
            ("| life | `a.rs::LIFE_S` = `4 * 60` | R7 |", Some("[\"3 * 60\"]")),
            ("| life | `a.rs::AGE_S` = `3 * 60` | R7 |", Some("[] in the source")),
            ("| life | `LIFE_S` = `3 * 60` | R7 |", Some("no `file::CONSTANT`")),
        ];
        for (row, words) in table {
            let found = in_limits(row, &sources);
            match words {
                Some(words) => assert!(found.len() == 1 && found[0].contains(words), "{row}: {found:?}"),
                None => assert!(found.is_empty(), "{row}: {found:?}"),
            }
        }
    }
}
