//! What stands against a merger among those that were approved before it: a ring, a line that is too long, an organisation that
//! is gone by its day. And that nobody ends an organisation of which people were told that it goes on. It does not know who
//! proposes or approves.

use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_store::Tx;
use yima_store::merger::{self, LINE_MAX, Merger, State};

/// Holds a merger against the approved ones. Whoever approves one changes the tree of organisations, so that no two approvals
/// miss each other.
///
/// # Errors
/// [`DeedError::Conflict`] names what stands against it.
pub(super) async fn in_line(tx: &mut Tx, seals: &RowSealer, row: &Merger) -> Result<(), DeedError> {
    let mut at = row.to_code.clone();
    let mut ahead = 1;
    while let Some(next) = merger::of_sector(tx, &at).await? {
        seals.holds(&next)?;
        if ahead == 1 && next.effect_at <= row.effect_at {
            return Err(DeedError::Conflict(Text::new(
                format!("到那天 {} 已并入 {}：并入它，或换一个更早的日子", next.from_name, next.to_name),
                format!("by then {} is merged into {}: name that one, or an earlier day", next.from_name, next.to_name),
            )));
        }
        if next.to_code == row.from_code {
            return Err(DeedError::Conflict(Text::new(
                format!("{} 已同意并入 {}：连起来会转一圈", next.from_name, row.from_name),
                format!("{} goes on in {} already: the two would make a ring", next.from_name, row.from_name),
            )));
        }
        ahead += 1;
        if ahead > LINE_MAX {
            return Err(too_long());
        }
        at = next.to_code;
    }
    let (mut behind, mut level) = (0, vec![row.from_code.clone()]);
    while !level.is_empty() {
        let mut before = Vec::new();
        for code in &level {
            for one in merger::into(tx, code).await? {
                seals.holds(&one)?;
                if behind == 0 && one.state == State::Approved && one.effect_at >= row.effect_at {
                    return Err(DeedError::Conflict(Text::new(
                        format!("{} 要在那天或之后并入它：先撤回那一项，或换一个更晚的日子", one.from_name),
                        format!(
                            "{} goes on in it on that day or later: call that off, or name a later day",
                            one.from_name
                        ),
                    )));
                }
                before.push(one.from_code);
            }
        }
        behind += usize::from(!before.is_empty());
        if ahead + behind > LINE_MAX {
            return Err(too_long());
        }
        level = before;
    }
    Ok(())
}

/// Lets nobody end an organisation that is in an approved merger, on either side: people were told that it goes on.
///
/// # Errors
/// [`DeedError::Conflict`] names the merger's other side.
pub(crate) async fn none_ahead(tx: &mut Tx, seals: &RowSealer, organisation: &str) -> Result<(), DeedError> {
    let Some(row) = merger::ahead_with(tx, organisation).await?.into_iter().next() else { return Ok(()) };
    seals.holds(&row)?;
    Err(DeedError::Conflict(Text::new(
        format!("{} 并入 {} 已经同意，人也通知了：先撤回这项合并", row.from_name, row.to_name),
        format!("{} goes on in {}, and people were told: call that merger off first", row.from_name, row.to_name),
    )))
}

fn too_long() -> DeedError {
    DeedError::Conflict(Text::new(
        format!("一串合并最多 {LINE_MAX} 个单位"),
        format!("a line of mergers has {LINE_MAX} organisations at most"),
    ))
}
