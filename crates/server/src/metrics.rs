//! Counters of the server in Prometheus text form (exposition format 0.0.4).
//! It knows routes, statuses and verdict words; it never sees who called, nor a path with an id in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper edges of the latency buckets, seconds.
const BUCKETS_S: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// All counters of one server.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, &'static str, u16), u64>>,
    verdicts: Mutex<BTreeMap<(String, String), u64>>,
    latency: [AtomicU64; BUCKETS_S.len() + 1],
    latency_us: AtomicU64,
    in_flight: AtomicI64,
    shed: AtomicU64,
    unsigned: AtomicU64,
}

impl Metrics {
    /// A request came in.
    pub fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// It was answered; `route` is the template, never the path.
    pub fn end(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        *locked(&self.requests).entry((route.to_owned(), method, status)).or_default() += 1;
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS_S.iter().position(|edge| seconds <= *edge).unwrap_or(BUCKETS_S.len());
        self.latency[bucket].fetch_add(1, Ordering::Relaxed);
        self.latency_us.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A request was turned away because the server is full.
    pub fn shed(&self) {
        self.shed.fetch_add(1, Ordering::Relaxed);
    }

    /// A request without a valid caller stopped at the door.
    pub fn stopped_at_the_door(&self) {
        self.unsigned.fetch_add(1, Ordering::Relaxed);
    }

    /// A code was checked.
    pub fn checked(&self, verdict: &str, reason: &str) {
        *locked(&self.verdicts).entry((verdict.to_owned(), reason.to_owned())).or_default() += 1;
    }

    /// The page that Prometheus reads.
    #[must_use]
    pub fn print(&self, resident_bytes: Option<u64>, announced_until: i64) -> String {
        let mut text = String::new();
        heading(&mut text, "yima_http_requests_total", "counter", "Requests answered, by route template.");
        for ((route, method, status), n) in locked(&self.requests).iter() {
            line(
                &mut text,
                "yima_http_requests_total",
                &[("route", route), ("method", method), ("status", &status.to_string())],
                n,
            );
        }
        heading(&mut text, "yima_checks_total", "counter", "Online checks, by verdict and reason.");
        for ((verdict, reason), n) in locked(&self.verdicts).iter() {
            line(&mut text, "yima_checks_total", &[("verdict", verdict), ("reason", reason)], n);
        }
        self.print_latency(&mut text);
        heading(&mut text, "yima_http_in_flight", "gauge", "Requests being answered.");
        line(&mut text, "yima_http_in_flight", &[], self.in_flight.load(Ordering::Relaxed));
        heading(&mut text, "yima_http_shed_total", "counter", "Requests turned away at the limit.");
        line(&mut text, "yima_http_shed_total", &[], self.shed.load(Ordering::Relaxed));
        heading(&mut text, "yima_http_no_caller_total", "counter", "Requests that stopped for want of a valid caller.");
        line(&mut text, "yima_http_no_caller_total", &[], self.unsigned.load(Ordering::Relaxed));
        const UNTIL: &str = "yima_issuer_keys_announced_until_seconds";
        heading(&mut text, UNTIL, "gauge", "Unix time until which codes can be issued with the announced keys.");
        line(&mut text, UNTIL, &[], announced_until);
        if let Some(bytes) = resident_bytes {
            heading(&mut text, "process_resident_memory_bytes", "gauge", "Memory of the process.");
            line(&mut text, "process_resident_memory_bytes", &[], bytes);
        }
        text
    }

    fn print_latency(&self, text: &mut String) {
        const NAME: &str = "yima_http_request_seconds";
        heading(text, NAME, "histogram", "Time to the answer's head.");
        let mut total = 0;
        for (edge, count) in BUCKETS_S.iter().zip(&self.latency) {
            total += count.load(Ordering::Relaxed);
            line(text, "yima_http_request_seconds_bucket", &[("le", &edge.to_string())], total);
        }
        total += self.latency[BUCKETS_S.len()].load(Ordering::Relaxed);
        line(text, "yima_http_request_seconds_bucket", &[("le", "+Inf")], total);
        let sum_s = Duration::from_micros(self.latency_us.load(Ordering::Relaxed)).as_secs_f64();
        line(text, "yima_http_request_seconds_sum", &[], sum_s);
        line(text, "yima_http_request_seconds_count", &[], total);
    }
}

/// Memory of this process, bytes, where the kernel tells (Linux).
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn heading(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
    let _ = match labels.is_empty() {
        true => writeln!(text, "{name} {value}"),
        false => writeln!(text, "{name}{{{}}} {value}", labels.join(",")),
    };
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_labels_are_escaped() {
        let metrics = Metrics::default();
        metrics.begin();
        metrics.end("GET", "/a\"b", 200, Duration::from_millis(3));
        metrics.begin();
        metrics.end("GET", "/a\"b", 200, Duration::from_secs(9));
        metrics.checked("refused", "replayed");
        let text = metrics.print(Some(7), 9);
        for expected in [
            "yima_http_requests_total{route=\"/a\\\"b\",method=\"GET\",status=\"200\"} 2\n",
            "yima_http_request_seconds_bucket{le=\"0.002\"} 0\n",
            "yima_http_request_seconds_bucket{le=\"0.005\"} 1\n",
            "yima_http_request_seconds_bucket{le=\"+Inf\"} 2\n",
            "yima_http_request_seconds_count 2\n",
            "yima_http_in_flight 0\n",
            "yima_checks_total{verdict=\"refused\",reason=\"replayed\"} 1\n",
            "yima_issuer_keys_announced_until_seconds 9\n",
            "process_resident_memory_bytes 7\n",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
    }
}
