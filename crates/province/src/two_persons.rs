//! Whoever agrees is another natural person than whoever proposed (rule R43). It does not know what about.

use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use yima_kernel::access::Facts;
use yima_kernel::id::OperatorId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_store::{Tx, operator};

/// What stood proposed without an answer for so long is over.
pub(crate) const OPEN_US: i64 = 7 * 86_400 * MICROS;

/// Facts about who prepared something. A post is an id and a person may have had two of them, one after the other: their own
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
