//! Posts and feeds. It does not know seals.

use yima_province::{FeedRow, PostRow, PostToShow, post_words};
use yima_wire::post as wire;

/// One post.
pub fn row(row: PostRow) -> wire::PostRow {
    wire::PostRow {
        id: row.id,
        account: row.account,
        organisation: row.organisation,
        role: row.role,
        deputy_of: row.deputy_of,
        state: row.state.to_owned(),
        source: row.source.to_owned(),
        user_name: row.user_name,
        made_at: row.made_at,
        accepted_at: row.accepted_at,
        lease_until_at: row.lease_until,
        ended_at: row.ended_at,
        reason: row.reason,
    }
}

/// One in which a device may show codes.
pub fn to_show(one: PostToShow) -> wire::PostToShow {
    wire::PostToShow {
        words: super::words(post_words(&one.post.role)),
        id: one.post.id,
        office: one.post.office,
        role: one.post.role,
        deputy: one.post.deputy,
        lease_until_at: one.lease_until,
        drawn_here: one.drawn_here,
    }
}

/// One feed.
pub fn feed(row: FeedRow) -> wire::FeedRow {
    wire::FeedRow { id: row.id, label: row.label, made_at: row.made_at, seen_at: row.seen_at, ended_at: row.ended_at }
}
