//! Whether the province can do deeds now. It does not know who asks, nor what to do about it.

use crate::Province;
use crate::error::DeedError;
use yima_store::bundle_part;

impl Province {
    /// Reads one row; fine when the store answers.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn ready(&self) -> Result<(), DeedError> {
        let root = self
            .store
            .read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(bundle_part::latest(tx, "root").await?) }));
        root.await?.map(|_| ()).ok_or_else(|| DeedError::internal("the store holds no root"))
    }
}
