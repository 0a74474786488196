//! What one evaluation costs: `cargo run --release -p yima-policy --example bench_policy`. Prints a table; asserts nothing.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

use std::hint::black_box;
use std::time::Instant;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Role;
use yima_policy::{About, Ask, House};

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let house = House::load()?;
    println!("reading schema and policies, once: {} us", start.elapsed().as_micros());
    let offices = ["org_1".to_owned(), "org_2".to_owned()];
    let about = |person| Some(About { person, kin: false, offices: &offices[1..] });
    let plain = Ask {
        officer: "opr_1",
        role: Role::System,
        named: false,
        person: Some("res_1"),
        offices: &offices[..1],
        lease_until_s: Some(2_000),
        deed: Deed::SeeFigures,
        about: None,
        now_s: 1_000,
        reads: 3,
        reads_max: 300,
    };
    let table = [
        ("figures, about nobody", plain),
        ("a resident's file", Ask { deed: Deed::SeeResidents, about: about("res_2"), ..plain }),
        ("one's own file, refused", Ask { deed: Deed::SeeResidents, about: about("res_1"), ..plain }),
    ];
    for (name, ask) in table {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            let _ = black_box(house.decide(black_box(&ask)));
        }
        let each = start.elapsed() / ROUNDS;
        println!("{name}: {:.1} us, {} policies", each.as_nanos() as f64 / 1_000.0, house.policies_of(ask.deed).len());
    }
    Ok(())
}
