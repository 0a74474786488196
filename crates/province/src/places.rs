//! Places where codes are checked, and their posters. It does not know who stands there.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::live::{Site, place_code};
use rand::Rng;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_print::{FontPaths, Fonts, PlacePoster, poster_pdf};
use yima_store::site;

/// A place to add.
pub struct NewPlace {
    /// Name.
    pub name: Text,
    /// Slug of its scenario.
    pub scenario: String,
    /// GB/T 2260, 6 digits.
    pub region: String,
}

impl Province {
    /// Adds a place. Its number is random, so that posters can't be guessed.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field.
    pub async fn add_place(&self, actor: &Actor, new: NewPlace) -> Result<Site, DeedError> {
        let manifest = self.manifest_in_force(&new.scenario)?;
        for name in [&new.name.zh, &new.name.en] {
            if name.trim().is_empty() || name.chars().count() > 60 || !shown_text::is_line(name) {
                return Err(DeedError::invalid(
                    "name",
                    "中英文名各 1 到 60 个字",
                    "both names need 1 to 60 characters",
                ));
            }
        }
        if new.region.len() != 6 || !new.region.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DeedError::invalid("region", "要六位行政区划代码", "needs the six digits of GB/T 2260"));
        }
        let mut rng = self.chance.rolls();
        let site = self
            .short(
                Request::of(actor.clone(), Deed::AddPlace),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let mut row = site::Site {
                            id: 0,
                            scenario: manifest.slug.clone(),
                            name_zh: new.name.zh,
                            name_en: new.name.en,
                            region: new.region,
                            note: String::new(),
                            created_at: door.now_us,
                        };
                        row.id = site_number(&mut *rng);
                        while !site::insert(tx, &row).await? {
                            row.id = site_number(&mut *rng);
                        }
                        let value = Site {
                            site: row.id,
                            name: Text::new(row.name_zh, row.name_en),
                            scenario: row.scenario.clone(),
                            scenario_id: manifest.id,
                            region: row.region,
                            place_code: place_code(row.id, manifest.id),
                        };
                        Ok(Done::plain(value).at(row.scenario, Some(row.id)))
                    })
                },
            )
            .await?;
        self.bundle_due.notify_one();
        Ok(site)
    }

    /// The poster of a place, A4.
    ///
    /// # Errors
    /// [`DeedError::NotFound`]; [`DeedError::Conflict`] when no Chinese font is installed.
    pub fn poster_pdf(&self, site: u32) -> Result<Vec<u8>, DeedError> {
        let live = self.live();
        let place = live.site(site).ok_or(DeedError::NotFound("place"))?;
        let manifest = live.manifest(place.scenario_id).ok_or(DeedError::NotFound("scenario"))?;
        let fonts = Fonts::find(&FontPaths::default()).map_err(|e| {
            DeedError::Conflict(Text::new(
                format!("打印需要中文字体：{e}"),
                format!("printing needs a Chinese font: {e}"),
            ))
        })?;
        let poster = PlacePoster {
            scenario_zh: manifest.name.zh.clone(),
            scenario_en: manifest.name.en.clone(),
            place_zh: place.name.zh.clone(),
            place_en: place.name.en.clone(),
            site,
            code_text: place.place_code.clone(),
            sees_zh: manifest.sees.zh.clone(),
            sees_en: manifest.sees.en.clone(),
            office_zh: manifest.owner.zh.clone(),
            office_en: manifest.owner.en.clone(),
            demo: self.demo,
        };
        poster_pdf(&fonts, &poster).map_err(DeedError::internal)
    }
}

/// A nine-digit number: short enough to be typed from a poster.
fn site_number(rng: &mut impl Rng) -> u32 {
    100_000_000 + rng.next_u32() % 900_000_000
}
