//! Input made to break a parser: whatever it is, the answer is a verdict.
