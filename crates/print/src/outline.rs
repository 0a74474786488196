//! The dark area of a symbol as closed outlines, so that no renderer shows seams between modules.
//! It does not know units: a corner is a pair of module coordinates.

use crate::Symbol;
use std::collections::BTreeMap;

/// A corner of the module grid.
pub(crate) type Corner = (usize, usize);

/// Closed loops, first corner not repeated; filled by the even-odd rule they give the dark modules.
pub(crate) fn outlines(symbol: &Symbol) -> Vec<Vec<Corner>> {
    let mut edges = edges(symbol);
    let mut loops = Vec::new();
    while let Some((&start, _)) = edges.first_key_value() {
        let mut corners = vec![start];
        let mut at = start;
        loop {
            at = follow(&mut edges, at);
            if at == start {
                break;
            }
            corners.push(at);
        }
        loops.push(without_straight(&corners));
    }
    loops
}

/// Each side of a dark module that has a light one beyond it, walked with the dark one on the right.
fn edges(symbol: &Symbol) -> BTreeMap<Corner, Vec<Corner>> {
    let mut edges: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    let light = |x: Option<usize>, y: Option<usize>| !x.zip(y).is_some_and(|(x, y)| symbol.dark(x, y));
    for (y, x) in (0..symbol.size()).flat_map(|y| (0..symbol.size()).map(move |x| (y, x))) {
        if !symbol.dark(x, y) {
            continue;
        }
        let sides = [
            (light(Some(x), y.checked_sub(1)), (x, y), (x + 1, y)),
            (light(Some(x + 1), Some(y)), (x + 1, y), (x + 1, y + 1)),
            (light(Some(x), Some(y + 1)), (x + 1, y + 1), (x, y + 1)),
            (light(x.checked_sub(1), Some(y)), (x, y + 1), (x, y)),
        ];
        for (_, from, to) in sides.into_iter().filter(|(beyond, ..)| *beyond) {
            edges.entry(from).or_default().push(to);
        }
    }
    edges
}

/// Takes one edge out of `from` and returns its end.
fn follow(edges: &mut BTreeMap<Corner, Vec<Corner>>, from: Corner) -> Corner {
    let ends = edges.get_mut(&from).expect("every corner has as many edges out of it as into it");
    let to = ends.pop().expect("empty lists are removed below");
    if ends.is_empty() {
        edges.remove(&from);
    }
    to
}

fn without_straight(corners: &[Corner]) -> Vec<Corner> {
    let count = corners.len();
    let turns = |i: usize| {
        let (before, here, after) = (corners[(i + count - 1) % count], corners[i], corners[(i + 1) % count]);
        !(before.0 == here.0 && here.0 == after.0 || before.1 == here.1 && here.1 == after.1)
    };
    (0..count).filter(|i| turns(*i)).map(|i| corners[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SymbolKind;

    /// Even-odd, by counting the edges to the left of a module's middle.
    fn inside(loops: &[Vec<Corner>], x: usize, y: usize) -> bool {
        let crossings = loops
            .iter()
            .flat_map(|corners| (0..corners.len()).map(move |i| (corners[i], corners[(i + 1) % corners.len()])));
        let left =
            crossings.filter(|((x0, y0), (x1, y1))| x0 == x1 && *x0 <= x && (*y0.min(y1)..*y0.max(y1)).contains(&y));
        left.count() % 2 == 1
    }

    #[test]
    fn outlines_fill_the_dark_modules_and_no_others() {
        for digits in ["0", "31415926535897932384626433832795", &"9".repeat(200)] {
            let symbol = Symbol::new(SymbolKind::T2, digits).unwrap();
            let loops = outlines(&symbol);
            for (x, y) in (0..45).flat_map(|x| (0..45).map(move |y| (x, y))) {
                assert_eq!(inside(&loops, x, y), symbol.dark(x, y), "{x} {y}");
            }
        }
    }
}
