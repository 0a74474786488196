//! The words of every reason, and the table that pages are made from.
