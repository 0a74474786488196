//! Reads the closing lines of test runners and adds them up.
//! It knows the words of cargo test, vitest, pytest and the plain `N passed, N failed`, and nothing of the tests.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    pub fn is_empty(self) -> bool {
        self == Tally::default()
    }
}

/// The closing lines among `output`, as their runner wrote them, and their sum.
pub fn read(output: &str) -> (Vec<String>, Tally) {
    let mut lines = Vec::new();
    let mut sum = Tally::default();
    for line in output.lines() {
        let plain = without_colour(line);
        let plain = plain.trim();
        if is_closing(plain) {
            let tally = Tally { passed: before(plain, "passed"), failed: before(plain, "failed") };
            if !tally.is_empty() {
                sum.add(tally);
                lines.push(plain.to_owned());
            }
        }
    }
    (lines, sum)
}

/// `test result: ok. 5 passed; …` (cargo), `Tests  5 passed (5)` (vitest), `5 passed, 0 failed`, `== 5 passed in 1s ==` (pytest).
fn is_closing(line: &str) -> bool {
    let bare = line.trim_matches('=').trim();
    line.starts_with("test result:")
        || (line.starts_with("Tests ") && line.contains("passed"))
        || (line.starts_with("Tests ") && line.contains("failed"))
        || (line.starts_with("==") && bare.contains(" in ") && before(bare, "passed") + before(bare, "failed") > 0)
        || is_plain(line)
}

fn is_plain(line: &str) -> bool {
    let mut words = line.split(' ');
    let number = |word: Option<&str>| word.is_some_and(|word| word.parse::<u64>().is_ok());
    number(words.next())
        && words.next() == Some("passed,")
        && number(words.next())
        && words.next().is_some_and(|word| word.trim_end_matches(',') == "failed")
}

/// The number that stands before `word`, or 0.
fn before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    words
        .windows(2)
        .find(|pair| pair[1].trim_end_matches([',', ';', '.']) == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

fn without_colour(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        if character == '\u{1b}' {
            for skipped in rest.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Tally, read};

    #[test]
    fn closing_lines_of_each_runner_are_added() {
        let table = [
            ("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s", 12, 0),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", 3, 2),
            ("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m8 passed\u{1b}[39m\u{1b}[22m (8)", 8, 0),
            ("      Tests  1 failed | 7 passed (8)", 7, 1),
            (" Test Files  2 passed (2)", 0, 0),
            ("7 passed, 1 failed", 7, 1),
            ("7 passed, 1 failed, 2 skipped", 7, 1),
            ("===== 4 passed, 1 failed in 0.12s =====", 4, 1),
            ("test a_sentence_with_5 passed, it says ... ok", 0, 0),
            ("running 12 tests", 0, 0),
        ];
        for (line, passed, failed) in table {
            assert_eq!(read(line).1, Tally { passed, failed }, "{line}");
        }
        let all: String = table.iter().map(|(line, ..)| format!("{line}\n")).collect();
        assert_eq!(read(&all).1, Tally { passed: 48, failed: 6 });
    }
}
