//! "Who saw my code": what the resident sees. It does not know which database rows it comes from.

use crate::Words;
use crate::gate::SealedRecord;
use crate::words::{DeedWord, FormWord, OutcomeWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One look at the resident's code or data.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordEntry {
    /// `use_…`
    pub id: String,
    /// When.
    pub at: i64,
    /// `check`, `resolve`, `check_in`, `draw`, `enrol`, `end_device`, …
    #[schema(value_type = DeedWord)]
    pub deed: String,
    /// Slug, empty when none.
    pub scenario: String,
    /// Name of the scenario.
    pub scenario_name: Words,
    /// Name of the place.
    pub place: Words,
    /// Who: the organisation.
    pub who: Words,
    /// Why: the purpose.
    pub why: Words,
    /// What they saw.
    pub saw: Words,
    /// In which role the other party of a mandate stood, "Shown by your guardian"; empty for one's own.
    pub role: Words,
    /// `valid`, `refused`, `could_not_check`, `done`.
    #[schema(value_type = OutcomeWord)]
    pub outcome: String,
    /// Reason when refused.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Form of the code.
    #[schema(value_type = Option<FormWord>, required = true)]
    pub form: Option<String>,
    /// False when a gate recorded it offline.
    pub online: bool,
}

/// A page of the record, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Record {
    /// Entries.
    pub entries: Vec<RecordEntry>,
    /// Pass as `before` for older ones.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// Sealed records that share a tag prefix; the device finds its own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bucket {
    /// Day of upload.
    pub day: u16,
    /// Hex prefix of the tags.
    pub prefix: String,
    /// The records.
    pub records: Vec<SealedRecord>,
}

/// How finely the sealed records of a day are cut.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BucketDay {
    /// Day of upload.
    pub day: u16,
    /// Hex digits of a tag that name its bucket, 0 to 4; a device asks with no more of its tag.
    pub prefix_digits: u8,
}
