//! Figures. It does not know where they were counted.

use yima_wire::stats as wire;

/// The province at a glance.
pub fn overview(o: yima_province::Overview, server_at: i64, demo: bool) -> wire::Overview {
    wire::Overview {
        residents: o.residents,
        devices: o.devices,
        scenarios: o.scenarios,
        gates: o.gates,
        gates_late: o.gates_late,
        checks_day: o.checks_day,
        refused_day: o.refused_day,
        unchecked_day: o.unchecked_day,
        server_at,
        demo,
    }
}

/// One bar.
pub fn bar(bar: yima_province::Bar) -> wire::Bar {
    wire::Bar {
        key: bar.key,
        label: bar.label,
        region: bar.region,
        valid: bar.valid,
        refused: bar.refused,
        could_not: bar.could_not,
    }
}
