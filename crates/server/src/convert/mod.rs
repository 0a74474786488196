//! Between the province's types and the JSON shapes, one file a noun; dull on purpose.
//! It decides nothing: each function copies, encodes bytes, and names words.

pub mod check;
pub mod device;
pub mod gate;
pub mod operator;
pub mod record;
pub mod resident;
pub mod scenario;
pub mod stats;
pub mod token;

use yima_province::Text;
use yima_wire::Words;

/// A sentence.
fn words(text: Text) -> Words {
    Words { zh: text.zh, en: text.en }
}
