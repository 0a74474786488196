//! The tree of organisations: added, put elsewhere, suspended, ended. Each row carries a seal, and a wrong one stops the deed.
//! It does not know who works there, nor how many come in one file.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::mergers::none_ahead;
use crate::residents::{Page, evidence};
use crate::row_seal::{RowSealer, sealed_row};
use yima_kernel::access::{Facts, Request};
use yima_kernel::credit_code::CreditCode;
use yima_kernel::deed::Deed;
use yima_kernel::id::OrganisationId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_store::Tx;
use yima_store::organisation::{self, DEPTH_MAX, Kind, Organisation, State};

/// Rows on a page.
const PAGE: u32 = 100;
const NAME_MAX: usize = 120;

/// An organisation, as an operator sees it.
#[derive(Clone, Debug)]
pub struct OrganisationRow {
    /// `org_…`
    pub id: String,
    /// `enterprise` or `department`.
    pub kind: &'static str,
    /// Of an enterprise always.
    pub credit_code: Option<String>,
    /// Registered name.
    pub name: String,
    /// GB/T 2260.
    pub region: String,
    /// `org_…`
    pub parent: Option<String>,
    /// `active`, `suspended` or `ended`.
    pub state: &'static str,
    /// On whose word.
    pub source: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Something stands under it.
    pub has_children: bool,
}

/// An organisation to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisation {
    /// An enterprise, else a department.
    pub enterprise: bool,
    /// Needed for an enterprise.
    pub credit_code: Option<String>,
    /// Registered name.
    pub name: String,
    /// GB/T 2260; of an enterprise its code's, when empty.
    pub region: String,
    /// `org_…`
    pub parent: Option<String>,
    /// On whose word.
    pub source: String,
}

/// What happens to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationChange {
    /// Until resumed.
    Suspend,
    /// Back.
    Resume,
    /// For good.
    End,
}

/// Which organisations a page lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationsBy {
    /// The tops of the tree.
    Top,
    /// Those directly under `org_…`.
    Parent(String),
    /// The one with this credit code.
    CreditCode(String),
    /// All of a province, a city or a county, by 2, 4 or 6 digits of GB/T 2260, wherever they stand in the tree.
    Region(String),
    /// All that are suspended.
    Suspended,
}

impl Province {
    /// A page of organisations; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a code that is none.
    pub async fn organisations(
        &self,
        actor: &Actor,
        by: OrganisationsBy,
        after: Option<&str>,
    ) -> Result<Page<OrganisationRow>, DeedError> {
        let by = match by {
            OrganisationsBy::CreditCode(code) => OrganisationsBy::CreditCode(read_code(&code)?.to_string()),
            OrganisationsBy::Region(digits) => OrganisationsBy::Region(read_region(&digits)?),
            other => other,
        };
        let regional = matches!(by, OrganisationsBy::Region(_));
        let after = after.unwrap_or_default().to_owned();
        let seals = self.sealer_of_rows();
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), move |tx| {
                Box::pin(async move {
                    let found = match &by {
                        OrganisationsBy::Top => organisation::children(tx, None, &after, PAGE).await?,
                        OrganisationsBy::Parent(id) => organisation::children(tx, Some(id), &after, PAGE).await?,
                        OrganisationsBy::CreditCode(code) => {
                            organisation::by_credit_code(tx, code).await?.into_iter().collect()
                        }
                        OrganisationsBy::Region(digits) => {
                            let ends = [format!("{digits:0<6}"), format!("{digits:9<6}")];
                            let seen = after.split_once('/').unwrap_or_default();
                            organisation::in_region(tx, [&ends[0], &ends[1]], seen, PAGE).await?
                        }
                        OrganisationsBy::Suspended => organisation::suspended(tx, &after, PAGE).await?,
                    };
                    let mut rows = Vec::new();
                    for one in found {
                        seals.holds(&one)?;
                        let has_children = organisation::has_children(tx, &one.id).await?;
                        rows.push(shown(one, has_children));
                    }
                    Ok(rows)
                })
            })
            .await?;
        let last = rows.last().filter(|_| rows.len() == PAGE as usize);
        let next = last.map(|last| if regional { format!("{}/{}", last.region, last.id) } else { last.id.clone() });
        Ok(Page { items: rows, next })
    }

    /// One organisation with the line above it: the top first, itself last.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is none.
    pub async fn organisation_line(&self, actor: &Actor, id: &str) -> Result<Vec<OrganisationRow>, DeedError> {
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), move |tx| {
            Box::pin(async move {
                found(tx, &seals, &id).await?;
                let mut line = Vec::new();
                for one in organisation::line(tx, &id).await? {
                    seals.holds(&one)?;
                    let has_children = !line.is_empty() || organisation::has_children(tx, &one.id).await?;
                    line.push(shown(one, has_children));
                }
                line.reverse();
                Ok(line)
            })
        })
        .await
    }

    /// Adds an organisation.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field; [`DeedError::Conflict`] for a code that is there, or a parent that may not act.
    pub async fn add_organisation(&self, actor: &Actor, new: NewOrganisation) -> Result<OrganisationRow, DeedError> {
        let mut new = checked(new)?;
        new.source = evidence("source", &new.source)?;
        let row = self.organisation_row(new, None);
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::AddOrganisation),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::rely_on_tree(tx).await?;
                    if let Some(parent) = &row.parent {
                        stands(tx, &seals, parent, DEPTH_MAX - 1).await?;
                    }
                    if !organisation::insert(tx, &row).await? {
                        return Err(there_already());
                    }
                    let detail = serde_json::json!({ "organisation": row.id });
                    Ok(Done::plain(shown(row, false)).detail(detail))
                })
            },
        )
        .await
    }

    /// Puts an organisation under another, or at the top.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] for a place under itself, or too deep.
    pub async fn move_organisation(&self, actor: &Actor, id: &str, parent: Option<&str>) -> Result<(), DeedError> {
        let (id, parent) = (id.to_owned(), parent.map(str::to_owned));
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::MoveOrganisation),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::change_tree(tx).await?;
                    let mut row = found(tx, &seals, &id).await?;
                    if let Some(parent) = &parent {
                        let line = stands(tx, &seals, parent, DEPTH_MAX - 1).await?;
                        if line.iter().any(|above| above.id == id) {
                            return Err(DeedError::Conflict(Text::new(
                                "不能放到自己或自己的下级下面",
                                "an organisation can't stand under itself",
                            )));
                        }
                    }
                    let before = std::mem::replace(&mut row.parent, parent);
                    rewritten(tx, &seals, &mut row).await?;
                    let detail = serde_json::json!({ "organisation": id, "from": before, "to": row.parent });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Suspends, resumes or ends an organisation.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is ended, stands so already, or something under it is not ended; and for the end of one
    /// that is in an approved merger.
    pub async fn change_organisation(
        &self,
        actor: &Actor,
        id: &str,
        to: OrganisationChange,
        reason: &str,
    ) -> Result<(), DeedError> {
        let reason = evidence("reason", reason)?;
        let id = id.to_owned();
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::ChangeOrganisation),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    organisation::change_tree(tx).await?;
                    let mut row = found(tx, &seals, &id).await?;
                    let state = match to {
                        OrganisationChange::Suspend => State::Suspended,
                        OrganisationChange::Resume => State::Active,
                        OrganisationChange::End => State::Ended,
                    };
                    if row.state == State::Ended || row.state == state {
                        return Err(DeedError::Conflict(Text::new(
                            "它已经是这样，或已经注销",
                            "it stands so already, or has ended",
                        )));
                    }
                    if state == State::Ended && organisation::has_children(tx, &id).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "下面还有没注销的单位，先移走或注销它们",
                            "something under it has not ended: move or end that first",
                        )));
                    }
                    if state == State::Ended {
                        none_ahead(tx, &seals, &id).await?;
                    }
                    row.state = state;
                    rewritten(tx, &seals, &mut row).await?;
                    let detail = serde_json::json!({ "organisation": id, "to": state.as_str(), "reason": reason });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        // What officers drew is withdrawn with the next bundle.
        self.bundle_due.notify_one();
        Ok(())
    }

    /// A sealed row of something to add.
    pub(crate) fn organisation_row(&self, new: NewOrganisation, batch: Option<&str>) -> Organisation {
        let mut row = Organisation {
            id: OrganisationId::new(self.now_ms(), self.chance.bytes()).to_string(),
            kind: if new.enterprise { Kind::Enterprise } else { Kind::Department },
            credit_code: new.credit_code,
            name: new.name,
            region: new.region,
            parent: new.parent,
            state: State::Active,
            source: new.source,
            batch: batch.map(str::to_owned),
            created_at: self.now_us(),
            version: 1,
            seal: Vec::new(),
        };
        self.sealer_of_rows().seal_anew(&mut row);
        row
    }
}

sealed_row!(Organisation, "organisation", |row, with| with(&[
    row.kind.as_str().as_bytes(),
    row.credit_code.as_deref().unwrap_or_default().as_bytes(),
    row.name.as_bytes(),
    row.region.as_bytes(),
    row.parent.as_deref().unwrap_or_default().as_bytes(),
    row.state.as_str().as_bytes(),
    row.source.as_bytes(),
    row.batch.as_deref().unwrap_or_default().as_bytes(),
]));

/// One by id, with a seal that fits. An id of another form is nobody's.
pub(crate) async fn found(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<Organisation, DeedError> {
    OrganisationId::parse(id).map_err(|_| DeedError::NotFound("organisation"))?;
    let row = organisation::find(tx, id).await?.ok_or(DeedError::NotFound("organisation"))?;
    seals.holds(&row)?;
    Ok(row)
}

/// The line above something new: everything in it may act, and it is not too long.
pub(crate) async fn stands(
    tx: &mut Tx,
    seals: &RowSealer,
    parent: &str,
    longest: usize,
) -> Result<Vec<Organisation>, DeedError> {
    found(tx, seals, parent).await?;
    let line = organisation::line(tx, parent).await?;
    for above in &line {
        seals.holds(above)?;
    }
    if line.len() > longest {
        return Err(DeedError::Conflict(Text::new("层级太深", "the tree would be too deep")));
    }
    if line.iter().any(|above| above.state != State::Active) {
        return Err(DeedError::Conflict(Text::new(
            "上级单位已停用或注销",
            "an organisation above is suspended or has ended",
        )));
    }
    Ok(line)
}

/// Writes a changed row with its next version and seal.
pub(crate) async fn rewritten(tx: &mut Tx, seals: &RowSealer, row: &mut Organisation) -> Result<(), DeedError> {
    row.version += 1;
    seals.seal_anew(row);
    if organisation::update(tx, row).await? {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "情况已经变化，请刷新后再定",
        "it changed meanwhile: look again and decide anew",
    )))
}

/// Fields that can be taken.
pub(crate) fn checked(new: NewOrganisation) -> Result<NewOrganisation, DeedError> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || !shown_text::is_line(&name) {
        return Err(DeedError::invalid(
            "name",
            "要写登记的全称，120 字以内",
            "the registered name, at most 120 characters",
        ));
    }
    let code = new.credit_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let code = code.map(read_code).transpose()?;
    if new.enterprise && code.is_none() {
        return Err(DeedError::invalid("credit_code", "企业要有统一社会信用代码", "an enterprise has a credit code"));
    }
    let region = match (new.region.trim(), &code) {
        ("", Some(code)) => code.region().to_owned(),
        (region, _) => region.to_owned(),
    };
    if region.len() != 6 || !region.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DeedError::invalid("region", "要 6 位行政区划代码", "a region has 6 digits (GB/T 2260)"));
    }
    let parent = new.parent.filter(|parent| !parent.trim().is_empty());
    Ok(NewOrganisation { name, region, parent, credit_code: code.map(|code| code.to_string()), ..new })
}

fn read_region(digits: &str) -> Result<String, DeedError> {
    let whole = matches!(digits.len(), 2 | 4 | 6) && digits.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| digits.to_owned()).ok_or_else(|| {
        DeedError::invalid(
            "region",
            "要行政区划代码的前 2、4 位或全部 6 位",
            "2, 4 or 6 digits of the code of a region (GB/T 2260)",
        )
    })
}

pub(crate) fn read_code(text: &str) -> Result<CreditCode, DeedError> {
    CreditCode::parse(text).map_err(|why| {
        let zh = "统一社会信用代码不对：18 位，没有 I O S V Z，最后一位要校验得上";
        DeedError::invalid("credit_code", zh, why.to_string())
    })
}

fn there_already() -> DeedError {
    DeedError::Conflict(Text::new("这个统一社会信用代码已经登记", "that credit code is registered already"))
}

pub(crate) fn shown(row: Organisation, has_children: bool) -> OrganisationRow {
    OrganisationRow {
        id: row.id,
        kind: row.kind.as_str(),
        credit_code: row.credit_code,
        name: row.name,
        region: row.region,
        parent: row.parent,
        state: row.state.as_str(),
        source: row.source,
        created_at: row.created_at / MICROS,
        has_children,
    }
}
