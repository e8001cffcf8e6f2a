"""How long callers and offers wait. One process sends and receives, so that one clock sees both ends."""
from figures import Row
from helin_process import Helin, free_port
from wire import wire

RATE = 100


def measure(binary, quick):
    rows, calls = [], RATE * (10 if quick else 30)
    for what, members, count, title, goal in (
            ("first_offer", 50, calls, f"caller's INVITE to member's INVITE, p99, {RATE} calls/s", 5),
            ("next_offer", 50, calls, f"member's 486 to the next member's INVITE, p99, {RATE} calls/s", 10),
            ("freed", 1, 300 if quick else 1000, "BYE of the only member to his next INVITE, p99", 10)):
        port = free_port()
        with Helin(binary) as helin:
            helin.company(members=members, phones=("127.0.0.1", port))
            told = wire(helin, what, port, count, RATE)
        rows.append(Row("latency", title, told["p99_ms"], "ms", goal,
                        note=f"{told['calls']} calls, p50 {told['p50_ms']} ms, max {told['max_ms']} ms"))
    return rows
