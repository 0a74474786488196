//! An officer appoints a deputy: somebody of the same office, by the code that they gave, for thirty days at most.
//! It is a deed in a post: the session in which it is done ends with the post. It does not know SCIM.

use super::office::said;
use super::{New, held, role_of, standing};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_to_change};
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::PostId;
use yima_kernel::post::{DEPUTIES_MAX, deputy_until_s};
use yima_store::post::{self, Source};
use yima_store::{account, post_code};

impl Province {
    /// Appoints a deputy in this person's own post; nothing is so before the deputy accepts it. `pst_…` of the deputy's.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`]; [`DeedError::SignIn`] for a code that is nobody's; [`DeedError::Invalid`]
    /// for more than thirty days; [`DeedError::Conflict`] for a deputy's post, another office, or one deputy too many.
    pub async fn appoint_deputy(
        &self,
        person: &Person,
        post_id: &str,
        code: &str,
        days: i64,
    ) -> Result<String, DeedError> {
        let office = PostId::parse(post_id).map_err(|_| DeedError::NotFound("post"))?.to_string();
        let until_s = deputy_until_s(days, self.now_s())
            .ok_or_else(|| DeedError::invalid("days", "代理最多 30 天", "a deputy acts for thirty days at most"))?;
        let (hash, id, seals) = (self.post_code_hash(code), self.new_post_id(), self.sealer_of_rows());
        let (actor, now_us, session) = (person.actor(), self.now_us(), person.session.to_string());
        let me = person.account.to_string();
        self.short(
            Request::of(person.actor(), Deed::AppointDeputy).about(person.account.clone()),
            move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let officer = standing(tx, &seals, &office, &me, door.now_s()).await?;
                    if officer.parent.is_some() {
                        return Err(conflict("代理人不能再委托", "a deputy appoints nobody"));
                    }
                    let named = post_code::redeem(tx, &hash, door.now_us).await?.ok_or(DeedError::SignIn)?;
                    let colleague = account::find(tx, &named).await?.ok_or(DeedError::SignIn)?;
                    if colleague.id == me {
                        return Err(conflict("这是你自己的码", "this is a code of your own"));
                    }
                    let theirs = post::of_person(tx, &colleague.blind_id).await?;
                    let same_office = theirs.iter().any(|row| {
                        row.organisation == officer.organisation
                            && row.parent.is_none()
                            && held(row).stands(None, door.now_s())
                    });
                    if !same_office {
                        return Err(conflict("代理人要在同一个单位有职务", "a deputy has a post in the same office"));
                    }
                    let new = New {
                        id,
                        resource: None,
                        person: colleague.blind_id,
                        organisation: officer.organisation.clone(),
                        role: role_of(&officer.role)?,
                        source: Source::Officer,
                        made_by: session.clone(),
                        feed: None,
                        user_name: None,
                        external_id: None,
                    };
                    let mut row = new.row(&seals, door.now_us);
                    row.parent = Some(officer.id.clone());
                    row.lease_until = until_s * MICROS;
                    let taken: Vec<u8> = post::deputies_of(tx, &officer.id).await?.iter().map(|d| d.slot).collect();
                    row.slot = (0..DEPUTIES_MAX)
                        .find(|slot| !taken.contains(slot))
                        .ok_or_else(|| conflict("最多同时五位代理人", "five deputies at once at most"))?;
                    seals.seal_anew(&mut row);
                    if !post::insert(tx, &row).await? {
                        return Err(super::there_already());
                    }
                    post::acted_in(tx, &officer.id, &session, &me, door.now_us).await?;
                    let mut detail = said(&row);
                    detail["deputy_of"] = officer.id.into();
                    Ok(Done::plain(row.id).detail(detail))
                })
            },
        )
        .await
    }
}

fn conflict(zh: &'static str, en: &'static str) -> DeedError {
    DeedError::Conflict(Text::new(zh, en))
}
