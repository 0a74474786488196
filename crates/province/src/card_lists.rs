//! Where a new paper code stands: a random free index of the newest list that still has room, else of a list that is opened for it.
//! It does not know whose code it is, nor what a bundle says of a list.

use crate::error::{DeedError, Text};
use rand::Rng;
use rand::rngs::StdRng;
use yima_code::bundle::LISTS_MAX;
use yima_store::Tx;
use yima_store::card::{self, Card};

/// Indices drawn in one list. Of a list three quarters full one code in a hundred finds none; then the next list is opened,
/// and no number of codes makes a deed draw for ever.
const TRIES: u32 = 16;

/// Writes the code at a random free place and notes the place in it; whether a list was opened for it.
///
/// # Errors
/// [`DeedError::Conflict`] when every list that a bundle takes is full.
pub(crate) async fn place(tx: &mut Tx, row: &mut Card, size: u32, rng: &mut StdRng) -> Result<bool, DeedError> {
    let newest = card::newest_list(tx).await?;
    for list in [newest.max(1), newest.saturating_add(1).max(2)] {
        if usize::from(list) > LISTS_MAX {
            break;
        }
        row.list = list;
        for _ in 0..TRIES {
            row.idx = rng.next_u32() % size;
            if card::insert(tx, row).await? {
                return Ok(list > newest.max(1));
            }
        }
    }
    Err(DeedError::Conflict(Text::new(
        "纸质码的状态表已满：请等旧码过期，或联系平台",
        "every status list of paper codes is full: wait until old codes expire, or ask the platform",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use yima_store::Store;
    use yima_store::account::{self, Account, State as Standing};
    use yima_store::card::{Kind, State};

    fn holder() -> Account {
        Account {
            id: "res_1".to_owned(),
            handle: [1; 8],
            kind: "resident".to_owned(),
            sealed_name: vec![1],
            sealed_id_number: vec![1],
            sealed_phone: None,
            blind_id: vec![1],
            blind_name: None,
            region: "370102".to_owned(),
            state: Standing::Active,
            proofing: 1,
            paper_off: false,
            short_off: false,
            created_at: 0,
            version: 1,
        }
    }

    fn code(number: u32) -> Card {
        Card {
            id: format!("crd_{number}"),
            account: "res_1".to_owned(),
            list: 0,
            idx: 0,
            kind: Kind::Card,
            sheet: None,
            state: State::Active,
            expiry_month: 90,
            flags: 0,
            kid: vec![1; 4],
            issued_at: 0,
            ended_at: None,
            reason: None,
        }
    }

    /// Lists of four: one more code than two lists hold opens a third, and nothing draws for ever.
    #[tokio::test]
    async fn a_full_list_opens_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("yima.db").display())).await.unwrap();
        let placed = store.deed::<_, DeedError, _>(|tx| {
            Box::pin(async move {
                account::insert_many(tx, &[holder()]).await?;
                let mut rng = StdRng::seed_from_u64(7);
                let mut placed = Vec::new();
                for number in 0..9 {
                    let mut row = code(number);
                    let opened = place(tx, &mut row, 4, &mut rng).await?;
                    placed.push((row.list, opened));
                }
                Ok(placed)
            })
        });
        let placed = placed.await.unwrap();
        assert_eq!(placed[0], (1, false));
        assert_eq!(placed[8], (3, true));
        assert_eq!(placed.iter().filter(|(_, opened)| *opened).count(), 2);
    }
}
