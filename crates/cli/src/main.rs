//! The yima program.
fn main() {}
