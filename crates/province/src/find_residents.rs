//! Finding residents by id, by whole ID number or by region: always masked, and a use. It does not know names; `find_by_name` does.

use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::residents::{Page, ResidentRow};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_store::account::{self, Account};

/// Rows on a page.
const PAGE: u32 = 50;

#[derive(Clone)]
enum Find {
    Id(String),
    Blind([u8; 16]),
    Region(Option<String>, String),
}

impl Find {
    /// The word in the use.
    const fn word(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Blind(_) => "id_number",
            Self::Region(..) => "region",
        }
    }
}

impl Province {
    /// Finds residents: by exact ID number or id in `q`, or by region, page by page.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a `q` that is neither an ID number nor an id.
    pub async fn find_residents(
        &self,
        actor: &Actor,
        q: Option<&str>,
        region: Option<&str>,
        after: Option<&str>,
    ) -> Result<Page<ResidentRow>, DeedError> {
        let q = q.map(str::trim).filter(|q| !q.is_empty());
        let find = match q {
            None => Find::Region(region.filter(|r| !r.is_empty()).map(str::to_owned), after.unwrap_or("").to_owned()),
            Some(q) if q.starts_with("res_") => Find::Id(q.to_owned()),
            Some(q) => match IdNumber::parse(q) {
                Ok(number) => Find::Blind(*self.sealer.blind(&number).as_bytes()),
                Err(_) => {
                    return Err(DeedError::invalid(
                        "q",
                        "请输入完整的 18 位身份证号，或居民编号 res_…；按姓名查请用 name",
                        "give a whole 18-character ID number, or a resident id res_…; for a name use `name`",
                    ));
                }
            },
        };
        let exact = !matches!(find, Find::Region(..));
        let by = find.word();
        let rows = self
            .short(
                Request::of(actor.clone(), Deed::SeeResidents),
                move |tx| {
                    Box::pin(async move {
                        let rows: Vec<Account> = match find {
                            Find::Id(id) => account::find(tx, &id).await?.into_iter().collect(),
                            Find::Blind(blind) => account::by_blind_id(tx, &blind).await?.into_iter().collect(),
                            Find::Region(region, after) => {
                                account::page(tx, region.as_deref(), account::Page { after: &after, limit: PAGE })
                                    .await?
                            }
                        };
                        // Whose file it is, is known only now.
                        let about =
                            rows.iter().filter(|_| exact).filter_map(|row| AccountId::parse(&row.id).ok()).collect();
                        Ok((Facts { about, ..Facts::default() }, rows))
                    })
                },
                move |_, rows, _| {
                    Box::pin(async move {
                        let found = rows.first().filter(|_| exact).map(|r| r.id.clone());
                        let detail = serde_json::json!({ "by": by, "rows": rows.len() });
                        Ok(match found {
                            Some(id) => Done::to(rows, id).detail(detail),
                            None => Done::plain(rows).detail(detail),
                        })
                    })
                },
            )
            .await?;
        let full = rows.len() == PAGE as usize && !exact;
        let next = rows.last().filter(|_| full).map(|r| r.id.clone());
        let items = rows.iter().map(|r| self.resident_row(r)).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }
}
