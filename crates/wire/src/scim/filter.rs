//! The filters that are taken: one attribute, exactly equal (RFC 7644 section 3.4.2.2). Nothing that could search persons.
//! It does not know what matches.

use super::USER;

/// Which resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `id eq "…"`
    Id(String),
    /// `userName eq "…"`
    UserName(String),
    /// `externalId eq "…"`
    ExternalId(String),
}

/// A filter of another form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAFilter;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// [`NotAFilter`] for any other attribute, operator or combination.
    pub fn parse(text: &str) -> Result<Self, NotAFilter> {
        let mut words = text.trim().splitn(3, char::is_whitespace);
        let (Some(name), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err(NotAFilter);
        };
        if !operator.eq_ignore_ascii_case("eq") {
            return Err(NotAFilter);
        }
        let value: String = serde_json::from_str(value.trim()).map_err(|_| NotAFilter)?;
        let name = match name.get(..USER.len()) {
            Some(urn) if urn.eq_ignore_ascii_case(USER) => name.get(USER.len() + 1..).unwrap_or_default(),
            _ => name,
        };
        match name.to_ascii_lowercase().as_str() {
            "id" => Ok(Self::Id(value)),
            "username" => Ok(Self::UserName(value)),
            "externalid" => Ok(Self::ExternalId(value)),
            _ => Err(NotAFilter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7644_3_4_2_2_one_attribute_exactly() {
        let name = |text: &str| Ok(Filter::UserName(text.into()));
        let table = [
            ("userName eq \"g-17\"", name("g-17")),
            ("USERNAME EQ \"a b\"", name("a b")),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\\\"b\"", name("a\"b")),
            ("externalId eq \"7\"", Ok(Filter::ExternalId("7".into()))),
            ("id eq \"pst_1\"", Ok(Filter::Id("pst_1".into()))),
            ("userName co \"g\"", Err(NotAFilter)),
            ("userName sw \"g\"", Err(NotAFilter)),
            ("userName pr", Err(NotAFilter)),
            ("userName eq \"a\" or userName eq \"b\"", Err(NotAFilter)),
            ("idNumber eq \"a\"", Err(NotAFilter)),
            ("userName eq a", Err(NotAFilter)),
            ("", Err(NotAFilter)),
        ];
        for (text, expected) in table {
            assert_eq!(Filter::parse(text), expected, "{text}");
        }
    }
}
