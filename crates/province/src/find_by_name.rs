//! Finding residents by name, within a city: a few, masked, and each of them sees that somebody looked.
//! It does not know who carries a name: it opens those that share its short hash, compares, and forgets (decision 0009).

use crate::Province;
use crate::conditions::hold;
use crate::doorway::{Done, Note, append};
use crate::error::{DeedError, Text};
use crate::index_names::city_of;
use crate::residents::{Page, ResidentRow};
use yima_kernel::access::{Facts, Request, decide};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, UseId};
use yima_kernel::subject::Actor;
use yima_keys::person::{IdNumber, PersonName};
use yima_keys::sealed::{Sealed, Spot};
use yima_store::account::{self, Account, NameKey};

/// People of one name that are shown at once; with more of them the search asks for county and birth year first.
const SHOWN_MAX: usize = 20;
/// People that are opened and compared for one answer: four times a city of ten million.
const LOOKED_AT_MAX: usize = 10_000;
/// Rows of the store at a time.
const BATCH: u32 = 1_000;
/// Digits of a county in GB/T 2260.
const COUNTY_LEN: usize = 6;
/// Digits of a city.
const CITY_LEN: usize = 4;

/// Whom to find.
#[derive(Clone, Debug, Default)]
pub struct FindByName<'a> {
    /// The whole name; spaces, middle dots and the size of letters don't matter.
    pub name: &'a str,
    /// GB/T 2260: four digits for a city, six for a county.
    pub region: Option<&'a str>,
    /// Year of birth.
    pub born: Option<u16>,
    /// `next` of the page before.
    pub after: Option<&'a str>,
}

/// The same, parsed.
struct Wanted {
    name: PersonName,
    region: String,
    born: Option<u16>,
    after: NameKey,
}

#[derive(Default)]
struct Found {
    rows: Vec<Account>,
    next: Option<NameKey>,
}

impl Wanted {
    fn parse(ask: &FindByName<'_>) -> Result<Self, DeedError> {
        let name = PersonName::parse(ask.name)
            .map_err(|_| DeedError::invalid("name", "请输入完整的姓名", "give a whole name"))?;
        let region = ask.region.unwrap_or("");
        let digits = region.bytes().all(|b| b.is_ascii_digit());
        if !digits || !matches!(region.len(), CITY_LEN | COUNTY_LEN) {
            return Err(DeedError::invalid(
                "region",
                "按姓名查，要先选一个市或区县",
                "to find somebody by name, choose a city or a county first",
            ));
        }
        let after = ask.after.filter(|a| !a.is_empty()).map_or(Some(NameKey::default()), read_key);
        let after = after
            .ok_or_else(|| DeedError::invalid("after", "请用上一页给的 next", "use the `next` of the page before"))?;
        Ok(Self { name, region: region.to_owned(), born: ask.born, after })
    }

    /// Nothing is left that could narrow the search.
    fn is_narrow(&self) -> bool {
        self.region.len() == COUNTY_LEN && self.born.is_some()
    }
}

impl Province {
    /// Finds residents by their whole name within a city or county; with a birth year, only those born in it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] without a name or a region, and when more people share the name than are shown at once and
    /// county or birth year would narrow it; [`DeedError::Conflict`] while names are still being indexed.
    pub async fn find_by_name(&self, actor: &Actor, ask: FindByName<'_>) -> Result<Page<ResidentRow>, DeedError> {
        let wanted = Wanted::parse(&ask)?;
        let request = Request::of(actor.clone(), Deed::SeeResidents);
        // For who may not search no name is opened; the refusal is recorded below like any.
        let found = match decide(&request, &Facts::default(), self.now_s()) {
            Ok(_) => self.of_this_name(&wanted).await?,
            Err(_) => Found::default(),
        };
        let many = found.rows.len() > SHOWN_MAX;
        let shown = if many { Vec::new() } else { found.rows };
        let rows = self.record_search(request, shown, many).await?;
        if many {
            return Err(too_many(&wanted));
        }
        let items = rows.iter().map(|row| self.resident_row(row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: found.next.map(|key| format!("{}.{}", key.region, key.id)) })
    }

    /// One use for each who was found, so that each of them sees it; one without a resident when there is nobody to show.
    async fn record_search(&self, request: Request, rows: Vec<Account>, many: bool) -> Result<Vec<Account>, DeedError> {
        let others: Vec<_> = rows.iter().skip(1).map(|_| UseId::new(self.now_ms(), self.chance.bytes())).collect();
        let seals = self.sealer_of_rows();
        self.short(
            request,
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    // Whoever the operator has to keep out of is not among those shown.
                    let mut shown = Vec::new();
                    for row in rows {
                        let about = [AccountId::parse(&row.id).map_err(DeedError::internal)?];
                        if hold(tx, &seals, door.permit.request(), &about, door.now_us).await?.is_ok() {
                            shown.push(row);
                        }
                    }
                    let rows = shown;
                    let rows_said = if many { "more than shown".into() } else { serde_json::json!(rows.len()) };
                    let detail = serde_json::json!({ "by": "name", "rows": rows_said });
                    for (row, id) in rows.iter().skip(1).zip(&others) {
                        let (account, detail) = (Some(row.id.clone()), Some(detail.to_string()));
                        let note = Note { account, detail, ..Note::default() };
                        append(tx, id, door.now_us, door.permit.request(), note).await?;
                    }
                    let first = rows.first().map(|row| row.id.clone());
                    let done = Done::plain(rows).detail(detail);
                    Ok(Done { note: Note { account: first, ..done.note }, ..done })
                })
            },
        )
        .await
    }

    /// Those of this name, at most one more than is shown; `next` when there may be others behind them.
    async fn of_this_name(&self, wanted: &Wanted) -> Result<Found, DeedError> {
        let hash = self.sealer.blind_name(&wanted.name, city_of(&wanted.region));
        let (folded, mut after, mut looked_at) = (wanted.name.folded(), wanted.after.clone(), 0);
        let mut found = Found::default();
        while looked_at < LOOKED_AT_MAX {
            let batch = self.sharing(hash, &wanted.region, &after).await?;
            looked_at += batch.len();
            let last = batch.len() < BATCH as usize;
            for row in batch {
                after = NameKey { region: row.region.clone(), id: row.id.clone() };
                if *self.name_of(&row)?.folded() != *folded || !self.is_born_in(&row, wanted.born)? {
                    continue;
                }
                if wanted.is_narrow() && found.rows.len() == SHOWN_MAX {
                    found.next = found.rows.last().map(|r| NameKey { region: r.region.clone(), id: r.id.clone() });
                    return Ok(found);
                }
                found.rows.push(row);
                if found.rows.len() > SHOWN_MAX {
                    return Ok(found);
                }
            }
            if last {
                return Ok(found);
            }
        }
        found.next = Some(after);
        Ok(found)
    }

    /// A batch of those who share the hash; refused while somebody of the region has none.
    async fn sharing(&self, hash: u16, region: &str, after: &NameKey) -> Result<Vec<Account>, DeedError> {
        let (region, after) = (region.to_owned(), after.clone());
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    if account::lacks_blind_name(tx, &region).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "姓名索引还在建，请先用身份证号查，稍后再按姓名查",
                            "names are still being indexed: search by ID number for now, by name a little later",
                        )));
                    }
                    Ok(account::by_blind_name(tx, hash, &region, &after, BATCH).await?)
                })
            })
            .await
    }

    fn is_born_in(&self, row: &Account, year: Option<u16>) -> Result<bool, DeedError> {
        let Some(year) = year else { return Ok(true) };
        let sealed = Sealed::<IdNumber>::from_bytes(row.sealed_id_number.clone());
        let spot = Spot { table: "account", field: "id_number", row: &row.id };
        Ok(self.sealer.open(&sealed, spot).map_err(DeedError::internal)?.birth().year == year)
    }
}

fn read_key(key: &str) -> Option<NameKey> {
    let (region, id) = key.split_once('.')?;
    Some(NameKey { region: region.to_owned(), id: id.to_owned() })
}

fn too_many(wanted: &Wanted) -> DeedError {
    if wanted.born.is_none() {
        return DeedError::invalid(
            "born",
            format!("同名的不止 {SHOWN_MAX} 人，请再给出生年份"),
            format!("more than {SHOWN_MAX} people share this name: give the year of birth too"),
        );
    }
    DeedError::invalid(
        "region",
        format!("同名的不止 {SHOWN_MAX} 人，请选到区县"),
        format!("more than {SHOWN_MAX} people share this name: choose the county"),
    )
}
