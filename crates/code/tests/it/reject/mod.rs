//! Codes that must not be taken: for each rule one that breaks it alone, as close to the good ones as can be.

mod memory;
mod setting;
mod shape;
mod signatures;

use crate::vectors::{Expect, Vector};
use crate::world::{Draft, World};
use yima_keys::Suite;

pub fn all(world: &World) -> Vec<Vector> {
    [
        shape::spelling(world),
        shape::shapes(world),
        shape::forms(world),
        setting::checker(world),
        setting::entries(world),
        setting::days(world),
        setting::times(world),
        setting::places(world),
        setting::holders(world),
        memory::challenges(world),
        memory::memory(world),
        memory::lists(world),
        memory::paper(world),
        signatures::changed(world),
        signatures::issuer_signatures(world),
        signatures::holder_signatures(world),
        signatures::other_signatures(world),
        signatures::holder_keys(world),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn malformed() -> Expect {
    Expect::refused("malformed", "")
}
fn refused(reason: &str) -> Expect {
    Expect::refused(reason, "T1")
}
fn today<'a>(world: &'a World) -> Draft<'a> {
    world.t1("es256-today", Suite::Es256)
}
