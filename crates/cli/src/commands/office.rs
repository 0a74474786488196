//! `yima gate bind|unbind|find`: an office's own cards at a scenario of pattern bind, from a counter's own program.
//! It does not know whether the holder agreed; the platform does.

use crate::api::{Api, Caller};
use crate::commands::gate::GateKey;
use crate::failure::{Done, Failure};
use crate::say;
use clap::Args;
use std::process::ExitCode;
use yima_wire::binding::{BindAnswer, BindRequest, CardRequest, FoundAnswer};

/// Where the counter's gate is registered, and its key.
#[derive(Args)]
struct Counter {
    /// Address of the platform
    #[arg(long, env = "YIMA_SERVER")]
    server: String,
    #[command(flatten)]
    key: GateKey,
}

/// A card to tie.
#[derive(Args)]
pub struct Bind {
    #[command(flatten)]
    counter: Counter,
    /// The receipt of the check, ten minutes old at most
    #[arg(long)]
    receipt: String,
    /// Number of the office's own card
    #[arg(long)]
    card: String,
}

/// A card to find or to release.
#[derive(Args)]
pub struct Card {
    #[command(flatten)]
    counter: Counter,
    /// Number of the office's own card
    #[arg(long)]
    card: String,
}

/// Ties a card to the holder behind a receipt.
pub async fn bind(bind: Bind) -> Done {
    let (api, key) = bind.counter.open()?;
    let body = BindRequest { receipt: bind.receipt, card: bind.card };
    let bound: BindAnswer = api.post("/api/v1/bindings", &body, &Caller::Gate(&key)).await?;
    say::json(&bound);
    Ok(ExitCode::SUCCESS)
}

/// The office's own pseudonym behind a card.
pub async fn find(card: Card) -> Done {
    let (api, key) = card.counter.open()?;
    let body = CardRequest { card: card.card };
    let found: FoundAnswer = api.post("/api/v1/bindings/find", &body, &Caller::Gate(&key)).await?;
    say::json(&found);
    Ok(ExitCode::SUCCESS)
}

/// Ends the tie of a card.
pub async fn unbind(card: Card) -> Done {
    let (api, key) = card.counter.open()?;
    let () = api.post("/api/v1/bindings/unbind", &CardRequest { card: card.card }, &Caller::Gate(&key)).await?;
    say::line("已解绑 · ended");
    Ok(ExitCode::SUCCESS)
}

impl Counter {
    fn open(self) -> Result<(Api, String), Failure> {
        Ok((Api::new(&self.server)?, self.key.read()?))
    }
}
