//! Text that somebody writes and another person is shown: it has no letter that turns the order of the others, and none that can't
//! be seen, so that it reads as it was meant to whoever reads it. It does not know what the text says, nor how long it may be.

/// One line: nothing that turns or hides, and no control characters.
#[must_use]
pub fn is_line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || hidden(c))
}

/// Lines of somebody's own words: the same, and ends of lines and tabs are taken.
#[must_use]
pub fn is_prose(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || hidden(c))
}

/// Nothing is seen of it, or it turns the order of what is. Unicode 16: `Default_Ignorable_Code_Point` of DerivedCoreProperties,
/// `Bidi_Control` of PropList, the separators of lines and paragraphs, the anchors of annotations, what is no character, and
/// the blanks that pass for letters (U+1680, U+2800).
const fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{1680}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r40_what_turns_or_hides_is_no_shown_text() {
        for good in [
            "泉城社区医院",
            "公交 2 号（东站）",
            "Ünïted · No. 5",
            "𠮷野家",
            "ᠮᠣᠩᠭᠣᠯ",
            "ئۇيغۇر",
            "བོད",
            "목욕",
            "全角　空格",
        ] {
            assert!(is_line(good) && is_prose(good), "{good}");
        }
        for c in [
            '\u{0}',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{fffe}',
            '\u{e0041}',
        ] {
            let text = format!("医{c}院");
            assert!(!is_line(&text) && !is_prose(&text), "{c:?}");
        }
        assert!(is_prose("一行\n\t又一行\r\n") && !is_line("一行\n又一行"));
    }
}
