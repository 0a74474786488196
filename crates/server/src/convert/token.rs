//! A drawn batch. It does not know the bytes inside a token.

use crate::bytes;
use yima_province::Drawn;
use yima_wire::token as wire;

/// The batch.
pub fn drawn(drawn: Drawn, server_at: i64) -> wire::DrawAnswer {
    let token = |(flavour, part): (yima_kernel::scenario::Flavour, [u8; 123])| wire::DrawnToken {
        issuer_part: bytes::text(&part),
        flavour: flavour.as_str().to_owned(),
    };
    let online = |(id, key): ([u8; 16], [u8; 16])| wire::DrawnOnline { id: bytes::text(&id), key: bytes::text(&key) };
    wire::DrawAnswer {
        day: drawn.day,
        from_at: drawn.from_at,
        until_at: drawn.until_at,
        tokens: drawn.tokens.into_iter().map(token).collect(),
        t0: drawn.t0.into_iter().map(online).collect(),
        server_at,
    }
}
