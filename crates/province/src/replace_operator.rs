//! The last one in a post goes and a successor comes, in one deed, by whoever owns the data directory (decision 0034): where three
//! operators are all there are, nobody else at a console could agree to either. It does not know why somebody has to go.

use crate::Province;
use crate::doorway::{Done, Note, append};
use crate::end_operator::{not_in_post, operator_id};
use crate::error::{DeedError, Text};
use crate::grant_operator::{ProposeOperator, holds_one};
use crate::sign_in::{NewOperator, role_of};
use crate::two_persons::reason;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::UseId;
use yima_kernel::subject::Actor;
use yima_store::operator::{self, Operator, State};

impl Province {
    /// Ends the post of the last one who holds it, and gives it to another natural person; what they sign in with.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when somebody else holds the post (two persons at the console appoint and end then), or when the
    /// name is taken or the person holds a post, be it the one that ends; [`DeedError::Invalid`] for a name that can't be.
    pub async fn replace_last_operator(
        &self,
        actor: &Actor,
        id: &str,
        why: &str,
        (name, person): (&str, &str),
    ) -> Result<NewOperator, DeedError> {
        let (id, why) = (operator_id(id)?, reason(why)?);
        let (sought, seals) = (id.clone(), self.sealer_of_rows());
        let reading = seals.clone();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { reading.operator(tx, &sought).await }))
            .await?
            .ok_or(DeedError::NotFound("operator"))?;
        let role = role_of(found.role);
        let comes = ProposeOperator { name: name.to_owned(), person: person.to_owned(), role, id_number: None };
        let comes = comes.checked()?;
        let (row, made) = self.new_operator(&comes.name, &comes.person, comes.role)?;
        let use_id = UseId::new(self.now_ms(), self.chance.bytes());
        let added = Request::of(actor.clone(), Deed::AddOperator);
        self.short(
            Request::of(actor.clone(), Deed::ConfirmOperatorEnd),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    operator::change_posts(tx).await?;
                    let own = seals.in_post(tx, &id).await?.ok_or_else(not_in_post)?;
                    // Whoever owns the data directory goes on where a row by hand is in the way.
                    let all = seals.listed(operator::all(tx).await?);
                    let held = |one: &&Operator| one.state == State::Active;
                    if all.iter().filter(held).any(|one| one.id != own.id && one.role == own.role) {
                        return Err(DeedError::Conflict(Text::new(
                            "这个岗位还有别人：不用接替的人也能结束，任命在管理台由两个人办",
                            "somebody else holds this post: it can be ended without a successor, and two persons appoint at the console",
                        )));
                    }
                    if all.iter().any(|one| one.name == row.name) || all.iter().filter(held).any(|one| one.person == row.person) {
                        return Err(holds_one());
                    }
                    seals.end_post(tx, own).await?;
                    operator::insert(tx, &row).await?;
                    let detail = serde_json::json!({ "in_place_of": id, "operator": row.id, "role": row.role.as_str() });
                    let note = Note { detail: Some(detail.to_string()), ..Note::default() };
                    append(tx, &use_id, door.now_us, &added, note).await?;
                    let detail = serde_json::json!({ "operator": id, "reason": why, "successor": row.id });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        Ok(made)
    }
}
