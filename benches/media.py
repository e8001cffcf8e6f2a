"""Relayed sound at 1,000 legs: what a packet costs, whether one is lost, and what a call holds in memory."""
from figures import Row
from helin_process import Helin, free_port
from wire import wire

CALLS = 500


def measure(binary, quick):
    port = free_port()
    with Helin(binary) as helin:
        helin.company(members=CALLS, phones=("127.0.0.1", port))
        told = wire(helin, "media", port, CALLS, 100, 10 if quick else 30)
    lost = told["sent"] - told["received"]
    return [
        Row("media", f"CPU per relayed packet, {told['legs']} legs", told["cpu_us_per_packet"], "us", 8,
            note=f"{told['received']} packets; the sender was at most {told['late_ms']} ms late"),
        Row("media", f"packets lost, {told['legs']} legs", lost, "", 0,
            note=f"{told['short_legs']} legs missed any"),
        Row("memory", f"per established relayed call, {CALLS} calls with sound",
            round((told["held_kb"] - told["before_kb"]) / CALLS, 1), "KB", 30),
    ]
