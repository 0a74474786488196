//! What the kin of a dead person ask for at a counter (PIPL article 49): filed by one officer, decided by another.
//! It does not know what a counter accepts as proof of kinship; the evidence is written down.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::held;
use crate::residents::evidence;
use crate::rights::{RightsRow, written};
use crate::rights_copy::fonts;
use serde::{Deserialize, Serialize};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_keys::person::PersonName;
use yima_store::account::{self, State as AccountState};
use yima_store::rights_request::{Kind, State};

/// Close kin (近亲属), Civil Code article 1045.
const RELATIONS: [&str; 8] =
    ["spouse", "parent", "child", "sibling", "grandparent", "maternal_grandparent", "grandchild", "daughters_child"];
/// What kin may ask for.
const WANTS: [&str; 3] = ["copy", "correct", "delete"];

/// What kin ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KinWish {
    /// Who asks.
    pub name: String,
    /// How they are related.
    pub relation: String,
    /// `copy`, `correct` or `delete`.
    pub wants: String,
    /// Why: article 49 wants a lawful and legitimate interest of their own.
    pub why: String,
    /// What was shown at the counter.
    pub evidence: String,
}

impl Province {
    /// Files a request of kin about somebody whose death is registered.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] for a living person; [`DeedError::Invalid`] for what article 49 does not open.
    pub async fn kin_data(&self, actor: &Actor, id: &str, wish: KinWish) -> Result<RightsRow, DeedError> {
        let subject = AccountId::parse(id).map_err(|_| DeedError::NotFound("resident"))?;
        let wish = checked(wish)?;
        let body = serde_json::to_value(&wish).map_err(DeedError::internal)?;
        let asking = self.asking(actor, &subject, Right::Kin, Some(&body))?;
        let id = id.to_owned();
        let row = self
            .short(
                Request::of(actor.clone(), Deed::KinData).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                        if holder.state != AccountState::Dead {
                            return Err(DeedError::Conflict(Text::new(
                                "本人没有登记死亡：活着的人自己提，别人不能代提",
                                "no death is registered: the living ask for themselves",
                            )));
                        }
                        let row = asking.written(tx, door.now_us, "right_asked").await?;
                        let detail = serde_json::json!({ "request": row.id, "wants": wish.wants });
                        Ok(Done::plain(row).detail(detail))
                    })
                },
            )
            .await?;
        self.opened(&row)
    }

    /// The copy that was granted to kin, to be handed over at the counter.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] unless a copy was asked for and granted by a colleague.
    pub async fn kin_copy(&self, actor: &Actor, id: &str, english: bool) -> Result<Vec<u8>, DeedError> {
        let fonts = fonts()?;
        let row = self.request_row(id).await?;
        let body = row.sealed_body.as_ref().map(|sealed| self.open_text(&row.id, "body", sealed)).transpose()?;
        let wish: Option<KinWish> = body.and_then(|body| serde_json::from_str(&body).ok());
        let granted = row.kind == Kind::Kin && row.state == State::Done && wish.is_some_and(|w| w.wants == "copy");
        if !granted {
            return Err(DeedError::Conflict(Text::new(
                "没有批准给近亲属的副本",
                "no copy was granted to kin under that number",
            )));
        }
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let rows = self
            .short(
                Request::of(actor.clone(), Deed::KinData).about(subject),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let rows = held::gather(tx, &row.account, door.now_us).await?;
                        Ok(Done::plain(rows).detail(serde_json::json!({ "request": row.id, "copy": true })))
                    })
                },
            )
            .await?;
        self.printed(&self.kept_about(rows)?, english, &fonts)
    }
}

fn checked(wish: KinWish) -> Result<KinWish, DeedError> {
    if !RELATIONS.contains(&wish.relation.as_str()) {
        return Err(DeedError::invalid(
            "relation",
            "要是近亲属：配偶、父母、子女、兄弟姐妹、祖父母、外祖父母、孙子女、外孙子女",
            format!("close kin: one of {}", RELATIONS.join(", ")),
        ));
    }
    if !WANTS.contains(&wish.wants.as_str()) {
        return Err(DeedError::invalid("wants", "只能要副本、更正或删除", "one of copy, correct, delete"));
    }
    PersonName::parse(wish.name.trim())
        .map_err(|_| DeedError::invalid("name", "要写近亲属的姓名", "the name of the kin"))?;
    Ok(KinWish {
        name: wish.name.trim().to_owned(),
        why: written("why", &wish.why)?,
        evidence: evidence("evidence", &wish.evidence)?,
        ..wish
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_kin_with_a_reason_and_evidence() {
        let wish = KinWish {
            name: "王小明".into(),
            relation: "child".into(),
            wants: "copy".into(),
            why: "整理父亲的事务".into(),
            evidence: "户口簿".into(),
        };
        assert!(checked(wish.clone()).is_ok());
        let wrong = [
            KinWish { relation: "friend".into(), ..wish.clone() },
            KinWish { wants: "restrict".into(), ..wish.clone() },
            KinWish { why: " ".into(), ..wish.clone() },
            KinWish { evidence: String::new(), ..wish.clone() },
            KinWish { name: String::new(), ..wish },
        ];
        for (i, wish) in wrong.into_iter().enumerate() {
            assert!(checked(wish).is_err(), "row {i}");
        }
    }
}
