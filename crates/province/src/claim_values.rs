//! What an app may be told about a person, opened from where it lies sealed. It does not know whether the app may.

use crate::Province;
use crate::error::DeedError;
use crate::regions;
use yima_keys::person::Phone;
use yima_keys::sealed::{Sealed, Spot};
use yima_oidc::scope::Claim;
use yima_store::account::Account;

impl Province {
    /// The value of a claim; `None` where there is none.
    pub(crate) fn claim_value(&self, claim: Claim, holder: &Account) -> Result<Option<String>, DeedError> {
        Ok(match claim {
            Claim::Name => Some(self.name_of(holder)?.expose().to_owned()),
            Claim::Region => Some(holder.region.clone()),
            Claim::AgeBand => self.age_band(holder)?.words().map(|(_, en)| en.to_owned()),
            Claim::PhoneNumber => self.phone_number(holder)?,
            Claim::IdNumber => Some(self.id_number_of(holder)?.expose().to_owned()),
        })
    }

    /// The same, as its owner reads it on our page.
    pub(crate) fn claim_shown(&self, claim: Claim, holder: &Account, chinese: bool) -> Result<String, DeedError> {
        let band = match claim {
            Claim::AgeBand => self.age_band(holder)?.words(),
            _ => None,
        };
        if claim == Claim::IdNumber {
            // Its owner knows it, and whoever looks over their shoulder need not.
            let number = self.id_number_of(holder)?;
            let shown: String =
                number.expose().chars().enumerate().map(|(i, c)| if (4..16).contains(&i) { '*' } else { c }).collect();
            return Ok(shown);
        }
        if claim == Claim::Region {
            return Ok(regions::with_name(&holder.region, chinese));
        }
        Ok(match band {
            Some((zh, en)) => (if chinese { zh } else { en }).to_owned(),
            None => self.claim_value(claim, holder)?.unwrap_or_default(),
        })
    }

    fn phone_number(&self, holder: &Account) -> Result<Option<String>, DeedError> {
        let Some(sealed) = holder.sealed_phone.clone() else { return Ok(None) };
        let spot = Spot { table: "account", field: "phone", row: &holder.id };
        let phone: Phone = self.sealer.open(&Sealed::from_bytes(sealed), spot).map_err(DeedError::internal)?;
        Ok(Some(phone.expose().to_owned()))
    }
}
