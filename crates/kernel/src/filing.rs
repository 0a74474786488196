//! What an enterprise files, and the closed list of services for which it does. It does not know what a filing says.

/// A service that takes filings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// 年度报告: the yearly report to the market regulator.
    AnnualReport,
    /// 税务申报.
    Tax,
    /// 社会保险.
    SocialInsurance,
    /// 住房公积金.
    HousingFund,
    /// 行政许可.
    Permit,
}

impl Service {
    /// All, in the order of the bits.
    pub const ALL: [Self; 5] = [Self::AnnualReport, Self::Tax, Self::SocialInsurance, Self::HousingFund, Self::Permit];

    /// The word in the store and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnnualReport => "annual_report",
            Self::Tax => "tax",
            Self::SocialInsurance => "social_insurance",
            Self::HousingFund => "housing_fund",
            Self::Permit => "permit",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.as_str() == word)
    }
}

/// A set of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Services(u8);

impl Services {
    /// Every one.
    pub const ALL: Self = Self((1 << Service::ALL.len()) - 1);

    /// Reads words with single spaces between them; `None` for an unknown or a doubled one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut set = Self::default();
        for word in text.split(' ').filter(|_| !text.is_empty()) {
            let service = Service::parse(word)?;
            if set.has(service) {
                return None;
            }
            set.0 |= 1 << service as u8;
        }
        Some(set)
    }

    /// Whether it holds one.
    #[must_use]
    pub const fn has(self, service: Service) -> bool {
        self.0 & 1 << service as u8 != 0
    }

    /// Whether all of these are held by the other too.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in it, in the order of [`Service::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Service> {
        Service::ALL.into_iter().filter(move |service| self.has(*service))
    }

    /// The words with spaces between them.
    #[must_use]
    pub fn text(self) -> String {
        self.iter().map(Service::as_str).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_services_come_back_and_strange_ones_do_not() {
        for bits in 0..1 << Service::ALL.len() {
            let set = Services(bits);
            assert_eq!(Services::parse(&set.text()), Some(set));
        }
        for bad in ["taxes", "tax tax", "tax  permit", " tax"] {
            assert_eq!(Services::parse(bad), None, "{bad}");
        }
    }
}
