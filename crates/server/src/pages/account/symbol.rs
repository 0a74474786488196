//! A QR symbol as a picture in a page. It does not know what is in it.

use maud::{Markup, html};

/// Line by line, dark or not, with its quiet zone of four modules.
pub fn symbol(lines: &[Vec<bool>]) -> Markup {
    use std::fmt::Write as _;
    let mut path = String::new();
    for (y, line) in lines.iter().enumerate() {
        for (x, _) in line.iter().enumerate().filter(|(_, dark)| **dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    let side = lines.len() + 8;
    html! {
        svg.symbol viewBox=(format!("0 0 {side} {side}")) role="img" aria-label="QR" shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#ffffff" {}
            path d=(path) fill="#000000" {}
        }
    }
}
