//! Bytes of single parts for other languages: ids, T0, challenges, records, days; and the builders against them.
