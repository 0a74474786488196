//! Scopes and the claims behind them (OpenID Connect Core 1.0 sections 5.1 and 5.4), with what a person reads for each.
//! It does not know anybody's values.

use crate::error::{Code, OauthError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something about a person that an app may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The name in the register.
    Name,
    /// The county of registration, six digits of GB/T 2260.
    Region,
    /// `0-13`, `14-17`, …: never the day of birth.
    AgeBand,
    /// The telephone number.
    PhoneNumber,
    /// The ID number. Only where a review says why.
    IdNumber,
}

impl Claim {
    /// All.
    pub const ALL: [Self; 5] = [Self::Name, Self::Region, Self::AgeBand, Self::PhoneNumber, Self::IdNumber];

    /// The claim's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Region => "region",
            Self::AgeBand => "age_band",
            Self::PhoneNumber => "phone_number",
            Self::IdNumber => "id_number",
        }
    }

    /// Reads a claim's name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.as_str() == word)
    }

    /// Sensitive (PIPL articles 28 to 30): a press of its own, after a sign-in with a passkey.
    #[must_use]
    pub const fn sensitive(self) -> bool {
        matches!(self, Self::IdNumber)
    }

    /// What a person reads, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("姓名", "Name"),
            Self::Region => ("户籍所在区县", "County of registration"),
            Self::AgeBand => ("年龄段", "Age band"),
            Self::PhoneNumber => ("手机号", "Telephone number"),
            Self::IdNumber => ("身份证号", "ID number"),
        }
    }
}

/// A scope that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A sign-in: an ID token comes back.
    OpenId,
    /// Name, county and age band.
    Profile,
    /// The telephone number.
    Phone,
    /// The ID number.
    IdNumber,
    /// Goes on when the person has left (OpenID Connect Core 1.0 section 11).
    OfflineAccess,
}

impl Scope {
    /// All, in the order of `scopes_supported`.
    pub const ALL: [Self; 5] = [Self::OpenId, Self::Profile, Self::Phone, Self::IdNumber, Self::OfflineAccess];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Phone => "phone",
            Self::IdNumber => "id_number",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// The claims that it stands for.
    #[must_use]
    pub const fn claims(self) -> &'static [Claim] {
        match self {
            Self::OpenId | Self::OfflineAccess => &[],
            Self::Profile => &[Claim::Name, Claim::Region, Claim::AgeBand],
            Self::Phone => &[Claim::PhoneNumber],
            Self::IdNumber => &[Claim::IdNumber],
        }
    }
}

/// A set of scopes of people; apps as themselves have words of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Reads a list with blanks between (RFC 6749 section 3.3).
    ///
    /// # Errors
    /// `invalid_scope` for one that is not offered.
    pub fn parse(list: &str) -> Result<Self, OauthError> {
        let known = |word: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        let unknown = OauthError::new(Code::InvalidScope, "a scope is not offered here; see scopes_supported");
        list.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| known(word).ok_or(unknown.clone()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Is it among them?
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Is every one of these among those?
    #[must_use]
    pub fn within(&self, wider: &Self) -> bool {
        self.0.is_subset(&wider.0)
    }

    /// Those that both have.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// The same without one.
    #[must_use]
    pub fn without(&self, scope: Scope) -> Self {
        Self(self.0.iter().copied().filter(|one| *one != scope).collect())
    }

    /// The claims behind them.
    #[must_use]
    pub fn claims(&self) -> BTreeSet<Claim> {
        self.0.iter().flat_map(|scope| scope.claims()).copied().collect()
    }

    /// No scope at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With blanks between.
    #[must_use]
    pub fn text(&self) -> String {
        Scope::ALL
            .iter()
            .filter(|scope| self.0.contains(scope))
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Claims as a list with blanks between, as the store keeps them.
#[must_use]
pub fn claims_text(claims: &BTreeSet<Claim>) -> String {
    claims.iter().map(|claim| claim.as_str()).collect::<Vec<_>>().join(" ")
}

/// Reads such a list; what is not a claim any more is left out.
#[must_use]
pub fn claims_of(text: &str) -> BTreeSet<Claim> {
    text.split(' ').filter_map(Claim::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6749_3_3_scopes_are_a_set_of_known_words() {
        let scopes = Scopes::parse("profile openid  openid").unwrap();
        assert_eq!(scopes.text(), "openid profile");
        assert_eq!(claims_text(&scopes.claims()), "name region age_band");
        assert_eq!(claims_of("name region gone"), [Claim::Name, Claim::Region].into());
        for bad in ["openid email", "OPENID", "openid\tprofile"] {
            assert_eq!(Scopes::parse(bad).unwrap_err().code, Code::InvalidScope, "{bad}");
        }
    }
}
