//! Whoever agrees is another natural person than whoever proposed (rule R43), and lists say who that is. It does not know what
//! about.

use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_kernel::access::Facts;
use yima_kernel::id::OperatorId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_store::operator::{self, Operator};
use yima_store::{StoreError, Tx};

/// What stood proposed without an answer for so long is over.
pub(crate) const OPEN_US: i64 = 7 * 86_400 * MICROS;

/// Facts about who prepared something; the doorway looks at the seals of both rows. A post is an id and a person may have had two of them, one after the other: their own
/// earlier proposal is theirs still. `None` is the server's own command line, which is nobody at a console.
pub(crate) async fn prepared(tx: &mut Tx, by: Option<&str>, actor: &Actor) -> Result<Facts, DeedError> {
    let prepared_by = match (by, actor) {
        (Some(by), Actor::Operator { operator, .. }) if operator::are_one_person(tx, by, operator.as_str()).await? => {
            Some(operator.clone())
        }
        (Some(by), _) => OperatorId::parse(by).ok(),
        (None, _) => Some(OperatorId::new(0, [0; 10])),
    };
    Ok(Facts { prepared_by, ..Facts::default() })
}

/// The same where the row names nobody for the server's own command line, and the system itself.
pub(crate) async fn prepared_in(tx: &mut Tx, by: &str, actor: &Actor) -> Result<Facts, DeedError> {
    prepared(tx, OperatorId::parse(by).is_ok().then_some(by), actor).await
}

/// Why, in at most 200 characters.
pub(crate) fn reason(text: &str) -> Result<String, DeedError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || !shown_text::is_line(text) {
        return Err(DeedError::invalid("reason", "要写明原因，200 字以内", "say why, in at most 200 characters"));
    }
    Ok(text.to_owned())
}

/// It waits no more.
pub(crate) fn decided() -> DeedError {
    DeedError::Conflict(Text::new(
        "已经有人定了，或提出超过七天",
        "it was decided already, or is older than seven days",
    ))
}

/// Who proposes or ends something, as its row says it: nobody at the server's own command line.
pub(crate) fn who(actor: &Actor) -> Option<String> {
    matches!(actor, Actor::Operator { .. }).then(|| actor.id().to_owned())
}

/// The operators beside a list of what they proposed, as one of them sees it.
pub(crate) struct Beside {
    operators: Vec<Operator>,
    looker: String,
}

impl Beside {
    /// Reads them.
    pub async fn of(tx: &mut Tx, seals: &RowSealer, looker: &str) -> Result<Self, StoreError> {
        Ok(Self { operators: seals.listed(operator::all(tx).await?), looker: looker.to_owned() })
    }

    /// The sign-in name in place of an id.
    pub fn name(&self, id: Option<String>) -> Option<String> {
        id.map(|id| self.name_of(&id))
    }

    /// The same of one who is there.
    pub fn name_of(&self, id: &str) -> String {
        self.find(id).map_or_else(|| id.to_owned(), |one| one.name.clone())
    }

    /// All of them, by name.
    pub fn into_all(self) -> Vec<Operator> {
        self.operators
    }

    /// Whether another natural person than whoever looks did it.
    pub fn is_others(&self, by: Option<&str>) -> bool {
        let Some(by) = by.filter(|by| *by != self.looker).and_then(|by| self.find(by)) else {
            return by != Some(self.looker.as_str());
        };
        self.find(&self.looker)
            .is_none_or(|me| me.person != by.person && (me.account.is_none() || me.account != by.account))
    }

    /// One of them.
    pub fn find(&self, id: &str) -> Option<&Operator> {
        self.operators.iter().find(|one| one.id == id)
    }
}
