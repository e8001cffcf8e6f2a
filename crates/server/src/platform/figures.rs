//! Figures for Prometheus.

use std::fmt::Write;
use std::sync::atomic::Ordering;

use super::Platform;

impl Platform {
    /// The page of `/metrics`, in Prometheus' text form.
    pub(crate) fn metrics(&self) -> String {
        let figures = self.telephony.figures();
        let read = |value: &std::sync::atomic::AtomicU64| value.load(Ordering::Relaxed);
        let mut page = String::new();
        let mut put = |name: &str, kind: &str, help: &str, value: u64| {
            // Writing to a string cannot fail.
            let _ = write!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
        };
        put("helin_registered_contacts", "gauge", "Contacts registered now.", read(&figures.contacts));
        put("helin_legs", "gauge", "Legs open now.", read(&figures.legs));
        put("helin_calls_total", "counter", "Calls that came in.", read(&figures.calls));
        put("helin_refused_total", "counter", "Requests refused for lack of right.", read(&figures.refused));
        put("helin_rtp_packets_total", "counter", "Packets of sound relayed.", read(&figures.packets));
        put(
            "helin_sip_repeated_total",
            "counter",
            "SIP messages sent or received again.",
            read(&figures.repeated),
        );
        let mut open = String::new();
        for company in self.companies() {
            let calls = company.node.view().state.calls.len();
            let _ = writeln!(open, "helin_calls_open{{company=\"{}\"}} {calls}", company.config.id);
        }
        page.push_str("# HELP helin_calls_open Calls under way.\n# TYPE helin_calls_open gauge\n");
        page.push_str(&open);
        page
    }
}
